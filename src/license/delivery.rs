//! One thing the outside must hear about a license.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Arrival, LicenseId, Story};

/// A delivery's own id: its Message-ID and its note's marker are made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryId(pub Uuid);

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The mail to the customer.
    Email,
    /// The GitLab issue.
    Issue,
    /// The message in support's Slack channel.
    Slack,
}

impl Channel {
    /// All of them, in the order in which a license reaches them.
    pub const ALL: [Self; 3] = [Self::Email, Self::Issue, Self::Slack];

    /// The word in API, store and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Issue => "issue",
            Self::Slack => "slack",
        }
    }
}

/// Why a delivery is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The one that every license has.
    First,
    /// The same license to the same address again.
    Resend,
    /// The same license to another address.
    Forward,
    /// Something said earlier is no longer the whole truth.
    FollowUp,
}

impl Purpose {
    /// The word in API, store and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Resend => "resend",
            Self::Forward => "forward",
            Self::FollowUp => "follow_up",
        }
    }
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Still to be made.
    Pending,
    /// Made. For email: accepted by the mail server.
    Sent,
    /// Refused for good, or given up.
    Failed,
}

impl DeliveryState {
    /// The word in API, store and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

/// One thing the outside must hear about a license, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its own id.
    pub id: DeliveryId,
    /// The license it speaks of.
    pub license_id: LicenseId,
    /// Who hears it.
    pub channel: Channel,
    /// Why it is made.
    pub purpose: Purpose,
    /// An email's address; nothing for issue and Slack.
    pub recipient: Option<String>,
    /// What issue and Slack tell. Of an email that was asked for after the first: what they tell once it is accepted.
    pub story: Option<Story>,
    /// How far it is.
    pub state: DeliveryState,
    /// Attempts begun, the one under way included.
    pub attempts: u32,
    /// Some attempt may have succeeded without our knowing it.
    pub uncertain: bool,
    /// People have been told that it is past its deadline.
    pub late: bool,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When an email becomes late; nothing for issue and Slack.
    pub deadline_at: Option<Timestamp>,
    /// When it is given up.
    pub give_up_at: Timestamp,
    /// The earliest next attempt.
    pub next_attempt_at: Timestamp,
    /// When it was made.
    pub sent_at: Option<Timestamp>,
    /// What the latest attempt ran into, in words.
    pub last_error: Option<String>,
    /// Email: its Message-ID. Issue: its URL. Slack: the issue URL that it showed.
    pub reference: Option<String>,
    /// What the mail provider said about an email after it was accepted.
    pub arrival: Option<Arrival>,
    /// The request it goes back to, as the log calls it; nothing where none did.
    pub request_id: Option<String>,
}

impl Delivery {
    /// Made, and not known to have been lost afterwards.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.state == DeliveryState::Sent && !self.has_bounced()
    }

    /// The mail provider said that the mail will not arrive.
    #[must_use]
    pub fn has_bounced(&self) -> bool {
        self.arrival.as_ref().is_some_and(|arrival| arrival.state.is_bounce())
    }
}

/// One attempt at a delivery, after it has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Counted from 1.
    pub number: u32,
    /// When it ended.
    pub at: Timestamp,
    /// `sent`, `retry`, `refused`, or `lost` where nobody knows.
    pub outcome: String,
    /// What it ran into, in words.
    pub error: Option<String>,
}

/// What came of one attempt, as a client reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is made.
    Sent {
        /// As [`Delivery::reference`].
        reference: Option<String>,
    },
    /// It may pass: try again, not before `after` where the other side asked for a wait.
    Retry {
        /// What happened, in words that an engineer can act on. No secret, no license text.
        error: String,
        /// The other side's `Retry-After`.
        after: Option<std::time::Duration>,
        /// Whether the attempt may have succeeded all the same.
        uncertain: bool,
        /// What is known already, such as an issue that exists but is not closed yet.
        reference: Option<String>,
    },
    /// Refused for good.
    Refused {
        /// The other side's words. No secret, no license text.
        error: String,
    },
}

impl Outcome {
    /// Surely not made, worth another try with the usual back-off.
    #[must_use]
    pub fn retry(error: impl Into<String>) -> Self {
        Self::Retry { error: error.into(), after: None, uncertain: false, reference: None }
    }

    /// Its word, and what went wrong.
    #[must_use]
    pub fn in_words(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Sent { .. } => ("sent", None),
            Self::Retry { error, .. } => ("retry", Some(error)),
            Self::Refused { error } => ("refused", Some(error)),
        }
    }

    /// Perhaps made, worth another try.
    #[must_use]
    pub fn uncertain(error: impl Into<String>) -> Self {
        Self::Retry { error: error.into(), after: None, uncertain: true, reference: None }
    }
}
