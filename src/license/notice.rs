//! What issues and Slack messages announce about a license.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ResendKind, Task};

/// Kept with the delivery as JSON. Recipients are masked, because GitLab notes cannot be redacted later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// The mail server accepted the first email.
    Generated,
    /// The recipient's side refused the email permanently, or it expired.
    EmailRefused {
        error: String,
        /// The cause is our configuration or account, not the recipient.
        needs_operator: bool,
    },
    /// The email missed its deadline and is retried.
    EmailLate {
        error: Option<String>,
        /// As for [`Notice::EmailRefused`].
        needs_operator: bool,
    },
    /// There is no license file.
    SealingFailed { error: String },
    /// A late email was accepted.
    SentAfterAll,
    /// The issue was filed after Slack had posted without its link.
    IssueFiled,
    /// GitLab did not make the issue confidential, and the license was taken out of it.
    LicenseWithheld,
    /// An email that an agent asked for later was accepted.
    Resent {
        how: ResendKind,
        to: String,
        /// It resolves an announced failure.
        resolves_failure: bool,
    },
    /// An email that an agent asked for later was refused permanently, or it expired.
    ResendRefused {
        how: ResendKind,
        to: String,
        error: String,
        /// As for [`Notice::EmailRefused`].
        needs_operator: bool,
        /// No other email of the license was accepted.
        open: bool,
    },
    /// The mail server had accepted the email, and it bounced.
    Bounced {
        to: String,
        reason: String,
        /// No other email of the license was accepted without bouncing.
        open: bool,
    },
    /// Another license replaces this one.
    Replaced {
        /// That license's id.
        by: String,
        seats: u32,
        reason: String,
    },
    Downloaded {
        by: String,
        reason: String,
        /// A failure that was announced earlier is still open.
        open: bool,
    },
    /// The follow-up is still open on the business day before the last one.
    Reminder {
        task: Task,
        /// The last business day.
        due_on: Date,
        /// As for [`Notice::Downloaded`].
        open: bool,
    },
    /// Someone settled the follow-up.
    FollowUpDone { by: String, note: Option<String> },
    /// Someone opened it again.
    FollowUpReopened {
        by: String,
        note: Option<String>,
        /// The customer does not have the license.
        open: bool,
    },
    /// Personal data was erased; the issue is redacted.
    Erased,
}

impl Notice {
    /// Whether someone has to act: the issue stays open.
    pub(crate) fn is_failure(&self) -> bool {
        match self {
            Self::EmailRefused { .. } | Self::EmailLate { .. } | Self::SealingFailed { .. } => true,
            Self::ResendRefused { open, .. }
            | Self::Bounced { open, .. }
            | Self::Downloaded { open, .. }
            | Self::Reminder { open, .. }
            | Self::FollowUpReopened { open, .. } => *open,
            Self::Generated
            | Self::SentAfterAll
            | Self::IssueFiled
            | Self::LicenseWithheld
            | Self::Resent { .. }
            | Self::Replaced { .. }
            | Self::FollowUpDone { .. }
            | Self::Erased => false,
        }
    }
}
