//! The scope check before anything is generated: numbers and dates, or the customer's old license, in; a verdict with its
//! reason, and the seats, out.

use std::time::Duration;

use jiff::{Timestamp, ToSpan as _, civil::Date, civil::date, tz::TimeZone};
use reqwest::Method;
use serde_json::{Value, json};
use stopgap::sandbox::Browser;

use crate::{
    license_file::vector,
    world::{Answer, World, post, read},
};

const PATH: &str = "/api/v1/evidence";
/// The old license of the vectors expires on 2026-11-01: the first day without grace is the 15th.
const FIRST_DAY: Date = date(2026, 11, 15);
/// Far above what any body takes, far below what an agent would call slow.
const QUICKLY: Duration = Duration::from_secs(3);

/// Turns the world's clock to noon (UTC) of `day`.
pub fn turn_to(world: &World, day: Date) {
    let noon: Timestamp = day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    world.clock.shift(noon.duration_since(world.clock.now()));
}

/// A paid license that expired `days` before today, by the world's clock.
pub fn expired(world: &World, days: i64) -> Value {
    let today = world.clock.now().to_zoned(TimeZone::UTC).date();
    json!({ "plan": "premium", "expires_on": (today - days.days()).to_string() })
}

async fn ask(agent: &Browser, evidence: &Value) -> Answer {
    read(agent.request(Method::POST, PATH).json(evidence)).await
}

/// The names of the wrong fields.
pub fn wrong_fields(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 400, "{}", answer.body);
    answer.body["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_day_of_the_workflow_has_its_verdict() {
    let world = World::start().await;
    let agent = world.agent().await;
    for (days, verdict, words) in [
        (-1, "not_expired", "has not expired yet"),
        (0, "in_grace", "grace period of 14 days still runs"),
        (13, "in_grace", "this will be an emergency"),
        (14, "in_scope", "within the days in which we give emergency licenses"),
        (17, "in_scope", "within the days"),
        (18, "too_late", "contact sales to renew"),
    ] {
        let answer = ask(&agent, &expired(&world, days)).await;
        assert_eq!((answer.status, &answer.body["verdict"]), (200.try_into().unwrap(), &json!(verdict)), "E+{days}");
        assert!(answer.body["reason"].as_str().unwrap().contains(words), "E+{days}: {}", answer.body);
        let sources = answer.body["sources"].as_object().unwrap();
        assert!(sources.values().all(|source| source == "typed"), "there was no file to read: {sources:?}");
        assert_eq!(answer.body["recommended_seats"], Value::Null);
    }
}

#[tokio::test]
async fn no_paid_plan_a_trial_and_too_little_are_said_to_be_that() {
    let world = World::start().await;
    let agent = world.agent().await;
    let with = |field: &str, value: Value| {
        let mut evidence = expired(&world, 15);
        evidence[field] = value;
        evidence
    };
    for (evidence, verdict) in [
        (with("plan", json!("free")), "not_paid"),
        (with("plan", json!("Bronze")), "in_scope"),
        (with("trial", json!(true)), "trial"),
        (with("trial", json!(false)), "in_scope"),
        (with("plan", Value::Null), "unchecked"),
        (with("expires_on", Value::Null), "unchecked"),
        (json!({}), "unchecked"),
    ] {
        let answer = ask(&agent, &evidence).await;
        assert_eq!(answer.body["verdict"], verdict, "{evidence}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_operators_own_days_count() {
    let world = World::with(&[("GRACE_DAYS", "0"), ("WINDOW_DAYS", "7")]).await;
    let agent = world.agent().await;
    for (days, verdict) in [(-1, "not_expired"), (0, "in_scope"), (7, "in_scope"), (8, "too_late")] {
        assert_eq!(ask(&agent, &expired(&world, days)).await.body["verdict"], verdict, "E+{days}");
    }
}

#[tokio::test]
async fn an_old_license_gives_verdict_seats_and_whom_it_was_made_for() {
    let world = World::start().await;
    turn_to(&world, FIRST_DAY + 1.day());
    let agent = world.agent().await;
    for file in ["paid-plain", "paid-boundary", "paid-crlf", "paid-quoted-in-mail"] {
        let license_file = vector(&format!("{file}.gitlab-license"));
        let evidence = json!({ "license_file": license_file, "billable_users": 240, "maximum_users": 286 });
        let answer = ask(&agent, &evidence).await;
        assert_eq!(answer.status, 200, "{file}: {}", answer.body);
        assert_eq!(answer.body["verdict"], "in_scope", "{file}");
        assert_eq!(answer.body["recommended_seats"], 286);
        let expected = json!({"plan": "premium", "trial": false, "starts_on": "2025-11-01", "expires_on": "2026-11-01",
            "seats": 250, "company": "Acme GmbH", "name": "Jane Doe", "email": "jane@acme.example"});
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&answer.body["read"][field], value, "{file}: {field}");
            assert_eq!(answer.body["sources"][field], "license_file", "{file}: {field}");
        }
        assert!(!answer.body.to_string().contains(&license_file[..30]), "the text itself does not come back");
    }
    let trial = ask(&agent, &json!({ "license_file": vector("trial-unicode.gitlab-license") })).await;
    assert_eq!((&trial.body["verdict"], &trial.body["read"]["company"]), (&json!("trial"), &json!("日本株式会社")));
}

#[tokio::test]
async fn gitlabs_answer_is_foreseen_for_the_requested_the_recommended_and_the_old_seats() {
    let world = World::start().await;
    let agent = world.agent().await;
    let evidence = json!({ "seats": 250, "billable_users": 240, "maximum_users": 286 });
    let with_seats = |seats: &str| read(agent.request(Method::POST, &format!("{PATH}?seats={seats}")).json(&evidence));
    let answer = with_seats("300").await;
    let foreseen = answer.body["gitlab_would_answer"].as_array().unwrap();
    let accepted: Vec<_> = foreseen.iter().map(|a| (a["seats"].as_u64().unwrap(), &a["accepted"])).collect();
    assert_eq!(accepted, [(300, &json!(true)), (286, &json!(true)), (250, &json!(false))]);
    assert_eq!(foreseen[0]["message"], Value::Null);
    assert!(foreseen[2]["message"].as_str().unwrap().contains("exceeding this license's limit of 250 by 36 users"));

    let unknown = ask(&agent, &json!({ "seats": 250, "maximum_users": 286 })).await;
    assert_eq!(unknown.body["gitlab_would_answer"], json!([]), "without the billable users nothing is foreseen");
    for (seats, code) in [("0", "invalid_fields"), ("1000001", "invalid_fields"), ("many", "malformed_query")] {
        let answer = with_seats(seats).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(code)), "{seats}");
    }
}

#[tokio::test]
async fn what_the_agent_types_wins_over_the_file() {
    let world = World::start().await;
    turn_to(&world, FIRST_DAY);
    let agent = world.agent().await;
    let evidence = json!({ "license_file": vector("paid-plain.gitlab-license"), "expires_on": "2026-11-20" });
    let answer = ask(&agent, &evidence).await;
    assert_eq!(answer.body["verdict"], "not_expired");
    assert_eq!(answer.body["read"]["expires_on"], "2026-11-20");
    let values =
        json!([{ "value": "2026-11-20", "source": "typed" }, { "value": "2026-11-01", "source": "license_file" }]);
    assert_eq!(
        answer.body["conflicts"],
        json!([{ "field": "expires_on", "values": values }]),
        "the file says otherwise"
    );
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let world = World::start().await;
    let agent = world.agent().await;
    let evidence = json!({
        "plan": "platinum", "trial": "no", "expires_on": "2026-02-30", "seats": 0, "billable_users": -1,
        "maximum_users": 1e9, "gitlab_version": "latest", "license_file": "hello", "valid_for": 30,
    });
    let answer = ask(&agent, &evidence).await;
    let mut wrong = wrong_fields(&answer);
    wrong.sort_unstable();
    let mut given: Vec<&str> = evidence.as_object().unwrap().keys().map(String::as_str).collect();
    given.sort_unstable();
    assert_eq!(wrong, given);
    assert_eq!(wrong_fields(&ask(&agent, &json!([1])).await), ["body"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_apart() {
    let world = World::start().await;
    let agent = world.agent().await;
    let half = vector("paid-plain.gitlab-license");
    for (text, words) in [
        (
            vector("signed-by-another-key.gitlab-license"),
            "made with another key: by a staging system or by another vendor",
        ),
        (vector("truncated.gitlab-license"), "its text is cut off or damaged"),
        (half[..half.len() / 2].to_owned(), "its text is cut off or damaged"),
        (vector("garbage.gitlab-license"), "this is no license file"),
        ("aB3dE5gH7jK9mN1pQ_sT-vX2".to_owned(), "this is an activation code, not a license file"),
        ("\u{0}PK\u{3}\u{4}\u{fffd}\u{1}".to_owned(), "this is no license file"),
        (String::new(), "the text is empty"),
    ] {
        let answer = ask(&agent, &json!({ "license_file": text })).await;
        assert_eq!(wrong_fields(&answer), ["license_file"]);
        let detail = answer.body["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.starts_with("cannot be read: ") && detail.contains(words), "{detail}");
    }
}

#[tokio::test]
async fn bombs_and_binary_are_refused_quickly() {
    let world = World::start().await;
    let agent = world.agent().await;
    let within_limit = |file: String| (400, json!({ "license_file": file }).to_string().into_bytes());
    let deep = |pair: (&str, &str), depth| format!("{{\"plan\": {}{}}}", pair.0.repeat(depth), pair.1.repeat(depth));
    let bodies = [
        (413, vec![b'a'; 5 * 1024 * 1024]),
        (413, json!({ "license_file": "A".repeat(1536 * 1024) }).to_string().into_bytes()),
        (400, (0..=255).collect()),
        (400, b"\x1f\x8b\x08".repeat(20_000)),
        (400, deep(("[", "]"), 30_000).into_bytes()),
        (400, deep(("{\"a\":", "}"), 100).into_bytes()),
        within_limit(nested_base64()),
        within_limit("eyJkYXRhIjoi".repeat(5000)),
        within_limit("-----BEGIN GITLAB LICENSE-----\n".repeat(1500)),
        within_limit("=".repeat(60_000)),
    ];
    for (status, body) in bodies {
        let start = String::from_utf8_lossy(&body[..40]).into_owned();
        let request = agent.request(Method::POST, PATH).header("Content-Type", "application/json").body(body);
        let answer = tokio::time::timeout(QUICKLY, read(request)).await.unwrap_or_else(|_| panic!("{start:?} is slow"));
        assert_eq!(answer.status, status, "{start:?}: {}", answer.body);
        assert!(answer.body["detail"].is_string(), "{start:?}: {}", answer.body);
    }
    let text = read(agent.request(Method::POST, PATH).header("Content-Type", "text/plain").body("{}")).await;
    assert_eq!(text.status, 415);
}

/// An envelope in an envelope, again and again, as long as it fits.
fn nested_base64() -> String {
    let mut text = "x".to_owned();
    loop {
        let outer =
            stopgap::sealing::envelope::encode64(json!({"data": text, "key": text, "iv": "x"}).to_string().as_bytes());
        if outer.len() > 60_000 {
            return text;
        }
        text = outer;
    }
}

#[tokio::test]
async fn it_makes_nothing_and_takes_any_idempotency_key() {
    let world = World::start().await;
    let agent = world.agent().await;
    for key in ["a", "a"] {
        assert_eq!(post(&agent, PATH, key, &expired(&world, 15)).await.status, 200);
    }
    assert_eq!(agent.get("/api/v1/licenses").await.unwrap()["items"], json!([]));
}
