//! What a broken step of the conversation means for the delivery.

use std::{fmt, time::Duration};

use crate::license::delivery::Outcome;

/// The steps of a conversation, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// TCP, and TLS where it comes first.
    Connect,
    /// The server's greeting and its answer to EHLO, which lettre reads together.
    Greeting,
    /// STARTTLS, the handshake and the second EHLO.
    Starttls,
    Login,
    /// RSET, before a kept connection is used again.
    Reset,
    /// MAIL, which names the sender.
    Mail,
    /// RCPT, which names the recipient.
    Rcpt,
    Data,
    /// The mail, up to but without the final dot.
    Body,
    /// The final dot and the server's last word.
    Dot,
}

impl Step {
    /// What the mail server did to us, for "the mail server refused …".
    fn noun(self) -> &'static str {
        match self {
            Self::Connect | Self::Greeting => "our connection",
            Self::Starttls => "to encrypt the connection (STARTTLS)",
            Self::Login => "our login",
            Self::Reset => "to use the connection again",
            Self::Mail => "our sender address",
            Self::Rcpt => "the recipient",
            Self::Data | Self::Body => "to take a mail",
            Self::Dot => "the mail",
        }
    }

    /// When it happened, for "the connection broke …".
    fn when(self) -> &'static str {
        match self {
            Self::Connect => "while connecting",
            Self::Greeting => "at the greeting",
            Self::Starttls => "while encrypting it (STARTTLS)",
            Self::Login => "during our login",
            Self::Reset => "before the mail began",
            Self::Mail => "at the sender address (MAIL)",
            Self::Rcpt => "at the recipient (RCPT)",
            Self::Data => "at the start of the mail (DATA)",
            Self::Body => "within the mail",
            Self::Dot => "after the mail was handed over",
        }
    }
}

/// How a step broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The server said no: its code and its words, already fit to be repeated.
    Reply { code: u16, words: String },
    /// No answer within this time.
    Timeout(Duration),
    /// The connection broke, or what came over it was no SMTP.
    Broken(String),
}

/// A step that broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub step: Step,
    pub cause: Cause,
}

/// What follows from a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The recipient's side said no for good.
    Refused,
    /// Surely not sent, and it may pass.
    Retry,
    Uncertain,
}

impl Fault {
    /// Whether the server answered, so that the conversation is still in step.
    pub fn is_reply(&self) -> bool {
        matches!(self.cause, Cause::Reply { .. })
    }

    /// What became of the delivery.
    pub fn outcome(&self) -> Outcome {
        match self.verdict() {
            Verdict::Refused => Outcome::Refused { error: self.to_string() },
            Verdict::Retry => Outcome::retry(self.to_string()),
            Verdict::Uncertain => Outcome::uncertain(self.to_string()),
        }
    }

    /// Who said no decides. Up to MAIL the server speaks of us, which the operator can mend; from RCPT on it speaks of
    /// the recipient and of this mail.
    ///
    /// The command DATA stands between: RFC 5321 (sections 3.3 and 4.3.2) lets a server answer it with 554 "no valid
    /// recipients" or 550 for reasons of policy, which are the recipient's word like a refused RCPT; any other 5xx,
    /// such as 503 "bad sequence", tells of a muddled conversation and is tried again.
    fn verdict(&self) -> Verdict {
        match (self.step, &self.cause) {
            (Step::Rcpt | Step::Dot, Cause::Reply { code: 500..=599, .. })
            | (Step::Data, Cause::Reply { code: 550..=559, .. }) => Verdict::Refused,
            (Step::Dot, Cause::Timeout(_) | Cause::Broken(_)) => Verdict::Uncertain,
            (_, Cause::Reply { .. } | Cause::Timeout(_) | Cause::Broken(_)) => Verdict::Retry,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Reply { code: code @ 400..=499, words } => {
                write!(f, "the mail server refused {} for now: {code} {words}", self.step.noun())
            }
            Cause::Reply { code, words } => write!(f, "the mail server refused {}: {code} {words}", self.step.noun()),
            Cause::Timeout(after) => write!(f, "the mail server kept silent for {after:?} {}", self.step.when()),
            Cause::Broken(words) => {
                write!(f, "the connection to the mail server broke {}: {words}", self.step.when())
            }
        }
    }
}
