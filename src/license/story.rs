//! What people are told about a license: the stories that issues and Slack messages tell.

use serde::{Deserialize, Serialize};

use super::Purpose;

/// What an issue or a Slack message tells. Kept with the delivery, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Story {
    /// The mail server accepted the mail: all is well.
    Generated,
    /// The recipient's side refused the mail for good, in these words.
    EmailRefused {
        /// The mail server's words.
        error: String,
    },
    /// The mail is not out by its deadline; it is tried on.
    EmailLate {
        /// The latest trouble, where there was one.
        error: Option<String>,
    },
    /// Sealing failed: there is no license file.
    SealingFailed {
        /// Why.
        error: String,
    },
    /// A late mail went out after all.
    SentAfterAll,
    /// The issue was filed after Slack had been told without its link.
    IssueFiled,
    /// The mail server accepted a mail that an agent had asked for after the first.
    SentAgain {
        /// What the agent had asked for.
        again: Again,
        /// Its recipient, masked: notes cannot be redacted later.
        to: String,
        /// Until now the customer did not have the license, and people had been told so.
        mended: bool,
    },
    /// A mail that an agent had asked for after the first was refused for good.
    AgainRefused {
        /// What the agent had asked for.
        again: Again,
        /// Its recipient, masked.
        to: String,
        /// The mail server's words.
        error: String,
        /// No other mail of the license was accepted.
        open: bool,
    },
    /// The mail server had accepted the mail, and it did not arrive.
    Bounced {
        /// Its recipient, masked.
        to: String,
        /// The mail provider's reason.
        reason: String,
        /// No other mail of the license is known to have been accepted and kept.
        open: bool,
    },
    /// Another license takes the place of this one.
    Replaced {
        /// That license's id.
        by: String,
        /// Its user count.
        seats: u32,
        /// Why.
        reason: String,
    },
    /// The license file was taken out by hand.
    Downloaded {
        /// Who took it.
        by: String,
        /// Why, where they said so.
        reason: Option<String>,
        /// Somebody has to act all the same: people were told so last.
        open: bool,
    },
    /// Personal data was erased: the issue is redacted.
    Erased,
}

/// How a license is mailed once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Again {
    /// To the customer's address.
    Resent,
    /// To another address.
    Forwarded,
    /// To another address, because the customer's was wrong.
    Corrected,
}

impl Again {
    /// Why its email is made.
    #[must_use]
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Resent => Purpose::Resend,
            Self::Forwarded | Self::Corrected => Purpose::Forward,
        }
    }

    /// The word in the history.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resent => "resent",
            Self::Forwarded => "forwarded",
            Self::Corrected => "address_corrected",
        }
    }
}

impl Story {
    /// Whether it leaves the issue open: somebody has to act.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        match self {
            Self::EmailRefused { .. } | Self::EmailLate { .. } | Self::SealingFailed { .. } => true,
            Self::AgainRefused { open, .. } | Self::Bounced { open, .. } | Self::Downloaded { open, .. } => *open,
            Self::Generated
            | Self::SentAfterAll
            | Self::IssueFiled
            | Self::SentAgain { .. }
            | Self::Replaced { .. }
            | Self::Erased => false,
        }
    }
}
