//! What an agent does with a license that exists: each operation is one press, one line in the history, one note.

use reqwest::Method;
use serde_json::{Value, json};
use stopgap::sandbox::{gitlab::State, smtp::Fault};

use crate::world::{Answer, World, ended, fresh_key, generate, get, history, order, post, read, through};

pub(crate) fn path(license: &Value, operation: &str) -> String {
    format!("/api/v1/licenses/{}/{operation}", license["id"].as_str().unwrap())
}

pub(crate) async fn delivered(world: &World) -> (stopgap::sandbox::Browser, Value) {
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    (agent, license)
}

/// Waits until every delivery of the license has ended after `answer`.
pub(crate) async fn settled(agent: &stopgap::sandbox::Browser, answer: &Answer) -> Value {
    assert!(answer.status.is_success(), "{} {}", answer.status, answer.body);
    ended(agent, &answer.body).await
}

#[tokio::test]
async fn a_resend_brings_the_same_license_to_the_same_address_under_a_message_id_of_its_own() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let answer = post(&agent, &path(&license, "resend"), &fresh_key(), &json!({})).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.body["id"], license["id"]);
    let license = settled(&agent, &answer).await;

    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[1].envelope_to, ["jane@acme.example"]);
    let emails = through(&license, "email");
    assert_eq!(emails[1]["purpose"], "resend");
    assert_ne!(emails[0]["reference"], emails[1]["reference"]);
    assert_eq!(license["events"].as_array().unwrap().iter().filter(|e| e["kind"] == "resent").count(), 1);
    assert!(
        license["events"].as_array().unwrap().iter().any(|e| e["kind"] == "resent" && e["actor"] == "agent 42 (jdoe)")
    );
    let issues = world.sandbox.gitlab.issues();
    assert_eq!((issues.len(), issues[0].state, issues[0].notes.len()), (1, State::Closed, 1));
    assert!(issues[0].notes[0].body.contains("sent again to `j***@acme.example`"), "{}", issues[0].notes[0].body);
    assert_eq!(world.sandbox.slack.messages().len(), 1, "nothing that Slack was told has changed");
}

#[tokio::test]
async fn a_forward_goes_to_one_other_address_and_is_recorded() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let body = json!({ "email": "boss@partner.example" });
    let license = settled(&agent, &post(&agent, &path(&license, "forward"), &fresh_key(), &body).await).await;
    assert_eq!(world.sandbox.mail.mails()[1].envelope_to, ["boss@partner.example"]);
    assert_eq!(through(&license, "email")[1]["purpose"], "forward");
    assert_eq!(through(&license, "email")[1]["recipient"], "boss@partner.example");
    assert!(history(&license).contains(&"forwarded"));
    assert_eq!(license["customer"]["email"], "jane@acme.example", "the customer stays who they are");
}

#[tokio::test]
async fn a_corrected_address_is_noted_on_the_issue() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let body = json!({ "email": "jane.doe@acme.example", "correct": true });
    let license = settled(&agent, &post(&agent, &path(&license, "forward"), &fresh_key(), &body).await).await;
    assert!(history(&license).contains(&"address_corrected"));
    let note = &world.sandbox.gitlab.issues()[0].notes[0].body;
    assert!(note.contains("address was corrected") && !note.contains("jane.doe@"), "{note}");
}

#[tokio::test]
async fn a_staff_address_is_refused_and_every_wrong_field_is_named() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    for (body, field) in [
        (json!({ "email": "colleague@gitlab.com" }), "email"),
        (json!({}), "email"),
        (json!({ "email": "a@b.example", "correct": "yes" }), "correct"),
        (json!({ "email": "a@b.example", "days": 90 }), "days"),
    ] {
        let answer = post(&agent, &path(&license, "forward"), &fresh_key(), &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{body}");
    }
    let answer = post(&agent, &path(&license, "resend"), &fresh_key(), &json!({ "seats": 1 })).await;
    assert_eq!(answer.status, 400);
    assert_eq!(world.sandbox.mail.mails().len(), 1);
}

#[tokio::test]
async fn one_key_is_one_operation_on_one_license() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let key = fresh_key();
    let first = post(&agent, &path(&license, "resend"), &key, &json!({})).await;
    settled(&agent, &first).await;
    let again = post(&agent, &path(&license, "resend"), &key, &json!({})).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let other = post(&agent, &path(&license, "forward"), &key, &json!({ "email": "a@b.example" })).await;
    assert_eq!(other.status, 422, "{}", other.body);
    let none = read(agent.request(Method::POST, &path(&license, "resend"))).await;
    assert_eq!(none.body["errors"][0]["field"], "Idempotency-Key");
    assert_eq!(world.sandbox.mail.mails().len(), 2);
}

#[tokio::test]
async fn a_press_without_a_body_is_a_press() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let bare = agent.request(Method::POST, &path(&license, "resend")).header("Idempotency-Key", "k");
    assert_eq!(read(bare).await.status, 202);
}

#[tokio::test]
async fn a_failed_license_whose_resend_succeeds_closes_its_failure_issue() {
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(Fault::Rcpt550);
    let (agent, license) = delivered(&world).await;
    assert_eq!(license["state"], "failed");
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Opened);

    let license = settled(&agent, &post(&agent, &path(&license, "resend"), &fresh_key(), &json!({})).await).await;
    assert_eq!(license["state"], "delivered");
    let issue = &world.sandbox.gitlab.issues()[0];
    assert_eq!((issue.state, issue.notes.len()), (State::Closed, 1));
    assert!(issue.title.starts_with("[Success]"), "{}", issue.title);
    assert_eq!(world.sandbox.slack.messages().len(), 2, "Slack hears that what it said is no longer true");
}

#[tokio::test]
async fn a_forward_that_is_refused_does_not_make_a_delivered_license_a_failed_one() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    world.sandbox.mail.faults.fail_next(Fault::Rcpt550);
    let body = json!({ "email": "typo@acme.example" });
    let license = settled(&agent, &post(&agent, &path(&license, "forward"), &fresh_key(), &body).await).await;
    assert_eq!(license["state"], "delivered");
    let issue = &world.sandbox.gitlab.issues()[0];
    assert_eq!(issue.state, State::Closed);
    assert!(issue.title.starts_with("[Success]") && issue.notes[0].body.contains("refused permanently"));
}

#[tokio::test]
async fn an_expired_license_is_sent_to_nobody() {
    let world = World::start().await;
    let (_, license) = delivered(&world).await;
    world.pass(10 * 86_400);
    let agent = world.agent().await;
    for (operation, body) in [("resend", json!({})), ("forward", json!({ "email": "a@b.example" }))] {
        let answer = post(&agent, &path(&license, operation), &fresh_key(), &body).await;
        assert_eq!(answer.status, 409, "{operation}");
        assert!(answer.body["detail"].as_str().unwrap().contains("expired"), "{}", answer.body);
    }
}

#[tokio::test]
async fn only_those_who_may_generate_may_send_a_license_on() {
    let world = World::with(&[("ZENDESK_ALLOWED_AGENTS", "42")]).await;
    let (_, license) = delivered(&world).await;
    let other = world.agent_number(43).await;
    let forward = json!({ "email": "a@b.example" });
    let replace = json!({ "seats": 1, "reason": "because" });
    for (operation, body) in [("resend", json!({})), ("forward", forward), ("replace", replace), ("retry", json!({}))] {
        assert_eq!(post(&other, &path(&license, operation), &fresh_key(), &body).await.status, 403, "{operation}");
    }
    assert_eq!(get(&other, &format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.status, 200);
}

#[tokio::test]
async fn without_a_session_nothing_is_said_about_any_license() {
    let world = World::start().await;
    let (_, license) = delivered(&world).await;
    let nobody = world.stranger();
    let id = license["id"].as_str().unwrap();
    for operation in ["resend", "forward", "replace", "retry"] {
        let there = post(&nobody, &format!("/api/v1/licenses/{id}/{operation}"), "k", &json!({})).await;
        let not = post(&nobody, &format!("/api/v1/licenses/{}/{operation}", fresh_key()), "k", &json!({})).await;
        assert_eq!(there.status, 401, "{operation}");
        assert_eq!(there.without_id(), not.without_id(), "{operation}");
    }
}

#[tokio::test]
async fn a_license_that_is_not_there_is_not_found() {
    let world = World::start().await;
    let agent = world.agent().await;
    for operation in ["resend", "retry"] {
        for id in [fresh_key(), "x".into(), "1".repeat(300)] {
            let answer = post(&agent, &format!("/api/v1/licenses/{id}/{operation}"), "k", &json!({})).await;
            assert_eq!(answer.status, 404, "{operation} {id}");
        }
    }
}

#[tokio::test]
async fn a_download_is_noted_on_the_issue_with_who_and_why_and_settles_nothing() {
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(Fault::Rcpt550);
    let (agent, license) = delivered(&world).await;
    let download = format!("{}?reason=mailbox%20of%20j@acme.example%20is%20full", path(&license, "file"));
    assert_eq!(get(&agent, &download).await.status, 200);
    ended(&agent, &license).await;
    let issue = world.sandbox.gitlab.issues().remove(0);
    let note = &issue.notes[0].body;
    assert!(note.contains("downloaded by `agent 42 (jdoe)`") && note.contains("is full"), "{note}");
    assert!(!note.contains("j@acme.example"), "{note}");
    assert_eq!((issue.state, &issue.title[..9]), (State::Opened, "[Failure]"), "the mail is still to be seen to");
    let license = settled(&agent, &post(&agent, &path(&license, "resend"), &fresh_key(), &json!({})).await).await;
    assert_eq!(license["state"], "delivered");
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert_eq!((issue.state, &issue.title[..9]), (State::Closed, "[Success]"), "the resend has resolves_failure it");
}
