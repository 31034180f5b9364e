//! The shape of Slack's webhook. Whether it works only a message can tell.

use secrecy::ExposeSecret as _;
use url::Url;

use super::{Asking, finding::Finding};
use crate::delivery::slack::Slack;

const PART: &str = "slack";
/// Where Slack's incoming webhooks live.
const HOST: &str = "hooks.slack.com";

pub(super) async fn check(asking: Asking<'_>) -> Vec<Finding> {
    let mut findings = vec![shape(asking.config.slack.webhook.expose_secret())];
    if asking.send_test.is_some() {
        findings.push(match Slack::new(&asking.config.slack, asking.links(), asking.clock.clone()) {
            Ok(slack) => match slack.send_test().await {
                Ok(()) => Finding::ok("test message", "accepted by Slack; see that it is in the right channel"),
                Err(words) => Finding::failed("test message", format!("{words}; renew STOPGAP_SLACK_WEBHOOK_URL")),
            },
            Err(words) => Finding::failed("test message", words),
        });
    }
    findings
}

/// `https://hooks.slack.com/services/T…/B…/…`; its last part is the secret, so nothing of it is repeated.
fn shape(webhook: &str) -> Finding {
    let Ok(url) = Url::parse(webhook) else {
        return Finding::failed(PART, "STOPGAP_SLACK_WEBHOOK_URL is no address");
    };
    if url.host_str() != Some(HOST) {
        return Finding::warning(PART, format!("STOPGAP_SLACK_WEBHOOK_URL is not on {HOST}; is that meant?"));
    }
    let parts: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    match parts[..] {
        ["services", team, hook, secret] if team.starts_with('T') && hook.starts_with('B') && !secret.is_empty() => {
            Finding::ok(PART, "an incoming webhook; --send-test ADDRESS tries it")
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
    use crate::check::finding::Verdict;

    #[test]
    fn a_webhook_is_known_by_its_shape_and_never_repeated() {
        for (webhook, verdict) in [
            ("https://hooks.slack.com/services/T0AB/B0CD/canary", Verdict::Ok),
            ("https://hooks.slack.com/services/T0AB/canary", Verdict::Failed),
            ("https://hooks.slack.com/workflows/T0AB/B0CD/canary", Verdict::Failed),
            ("https://chat.acme.example/hooks/canary", Verdict::Warning),
        ] {
            let finding = shape(webhook);
            assert_eq!(finding.verdict, verdict, "{webhook}");
            assert!(!finding.to_string().contains("canary"), "{finding}");
        }
    }
}
