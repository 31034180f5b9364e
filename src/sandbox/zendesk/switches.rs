//! The fault switches of the page.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::StandIns;
use crate::sandbox::{
    gitlab::{Call, CallFault},
    mailgun, smtp,
    web::Fault,
};

/// How long a slow stand-in waits, in milliseconds.
const SLOW_MS: u64 = 3_000;

/// One switch as the page throws it.
#[derive(Debug, Deserialize)]
#[serde(tag = "stand_in", content = "fault", rename_all = "snake_case")]
pub(super) enum Switch {
    Smtp(Option<smtp::Fault>),
    Mailgun(Option<mailgun::Trouble>),
    Gitlab(Option<CallFault>),
    Slack(Option<Fault>),
    Service(Option<Fault>),
}

impl Switch {
    pub(super) fn set(self, stand_ins: &StandIns) {
        match self {
            Self::Smtp(fault) => stand_ins.mail.faults.set_fault(fault),
            Self::Mailgun(trouble) => stand_ins.mailgun.set_trouble(trouble),
            Self::Gitlab(fault) => stand_ins.gitlab.faults.set_fault(fault),
            Self::Slack(fault) => stand_ins.slack.faults.set_fault(fault),
            Self::Service(fault) => stand_ins.service.set_fault(fault),
        }
    }
}

/// What the page offers for each stand-in: `{label, fault}`.
pub(super) fn offered() -> Value {
    json!({
        "smtp": smtp::Fault::ALL.map(|(fault, label)| offer(label, fault)),
        "mailgun": mailgun::Trouble::ALL.map(|(trouble, label)| offer(label, trouble)),
        "gitlab": gitlab(),
        "slack": slack(),
        "service": service(),
    })
}

fn gitlab() -> Vec<Value> {
    let on = |label, call, fault| offer(label, CallFault::on(call, fault));
    let any = |label, fault| offer(label, CallFault::any(fault));
    vec![
        any("503 for everything", Fault::status(503, "Service Unavailable")),
        any("Connection dropped", Fault::DropBefore),
        on("Issue created, connection dropped", Call::Create, Fault::DropAfter),
        on("Issue created, no answer", Call::Create, Fault::HangAfter),
        on("500 at create", Call::Create, Fault::status(500, "Internal Server Error")),
        on("500 at close", Call::Close, Fault::status(500, "Internal Server Error")),
        on("500 at note", Call::Note, Fault::status(500, "Internal Server Error")),
        on("500 at list", Call::List, Fault::status(500, "Internal Server Error")),
        on("Issue created, not confidential", Call::Create, Fault::ignored(["confidential"])),
        on("400 assignee at create", Call::Create, Fault::status(400, r#"{"message":{"assignees":["is invalid"]}}"#)),
        any("Confidential is ignored", Fault::ignored(["confidential"])),
        any("Answers do not say confidential", Fault::Omitted { field: "confidential".to_owned() }),
        any("Labels are ignored", Fault::ignored(["labels", "add_labels"])),
        on("Issue is not closed", Call::Close, Fault::ignored(["state_event"])),
        any("401 token refused", Fault::status(401, r#"{"message":"401 Unauthorized"}"#)),
        any("403 no right", Fault::status(403, r#"{"message":"403 Forbidden"}"#)),
        any("404 project not visible", Fault::status(404, r#"{"message":"404 Project Not Found"}"#)),
        any("429 retry after 5 s", Fault::RateLimited { retry_after: Some("5".to_owned()) }),
        any("429 without a time", Fault::RateLimited { retry_after: None }),
        any("Half an answer", Fault::Truncated),
        any("Ten megabytes", Fault::Huge),
        any("Redirect to another host", elsewhere()),
        any("Slow: three seconds", Fault::Slow { delay_ms: SLOW_MS }),
    ]
}

fn slack() -> Vec<Value> {
    vec![
        offer("500", Fault::status(500, "rollup_error")),
        offer("Connection dropped", Fault::DropBefore),
        offer("Message kept, connection dropped", Fault::DropAfter),
        offer("Message kept, no answer", Fault::HangAfter),
        offer("App: token_revoked", refusal("token_revoked")),
        offer("App: is_archived", refusal("is_archived")),
        offer("App: not_in_channel", refusal("not_in_channel")),
        offer("App: internal_error", refusal("internal_error")),
        offer("App: invalid_blocks", refusal("invalid_blocks")),
        offer("Webhook: 400 invalid_blocks", Fault::status(400, "invalid_blocks")),
        offer("Webhook: 403 invalid_token", Fault::status(403, "invalid_token")),
        offer("Webhook: 404 no_service", Fault::status(404, "no_service")),
        offer("Webhook: 410 channel_is_archived", Fault::status(410, "channel_is_archived")),
        offer("429 retry after 5 s", Fault::RateLimited { retry_after: Some("5".to_owned()) }),
        offer("Ten megabytes", Fault::Huge),
        offer("Redirect to another host", elsewhere()),
        offer("Slow: three seconds", Fault::Slow { delay_ms: SLOW_MS }),
    ]
}

/// As the Web API refuses.
fn refusal(code: &str) -> Fault {
    Fault::status(200, &json!({"ok": false, "error": code}).to_string())
}

/// A status carries the code of the service's problem.
fn service() -> Vec<Value> {
    vec![
        offer("Session ended", Fault::status(401, "no_session")),
        offer("Away", Fault::DropBefore),
        offer("Limit reached, 60 s", Fault::RateLimited { retry_after: Some("60".to_owned()) }),
        offer("Agent not allowed", Fault::status(403, "agent_not_allowed")),
    ]
}

fn elsewhere() -> Fault {
    Fault::Redirect { to: "http://elsewhere.example/".to_owned() }
}

fn offer(label: &str, fault: impl Serialize) -> Value {
    json!({"label": label, "fault": fault})
}
