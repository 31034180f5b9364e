//! What an agent does with a license that exists: each deed is one press, one line in the history, one note.

use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};
use stopgap::sandbox::{gitlab::State, smtp::Fault, web};

use crate::world::{Answer, World, ended, fresh_key, generate, get, history, order, post, read, through, within};

fn path(license: &Value, deed: &str) -> String {
    format!("/api/v1/licenses/{}/{deed}", license["id"].as_str().unwrap())
}

async fn delivered(world: &World) -> (stopgap::sandbox::Browser, Value) {
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    (agent, license)
}

/// Waits until every delivery of the license has ended after `answer`.
async fn settled(agent: &stopgap::sandbox::Browser, answer: &Answer) -> Value {
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
async fn one_key_is_one_deed_of_one_license() {
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
    for (deed, body) in [("resend", json!({})), ("forward", json!({ "email": "a@b.example" }))] {
        let answer = post(&agent, &path(&license, deed), &fresh_key(), &body).await;
        assert_eq!(answer.status, 409, "{deed}");
        assert!(answer.body["detail"].as_str().unwrap().contains("expired"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_replacement_is_linked_both_ways_and_says_so_everywhere() {
    let world = World::start().await;
    let (agent, earlier) = delivered(&world).await;
    let body = json!({ "seats": 400, "reason": "too few seats" });
    let answer = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["seats"], 400);
    assert_eq!(answer.body["replaces"], earlier["id"]);
    assert_eq!(answer.body["ticket"], earlier["ticket"]);
    let license = ended(&agent, &answer.body).await;
    let earlier = ended(&agent, &earlier).await;
    assert_eq!(earlier["replaced_by"], license["id"]);
    assert_eq!(history(&earlier).iter().filter(|what| **what == "replaced").count(), 1);
    let (old, new) = (earlier["id"].as_str().unwrap(), license["id"].as_str().unwrap());

    let mail = &world.sandbox.mail.mails()[1];
    assert!(String::from_utf8_lossy(&mail.raw).contains("replaces the temporary license"));
    let issues = world.sandbox.gitlab.issues();
    assert_eq!(issues.len(), 2);
    let of = |id: &str| issues.iter().find(|i| i.description.contains(&format!("license={id} "))).unwrap();
    assert!(of(new).description.contains(&format!("replaces the license {old}")));
    assert!(of(old).notes[0].body.contains(new) && of(old).notes[0].body.contains("too few seats"));
    let slack = world.sandbox.slack.messages();
    assert!(serde_json::to_string(&slack[1].blocks).unwrap().contains("It replaces the license"));
}

#[tokio::test]
async fn replacing_never_stretches_the_term() {
    let world = World::start().await;
    let agent = world.agent().await;
    let earlier = generate(&agent, &order()).await;
    ended(&agent, &earlier).await;
    let body = json!({ "seats": 400, "reason": "too few seats" });
    let day = 24 * 3600;
    world.pass(9 * day);
    let agent = world.agent().await;
    let later = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await;
    assert_eq!((later.status.as_u16(), &later.body["expires_on"]), (201, &earlier["expires_on"]));

    world.pass(2 * day);
    let agent = world.agent().await;
    let refused = post(&agent, &path(&later.body, "replace"), &fresh_key(), &body).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("expired")));
    let shown = get(&agent, path(&later.body, "").trim_end_matches('/')).await.body;
    assert_eq!(shown["actions"]["replace"]["reason"], "expired");
}

#[tokio::test]
async fn a_domain_that_is_refused_now_gets_no_license_that_was_generated_before() {
    let mut world = World::start().await;
    let (_, earlier) = delivered(&world).await;
    world.set("REFUSED_DOMAINS", "acme.example");
    world.stop().await;
    world.start_service().await;
    let agent = world.agent().await;
    let replace = json!({ "seats": 400, "reason": "too few seats" });
    for (action, body) in [("resend", json!({})), ("replace", replace)] {
        let refused = post(&agent, &path(&earlier, action), &fresh_key(), &body).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("recipient_refused")), "{action}");
        let shown = get(&agent, path(&earlier, "").trim_end_matches('/')).await.body;
        assert_eq!(shown["actions"][action]["reason"], "recipient_refused");
    }
    let own_contact = json!({ "email": "jane@own.example" });
    assert_eq!(post(&agent, &path(&earlier, "forward"), &fresh_key(), &own_contact).await.status, 202);
}

#[tokio::test]
async fn a_license_is_replaced_once_and_the_limits_hold() {
    let world = World::with(&[("CUSTOMER_DAILY_LIMIT", "2")]).await;
    let (agent, earlier) = delivered(&world).await;
    let body = json!({ "seats": 400, "reason": "too few seats" });
    let later = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await.body;
    let twice = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await;
    assert_eq!(twice.status, 409);
    assert!(twice.body["detail"].as_str().unwrap().contains(later["id"].as_str().unwrap()), "{}", twice.body);
    assert_eq!(post(&agent, &path(&later, "replace"), &fresh_key(), &body).await.status, 429);
    let duplicate = post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await;
    assert_eq!(duplicate.body["license_id"], later["id"], "the running license is the later one");
    let unreasoned = post(&agent, &path(&later, "replace"), &fresh_key(), &json!({ "seats": 0 })).await;
    assert_eq!(unreasoned.body["errors"].as_array().unwrap().len(), 2, "{}", unreasoned.body);
}

#[tokio::test]
async fn only_those_who_may_generate_may_send_a_license_on() {
    let world = World::with(&[("ZENDESK_ALLOWED_AGENTS", "42")]).await;
    let (_, license) = delivered(&world).await;
    let other = world.agent_number(43).await;
    let forward = json!({ "email": "a@b.example" });
    let replace = json!({ "seats": 1, "reason": "because" });
    for (deed, body) in [("resend", json!({})), ("forward", forward), ("replace", replace), ("retry", json!({}))] {
        assert_eq!(post(&other, &path(&license, deed), &fresh_key(), &body).await.status, 403, "{deed}");
    }
    assert_eq!(get(&other, &format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.status, 200);
}

#[tokio::test]
async fn without_a_session_nothing_is_said_about_any_license() {
    let world = World::start().await;
    let (_, license) = delivered(&world).await;
    let nobody = world.stranger();
    let id = license["id"].as_str().unwrap();
    for deed in ["resend", "forward", "replace", "retry"] {
        let there = post(&nobody, &format!("/api/v1/licenses/{id}/{deed}"), "k", &json!({})).await;
        let not = post(&nobody, &format!("/api/v1/licenses/{}/{deed}", fresh_key()), "k", &json!({})).await;
        assert_eq!(there.status, 401, "{deed}");
        assert_eq!(there.without_id(), not.without_id(), "{deed}");
    }
}

#[tokio::test]
async fn a_license_that_is_not_there_is_not_found() {
    let world = World::start().await;
    let agent = world.agent().await;
    for deed in ["resend", "retry"] {
        for id in [fresh_key(), "x".into(), "1".repeat(300)] {
            let answer = post(&agent, &format!("/api/v1/licenses/{id}/{deed}"), "k", &json!({})).await;
            assert_eq!(answer.status, 404, "{deed} {id}");
        }
    }
}

#[tokio::test]
async fn what_failed_goes_back_into_the_outbox_at_a_press() {
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(Fault::Rcpt550);
    let (agent, license) = delivered(&world).await;
    let license = settled(&agent, &post(&agent, &path(&license, "retry"), &fresh_key(), &json!({})).await).await;
    assert_eq!(license["state"], "delivered");
    let email = through(&license, "email")[0];
    let log: Vec<_> = email["attempt_log"].as_array().unwrap().iter().map(|a| a["outcome"].as_str().unwrap()).collect();
    assert_eq!(log, ["refused", "sent"]);
    assert!(email["attempt_log"][0]["error"].as_str().unwrap().contains("550"));
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Closed);
    assert!(history(&license).contains(&"retried"));
    within(world.sandbox.slack.wait_for(2)).await;
    let nothing = post(&agent, &path(&license, "retry"), &fresh_key(), &json!({})).await;
    assert_eq!(nothing.status, 409, "{}", nothing.body);
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

/// `stopgap retry` beside the running service, with its settings; what it printed.
async fn stopgap_retry(world: &World) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stopgap"));
    command.env_clear().envs(world.variables()).arg("retry");
    // The service under test must be able to finish what it is at, or it would hold the database against the command.
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn the_retry_command_has_the_running_service_deliver_what_had_failed() {
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(Fault::Rcpt550);
    world.sandbox.slack.faults.fail_next(web::Fault::status(410, "channel_is_archived"));
    let (agent, license) = delivered(&world).await;
    assert_eq!((&license["state"], &through(&license, "slack")[0]["state"]), (&json!("failed"), &json!("failed")));

    assert_eq!(stopgap_retry(&world).await, "failed deliveries enqueued again: 2\n");
    let license = ended(&agent, &license).await;
    assert_eq!(license["state"], "delivered");
    assert_eq!(world.sandbox.mail.mails().len(), 1);
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Closed);
    within(world.sandbox.slack.wait_for(1)).await;
    let retried = license["events"].as_array().unwrap().iter().find(|event| event["kind"] == "retried").unwrap();
    assert_eq!((&retried["actor"], &retried["detail"]), (&json!("operator"), &json!("email, slack")));
    assert_eq!(stopgap_retry(&world).await, "failed deliveries enqueued again: 0\n");
}
