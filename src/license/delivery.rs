//! Deliveries: the email, the GitLab issue and the Slack message of a license.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use strum::{EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Arrival, LicenseId, Notice, SlackTs};

/// The Message-ID of an email and the marker of a GitLab note are made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeliveryId(pub Uuid);

impl Serialize for DeliveryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// In the order in which a license reaches them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    Email,
    Issue,
    Slack,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Email, Self::Issue, Self::Slack];

    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Why a delivery exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// The license's first delivery on its channel.
    First,
    /// The same license to the same address.
    Resend,
    /// The same license to another address.
    Forward,
    /// The same license to the customer's corrected address.
    CorrectAddress,
    /// An update to an earlier issue or Slack message.
    FollowUp,
}

impl Purpose {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How an agent mails a license again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResendKind {
    /// To the customer's address.
    Resend,
    /// To another address.
    Forward,
    /// To another address, because the customer's was wrong.
    CorrectAddress,
}

impl From<ResendKind> for Purpose {
    fn from(kind: ResendKind) -> Self {
        match kind {
            ResendKind::Resend => Self::Resend,
            ResendKind::Forward => Self::Forward,
            ResendKind::CorrectAddress => Self::CorrectAddress,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryState {
    Pending,
    /// For email: accepted by the mail server.
    Sent,
    /// Refused permanently, or expired.
    Failed,
}

impl DeliveryState {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// One message about a license to one channel, and how far it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub license_id: LicenseId,
    pub channel: Channel,
    pub purpose: Purpose,
    /// The address of an email; `None` for issue and Slack.
    pub recipient: Option<String>,
    /// An email whose license stands in its text alone, for gateways that block attachments.
    pub without_attachment: bool,
    /// What issue or Slack announce. For an email after the first: what they announce once it is accepted.
    pub notice: Option<Notice>,
    pub state: DeliveryState,
    /// Includes the attempt in flight.
    pub attempts: u32,
    /// Some attempt may have succeeded without our knowing.
    pub uncertain: bool,
    /// The missed deadline was announced.
    pub late: bool,
    pub created_at: Timestamp,
    /// When an email becomes late; `None` for issue and Slack.
    pub deadline_at: Option<Timestamp>,
    /// After this it is no longer tried.
    pub expires_at: Timestamp,
    pub next_attempt_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub last_error: Option<String>,
    /// Email: its Message-ID. Issue: its URL. Slack: the issue URL in the message.
    pub reference: Option<String>,
    /// Email: the words with which the mail server accepted it. Issue: what GitLab did otherwise than it was asked.
    pub reply: Option<String>,
    /// Slack, by bot token: the message that holds the thread of the license.
    pub thread_ts: Option<SlackTs>,
    /// What the mail provider reported after the email was accepted.
    pub arrival: Option<Arrival>,
    /// The request that caused it, as in the log; `None` for drills and operator commands.
    pub request_id: Option<String>,
}

impl Delivery {
    /// Sent, and not known to have bounced.
    pub(crate) fn is_successful(&self) -> bool {
        self.state == DeliveryState::Sent && !self.has_bounced()
    }

    pub(crate) fn has_bounced(&self) -> bool {
        self.arrival.as_ref().is_some_and(|arrival| arrival.state.is_bounce())
    }
}

/// A delivery to enqueue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub channel: Channel,
    pub purpose: Purpose,
    pub recipient: Option<String>,
    /// As [`Delivery::without_attachment`].
    pub without_attachment: bool,
    pub notice: Option<Notice>,
    pub deadline_at: Option<Timestamp>,
    pub expires_at: Timestamp,
    /// Not attempted before that delivery has ended …
    pub depends_on: Option<DeliveryId>,
    /// … or this time has come. `None` waits without a limit of its own.
    pub wait_until: Option<Timestamp>,
}

/// One finished attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub delivery_id: DeliveryId,
    /// From 1.
    pub number: u32,
    /// When it ended.
    pub at: Timestamp,
    pub outcome: AttemptOutcome,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AttemptOutcome {
    Sent,
    /// Not delivered; tried again.
    Retry,
    /// Perhaps delivered; tried again.
    Uncertain,
    /// Not delivered, because of our configuration or account; tried again.
    NeedsOperator,
    /// Refused permanently.
    Refused,
    /// Never recorded: the process died or lost its lease.
    Lost,
}

impl AttemptOutcome {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The result of one attempt, as a client reports it. Error texts hold no secret and no license text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Sent {
        /// As [`Delivery::reference`].
        reference: Option<String>,
        /// As [`Delivery::reply`].
        reply: Option<String>,
    },
    /// The issue is there, but GitLab does not make it confidential, so the license is not in it.
    Withheld { reference: Option<String> },
    /// Slack, by bot token: `Sent`, with the message that holds the thread of the license.
    Posted {
        reference: Option<String>,
        thread_ts: SlackTs,
        /// An earlier attempt's message may show, too. Otherwise it was looked for.
        uncertain: bool,
    },
    /// Try again, not before `after` if the other side asked for a wait.
    Retry {
        error: String,
        after: Option<Duration>,
        /// The attempt may have succeeded.
        uncertain: bool,
        /// It cannot succeed before the operator has mended something, such as our login.
        needs_operator: bool,
        /// What is known already, such as an issue that was created but not closed.
        reference: Option<String>,
    },
    /// Refused permanently.
    Refused { error: String },
}

impl Outcome {
    pub fn sent(reference: Option<String>) -> Self {
        Self::Sent { reference, reply: None }
    }

    /// Not delivered; retry with the usual back-off.
    pub fn retry(error: impl Into<String>) -> Self {
        Self::Retry { error: error.into(), after: None, uncertain: false, needs_operator: false, reference: None }
    }

    /// Perhaps delivered; retry with the usual back-off.
    pub fn uncertain(error: impl Into<String>) -> Self {
        Self::Retry { error: error.into(), after: None, uncertain: true, needs_operator: false, reference: None }
    }

    pub(crate) fn kind(&self) -> AttemptOutcome {
        match self {
            Self::Sent { .. } | Self::Posted { .. } | Self::Withheld { .. } => AttemptOutcome::Sent,
            Self::Retry { uncertain: true, .. } => AttemptOutcome::Uncertain,
            Self::Retry { needs_operator: true, .. } => AttemptOutcome::NeedsOperator,
            Self::Retry { .. } => AttemptOutcome::Retry,
            Self::Refused { .. } => AttemptOutcome::Refused,
        }
    }

    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Sent { .. } | Self::Posted { .. } | Self::Withheld { .. } => None,
            Self::Retry { error, .. } | Self::Refused { error } => Some(error),
        }
    }
}
