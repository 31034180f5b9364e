//! What can go wrong at a mail server.

use serde::{Deserialize, Serialize};

/// One way in which the mail server misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Closes the connection instead of a greeting.
    DropAtGreeting,
    /// "Try later" instead of a greeting.
    #[serde(rename = "greeting_421")]
    Greeting421,
    /// No service instead of a greeting.
    #[serde(rename = "greeting_554")]
    Greeting554,
    /// Accepts the connection and never says a word.
    HangAtGreeting,
    /// Closes the connection at EHLO.
    DropAtEhlo,
    /// Cannot check the login for now.
    #[serde(rename = "auth_454")]
    Auth454,
    #[serde(rename = "auth_535")]
    Auth535,
    /// Refuses the sender for now.
    #[serde(rename = "mail_451")]
    Mail451,
    #[serde(rename = "mail_550")]
    Mail550,
    #[serde(rename = "mail_552")]
    Mail552,
    /// Closes the connection at the sender.
    DropAtMail,
    /// Refuses the recipient for now (greylisting).
    #[serde(rename = "rcpt_450")]
    Rcpt450,
    /// Refuses the recipient permanently.
    #[serde(rename = "rcpt_550")]
    Rcpt550,
    /// Closes the connection at the recipient.
    DropAtRcpt,
    /// Takes no mail for now.
    #[serde(rename = "data_451")]
    Data451,
    /// Takes no mail from us to anyone there.
    #[serde(rename = "data_554")]
    Data554,
    /// Closes the connection at DATA.
    DropAtData,
    /// Closes the connection after some lines of the mail.
    DropInsideBody,
    /// Takes the mail, then closes the connection without saying so.
    DropAfterDot,
    /// Takes the mail, then says nothing more.
    HangAfterDot,
    /// Refuses the mail for now.
    #[serde(rename = "after_dot_451")]
    AfterDot451,
    /// Refuses the mail permanently.
    #[serde(rename = "after_dot_554")]
    AfterDot554,
    /// Waits [`super::SLOW`] before each answer.
    Slow,
    /// Answers with one byte a second.
    Trickle,
    /// Does not relay mail from us.
    #[serde(rename = "rcpt_554_relay")]
    Rcpt554Relay,
    /// Does not let us use the sender address, and says so only at the recipient, as Postfix does.
    #[serde(rename = "rcpt_553_sender")]
    Rcpt553Sender,
}

impl Fault {
    /// Every fault with its label on the sandbox page.
    pub(crate) const ALL: [(Self, &'static str); 26] = [
        (Self::DropAtGreeting, "Connection dropped at greeting"),
        (Self::Greeting421, "421 at greeting"),
        (Self::Greeting554, "554 at greeting"),
        (Self::HangAtGreeting, "Hangs at greeting"),
        (Self::DropAtEhlo, "Connection dropped at EHLO"),
        (Self::Auth454, "454 login not checked for now"),
        (Self::Auth535, "535 login refused"),
        (Self::Mail451, "451 sender refused for now"),
        (Self::Mail550, "550 sender refused"),
        (Self::Mail552, "552 size refused"),
        (Self::DropAtMail, "Connection dropped at the sender"),
        (Self::Rcpt450, "450 recipient refused for now"),
        (Self::Rcpt550, "550 recipient refused permanently"),
        (Self::DropAtRcpt, "Connection dropped at the recipient"),
        (Self::Data451, "451 at DATA"),
        (Self::Data554, "554 at DATA"),
        (Self::DropAtData, "Connection dropped at DATA"),
        (Self::DropInsideBody, "Connection dropped inside the mail"),
        (Self::DropAfterDot, "Mail taken, connection dropped"),
        (Self::HangAfterDot, "Mail taken, no answer"),
        (Self::AfterDot451, "451 after the mail"),
        (Self::AfterDot554, "554 after the mail"),
        (Self::Rcpt554Relay, "554 relay denied at the recipient"),
        (Self::Rcpt553Sender, "553 sender refused at the recipient"),
        (Self::Slow, "Slow: two seconds an answer"),
        (Self::Trickle, "One byte a second"),
    ];

    /// Where in the dialogue it shows.
    pub(super) fn stage(self) -> Stage {
        match self {
            Self::DropAtGreeting | Self::Greeting421 | Self::Greeting554 | Self::HangAtGreeting => Stage::Greeting,
            Self::DropAtEhlo => Stage::Ehlo,
            Self::Auth454 | Self::Auth535 => Stage::Auth,
            Self::Mail451 | Self::Mail550 | Self::Mail552 | Self::DropAtMail => Stage::Mail,
            Self::Rcpt450 | Self::Rcpt550 | Self::DropAtRcpt | Self::Rcpt554Relay | Self::Rcpt553Sender => Stage::Rcpt,
            Self::Data451 | Self::Data554 | Self::DropAtData => Stage::Data,
            Self::DropInsideBody => Stage::Body,
            Self::DropAfterDot | Self::HangAfterDot | Self::AfterDot451 | Self::AfterDot554 => Stage::Dot,
            Self::Slow | Self::Trickle => Stage::Pace,
        }
    }
}

/// A point of the dialogue at which faults show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the greeting; it concerns the whole connection.
    Pace,
    Greeting,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The lines of the mail.
    Body,
    /// The final dot.
    Dot,
    Reset,
}

/// What happens at one stage instead of the usual reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scripted {
    pub at: Stage,
    pub act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Replies with this text, without its last line break, and does nothing else.
    Say(String),
    /// The same, one byte every tenth of a second.
    Trickle(String),
    /// Closes the connection.
    Drop,
    /// Never replies.
    Hang,
}

impl Scripted {
    pub fn say(at: Stage, text: &str) -> Self {
        Self { at, act: Act::Say(text.to_owned()) }
    }
}

impl Stage {
    /// Where a command belongs; `None` for those without faults.
    pub(super) fn of_command(verb: &str) -> Option<Self> {
        match verb {
            "EHLO" => Some(Self::Ehlo),
            "STARTTLS" => Some(Self::Starttls),
            "AUTH" => Some(Self::Auth),
            "MAIL" => Some(Self::Mail),
            "RCPT" => Some(Self::Rcpt),
            "DATA" => Some(Self::Data),
            "RSET" => Some(Self::Reset),
            _ => None,
        }
    }
}
