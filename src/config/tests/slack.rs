//! Slack's settings: a webhook, or a bot token with its channel.

use super::*;
use crate::config::SlackAccess;

const CHANNEL: &str = "C0123456789";

fn app() -> Given {
    Given::enough().without("SLACK_WEBHOOK_URL").with("SLACK_BOT_TOKEN", "xoxb-1-2-x").with("SLACK_CHANNEL", CHANNEL)
}

#[test]
fn slack_is_reached_by_a_webhook_or_by_a_bot_token_and_its_channel() {
    assert!(matches!(Given::enough().config().slack.access, SlackAccess::Webhook(_)));
    let SlackAccess::App(settings) = app().config().slack.access else { panic!("it is an app") };
    assert_eq!((settings.channel.as_str(), settings.url.as_str()), (CHANNEL, "https://slack.com/"));
    assert_eq!(app().with("SLACK_GROUP", "S0123456789").config().slack.group.as_deref(), Some("S0123456789"));
}

#[test]
fn slack_settings_that_do_not_go_together_are_named() {
    for (given, variable, named) in [
        (
            Given::enough().without("SLACK_WEBHOOK_URL"),
            "SLACK_WEBHOOK_URL",
            "SLACK_BOT_TOKEN and STOPGAP_SLACK_CHANNEL",
        ),
        (app().with("SLACK_WEBHOOK_URL", "https://hooks.slack.com/x"), "SLACK_WEBHOOK_URL", "SLACK_BOT_TOKEN are both"),
        (Given::enough().with("SLACK_CHANNEL", CHANNEL), "SLACK_WEBHOOK_URL", "STOPGAP_SLACK_CHANNEL are both"),
        (app().without("SLACK_CHANNEL"), "SLACK_CHANNEL", "STOPGAP_SLACK_BOT_TOKEN is set"),
        (app().without("SLACK_BOT_TOKEN"), "SLACK_BOT_TOKEN", "STOPGAP_SLACK_CHANNEL is set"),
    ] {
        let message = given.error(variable);
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn slack_names_and_tokens_of_another_kind_are_refused_with_what_to_write() {
    for (name, value, text) in [
        ("SLACK_BOT_TOKEN", "xoxp-1-2-x", "begins with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-x", "token rotation"),
        ("SLACK_BOT_TOKEN", "xoxb-1 2", "white space"),
        ("SLACK_CHANNEL", "#support", "the channel's ID"),
        ("SLACK_CHANNEL", "U0123456789", "the channel's ID"),
        ("SLACK_GROUP", "@licensing", "not its handle"),
        ("SLACK_URL", "http://slack.com", "https://"),
    ] {
        let message = app().with(name, value).error(name);
        assert!(message.contains(text) && !message.contains(value), "{message}");
    }
}
