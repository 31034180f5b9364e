//! Whether a mail arrived, by the mail provider's signed reports.

use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use stopgap::sandbox::{Browser, gitlab::State};

use crate::world::{World, ended, fresh_key, generate, get, history, order, post, read, through, within};

pub const KEY: &str = "signing-key-of-the-tests";

async fn world() -> World {
    World::with(&[("MAILGUN_SIGNING_KEY", KEY)]).await
}

async fn delivered(world: &World) -> (Browser, Value) {
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    (agent, license)
}

pub fn signature(key: &str, at: i64, token: &str) -> Value {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{at}{token}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "timestamp": at.to_string(), "token": token, "signature": hex })
}

/// A report on the first mail of `license`, signed now under a fresh token.
pub fn report(world: &World, license: &Value, event: &Value) -> Value {
    let mut event = event.clone();
    event["message"] = json!({ "headers": { "message-id": through(license, "email")[0]["reference"] } });
    event["recipient"] = "jane@acme.example".into();
    json!({ "signature": signature(KEY, world.clock.now().as_second(), &fresh_key()), "event-data": event })
}

/// A well-signed report on a mail that nobody sent.
pub fn report_of_nobody(world: &World) -> String {
    let mut event = bounced();
    event["message"] = json!({ "headers": { "message-id": "nobody@nowhere.example" } });
    event["recipient"] = "jane@acme.example".into();
    json!({ "signature": signature(KEY, world.clock.now().as_second(), &fresh_key()), "event-data": event }).to_string()
}

/// Posts a report and returns the status.
pub async fn say(world: &World, body: &Value) -> StatusCode {
    read(world.stranger().request(Method::POST, "/webhooks/mailgun").json(body)).await.status
}

async fn now(agent: &Browser, license: &Value) -> Value {
    get(agent, &format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.body
}

/// The recipient's server refused the mail after all.
pub fn bounced() -> Value {
    json!({ "event": "failed", "severity": "permanent", "delivery-status": { "code": 550, "message": "No such mailbox" } })
}

#[tokio::test]
async fn without_a_report_the_arrival_is_unknown() {
    let world = World::start().await;
    let (_, license) = delivered(&world).await;
    let arrival = &through(&license, "email")[0]["arrival"];
    assert_eq!(arrival["state"], "unknown");
    assert_eq!(arrival["detail"], "Accepted by the mail server; arrival unknown.");
    assert!(through(&license, "issue")[0]["arrival"].is_null());
}

#[tokio::test]
async fn the_license_shows_whether_its_mail_arrived() {
    let world = world().await;
    let (agent, license) = delivered(&world).await;
    let later =
        json!({ "event": "failed", "severity": "temporary", "delivery-status": { "code": 451, "message": "Later" } });
    for (event, state, words) in [
        (later, "delayed", "451: Later"),
        (json!({ "event": "delivered" }), "delivered", "accepted the email"),
        (json!({ "event": "complained" }), "complained", "spam"),
    ] {
        assert_eq!(say(&world, &report(&world, &license, &event)).await, 200);
        let license = now(&agent, &license).await;
        let arrival = &through(&license, "email")[0]["arrival"];
        assert_eq!(arrival["state"], state);
        assert!(arrival["detail"].as_str().unwrap().contains(words), "{arrival}");
        assert!(arrival["at"].is_string());
        assert_eq!(license["state"], "delivered");
    }
    let license = now(&agent, &license).await;
    assert!(history(&license).ends_with(&[
        "email_arrival_delayed",
        "email_arrival_delivered",
        "email_arrival_complained"
    ]));
}

#[tokio::test]
async fn a_bounce_reopens_the_issue_posts_to_slack_and_a_corrected_address_closes_it() {
    let world = world().await;
    let (agent, license) = delivered(&world).await;
    assert_eq!(say(&world, &report(&world, &license, &bounced())).await, 200);
    let license = ended(&agent, &license).await;
    assert_eq!(license["state"], "failed", "the customer does not have it");
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert_eq!(issue.state, State::Opened);
    assert!(issue.title.starts_with("[Failure]"), "{}", issue.title);
    assert!(issue.notes[0].body.contains("bounced: correct the address"), "{}", issue.notes[0].body);
    assert!(issue.notes[0].body.contains("No such mailbox"));
    let slack = world.sandbox.slack.messages();
    assert_eq!(slack.len(), 2);
    let said = slack[1].shown();
    assert!(said.contains("bounced") && said.contains("No such mailbox") && !said.contains("jane@"), "{said}");

    let path = format!("/api/v1/licenses/{}/forward", license["id"].as_str().unwrap());
    let corrected = json!({ "email": "jane.doe@acme.example", "correct": true });
    let answer = post(&agent, &path, &fresh_key(), &corrected).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert_eq!(ended(&agent, &license).await["state"], "delivered");
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert_eq!(issue.state, State::Closed);
    assert!(issue.title.starts_with("[Success]"), "{}", issue.title);
    within(world.sandbox.slack.wait_for(3)).await;
}

#[tokio::test]
async fn a_suppressed_mail_names_the_list() {
    let world = world().await;
    let (agent, license) = delivered(&world).await;
    let event = json!({ "event": "failed", "severity": "permanent", "reason": "suppress-bounce",
        "delivery-status": { "code": 605, "message": "", "description": "Not delivering to previously bounced address" } });
    assert_eq!(say(&world, &report(&world, &license, &event)).await, 200);
    let license = ended(&agent, &license).await;
    let arrival = through(&license, "email")[0]["arrival"].clone();
    assert_eq!(arrival["state"], "suppressed");
    assert!(arrival["detail"].as_str().unwrap().contains("list of bounces"), "{arrival}");
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Opened);
}

#[tokio::test]
async fn a_customer_whose_mail_bounced_has_no_running_license() {
    let world = world().await;
    let (agent, license) = delivered(&world).await;
    assert_eq!(post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await.status, 409);
    say(&world, &report(&world, &license, &bounced())).await;
    assert_eq!(post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await.status, 201);
}

#[tokio::test]
async fn reports_in_any_order_lead_to_the_same_state() {
    let world = world().await;
    let (agent, license) = delivered(&world).await;
    say(&world, &report(&world, &license, &bounced())).await;
    assert_eq!(say(&world, &report(&world, &license, &json!({ "event": "delivered" }))).await, 200);
    let license = now(&agent, &license).await;
    assert_eq!(through(&license, "email")[0]["arrival"]["state"], "failed");
}

#[tokio::test]
async fn a_replayed_report_is_taken_and_changes_nothing_even_after_a_restart() {
    let mut world = world().await;
    let (_, license) = delivered(&world).await;
    let body = report(&world, &license, &json!({ "event": "delivered" }));
    assert_eq!(say(&world, &body).await, 200);
    world.stop().await;
    world.start_service().await;
    // The signature covers the token alone: a replay under it could say anything.
    let mut forged = body.clone();
    forged["event-data"]["event"] = "failed".into();
    forged["event-data"]["severity"] = "permanent".into();
    assert_eq!(say(&world, &forged).await, 200);
    let agent = world.agent().await;
    let license = now(&agent, &license).await;
    assert_eq!(through(&license, "email")[0]["arrival"]["state"], "delivered");
}

#[tokio::test]
async fn an_unsigned_or_old_or_garbled_report_is_refused_for_good_and_changes_nothing() {
    let world = world().await;
    let (agent, license) = delivered(&world).await;
    let at = world.clock.now().as_second();
    let good = report(&world, &license, &bounced());
    let with = |signature: Value| {
        let mut body = good.clone();
        body["signature"] = signature;
        body
    };
    for body in [
        with(signature("another key", at, "token")),
        with(signature(KEY, at - 13 * 3600, "token")),
        with(signature(KEY, at + 13 * 3600, "token")),
        with(json!({ "timestamp": at.to_string(), "token": "token", "signature": "" })),
        with(Value::Null),
        json!({}),
        json!([]),
        json!("text"),
    ] {
        assert_eq!(say(&world, &body).await, 406, "{body}");
    }
    let garbled = world.stranger().request(Method::POST, "/webhooks/mailgun").body("not json");
    assert_eq!(read(garbled).await.status, 406);
    let huge = world.stranger().request(Method::POST, "/webhooks/mailgun").body("x".repeat(64 * 1024 + 1));
    assert_eq!(read(huge).await.status, 413);
    assert_eq!(now(&agent, &license).await["events"], license["events"]);
}

#[tokio::test]
async fn a_report_on_a_mail_that_was_never_sent_is_taken_and_tells_nothing() {
    let world = world().await;
    let (agent, license) = delivered(&world).await;
    let mut other = report(&world, &license, &bounced());
    let ids = [
        format!("{}@stopgap.example", fresh_key()),
        "somebody@else.example".into(),
        through(&license, "email")[0]["reference"].as_str().unwrap().replace("stopgap.example", "else.example"),
        through(&license, "slack")[0]["id"].as_str().unwrap().to_owned() + "@stopgap.example",
    ];
    for id in ids {
        other["signature"] = signature(KEY, world.clock.now().as_second(), &fresh_key());
        other["event-data"]["message"]["headers"]["message-id"] = id.clone().into();
        let answer = read(world.stranger().request(Method::POST, "/webhooks/mailgun").json(&other)).await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, Value::String(String::new())), "{id}");
    }
    assert_eq!(now(&agent, &license).await["events"], license["events"]);
}

#[tokio::test]
async fn without_a_signing_key_every_report_is_refused() {
    let world = World::start().await;
    let (_, license) = delivered(&world).await;
    assert_eq!(say(&world, &report(&world, &license, &bounced())).await, 406);
}
