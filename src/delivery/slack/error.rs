//! Why a call of Slack's Web API failed, and what that means for the delivery.

use std::{fmt, time::Duration};

use crate::license::Outcome;

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The operator has to mend something. Also of codes that are not known here.
    Operator,
    /// The request is wrong, and stays wrong.
    Ours,
    /// Surely not done; time heals it.
    Retry,
    /// Perhaps done.
    Unknown,
    /// No reply is possible there, but a message is.
    NoThread,
    /// The message cannot be changed.
    NoUpdate,
}

/// Slack's error codes. Others are [`Class::Ours`] if they begin with `invalid_`, and [`Class::Operator`] otherwise.
const CODES: [(Class, &[&str]); 6] = [
    (
        Class::Operator,
        &[
            "not_authed",
            "invalid_auth",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "no_permission",
            "missing_scope",
            "not_allowed_token_type",
            "team_access_not_granted",
            "access_denied",
            "accesslimited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "two_factor_setup_required",
            "channel_not_found",
            "not_in_channel",
            "is_archived",
            "is_inactive",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "messages_tab_disabled",
            "team_not_found",
            "method_deprecated",
            "deprecated_endpoint",
        ],
    ),
    (
        Class::Ours,
        &[
            "msg_blocks_too_long",
            "msg_too_long",
            "msg_too_large",
            "no_text",
            "too_many_attachments",
            "metadata_too_large",
            "metadata_must_be_sent_from_app",
            "attachment_payload_limit_exceeded",
            "markdown_text_conflict",
            "no_dual_broadcast_content_update",
        ],
    ),
    (
        Class::Retry,
        &[
            "ratelimited",
            "rate_limited",
            "message_limit_exceeded",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
            "org_login_required",
            "external_channel_migrating",
            "update_failed",
        ],
    ),
    (Class::Unknown, &["internal_error", "fatal_error"]),
    (
        Class::NoThread,
        &[
            "cannot_reply_to_message",
            "thread_not_found",
            "restricted_action_thread_locked",
            "restricted_action_non_threadable_channel",
        ],
    ),
    (
        Class::NoUpdate,
        &[
            "message_not_found",
            "cant_update_message",
            "edit_window_closed",
            "block_mismatch",
            "streaming_state_conflict",
        ],
    ),
];

/// What the operator has to do about a code.
const REMEDIES: [(&str, &[&str]); 6] = [
    (
        "renew STOPGAP_SLACK_BOT_TOKEN",
        &["not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"],
    ),
    ("add the scope to the Slack app, and reinstall the app to the workspace", &["missing_scope", "no_permission"]),
    (
        "STOPGAP_SLACK_CHANNEL is wrong, or the app is not in a private channel: /invite it there",
        &["channel_not_found"],
    ),
    ("/invite the app to the channel", &["not_in_channel"]),
    ("unarchive the channel, or set STOPGAP_SLACK_CHANNEL to another", &["is_archived", "is_inactive"]),
    (
        "allow the app to post to the channel, or set STOPGAP_SLACK_CHANNEL to another",
        &["restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"],
    ),
];

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Error {
    pub(super) method: &'static str,
    pub(super) cause: Cause,
}

/// Texts are sanitized already.
#[derive(Debug)]
pub(super) enum Cause {
    /// The request did not arrive.
    Unreachable(String),
    /// The answer did not arrive, or is not Slack's, although the request may have arrived.
    Lost(String),
    /// `{"ok": false, "error": code}`.
    Refused { code: String, detail: String, after: Option<Duration> },
    /// A status other than success, without such a code.
    Status { status: u16, after: Option<Duration> },
    /// More messages than are read.
    TooMany(usize),
}

pub(super) fn class(code: &str) -> Class {
    let known = CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(class, _)| *class);
    known.unwrap_or(if code.starts_with("invalid_") { Class::Ours } else { Class::Operator })
}

impl Error {
    pub(crate) fn class(&self) -> Class {
        match &self.cause {
            Cause::Refused { code, .. } => class(code),
            Cause::Unreachable(_) | Cause::Status { status: 408 | 429, .. } => Class::Retry,
            Cause::Lost(_) | Cause::Status { status: 500.., .. } => Class::Unknown,
            Cause::Status { .. } | Cause::TooMany(_) => Class::Operator,
        }
    }

    /// The outcome of a message that was not posted.
    pub(super) fn into_outcome(self) -> Outcome {
        let class = self.class();
        self.outcome(class == Class::Unknown)
    }

    /// The same for a call that may be made twice.
    pub(super) fn into_harmless_outcome(self) -> Outcome {
        self.outcome(false)
    }

    fn outcome(self, uncertain: bool) -> Outcome {
        let error = self.to_string();
        let needs_operator = match self.class() {
            Class::Ours => return Outcome::Refused { error },
            Class::Retry | Class::Unknown => false,
            Class::Operator | Class::NoThread | Class::NoUpdate => true,
        };
        let after = match self.cause {
            Cause::Refused { after, .. } | Cause::Status { after, .. } => after,
            Cause::Unreachable(_) | Cause::Lost(_) | Cause::TooMany(_) => None,
        };
        Outcome::Retry { error, after, uncertain, needs_operator, reference: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.method;
        match &self.cause {
            Cause::Unreachable(why) => write!(f, "Slack could not be reached for {method}: {why}"),
            Cause::Lost(why) => write!(f, "Slack's answer to {method} was lost: {why}"),
            Cause::Refused { code, detail, .. } => {
                write!(f, "Slack refused {method}: {code}")?;
                if !detail.is_empty() {
                    write!(f, " ({detail})")?;
                }
                let remedy = REMEDIES.iter().find(|(_, codes)| codes.contains(&code.as_str()));
                remedy.map_or(Ok(()), |(remedy, _)| write!(f, "; {remedy}"))
            }
            Cause::Status { status: status @ 300..=399, .. } => {
                write!(f, "Slack refused {method} ({status}): it has moved; check STOPGAP_SLACK_URL")
            }
            Cause::Status { status, .. } => write!(f, "Slack refused {method} ({status})"),
            Cause::TooMany(most) => write!(f, "{method} has more than {most} messages to look through"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_slack_has_one_class_and_an_unknown_one_is_shown_to_the_operator() {
        let all: Vec<_> = CODES.iter().flat_map(|(_, codes)| *codes).collect();
        assert!(all.iter().enumerate().all(|(i, code)| !all[i + 1..].contains(code)), "{all:?}");
        for (code, kind) in [
            ("token_revoked", "needs_operator"),
            ("channel_not_found", "needs_operator"),
            ("a_code_of_next_year", "needs_operator"),
            ("invalid_auth", "needs_operator"),
            ("invalid_blocks", "refused"),
            ("invalid_metadata_schema", "refused"),
            ("msg_blocks_too_long", "refused"),
            ("service_unavailable", "retry"),
            ("internal_error", "uncertain"),
            ("fatal_error", "uncertain"),
        ] {
            let after = Some(Duration::from_secs(3));
            let error = || Error {
                method: "chat.postMessage",
                cause: Cause::Refused { code: code.into(), detail: String::new(), after },
            };
            let outcome = error().into_outcome();
            assert_eq!(outcome.kind().as_str(), kind, "{code}");
            assert!(outcome.error().unwrap().contains(code), "{outcome:?}");
            assert_ne!(error().into_harmless_outcome().kind().as_str(), "uncertain", "{code}");
            if let Outcome::Retry { after: asked, .. } = outcome {
                assert_eq!(asked, after, "{code}");
            }
        }
    }

    #[test]
    fn each_failure_without_a_code_has_its_outcome() {
        let status = |status| Cause::Status { status, after: None };
        for (cause, kind) in [
            (Cause::Unreachable("refused".into()), "retry"),
            (Cause::Lost("reset".into()), "uncertain"),
            (status(302), "needs_operator"),
            (status(404), "needs_operator"),
            (status(408), "retry"),
            (status(429), "retry"),
            (status(500), "uncertain"),
            (status(503), "uncertain"),
        ] {
            let error = Error { method: "chat.postMessage", cause };
            assert_eq!(error.into_outcome().kind().as_str(), kind);
        }
    }
}
