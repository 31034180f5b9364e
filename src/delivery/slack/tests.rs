//! The Slack client against a scripted server, and its message against hostile ones.

use std::time::Duration;

use serde_json::Value;

use super::{Slack, message::message};
use crate::{
    clock::Clock,
    config,
    delivery::testing::{Act, HttpServer, delivery, license, line, links},
    license::{Channel, Delivery, License, Notice, Purpose, delivery::Outcome},
};

const ISSUE: &str = "https://gitlab.example/group/project/-/issues/12";

fn slack(server: &HttpServer) -> Slack {
    let config = config::Slack { webhook: format!("{}/services/hush", server.url).into() };
    Slack::with_timeout(&config, links(), Clock::system(), Duration::from_millis(300)).unwrap()
}

fn tell(notice: Notice) -> Delivery {
    delivery(Channel::Slack, Purpose::First, Some(notice))
}

fn stories() -> [Notice; 7] {
    let error = || "550 5.1.1 <Jane.Roe@acme.example> unknown, ask ops@acme.example".to_owned();
    [
        Notice::Generated,
        Notice::SentAfterAll,
        Notice::IssueFiled,
        Notice::EmailLate { error: None },
        Notice::EmailLate { error: Some(error()) },
        Notice::EmailRefused { error: error() },
        Notice::SealingFailed { error: error() },
    ]
}

#[tokio::test]
async fn each_answer_of_slack_has_its_outcome() {
    let answer = |status, headers, body: &str| Act::Answer(status, headers, body.to_owned());
    for (act, outcome, after, message) in [
        (answer(200, "", "ok"), "sent", None, ISSUE),
        (answer(200, "", "<html>Sign in to the network"), "uncertain", None, "was not its `ok`"),
        (answer(204, "", ""), "uncertain", None, "was not its `ok`"),
        (answer(400, "", "invalid_blocks"), "refused", None, "invalid_blocks"),
        (answer(403, "", "invalid_token"), "refused", None, "invalid_token; check STOPGAP_SLACK_WEBHOOK_URL"),
        (answer(404, "", "no_service"), "refused", None, "no_service"),
        (answer(410, "", "channel_is_archived"), "refused", None, "channel_is_archived"),
        (answer(429, "Retry-After: 3\r\n", ""), "retry", Some(3), "for now (429)"),
        (answer(500, "", "<html>"), "retry", None, "for now (500)"),
        (answer(503, "Retry-After: 4\r\n", ""), "retry", Some(4), "for now (503)"),
        (answer(302, "Location: http://evil.example/\r\n", ""), "retry", None, "has moved (302)"),
        (Act::Drop, "uncertain", None, "answer was lost"),
        (Act::Hang, "uncertain", None, "no answer in time"),
    ] {
        let server = HttpServer::start(vec![act.clone()]).await;
        let got = slack(&server).post(&license(), &tell(Notice::Generated), Some(ISSUE)).await;
        let (kind, wait, error) = match got {
            Outcome::Sent { reference } => ("sent", None, reference.unwrap_or_default()),
            Outcome::Refused { error } => ("refused", None, error),
            Outcome::Retry { error, after, uncertain, .. } => {
                (if uncertain { "uncertain" } else { "retry" }, after, error)
            }
        };
        assert_eq!((kind, wait), (outcome, after.map(Duration::from_secs)), "{act:?}: {error}");
        assert!(error.contains(message), "{act:?}: {error}");
        assert!(!error.contains("hush") && !error.contains("127.0.0.1") && !error.contains("evil"), "{error}");
        assert_eq!(server.lines(), ["POST /services/hush"]);
        assert!(server.seen()[0].body["blocks"].is_array());
    }
}

#[tokio::test]
async fn a_slack_that_is_away_or_misnamed_has_surely_posted_nothing() {
    for webhook in ["http://127.0.0.1:9/hush", "hush"] {
        let config = config::Slack { webhook: webhook.to_owned().into() };
        let slack = Slack::new(&config, links(), Clock::system()).unwrap();
        let outcome = slack.post(&license(), &tell(Notice::Generated), None).await;
        let Outcome::Retry { error, uncertain: false, .. } = outcome else { panic!("{outcome:?}") };
        assert!(error.starts_with("Slack could not be reached") && !error.contains("hush"), "{error}");
        assert!(!format!("{slack:?}").contains("hush"));
    }
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
fn the_channel_reads_all_it_needs_and_nothing_more() {
    let license = license();
    let file = license.file.as_ref().unwrap().expose();
    for notice in stories() {
        let text = message(&license, &tell(notice.clone()), Some(ISSUE), &links()).to_string();
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
    let unfiled = message(&license, &tell(Notice::Generated), None, &links()).to_string();
    assert!(unfiled.contains("not filed yet"));
}

#[test]
fn each_story_has_its_headline() {
    let headlines: Vec<String> = stories()
        .into_iter()
        .map(|notice| message(&license(), &tell(notice), None, &links())["blocks"][0]["text"]["text"].to_string())
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
fn hostile_message_ping_nobody_and_break_no_limit() {
    let long = "<!channel> & @here ".repeat(40);
    let mut license = license();
    for hostile in ["<!channel>", "<@U123> *bold* & @here <https://evil.example|click>", &"&".repeat(200)] {
        license.customer.company = line(hostile);
        license.eligibility.reason = long.clone();
        license.eligibility.override_reason = Some("&".repeat(5000));
        license.eligibility.recommended_seats = Some(1_000_000);
        for notice in [
            Notice::EmailLate { error: Some(long.clone()) },
            Notice::EmailRefused { error: "&".repeat(5000) },
            Notice::SealingFailed { error: long.clone() },
        ] {
            let message = message(&license, &tell(notice), Some(ISSUE), &links());
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
fn a_license_that_somebody_pasted_as_a_reason_is_left_out() {
    let file = license().file.unwrap().expose().replace('\n', "");
    let mut pasted: License = license();
    pasted.eligibility.override_reason = Some(file.clone());
    let text = message(&pasted, &tell(Notice::Generated), None, &links()).to_string();
    assert!(!text.contains(&file[..60]), "{text}");
}
