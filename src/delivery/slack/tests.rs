//! The Slack client against the sandbox's Slack.

mod message;

use std::time::Duration;

use serde_json::{Value, json};

use super::{Slack, message::Subject};
use crate::{
    clock::Clock,
    config::{self, SlackAccess, SlackApp},
    delivery::{
        Links,
        testing::{delivery, license, line, links},
    },
    license::{Channel, Delivery, License, LicenseDetails, Notice, Outcome, Purpose, ResendKind, Verdict},
    sandbox::{slack as sandbox, web::Fault},
};

const ISSUE: &str = "https://gitlab.example/group/project/-/issues/12";

fn posted(notice: Notice) -> Delivery {
    delivery(Channel::Slack, Purpose::First, Some(notice))
}

fn details() -> LicenseDetails {
    LicenseDetails::new(license())
}

fn webhook(url: String) -> config::Slack {
    config::Slack { access: SlackAccess::Webhook(url.into()), group: None }
}

fn app(server: &sandbox::Slack, token: &str) -> config::Slack {
    let (url, channel) = (server.root().parse().unwrap(), sandbox::CHANNEL.to_owned());
    let access = SlackAccess::App(SlackApp { url, token: token.to_owned().into(), channel });
    config::Slack { access, group: Some(sandbox::GROUP.to_owned()) }
}

fn notices() -> [Notice; 9] {
    let error = || "550 5.1.1 <Jane.Roe@acme.example> unknown, ask ops@acme.example".to_owned();
    [
        Notice::Generated,
        Notice::SentAfterAll,
        Notice::IssueFiled,
        Notice::EmailLate { error: None, needs_operator: false },
        Notice::EmailLate { error: Some(error()), needs_operator: true },
        Notice::EmailRefused { error: error(), needs_operator: false },
        Notice::SealingFailed { error: error() },
        Notice::Bounced { to: "j***@acme.example".into(), reason: error(), open: true },
        Notice::Resent { how: ResendKind::Forward, to: "o***@acme.example".into(), resolves_failure: true },
    ]
}

#[test]
fn each_answer_of_slack_has_its_outcome() {
    let after = Some(Duration::from_secs(3));
    for (status, body, outcome, text) in [
        (400, "invalid_blocks", "refused", "invalid_blocks"),
        (403, "invalid_token", "refused", "invalid_token; check STOPGAP_SLACK_WEBHOOK_URL"),
        (404, "no_service", "refused", "no_service"),
        (410, "channel_is_archived", "refused", "channel_is_archived"),
        (408, "", "retry", "for now (408)"),
        (429, "", "retry", "for now (429)"),
        (500, "<html>", "retry", "for now (500)"),
        (503, "", "retry", "for now (503)"),
        (302, "", "needs_operator", "has moved (302)"),
    ] {
        let got = super::webhook::refused(status, body, after);
        assert_eq!(got.kind().as_str(), outcome, "{status}");
        assert!(got.error().unwrap().contains(text), "{got:?}");
        if let Outcome::Retry { after: asked, .. } = got {
            assert_eq!(asked, after, "{status}");
        }
    }
}

#[tokio::test]
async fn the_message_is_posted_and_refers_to_the_issue() {
    let server = sandbox::Slack::start(0, Clock::system()).await.unwrap();
    let config = webhook(server.url());
    let slack = Slack::with_timeout(&config, links(), Clock::system(), Duration::from_millis(300)).unwrap();
    for notice in notices() {
        let outcome = slack.post(&details(), &posted(notice), Some(ISSUE)).await;
        assert_eq!(outcome, Outcome::sent(Some(ISSUE.into())));
    }
    assert_eq!(server.messages().len(), notices().len(), "each fits into Slack's limits");
    for (fault, text) in
        [(Fault::HangAfter, "no answer in time"), (Fault::status(204, ""), "was not its `ok`"), (Fault::Truncated, "")]
    {
        server.faults.fail_next(fault.clone());
        let outcome = slack.post(&details(), &posted(Notice::Generated), None).await;
        assert_eq!(outcome.kind().as_str(), if text.is_empty() { "sent" } else { "uncertain" }, "{fault:?}");
        let error = outcome.error().unwrap_or_default();
        assert!(error.contains(text) && !error.contains("127.0.0.1") && !error.contains("services"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_webhook_leaks_nothing_of_it() {
    let server = sandbox::Slack::start(0, Clock::system()).await.unwrap();
    let config = webhook(format!("{}/canary%21?token=canary2", server.url()));
    let slack = Slack::new(&config, links(), Clock::system()).unwrap();
    let path = server.url().split_once("/services").unwrap().1.to_owned();
    let echo = format!("no {path} {}/canary%21?token=canary2 {} canary! canary2", server.url(), path.replace('/', " "));
    for status in [200, 404] {
        server.faults.fail_next(Fault::status(status, &echo));
        let outcome = slack.post(&details(), &posted(Notice::Generated), None).await;
        let error = outcome.error().unwrap();
        assert!(!error.contains("canary") && !error.contains("127.0.0.1"), "{error}");
        assert!(path.split('/').all(|part| part.is_empty() || !error.contains(part)), "{error}");
    }
}

#[tokio::test]
async fn a_slack_that_is_down_or_misconfigured_has_surely_posted_nothing() {
    for url in ["http://127.0.0.1:9/hush", "hush"] {
        let config = webhook(url.to_owned());
        let slack = Slack::new(&config, links(), Clock::system()).unwrap();
        let outcome = slack.post(&details(), &posted(Notice::Generated), None).await;
        let Outcome::Retry { error, uncertain: false, .. } = outcome else { panic!("{outcome:?}") };
        assert!(error.starts_with("Slack could not be reached") && !error.contains("hush"), "{error}");
        assert!(!format!("{slack:?}").contains("hush"));
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_bot_token_leaks_nothing_of_it() {
    let server = sandbox::Slack::start(0, Clock::system()).await.unwrap();
    let token = "xoxb-1-canary";
    let slack = Slack::new(&app(&server, token), links(), Clock::system()).unwrap();
    let echo = json!({"ok": false, "error": token, "needed": token, "response_metadata": {"messages": [token]}});
    for fault in [Fault::status(200, &echo.to_string()), Fault::status(404, token), Fault::status(200, token)] {
        server.faults.fail_next(fault);
        let outcome = slack.post(&details(), &posted(Notice::Generated), None).await;
        let shown = format!("{outcome:?} {slack:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[tokio::test]
async fn a_message_by_bot_token_names_its_thread_and_is_marked_with_its_delivery() {
    let server = sandbox::Slack::start(0, Clock::system()).await.unwrap();
    let slack = Slack::new(&app(&server, sandbox::TOKEN), links(), Clock::system()).unwrap();
    let delivery = posted(Notice::Generated);
    let outcome = slack.post(&details(), &delivery, Some(ISSUE)).await;
    let kept = server.messages().remove(0);
    let thread_ts = kept.ts.parse().unwrap();
    assert_eq!(outcome, Outcome::Posted { reference: Some(ISSUE.into()), thread_ts, uncertain: false });
    let marker = kept.metadata.unwrap();
    assert_eq!(marker["event_payload"], json!({"delivery": delivery.id.to_string()}), "every app reads it: no name");
}
