//! Named points at which a test kills the process, as if the machine lost power.
//!
//! Only the feature `crash-points` compiles them in. The released program does not have it.

#[cfg(feature = "crash-points")]
use std::sync::OnceLock;

use crate::license::Channel;

/// In the order in which a license passes them.
pub const POINTS: &[&str] = &[
    "response_before_commit",
    "response_after_commit",
    "claim_email_before_commit",
    "claim_email_after_commit",
    "email_before_connect",
    "email_after_connect",
    "email_before_dot",
    "email_after_reply",
    "record_email_before_commit",
    "record_email_after_commit",
    "mark_late_before_commit",
    "mark_late_after_commit",
    "claim_issue_before_commit",
    "claim_issue_after_commit",
    "issue_before_create",
    "issue_after_create",
    "issue_before_note",
    "issue_after_note",
    "issue_before_close",
    "issue_after_close",
    "record_issue_before_commit",
    "record_issue_after_commit",
    "claim_slack_before_commit",
    "claim_slack_after_commit",
    "slack_before_update",
    "slack_after_update",
    "slack_before_post",
    "slack_after_post",
    "record_slack_before_commit",
    "record_slack_after_commit",
    "remind_before_commit",
    "remind_after_commit",
    "digest_before_post",
    "digest_after_post",
];

#[cfg(feature = "crash-points")]
static ARMED: OnceLock<String> = OnceLock::new();

/// Kills the process when it reaches `point`.
#[cfg(feature = "crash-points")]
pub fn arm(point: String) {
    // Only the first call counts.
    let _ = ARMED.set(point);
}

/// Kills the process if `name` is armed.
#[inline]
pub(crate) fn point(name: &'static str) {
    #[cfg(feature = "crash-points")]
    if ARMED.get().is_some_and(|armed| armed == name) {
        std::process::abort();
    }
    #[cfg(not(feature = "crash-points"))]
    let _ = name;
}

/// Kills the process if the name for `channel` is armed. `names` are those for email, issue and Slack.
#[inline]
pub(crate) fn point_of(channel: Channel, names: [&'static str; 3]) {
    let [email, issue, slack] = names;
    point(match channel {
        Channel::Email => email,
        Channel::Issue => issue,
        Channel::Slack => slack,
    });
}
