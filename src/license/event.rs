//! A license's history.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

use super::{ArrivalState, Channel, ResendKind, Username};

/// One entry of a license's history. Entries are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    /// As [`Actor`] prints it.
    pub actor: String,
    pub kind: EventKind,
    pub detail: Option<String>,
}

impl Event {
    pub(crate) fn new(at: Timestamp, actor: &Actor, kind: EventKind, detail: Option<String>) -> Self {
        Self { at, actor: actor.to_string(), kind, detail }
    }
}

/// What happened. The translations have a text for each.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EventKind {
    Generated,
    SealingFailed,
    Replaced,
    Replaces,
    Resent,
    Forwarded,
    AddressCorrected,
    Retried,
    Downloaded,
    Reminded,
    FollowUpDone,
    FollowUpReopened,
    EmailLate,
    EmailSent,
    EmailFailed,
    EmailRetry,
    EmailUncertain,
    EmailArrivalDelayed,
    EmailArrivalDelivered,
    EmailArrivalFailed,
    EmailArrivalSuppressed,
    EmailArrivalComplained,
    Unblocked,
    IssueSent,
    IssueFailed,
    IssueRetry,
    IssueUncertain,
    /// GitLab did otherwise than it was asked.
    IssueDiffers,
    SlackSent,
    SlackFailed,
    SlackRetry,
    SlackUncertain,
    TextErased,
    RecipientErased,
    Erased,
}

/// How a delivery moved on, in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryChange {
    Sent,
    Failed,
    Retry,
    Uncertain,
}

impl EventKind {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    pub(crate) fn of_delivery(channel: Channel, change: DeliveryChange) -> Self {
        match (channel, change) {
            (Channel::Email, DeliveryChange::Sent) => Self::EmailSent,
            (Channel::Email, DeliveryChange::Failed) => Self::EmailFailed,
            (Channel::Email, DeliveryChange::Retry) => Self::EmailRetry,
            (Channel::Email, DeliveryChange::Uncertain) => Self::EmailUncertain,
            (Channel::Issue, DeliveryChange::Sent) => Self::IssueSent,
            (Channel::Issue, DeliveryChange::Failed) => Self::IssueFailed,
            (Channel::Issue, DeliveryChange::Retry) => Self::IssueRetry,
            (Channel::Issue, DeliveryChange::Uncertain) => Self::IssueUncertain,
            (Channel::Slack, DeliveryChange::Sent) => Self::SlackSent,
            (Channel::Slack, DeliveryChange::Failed) => Self::SlackFailed,
            (Channel::Slack, DeliveryChange::Retry) => Self::SlackRetry,
            (Channel::Slack, DeliveryChange::Uncertain) => Self::SlackUncertain,
        }
    }
}

impl From<ArrivalState> for EventKind {
    fn from(state: ArrivalState) -> Self {
        match state {
            ArrivalState::Delayed => Self::EmailArrivalDelayed,
            ArrivalState::Delivered => Self::EmailArrivalDelivered,
            ArrivalState::Failed => Self::EmailArrivalFailed,
            ArrivalState::Suppressed => Self::EmailArrivalSuppressed,
            ArrivalState::Complained => Self::EmailArrivalComplained,
        }
    }
}

impl From<ResendKind> for EventKind {
    fn from(kind: ResendKind) -> Self {
        match kind {
            ResendKind::Resend => Self::Resent,
            ResendKind::Forward => Self::Forwarded,
            ResendKind::CorrectAddress => Self::AddressCorrected,
        }
    }
}

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Actor {
    /// Identified by the session; the GitLab username is what the agent last gave.
    Agent {
        user_id: u64,
        username: Option<Username>,
    },
    Outbox,
    Operator,
    MailProvider,
    /// The retention task.
    Retention,
}

impl Actor {
    /// How an agent is printed without and, as a `LIKE` pattern, with any username.
    pub(crate) fn spellings(agent_user_id: u64) -> [String; 2] {
        let plain = Self::Agent { user_id: agent_user_id, username: None }.to_string();
        let pattern = format!("{plain} (%");
        [plain, pattern]
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent { user_id, username: Some(username) } => write!(f, "agent {user_id} ({username})"),
            Self::Agent { user_id, username: None } => write!(f, "agent {user_id}"),
            Self::Outbox => f.write_str("outbox"),
            Self::Operator => f.write_str("operator"),
            Self::MailProvider => f.write_str("mail provider"),
            Self::Retention => f.write_str("retention"),
        }
    }
}
