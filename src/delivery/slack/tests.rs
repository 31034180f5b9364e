//! The Slack client against the sandbox's Slack, and hostile input to its message.

use std::time::Duration;

use serde_json::Value;

use super::Slack;
use crate::{
    clock::Clock,
    config,
    delivery::{
        Links,
        testing::{delivery, license, line, links},
    },
    license::{Channel, Delivery, License, Notice, Outcome, Purpose, Verdict},
    sandbox::{slack as sandbox, web::Fault},
};

const ISSUE: &str = "https://gitlab.example/group/project/-/issues/12";

fn posted(notice: Notice) -> Delivery {
    delivery(Channel::Slack, Purpose::First, Some(notice))
}

fn notices() -> [Notice; 7] {
    let error = || "550 5.1.1 <Jane.Roe@acme.example> unknown, ask ops@acme.example".to_owned();
    [
        Notice::Generated,
        Notice::SentAfterAll,
        Notice::IssueFiled,
        Notice::EmailLate { error: None, needs_operator: false },
        Notice::EmailLate { error: Some(error()), needs_operator: true },
        Notice::EmailRefused { error: error(), needs_operator: false },
        Notice::SealingFailed { error: error() },
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
        let got = super::refused(status, body, after);
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
    let config = config::Slack { webhook: server.url().into() };
    let slack = Slack::with_timeout(&config, links(), Clock::system(), Duration::from_millis(300)).unwrap();
    for notice in notices() {
        let outcome = slack.post(&license(), &posted(notice), Some(ISSUE)).await;
        assert_eq!(outcome, Outcome::sent(Some(ISSUE.into())));
    }
    assert_eq!(server.messages().len(), notices().len(), "each fits into Slack's limits");
    for (fault, text) in
        [(Fault::HangAfter, "no answer in time"), (Fault::status(204, ""), "was not its `ok`"), (Fault::Truncated, "")]
    {
        server.faults.fail_next(fault.clone());
        let outcome = slack.post(&license(), &posted(Notice::Generated), None).await;
        assert_eq!(outcome.kind().as_str(), if text.is_empty() { "sent" } else { "uncertain" }, "{fault:?}");
        let error = outcome.error().unwrap_or_default();
        assert!(error.contains(text) && !error.contains("127.0.0.1") && !error.contains("services"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_webhook_leaks_nothing_of_it() {
    let server = sandbox::Slack::start(0, Clock::system()).await.unwrap();
    let config = config::Slack { webhook: format!("{}/canary%21?token=canary2", server.url()).into() };
    let slack = Slack::new(&config, links(), Clock::system()).unwrap();
    let path = server.url().split_once("/services").unwrap().1.to_owned();
    let echo = format!("no {path} {}/canary%21?token=canary2 {} canary! canary2", server.url(), path.replace('/', " "));
    for status in [200, 404] {
        server.faults.fail_next(Fault::status(status, &echo));
        let outcome = slack.post(&license(), &posted(Notice::Generated), None).await;
        let error = outcome.error().unwrap();
        assert!(!error.contains("canary") && !error.contains("127.0.0.1"), "{error}");
        assert!(path.split('/').all(|part| part.is_empty() || !error.contains(part)), "{error}");
    }
}

#[tokio::test]
async fn a_slack_that_is_down_or_misconfigured_has_surely_posted_nothing() {
    for webhook in ["http://127.0.0.1:9/hush", "hush"] {
        let config = config::Slack { webhook: webhook.to_owned().into() };
        let slack = Slack::new(&config, links(), Clock::system()).unwrap();
        let outcome = slack.post(&license(), &posted(Notice::Generated), None).await;
        let Outcome::Retry { error, uncertain: false, .. } = outcome else { panic!("{outcome:?}") };
        assert!(error.starts_with("Slack could not be reached") && !error.contains("hush"), "{error}");
        assert!(!format!("{slack:?}").contains("hush"));
    }
}

fn message(license: &License, delivery: &Delivery, issue_url: Option<&str>, links: &Links) -> Value {
    serde_json::to_value(super::message::message(license, delivery, issue_url, links)).unwrap()
}

/// Every string in a message, with the kind of block it stands in.
fn texts(message: &Value) -> Vec<(String, String)> {
    let mut all = vec![("text".to_owned(), message["text"].as_str().unwrap().to_owned())];
    for block in message["blocks"].as_array().unwrap() {
        let kind = block["type"].as_str().unwrap();
        let fields = ["fields", "elements"].iter().filter_map(|list| block[*list].as_array()).flatten();
        all.extend(fields.map(|field| ("field".to_owned(), field["text"].as_str().unwrap().to_owned())));
        all.extend(block["text"]["text"].as_str().map(|text| (kind.to_owned(), text.to_owned())));
    }
    all
}

#[test]
fn a_message_has_what_the_team_needs_and_no_license_or_address() {
    let license = license();
    let file = license.file.as_ref().unwrap().expose();
    for notice in notices() {
        let text = message(&license, &posted(notice.clone()), Some(ISSUE), &links()).to_string();
        for message in [
            "<https://acme.zendesk.com/agent/tickets/4711|#4711>",
            &format!("<{ISSUE}|issue>"),
            "jdoe",
            "286",
            "Acme GmbH &amp; Co. KG",
            "acme.example",
            "last day 2026-11-30",
            "2026-11-30 (stops at 00:00 of 2026-12-01)",
            "in scope: the grace period ended 1 day ago",
            &license.id.to_string(),
        ] {
            assert!(text.contains(message), "{message} in {text}");
        }
        assert!(!text.contains(&file[..40]), "{text}");
        assert!(!text.to_lowercase().contains("jane") && !text.contains("ops@"), "{text}");
    }
    let unfiled = message(&license, &posted(Notice::Generated), None, &links()).to_string();
    assert!(unfiled.contains("not filed yet"));
}

#[test]
fn each_notice_has_its_headline() {
    let headlines: Vec<String> = notices()
        .into_iter()
        .map(|notice| message(&license(), &posted(notice), None, &links())["blocks"][0]["text"]["text"].to_string())
        .collect();
    for (headline, message) in headlines.iter().zip([
        "license generated",
        "sent after all",
        "Issue of an emergency license filed",
        "not mailed yet",
        "not mailed yet",
        "license not mailed",
        "license failed",
    ]) {
        assert!(headline.contains(message), "{headline}");
    }
}

#[test]
fn hostile_text_pings_nobody_and_breaks_no_limit() {
    let long = "<!channel> & @here ".repeat(40);
    let mut license = license();
    for hostile in ["<!channel>", "<@U123> *bold* & @here <https://evil.example|click>", &"&".repeat(200)] {
        license.customer.company = line(hostile);
        license.eligibility.reason = long.clone();
        license.eligibility.override_reason = Some("&".repeat(5000));
        license.eligibility.recommended_seats = Some(1_000_000);
        for notice in [
            Notice::EmailLate { error: Some(long.clone()), needs_operator: true },
            Notice::EmailRefused { error: "&".repeat(5000), needs_operator: true },
            Notice::SealingFailed { error: long.clone() },
        ] {
            let message = message(&license, &posted(notice), Some(ISSUE), &links());
            assert!(message["blocks"].as_array().unwrap().len() <= 50);
            assert!(message["blocks"][2]["fields"].as_array().unwrap().len() <= 10);
            for (kind, text) in texts(&message) {
                let limit = [("header", 150), ("field", 2000)].iter().find(|(k, _)| *k == kind).map_or(3000, |l| l.1);
                assert!(text.chars().count() <= limit, "{kind}: {text}");
                let plain = text.replace("<https://acme.zendesk.com/", "").replace("<https://gitlab.example/", "");
                assert!(!plain.contains('<'), "{text}");
            }
        }
    }
}

#[test]
fn a_license_that_was_pasted_as_a_reason_is_removed() {
    let file = license().file.unwrap().expose().replace('\n', "");
    let mut pasted: License = license();
    pasted.eligibility.override_reason = Some(file.clone());
    let text = message(&pasted, &posted(Notice::Generated), None, &links()).to_string();
    assert!(!text.contains(&file[..60]), "{text}");
}

#[test]
fn a_long_company_name_is_cut_and_not_removed() {
    let mut license = license();
    let word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsverwaltung";
    license.customer.company = line(&format!("{word} GmbH"));
    let text = message(&license, &posted(Notice::Generated), None, &links()).to_string();
    assert!(text.contains("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesel… GmbH"), "{text}");
    license.customer.company = line(&"A".repeat(200));
    let text = message(&license, &posted(Notice::Generated), None, &links()).to_string();
    assert!(text.contains(&format!("{}…", "A".repeat(40))) && !text.contains(&"A".repeat(41)), "{text}");
}

#[test]
fn the_reason_for_another_license_is_told_without_calling_it_out_of_scope() {
    let mut license = license();
    license.eligibility.verdict = Verdict::InScope;
    license.eligibility.override_reason = Some("the first one had too few seats".to_owned());
    license.eligibility.overridden_by = Some("jdoe".to_owned());
    let text = message(&license, &posted(Notice::Generated), None, &links()).to_string();
    assert!(text.contains("*Confirmed* by jdoe because the first one had too few seats"), "{text}");
}
