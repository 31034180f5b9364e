//! What a failed step of the conversation means for the delivery.

use std::{fmt, time::Duration};

use super::refusal;
use crate::license::Outcome;

/// The steps of a conversation, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// TCP, and TLS for `smtps://`.
    Connect,
    /// The greeting and the reply to EHLO, which lettre reads together.
    Greeting,
    /// The plaintext phase and the handshake.
    Starttls,
    Login,
    /// RSET, before an idle connection is used again.
    Reset,
    Mail,
    Rcpt,
    Data,
    /// The mail without the final dot.
    Body,
    /// The final dot and the reply to it.
    Dot,
}

impl Step {
    /// For "the mail server refused …".
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

    /// For "the connection broke …".
    fn when(self) -> &'static str {
        match self {
            Self::Connect => "while connecting",
            Self::Greeting => "at the greeting",
            Self::Starttls => "before it was encrypted (STARTTLS)",
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

/// Texts are sanitized already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cause {
    /// A negative reply.
    Reply {
        code: u16,
        text: String,
    },
    Timeout(Duration),
    /// The connection broke, or the server does not speak SMTP.
    Broken(String),
    /// No encryption, or none that can be trusted.
    Unencrypted(String),
}

/// A step that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SmtpError {
    pub(super) step: Step,
    pub(super) cause: Cause,
}

impl SmtpError {
    /// Whether the server replied, so that the conversation can go on.
    pub(super) fn is_reply(&self) -> bool {
        matches!(self.cause, Cause::Reply { .. })
    }

    /// Whether the recipient's side refused permanently.
    ///
    /// Up to MAIL a reply is about us. From RCPT on it is about the recipient or the mail, unless its text says otherwise:
    /// many servers refuse sender, client and HELO only at RCPT. RFC 5321 (sections 3.3 and 4.3.2) lets a server answer
    /// DATA with 554 "no valid recipients" or 550 for reasons of policy; another 5xx there, such as 503 "bad sequence",
    /// means that the conversation went wrong.
    pub(super) fn is_final(&self) -> bool {
        match (self.step, &self.cause) {
            (Step::Rcpt | Step::Dot, Cause::Reply { code: code @ 500..=599, text })
            | (Step::Data, Cause::Reply { code: code @ 550..=559, text }) => !refusal::is_about_us(*code, text),
            _ => false,
        }
    }

    /// Whether only the operator can mend it.
    fn needs_operator(&self) -> bool {
        match (self.step, &self.cause) {
            (_, Cause::Unencrypted(_)) => true,
            (_, Cause::Timeout(_) | Cause::Broken(_)) => false,
            (Step::Rcpt | Step::Data | Step::Body | Step::Dot, Cause::Reply { code, text }) => {
                refusal::is_about_us(*code, text)
            }
            (_, Cause::Reply { code, text }) => *code >= 500 || refusal::is_about_us(*code, text),
        }
    }

    pub(super) fn outcome(&self) -> Outcome {
        let error = self.to_string();
        if self.is_final() {
            return Outcome::Refused { error };
        }
        let uncertain = self.step == Step::Dot && !self.is_reply();
        Outcome::Retry { error, after: None, uncertain, needs_operator: self.needs_operator(), reference: None }
    }
}

impl fmt::Display for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            Cause::Reply { code, text } => {
                let is_late = matches!(self.step, Step::Rcpt | Step::Data | Step::Dot);
                let noun = if is_late && self.needs_operator() { "mail from us" } else { self.step.noun() };
                let for_now = if *code < 500 { " for now" } else { "" };
                write!(f, "the mail server refused {noun}{for_now}: {code} {text}")
            }
            Cause::Timeout(after) => write!(f, "no reply from the mail server within {after:?} {}", self.step.when()),
            Cause::Broken(text) => write!(f, "the connection to the mail server broke {}: {text}", self.step.when()),
            Cause::Unencrypted(text) => write!(f, "the connection to the mail server cannot be encrypted: {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reply_of_the_mail_server_has_its_outcome() {
        use Step::{Data, Dot, Greeting, Login, Mail, Rcpt, Reset};
        for (step, code, text, outcome, error) in [
            (Greeting, 421, "too busy", "retry", "refused our connection for now: 421 too busy"),
            (Greeting, 554, "blocked", "needs_operator", "refused our connection: 554 blocked"),
            (Greeting, 502, "no", "needs_operator", "refused our connection: 502 no"),
            (Login, 535, "5.7.8 bad credentials", "needs_operator", "refused our login: 535 5.7.8 bad credentials"),
            (Login, 454, "later", "retry", "refused our login for now: 454"),
            (Reset, 421, "bye", "retry", "refused to use the connection again for now: 421"),
            (Mail, 451, "try again", "retry", "refused our sender address for now: 451 try again"),
            (Mail, 550, "unknown sender", "needs_operator", "refused our sender address: 550"),
            (Rcpt, 450, "greylisted", "retry", "refused the recipient for now: 450 greylisted"),
            (Rcpt, 550, "5.1.1 no such user", "refused", "refused the recipient: 550 5.1.1 no such user"),
            (Rcpt, 554, "5.7.1 Relay access denied", "needs_operator", "refused mail from us: 554 5.7.1 Relay"),
            (Data, 451, "disk full", "retry", "451 disk full"),
            (Data, 503, "bad sequence", "retry", "503 bad sequence"),
            (Data, 554, "no valid recipients", "refused", "554 no valid recipients"),
            (Data, 554, "5.7.1 Client host rejected", "needs_operator", "refused mail from us: 554 5.7.1"),
            (Dot, 451, "later", "retry", "refused the mail for now: 451 later"),
            (Dot, 554, "spam", "refused", "refused the mail: 554 spam"),
            (Dot, 552, "5.2.2 mailbox full", "refused", "552 5.2.2 mailbox full"),
            (Dot, 550, "5.7.1 Sender not owned", "needs_operator", "refused mail from us: 550 5.7.1"),
        ] {
            let got = SmtpError { step, cause: Cause::Reply { code, text: text.into() } }.outcome();
            assert_eq!(got.kind().as_str(), outcome, "{step:?} {code} {text}");
            assert!(got.error().unwrap().contains(error), "{got:?}");
        }
    }

    #[test]
    fn only_a_mail_that_was_handed_over_may_have_been_accepted() {
        for step in [Step::Connect, Step::Greeting, Step::Mail, Step::Rcpt, Step::Data, Step::Body, Step::Dot] {
            let expected = if step == Step::Dot { "uncertain" } else { "retry" };
            for cause in [Cause::Timeout(Duration::from_secs(1)), Cause::Broken("reset".into())] {
                assert_eq!(SmtpError { step, cause }.outcome().kind().as_str(), expected, "{step:?}");
            }
        }
        let untrusted = SmtpError { step: Step::Starttls, cause: Cause::Unencrypted("UnknownIssuer".into()) };
        assert_eq!(untrusted.outcome().kind().as_str(), "needs_operator");
    }
}
