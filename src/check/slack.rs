//! The form of Slack's webhook. Only a message can show that it works.

use secrecy::ExposeSecret as _;
use url::Url;

use super::{CheckContext, finding::Finding};
use crate::delivery::slack::Slack;

const PART: &str = "slack";
const HOST: &str = "hooks.slack.com";

pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let mut findings = vec![form(context.config.slack.webhook.expose_secret())];
    if context.options.send_test.is_some() {
        findings.push(match Slack::new(&context.config.slack, context.links(), context.clock.clone()) {
            Ok(slack) => match slack.send_test().await {
                Ok(()) => Finding::ok("test message", "accepted by Slack; check that it is in the right channel"),
                Err(message) => Finding::failed("test message", format!("{message}; renew STOPGAP_SLACK_WEBHOOK_URL")),
            },
            Err(message) => Finding::failed("test message", message),
        });
    }
    findings
}

/// `https://hooks.slack.com/services/T…/B…/…`; its last part is the secret, so nothing of it is repeated.
fn form(webhook: &str) -> Finding {
    let Ok(url) = Url::parse(webhook) else {
        return Finding::failed(PART, "STOPGAP_SLACK_WEBHOOK_URL is not a URL");
    };
    if url.host_str() != Some(HOST) {
        return Finding::warning(PART, format!("STOPGAP_SLACK_WEBHOOK_URL is not on {HOST}; is that intended?"));
    }
    let parts: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    match parts[..] {
        ["services", team, hook, secret] if team.starts_with('T') && hook.starts_with('B') && !secret.is_empty() => {
            Finding::ok(PART, "an incoming webhook; --send-test ADDRESS posts to it")
        }
        _ => Finding::failed(
            PART,
            "STOPGAP_SLACK_WEBHOOK_URL does not look like https://hooks.slack.com/services/T…/B…/…; copy it again \
             from the Slack app's page \"Incoming Webhooks\"",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::finding::Status;

    #[test]
    fn a_webhook_is_checked_by_its_form_and_never_repeated() {
        for (webhook, status) in [
            ("https://hooks.slack.com/services/T0AB/B0CD/canary", Status::Ok),
            ("https://hooks.slack.com/services/T0AB/canary", Status::Failed),
            ("https://hooks.slack.com/workflows/T0AB/B0CD/canary", Status::Failed),
            ("https://chat.acme.example/hooks/canary", Status::Warning),
        ] {
            let finding = form(webhook);
            assert_eq!(finding.status, status, "{webhook}");
            assert!(!finding.to_string().contains("canary"), "{finding}");
        }
    }
}
