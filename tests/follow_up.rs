//! What is left to do once a license is out: agents settle it, and are reminded until they have.

use jiff::{Timestamp, civil::Weekday, tz::TimeZone};
use reqwest::Method;
use serde_json::{Value, json};
use stopgap::sandbox::{Browser, gitlab::State, smtp::Fault};

use crate::{
    aftercare::{delivered, path},
    world::{Answer, World, ended, fresh_key, generate, get, history, order, order_for, post, read, through, within},
};

async fn set(agent: &Browser, license: &Value, body: &Value) -> Answer {
    read(agent.request(Method::PUT, &path(license, "follow-up")).json(body)).await
}

/// The last Monday-to-Friday day before the license stops, counted by hand.
fn due_on(license: &Value) -> jiff::civil::Date {
    let expires_on: jiff::civil::Date = license["expires_on"].as_str().unwrap().parse().unwrap();
    let mut day = expires_on.yesterday().unwrap();
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day = day.yesterday().unwrap();
    }
    day
}

/// Seconds from `now` to the reminder: 08:00 UTC of the business day before the last.
fn until_reminder(license: &Value, now: Timestamp) -> i64 {
    let mut day = due_on(license).yesterday().unwrap();
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day = day.yesterday().unwrap();
    }
    let at = day.at(8, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    at.as_second() - now.as_second()
}

#[tokio::test]
async fn a_fresh_license_is_to_be_renewed_by_its_last_business_day() {
    let world = World::start().await;
    let (_, license) = delivered(&world).await;
    let follow_up = &license["follow_up"];
    assert_eq!((&follow_up["state"], &follow_up["task"]), (&json!("open"), &json!("renew")));
    assert_eq!((&follow_up["owner"], &follow_up["by"]), (&json!("jdoe"), &Value::Null));
    assert_eq!(follow_up["due_on"], due_on(&license).to_string());
}

#[tokio::test]
async fn a_settled_follow_up_names_who_settled_it_everywhere_and_is_settled_once() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let body = json!({ "state": "done", "note": "renewal in place @all" });
    for _ in 0..2 {
        assert_eq!(set(&agent, &license, &body).await.status, 200);
    }
    let license = ended(&agent, &license).await;
    assert_eq!(license["follow_up"]["state"], "done");
    assert_eq!(license["follow_up"]["by"], "jdoe");
    assert_eq!(license["follow_up"]["note"], "renewal in place @all");
    assert_eq!(history(&license).iter().filter(|kind| **kind == "follow_up_done").count(), 1);
    let issue = &world.sandbox.gitlab.issues()[0];
    assert_eq!((issue.state, issue.notes.len()), (State::Closed, 1));
    assert!(issue.notes[0].body.contains("settled by `jdoe`"), "{}", issue.notes[0].body);
    assert!(issue.notes[0].body.contains("renewal in place"), "{}", issue.notes[0].body);
    let told = &world.sandbox.slack.messages()[1].text;
    assert!(
        told.contains("jdoe") || world.sandbox.slack.messages()[1].blocks[1].to_string().contains("jdoe"),
        "{told}"
    );
}

#[tokio::test]
async fn settling_a_failure_closes_its_issue_and_opening_it_again_opens_both() {
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(Fault::Rcpt550);
    let agent = world.agent().await;
    let license = ended(&agent, &generate(&agent, &order()).await).await;
    assert_eq!(license["follow_up"]["task"], "deliver");
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Opened);

    set(&agent, &license, &json!({ "state": "done", "note": "handed over by phone" })).await;
    ended(&agent, &license).await;
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Closed);

    let reopened = set(&agent, &license, &json!({ "state": "open" })).await.body;
    assert_eq!((&reopened["follow_up"]["state"], &reopened["follow_up"]["by"]), (&json!("open"), &Value::Null));
    ended(&agent, &license).await;
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Opened);
    assert_eq!(world.sandbox.gitlab.issues()[0].notes.len(), 2);
}

#[tokio::test]
async fn an_agent_who_may_not_generate_may_settle_and_a_stranger_may_not() {
    let mut world = World::start().await;
    let (_, license) = delivered(&world).await;
    world.stop().await;
    world.set("ZENDESK_ALLOWED_AGENTS", "1");
    world.start_service().await;
    let agent = world.agent().await;
    assert_eq!(set(&agent, &license, &json!({ "state": "done" })).await.status, 200);
    let refused = read(world.stranger().request(Method::PUT, &path(&license, "follow-up")).json(&json!({}))).await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn a_wrong_follow_up_names_its_fields() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    for (body, field) in [
        (json!({}), "state"),
        (json!({ "state": "later" }), "state"),
        (json!({ "state": "done", "note": " " }), "note"),
        (json!({ "state": "done", "by": "me" }), "by"),
    ] {
        let refused = set(&agent, &license, &body).await;
        assert_eq!(refused.status, 400);
        assert_eq!(refused.body["errors"][0]["field"], field, "{body}");
    }
}

#[tokio::test]
async fn a_replaced_license_leaves_its_follow_up_to_its_successor() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let body = json!({ "seats": 300, "reason": "the customer grew" });
    let later = post(&agent, &path(&license, "replace"), &fresh_key(), &body).await.body;
    assert_eq!(later["follow_up"]["state"], "open");
    let earlier = get(&agent, &format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.body;
    assert_eq!(earlier["follow_up"], Value::Null);
    let refused = set(&agent, &earlier, &json!({ "state": "done" })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("replaced")));
}

#[tokio::test]
async fn an_open_follow_up_is_reminded_of_once_on_the_business_day_before_its_last() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let settled = ended(&agent, &generate(&agent, &order_for("done@other.example")).await).await;
    set(&agent, &settled, &json!({ "state": "done" })).await;
    ended(&agent, &settled).await;
    let before = world.sandbox.slack.messages().len();

    world.pass(until_reminder(&license, world.clock.now()) - 60);
    world.pass(61);
    let messages = within(world.sandbox.slack.wait_for(before + 1)).await;
    let agent = world.agent().await;
    let license = ended(&agent, &license).await;
    assert!(messages[before].text.contains("ends soon"), "{}", messages[before].text);
    assert_eq!(history(&license).iter().filter(|kind| **kind == "reminded").count(), 1);
    assert!(!history(&ended(&agent, &settled).await).contains(&"reminded"));
    let issues = world.sandbox.gitlab.issues();
    let issue = issues.iter().find(|i| i.description.contains(license["id"].as_str().unwrap())).unwrap();
    let reminder = format!("Still to do by {}: put the renewal in place.", due_on(&license));
    assert!(issue.notes[0].body.contains(&reminder), "{}", issue.notes[0].body);
    assert_eq!(issue.state, State::Closed, "a reminder opens no issue");
    assert_eq!(through(&license, "slack").len(), 2);
}

#[tokio::test]
async fn a_reminder_that_fell_into_an_outage_comes_at_the_next_start() {
    let mut world = World::start().await;
    let (_, license) = delivered(&world).await;
    world.stop().await;
    world.pass(until_reminder(&license, world.clock.now()) + 3600);
    assert_eq!(world.sandbox.slack.messages().len(), 1);
    world.start_service().await;
    within(world.sandbox.slack.wait_for(2)).await;
    let agent = world.agent().await;
    assert!(history(&ended(&agent, &license).await).contains(&"reminded"));
}
