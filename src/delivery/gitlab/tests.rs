//! The GitLab client against a scripted server, and its words against hostile ones.

use std::time::Duration;

use serde_json::json;

use super::{Api, Gitlab, text::IssueText};
use crate::{
    clock::Clock,
    config,
    delivery::testing::{Act, HttpServer, delivery, license, line, links},
    license::{Channel, Delivery, Email, License, Notice, Purpose, delivery::Outcome},
};

const LABEL: &str = "Mechanizer::Emergency License Generation";
const URL: &str = "https://gitlab.example/group/project/-/issues/12";

fn gitlab(server: &HttpServer) -> Gitlab {
    let config = config::Gitlab {
        url: server.url.parse().unwrap(),
        token: "glpat-hush".to_owned().into(),
        project: "group/project".into(),
        labels: vec![LABEL.into(), "a,b".into()],
    };
    let api = Api::with_timeout(&config, Clock::system(), Duration::from_millis(400)).unwrap();
    Gitlab { api, labels: config.labels, links: links() }
}

fn first(notice: Notice) -> Delivery {
    delivery(Channel::Issue, Purpose::First, Some(notice))
}

fn news(notice: Notice) -> Delivery {
    delivery(Channel::Issue, Purpose::FollowUp, Some(notice))
}

fn refused() -> Notice {
    Notice::EmailRefused { error: "the mail server refused the recipient: 550 no such user".into() }
}

fn ok(body: &serde_json::Value) -> Act {
    Act::Answer(200, "", body.to_string())
}

fn issue(state: &str) -> serde_json::Value {
    json!({"iid": 12, "web_url": URL, "state": state, "description": marker()})
}

fn marker() -> String {
    format!("text\n\n<!-- stopgap:license={} -->\n<!-- stopgap:delivery=other -->", license().id)
}

fn created() -> Act {
    Act::Answer(201, "", issue("opened").to_string())
}

fn nobody() -> Act {
    ok(&json!([]))
}

fn sent() -> Outcome {
    Outcome::Sent { reference: Some(URL.into()) }
}

const ISSUES: &str = "/api/v4/projects/group%2Fproject/issues";

#[tokio::test]
async fn a_success_is_filed_confidentially_and_closed() {
    let user = ok(&json!([{"id": 9, "username": "JDoe"}]));
    let server = HttpServer::start(vec![user, created(), ok(&issue("closed"))]).await;
    assert_eq!(gitlab(&server).file(&license(), &first(Notice::Generated), None).await, sent());
    let expected = ["GET /api/v4/users".to_owned(), format!("POST {ISSUES}"), format!("PUT {ISSUES}/12")];
    assert_eq!(server.lines(), expected);
    let seen = server.seen();
    assert!(seen[1].head.contains("private-token: glpat-hush"));
    assert_eq!(seen[1].body["title"], "[Success] - Created a license under jane.roe@acme.example for 286 users");
    assert_eq!(seen[1].body["confidential"], true);
    assert_eq!(seen[1].body["labels"], json!([LABEL, "a,b"]));
    assert_eq!(seen[1].body["assignee_ids"], json!([9]));
    assert_eq!(seen[2].body, json!({"state_event": "close"}));
}

#[tokio::test]
async fn a_failure_is_filed_and_left_open_even_without_an_assignee() {
    for no_user in [Act::Answer(500, "", "<html>".into()), nobody(), ok(&json!([{"id": 1, "username": "jdoe2"}]))] {
        let server = HttpServer::start(vec![no_user, created()]).await;
        assert_eq!(gitlab(&server).file(&license(), &first(refused()), None).await, sent());
        assert_eq!(server.seen()[1].body["assignee_ids"], json!([]));
    }
}

#[tokio::test]
async fn whoever_tries_again_looks_through_all_pages_first() {
    let other = json!({"iid": 3, "web_url": "x", "state": "opened", "description": null});
    let full = Act::Answer(200, "X-Next-Page: 2\r\n", json!([other]).to_string());
    let server = HttpServer::start(vec![full, ok(&json!([other, issue("closed")]))]).await;
    let again = Delivery { attempts: 2, ..first(Notice::Generated) };
    assert_eq!(gitlab(&server).file(&license(), &again, None).await, sent());
    let seen = server.seen();
    assert_eq!(server.lines(), [format!("GET {ISSUES}"), format!("GET {ISSUES}")]);
    for query in ["state=all", "created_after=2026-11-21T20%3A14%3A05Z", "per_page=100", "page=2", "labels=Mechanizer"]
    {
        assert!(seen[1].line.contains(query), "{query} in {}", seen[1].line);
    }
}

#[tokio::test]
async fn a_found_issue_is_brought_to_its_state_and_a_missing_one_is_created() {
    let again = Delivery { uncertain: true, ..first(Notice::Generated) };
    let server = HttpServer::start(vec![ok(&json!([issue("opened")])), ok(&issue("closed"))]).await;
    assert_eq!(gitlab(&server).file(&license(), &again, None).await, sent());
    assert_eq!(server.seen()[1].body, json!({"state_event": "close"}));

    let server = HttpServer::start(vec![nobody(), nobody(), created(), ok(&issue("closed"))]).await;
    assert_eq!(gitlab(&server).file(&license(), &again, None).await, sent());
    assert_eq!(server.lines()[2], format!("POST {ISSUES}"));
}

#[tokio::test]
async fn a_late_mail_that_went_out_is_noted_and_closes_the_issue() {
    let note = Act::Answer(201, "", r#"{"id": 5}"#.into());
    let server = HttpServer::start(vec![note, ok(&issue("closed"))]).await;
    assert_eq!(gitlab(&server).file(&license(), &news(Notice::SentAfterAll), Some(URL)).await, sent());
    assert_eq!(server.lines(), [format!("POST {ISSUES}/12/notes"), format!("PUT {ISSUES}/12")]);
    let seen = server.seen();
    assert_eq!(seen[0].body["internal"], true);
    assert!(seen[0].body["body"].as_str().unwrap().contains(&format!("delivery={} -->", news(refused()).id)));
    assert_eq!(seen[1].body["state_event"], "close");
    assert!(seen[1].body["title"].as_str().unwrap().starts_with("[Success]"));
}

#[tokio::test]
async fn news_are_noted_once() {
    let again = Delivery { attempts: 2, ..news(refused()) };
    let there = json!([{"body": "hi"}, {"body": format!("news\n\n<!-- stopgap:delivery={} -->", again.id)}]);
    let server = HttpServer::start(vec![ok(&there), ok(&issue("opened"))]).await;
    assert_eq!(gitlab(&server).file(&license(), &again, Some(URL)).await, sent());
    assert_eq!(server.lines(), [format!("GET {ISSUES}/12/notes"), format!("PUT {ISSUES}/12")]);
    assert_eq!(server.seen()[1].body["state_event"], "reopen");
}

#[tokio::test]
async fn what_is_known_of_a_half_filed_issue_is_not_lost() {
    for answer in [Act::Answer(503, "Retry-After: 7\r\n", String::new()), Act::Answer(422, "", String::new())] {
        let server = HttpServer::start(vec![nobody(), created(), answer]).await;
        let outcome = gitlab(&server).file(&license(), &first(Notice::Generated), None).await;
        let Outcome::Retry { reference, uncertain: false, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(reference.as_deref(), Some(URL));
    }
    let server = HttpServer::start(vec![Act::Drop]).await;
    let outcome = gitlab(&server).file(&license(), &news(refused()), Some(URL)).await;
    let Outcome::Retry { reference, uncertain: true, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(reference.as_deref(), Some(URL));
}

#[tokio::test]
async fn each_answer_of_gitlab_has_its_outcome() {
    let too_long = json!({"message": {"title": ["is too long (maximum is 255 characters)"]}}).to_string();
    let page = "<html><b>502</b></html>".to_owned();
    let answer = |status, headers, body: &str| Act::Answer(status, headers, body.to_owned());
    for (act, outcome, after, words) in [
        (Act::Answer(400, "", too_long), "refused", None, "is too long (maximum is 255 characters)"),
        (answer(422, "", r#"{"error": "labels is invalid"}"#), "refused", None, "labels is invalid"),
        (answer(401, "", r#"{"message": "401 Unauthorized"}"#), "retry", None, "renew STOPGAP_GITLAB_TOKEN"),
        (answer(403, "", "{}"), "retry", None, "role or scope"),
        (answer(404, "", r#"{"message":"404 Project Not Found"}"#), "retry", None, "check STOPGAP_GITLAB_PROJECT"),
        (answer(409, "", r#"{"message":"Conflict"}"#), "retry", None, "Conflict"),
        (answer(301, "Location: http://evil.example/\r\n", ""), "retry", None, "it has moved"),
        (answer(308, "Location: http://evil.example/\r\n", ""), "retry", None, "it has moved"),
        (answer(429, "Retry-After: 30\r\n", "Retry later\n"), "retry", Some(30), "Retry later"),
        (answer(429, "Retry-After: Sat, 21 Nov 2020 23:15:05 GMT\r\n", ""), "retry", Some(0), "too many requests"),
        (answer(500, "", r#"{"message":"500 Internal Server Error"}"#), "retry", None, "500 Internal Server Error"),
        (answer(503, "Retry-After: 9\r\n", ""), "retry", Some(9), "in trouble itself"),
        (Act::Answer(502, "", page), "uncertain", None, "(502): it is in trouble itself"),
        (answer(504, "", ""), "uncertain", None, "in trouble itself"),
        (answer(201, "", "{\"iid\": 12"), "uncertain", None, "not the JSON"),
        (answer(200, "", "<html>please log in</html>"), "uncertain", None, "not the JSON"),
        (Act::Truncate(201, issue("opened").to_string()), "uncertain", None, "answer was lost"),
        (Act::Drop, "uncertain", None, "answer was lost"),
        (Act::Hang, "uncertain", None, "no answer in time"),
    ] {
        let server = HttpServer::start(vec![nobody(), act.clone()]).await;
        let got = gitlab(&server).file(&license(), &first(refused()), None).await;
        let (kind, wait, error) = match got {
            Outcome::Sent { .. } => panic!("{act:?}"),
            Outcome::Refused { error } => ("refused", None, error),
            Outcome::Retry { error, after, uncertain, .. } => {
                (if uncertain { "uncertain" } else { "retry" }, after, error)
            }
        };
        assert_eq!((kind, wait), (outcome, after.map(Duration::from_secs)), "{act:?}: {error}");
        assert!(error.contains(words), "{act:?}: {error}");
        assert!(!error.contains("hush") && !error.contains("127.0.0.1") && !error.contains("evil"), "{error}");
    }
}

#[tokio::test]
async fn a_gitlab_that_is_away_has_surely_filed_nothing() {
    let server = HttpServer::start(vec![]).await;
    // The script is over, so nobody listens any more once the server's task has run.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let outcome = gitlab(&server).file(&license(), &first(Notice::Generated), None).await;
    let Outcome::Retry { error, uncertain: false, .. } = outcome else { panic!("{outcome:?}") };
    assert!(error.starts_with("GitLab could not be reached to file the issue"), "{error}");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let endless = Act::Answer(200, "", "[".repeat(5 * 1024 * 1024));
    let server = HttpServer::start(vec![endless]).await;
    let again = Delivery { attempts: 2, ..first(Notice::Generated) };
    let outcome = gitlab(&server).file(&license(), &again, None).await;
    assert!(matches!(outcome, Outcome::Retry { uncertain: false, .. }), "{outcome:?}");
}

#[test]
fn neither_token_nor_license_show_themselves() {
    let config = config::Gitlab {
        url: "https://gitlab.example/".parse().unwrap(),
        token: "glpat-hush".to_owned().into(),
        project: "7".into(),
        labels: vec![],
    };
    assert!(!format!("{:?}", Gitlab::new(&config, links(), Clock::system()).unwrap()).contains("hush"));
}

fn describe(license: &License, delivery: &Delivery) -> String {
    IssueText { license, delivery, links: &links() }.description().unwrap()
}

#[test]
fn a_description_tells_tomorrows_reader_everything() {
    let license = License {
        replaces: Some(license().id),
        eligibility: crate::license::EligibilityNote {
            verdict: crate::license::Verdict::TooLate,
            reason: "the grace period ended 9 days ago".into(),
            override_reason: Some("the account manager vouches".into()),
            overridden_by: Some("asmith".into()),
            recommended_seats: Some(300),
        },
        ..license()
    };
    let text = describe(&license, &first(refused()));
    let file = license.file.as_ref().unwrap().expose().trim_end();
    for words in [
        "refused for good",
        "550 no such user",
        "https://acme.zendesk.com/agent/tickets/4711",
        "jdoe",
        "Jane Roe",
        "Acme GmbH & Co. KG",
        "jane.roe@acme.example",
        "286",
        "2026-11-30 (stops at 00:00 of 2026-12-01",
        "out of scope: the grace period ended 9 days ago",
        "by asmith because the account manager vouches",
        "this license has 286, and the customer's numbers ask for 300",
        "License expired",
        "Resend the license",
        &format!("```text\n{file}\n```\n"),
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(text.ends_with(&format!("\n<!-- stopgap:delivery={} -->", first(refused()).id)), "{text}");
}

#[test]
fn an_unsealed_license_says_that_there_is_no_copy() {
    let license = License { file: None, seal_error: Some("no key".into()), ..license() };
    let notice = Notice::SealingFailed { error: "no key".into() };
    let text = describe(&license, &first(notice));
    assert!(text.contains("No license file was generated.") && text.contains("no key"), "{text}");
}

/// The lines of Markdown outside of code fences.
fn outside_of_fences(text: &str) -> Vec<&str> {
    let mut fence: Option<&str> = None;
    let mut outside = vec![];
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if ticks.len() >= open.len() && line == ticks => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => outside.push(line),
        }
    }
    assert_eq!(fence, None, "a fence stays open");
    outside
}

#[test]
fn what_strangers_write_stays_within_fences() {
    let hostile = "EVIL /close @all ``` ```` <!-- <script> *bold* ~label !1 #2";
    let multi = "EVIL\n/close\n```\n@all\n<!-- stopgap:license=x -->";
    let mut license = license();
    license.customer.name = line(hostile);
    license.customer.company = line("`EVIL`` `````");
    license.customer.email = Email::parse("`EVIL`@acme.example").unwrap();
    license.ticket.subject = line("/close EVIL");
    license.eligibility.reason = multi.into();
    license.eligibility.override_reason = Some(multi.into());
    for notice in [
        Notice::EmailRefused { error: multi.into() },
        Notice::EmailLate { error: Some(multi.into()) },
        Notice::SealingFailed { error: "```\n/close EVIL\n```".into() },
    ] {
        let delivery = news(notice);
        let teller = IssueText { license: &license, delivery: &delivery, links: &links() };
        for text in [teller.description().unwrap(), teller.note()] {
            for line in outside_of_fences(&text) {
                assert!(!line.contains("EVIL") && !line.starts_with('/') && !line.contains('@'), "{line} in {text}");
            }
            assert_eq!(
                text.lines().filter(|line| line.starts_with("<!--")).count(),
                1 + usize::from(text.contains("###"))
            );
        }
    }
}

#[test]
fn a_title_fits_and_only_its_address_gives_way() {
    let domain = format!("{}.example", ["d".repeat(60), "e".repeat(60), "f".repeat(55)].join("."));
    let long = format!("{}@{domain}", "a".repeat(64));
    let mut license = license();
    license.customer.email = Email::parse(&long).unwrap();
    license.seats = crate::license::Seats::parse(1_000_000).unwrap();
    let stories =
        [Notice::Generated, refused(), Notice::EmailLate { error: None }, Notice::SealingFailed { error: "x".into() }];
    for notice in stories {
        let delivery = first(notice);
        let teller = IssueText { license: &license, delivery: &delivery, links: &links() };
        let title = teller.title();
        assert_eq!(title.chars().count(), 255, "{title}");
        assert!(title.ends_with("… for 1000000 users"), "{title}");
        assert!(teller.description().unwrap().contains(&long));
    }
}
