//! Slack: the form of a webhook, since only a message can show that it works; of an app the token, its scopes and the
//! channel.

use secrecy::ExposeSecret as _;
use url::Url;

use super::{CheckContext, finding::Finding};
use crate::{
    config::{SlackAccess, SlackApp},
    delivery::{
        sanitize,
        slack::{CALL_TIMEOUT, Slack, api::Api, types::Channel},
    },
};

const PART: &str = "slack";
const TOKEN: &str = "slack token";
const CHANNEL: &str = "slack channel";
const HOST: &str = "hooks.slack.com";

pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let (mut findings, setting) = match &context.config.slack.access {
        SlackAccess::Webhook(webhook) => (vec![form(webhook.expose_secret())], "STOPGAP_SLACK_WEBHOOK_URL"),
        SlackAccess::App(app) => (access(app, context).await, "STOPGAP_SLACK_BOT_TOKEN"),
    };
    if context.options.send_test.is_some() {
        findings.push(match Slack::new(&context.config.slack, context.links(), context.clock.clone()) {
            Ok(slack) => match slack.send_test().await {
                Ok(()) => Finding::ok("test message", "accepted by Slack; check that it is in the right channel"),
                Err(message) => Finding::failed("test message", format!("{message}; renew {setting}")),
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

/// Whether the app can post to the channel, and read there what it posted.
async fn access(app: &SlackApp, context: CheckContext<'_>) -> Vec<Finding> {
    let api = match Api::new(app, context.clock.clone(), CALL_TIMEOUT) {
        Ok(api) => api,
        Err(reason) => return vec![Finding::failed(TOKEN, reason)],
    };
    let (identity, scopes) = match api.identity().await {
        Ok(answer) => answer,
        Err(error) => return vec![Finding::failed(TOKEN, error.to_string())],
    };
    let channel = api.channel().await;
    // A channel that cannot be seen is most likely a public one without the scope.
    let is_private = channel.as_ref().is_ok_and(|channel| channel.is_private);
    let team = sanitize::error_text(&identity.team);
    let token = match missing(&scopes, is_private) {
        missing if missing.is_empty() && !scopes.iter().any(|scope| scope == "users:read.email") => Finding::warning(
            TOKEN,
            format!(
                "valid in the workspace {team}; without users:read and users:read.email the engineer is named and not \
                 mentioned"
            ),
        ),
        missing if missing.is_empty() => Finding::ok(TOKEN, format!("valid in the workspace {team}, with all scopes")),
        missing => Finding::failed(
            TOKEN,
            format!(
                "lacks {}; add to the Slack app's scopes, and reinstall the app to the workspace",
                missing.join(", ")
            ),
        ),
    };
    let channel = match channel {
        Ok(channel) => of_channel(&channel, &scopes),
        Err(error) => Finding::failed(CHANNEL, error.to_string()),
    };
    vec![token, channel]
}

/// The scopes that posting, looking for a lost message and this check need.
fn missing(scopes: &[String], is_private: bool) -> Vec<&'static str> {
    let needed = if is_private {
        ["chat:write", "groups:history", "groups:read"]
    } else {
        ["chat:write", "channels:history", "channels:read"]
    };
    needed.into_iter().filter(|scope| !scopes.iter().any(|granted| granted == scope)).collect()
}

fn of_channel(channel: &Channel, scopes: &[String]) -> Finding {
    let name = sanitize::error_text(&channel.name);
    let failed = |why: &str| Finding::failed(CHANNEL, format!("#{name} {why}"));
    if channel.is_archived {
        failed("is archived; unarchive it, or set STOPGAP_SLACK_CHANNEL to another")
    } else if !channel.is_member && scopes.iter().any(|scope| scope == "chat:write.public") {
        let why = "can be posted to but not read, so a message whose answer was lost may show twice; /invite the app";
        Finding::warning(CHANNEL, format!("#{name} {why}"))
    } else if !channel.is_member {
        failed("does not have the app as a member; /invite it there")
    } else if channel.is_read_only {
        failed("is read-only; allow the app to post, or set STOPGAP_SLACK_CHANNEL to another")
    } else if channel.is_thread_only {
        failed("takes replies alone; set STOPGAP_SLACK_CHANNEL to another")
    } else if channel.is_non_threadable {
        Finding::warning(CHANNEL, format!("#{name} has no threads; what is new of a license is a message of its own"))
    } else {
        Finding::ok(CHANNEL, format!("#{name}, with the app as a member; --send-test ADDRESS posts to it"))
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
