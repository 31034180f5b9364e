//! Whether an email arrived, as reported by the mail provider. The mail server's reply only means that it was accepted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    pub state: ArrivalState,
    /// Why it was suppressed, if the provider said so.
    pub list: Option<SuppressionList>,
    /// As given by the provider.
    pub reason: Option<String>,
    /// When it was reported.
    pub at: Timestamp,
}

/// Ordered: a later state supersedes an earlier one. Reports arrive in any order, and a delivered email may still bounce.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ArrivalState {
    /// Deferred by the recipient's server; the provider retries.
    Delayed,
    /// Accepted by the recipient's server.
    Delivered,
    /// Refused permanently by the recipient's server.
    Failed,
    /// Not sent by the provider: the address is on one of its suppression lists.
    Suppressed,
    /// Delivered, and marked as spam by the recipient.
    Complained,
}

/// The provider's lists of addresses that it does not send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SuppressionList {
    Bounces,
    Unsubscribes,
    Complaints,
}

impl SuppressionList {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Bounces => "on its list of bounces: take the address off it, or correct the address",
            Self::Unsubscribes => "on its list of unsubscribes: ask the customer before the address is taken off it",
            Self::Complaints => "on its list of spam complaints: mail to another address",
        }
    }
}

impl ArrivalState {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    pub(crate) fn is_bounce(self) -> bool {
        matches!(self, Self::Failed | Self::Suppressed)
    }

    /// For the agent.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Delayed => "The recipient's mail server does not accept the email yet; the provider retries",
            Self::Delivered => "The recipient's mail server accepted the email",
            Self::Failed => "The email bounced: correct the address",
            Self::Suppressed => {
                "The mail provider did not send the email, because the address is on one of its suppression lists"
            }
            Self::Complained => "The email arrived, and the recipient marked it as spam",
        }
    }
}

impl Arrival {
    /// The whole of it in one line.
    pub(crate) fn summary(&self) -> String {
        let meaning = self.state.meaning();
        self.reason.as_ref().map_or_else(|| format!("{meaning}."), |reason| format!("{meaning}. It said: {reason}"))
    }

    pub(crate) fn supersedes(&self, earlier: Option<&Self>) -> bool {
        earlier.is_none_or(|earlier| self.state > earlier.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(state: ArrivalState) -> Arrival {
        Arrival { state, list: None, reason: None, at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_delayed_report_does_not_undo_a_later_state() {
        let (delayed, delivered, failed) =
            (arrival(ArrivalState::Delayed), arrival(ArrivalState::Delivered), arrival(ArrivalState::Failed));
        assert!(
            delayed.supersedes(None) && delivered.supersedes(Some(&delayed)) && failed.supersedes(Some(&delivered))
        );
        assert!(
            !delayed.supersedes(Some(&delivered))
                && !delivered.supersedes(Some(&failed))
                && !failed.supersedes(Some(&failed))
        );
    }
}
