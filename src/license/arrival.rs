//! Whether a mail arrived, as the mail provider says it. The mail server's own word is only that it took the mail.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

/// What the mail provider said last about one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// How far the mail came.
    pub state: ArrivalState,
    /// The provider's reason, in its own words.
    pub reason: Option<String>,
    /// When the provider said so.
    pub at: Timestamp,
}

/// How far a mail came. Later words outdo earlier ones: reports come in any order, and a mail that was delivered may
/// bounce all the same.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ArrivalState {
    /// The recipient's server said "later"; the provider tries on.
    Delayed,
    /// The recipient's server has it.
    Delivered,
    /// The recipient's server refused it for good.
    Failed,
    /// The provider did not send it: the address is on one of its suppression lists.
    Suppressed,
    /// It arrived, and the recipient called it spam.
    Complained,
}

impl ArrivalState {
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The mail will not arrive.
    pub fn is_bounce(self) -> bool {
        matches!(self, Self::Failed | Self::Suppressed)
    }

    /// What it means for the agent.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Delayed => "The recipient's mail server does not accept the mail yet; the provider retries",
            Self::Delivered => "The recipient's mail server has the mail",
            Self::Failed => "The mail bounced: correct the address",
            Self::Suppressed => {
                "The mail provider did not send the mail, because the address is on one of its suppression lists"
            }
            Self::Complained => "The mail arrived, and the recipient marked it as spam",
        }
    }
}

impl Arrival {
    /// The whole of it in one line.
    pub fn summary(&self) -> String {
        let meaning = self.state.meaning();
        self.reason.as_ref().map_or_else(|| format!("{meaning}."), |reason| format!("{meaning}. It said: {reason}"))
    }

    /// Whether this is news after `earlier`.
    pub fn supersedes(&self, earlier: Option<&Self>) -> bool {
        earlier.is_none_or(|earlier| self.state > earlier.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(state: ArrivalState) -> Arrival {
        Arrival { state, reason: None, at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn a_report_that_comes_late_does_not_undo_a_later_word() {
        let (delayed, delivered, failed) =
            (said(ArrivalState::Delayed), said(ArrivalState::Delivered), said(ArrivalState::Failed));
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
