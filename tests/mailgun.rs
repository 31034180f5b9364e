//! Freeing an address that bounced before, at Mailgun.

use std::time::Duration;

use serde_json::{Value, json};
use stopgap::{
    check::{Options, check, finding::Status},
    random::Random,
    sandbox::{Browser, gitlab::State, mailgun, web::Fault},
};

use crate::{
    aftercare::{delivered, path, settled},
    webhook,
    world::{World, ended, fresh_key, get, post, through, within},
};

pub const JANE: &str = "jane@acme.example";
pub const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// Points the next service of this world at its Mailgun.
pub fn ask_mailgun(world: &mut World) {
    for (name, value) in world.sandbox.mailgun.settings() {
        world.set(name, &value);
    }
}

pub async fn asking_world() -> World {
    let mut world = World::stand_ins(&[("MAILGUN_SIGNING_KEY", webhook::KEY)]).await;
    ask_mailgun(&mut world);
    world.start_service().await;
    world
}

/// The license once its last email has this arrival.
pub async fn once_arrived(agent: &Browser, license: &Value, state: &str) -> Value {
    let path = format!("/api/v1/licenses/{}", license["id"].as_str().unwrap());
    let look = async {
        loop {
            let license = get(agent, &path).await.body;
            if through(&license, "email").last().unwrap()["arrival"]["state"] == state {
                return license;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    };
    within(look).await
}

/// A license whose mail Mailgun held back, because the address bounced before.
pub async fn suppressed(world: &World) -> (Browser, Value) {
    world.sandbox.mailgun.block(JANE);
    let (agent, license) = delivered(world).await;
    world.pass(301);
    let license = once_arrived(&agent, &license, "suppressed").await;
    let license = ended(&agent, &license).await;
    (agent, license)
}

pub fn event<'a>(license: &'a Value, kind: &str) -> &'a Value {
    license["events"].as_array().unwrap().iter().find(|event| event["kind"] == kind).expect("the history has it")
}

#[tokio::test]
async fn an_address_that_bounced_before_is_freed_and_the_license_arrives() {
    let world = asking_world().await;
    let (agent, license) = suppressed(&world).await;
    assert_eq!((&license["state"], &license["actions"]["unblock"]["allowed"]), (&json!("failed"), &json!(true)));
    assert_eq!(through(&license, "email")[0]["arrival"]["list"], "bounces");
    let key = fresh_key();
    let answer = post(&agent, &path(&license, "unblock"), &key, &json!({})).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert!(world.sandbox.mailgun.blocked().is_empty());
    let calls = world.sandbox.mailgun.calls().len();
    assert_eq!(post(&agent, &path(&license, "unblock"), &key, &json!({})).await.body, answer.body);
    assert_eq!(world.sandbox.mailgun.calls().len(), calls, "a repeated press asks nobody");
    let license = settled(&agent, &answer).await;

    let mails = world.sandbox.mail.mails();
    assert_eq!((mails.len(), &mails[1].envelope_to), (2, &vec![JANE.to_owned()]));
    assert_eq!(mails[1].attachments[0].content, mails[0].attachments[0].content);
    let unblocked = event(&license, "unblocked");
    assert_eq!(unblocked["actor"], "agent 42 (jdoe)");
    let detail = unblocked["detail"].as_str().unwrap();
    assert!(detail.starts_with("j***@acme.example: on the list since 20") && detail.contains("550"), "{detail}");
    assert!(detail.contains("No such mailbox") && !detail.contains("jane@"), "{detail}");
    assert_eq!(license["actions"]["unblock"]["reason"], "not_suppressed");
    world.pass(301);
    let license = once_arrived(&agent, &license, "delivered").await;
    assert_eq!(license["state"], "delivered");
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Closed);
}

#[tokio::test]
async fn a_forwarded_mail_without_attachment_is_sent_again_as_it_was() {
    let world = asking_world().await;
    world.sandbox.mailgun.block("boss@partner.example");
    let (agent, license) = delivered(&world).await;
    let to_boss = json!({ "email": "boss@partner.example", "without_attachment": true });
    let license = settled(&agent, &post(&agent, &path(&license, "forward"), &fresh_key(), &to_boss).await).await;
    world.pass(301);
    let license = once_arrived(&agent, &license, "suppressed").await;
    let license = settled(&agent, &post(&agent, &path(&license, "unblock"), &fresh_key(), &json!({})).await).await;
    let last = through(&license, "email")[2];
    assert_eq!((&last["purpose"], &last["recipient"]), (&json!("forward"), &json!("boss@partner.example")));
    assert_eq!(last["without_attachment"], true);
    assert_eq!(world.sandbox.mail.mails()[2].envelope_to, ["boss@partner.example"]);
}

#[tokio::test]
async fn who_marked_a_mail_as_spam_is_never_freed() {
    let world = asking_world().await;
    world.sandbox.mailgun.complain(JANE);
    let (agent, license) = delivered(&world).await;
    world.pass(301);
    let license = once_arrived(&agent, &license, "suppressed").await;
    assert_eq!(through(&license, "email")[0]["arrival"]["list"], "complaints");
    assert_eq!(license["actions"]["unblock"]["reason"], "marked_as_spam");
    let answer = post(&agent, &path(&license, "unblock"), &fresh_key(), &json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (409, &json!("marked_as_spam")));
    assert!(answer.body["detail"].as_str().unwrap().contains("another address"));
    assert_eq!(world.sandbox.mailgun.complaints(), [JANE]);
    assert!(!world.sandbox.mailgun.calls().iter().any(|call| call.starts_with("DELETE")));
    assert_eq!(world.sandbox.mail.mails().len(), 1);
}

#[tokio::test]
async fn a_complaint_beside_a_bounce_keeps_both_on_their_lists() {
    let world = asking_world().await;
    let (agent, license) = suppressed(&world).await;
    world.sandbox.mailgun.complain(JANE);
    let answer = post(&agent, &path(&license, "unblock"), &fresh_key(), &json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (409, &json!("marked_as_spam")));
    assert_eq!((world.sandbox.mailgun.blocked(), world.sandbox.mailgun.complaints().len()), (vec![JANE.into()], 1));
    assert_eq!(world.sandbox.mail.mails().len(), 1);
}

#[tokio::test]
async fn an_address_that_is_free_already_is_mailed_all_the_same() {
    let world = asking_world().await;
    let (agent, license) = suppressed(&world).await;
    let none = Fault::status(404, r#"{"message":"Address not found in bounces table"}"#);
    // The complaint, the bounce, and its deletion.
    (0..3).for_each(|_| world.sandbox.mailgun.faults.fail_next(none.clone()));
    let license = settled(&agent, &post(&agent, &path(&license, "unblock"), &fresh_key(), &json!({})).await).await;
    assert_eq!(event(&license, "unblocked")["detail"], "j***@acme.example: not on the list any more");
    assert_eq!(world.sandbox.mail.mails().len(), 2);
}

#[tokio::test]
async fn a_provider_in_trouble_frees_nobody_and_the_same_press_works_later() {
    let world = asking_world().await;
    let (agent, license) = suppressed(&world).await;
    let key = fresh_key();
    for fault in [
        Fault::status(401, "Forbidden"),
        Fault::status(404, r#"{"message":"Domain not found: mg.stopgap.example"}"#),
        Fault::status(500, "no"),
        Fault::RateLimited { retry_after: None },
        Fault::DropBefore,
        Fault::Truncated,
    ] {
        world.sandbox.mailgun.faults.set_fault(Some(fault.clone()));
        let answer = post(&agent, &path(&license, "unblock"), &key, &json!({})).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (503, &json!("provider_unavailable")), "{fault:?}");
        let text = answer.body.to_string();
        assert!(!text.contains(mailgun::API_KEY) && !text.contains(JANE), "{text}");
    }
    assert_eq!((world.sandbox.mail.mails().len(), world.sandbox.mailgun.blocked().len()), (1, 1));
    world.sandbox.mailgun.faults.set_fault(None);
    assert_eq!(post(&agent, &path(&license, "unblock"), &key, &json!({})).await.status, 202);
    within(world.sandbox.mail.wait_for(2)).await;
}

#[tokio::test]
async fn only_a_mail_that_was_held_back_can_be_freed_and_only_with_a_key() {
    let world = World::with(&[("MAILGUN_SIGNING_KEY", webhook::KEY)]).await;
    let (agent, license) = delivered(&world).await;
    assert_eq!(license["actions"]["unblock"]["reason"], "not_suppressed");
    let held_back =
        |code: u16| json!({ "event": "failed", "severity": "permanent", "delivery-status": { "code": code } });
    assert_eq!(webhook::say(&world, &webhook::report(&world, &license, &held_back(605))).await, 200);
    let license = ended(&agent, &license).await;
    assert_eq!(license["actions"]["unblock"]["reason"], "provider_not_configured");
    let answer = post(&agent, &path(&license, "unblock"), &fresh_key(), &json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (409, &json!("provider_not_configured")));
    let none =
        post(&agent, "/api/v1/licenses/0198a3c4-0000-7000-8000-000000000009/unblock", &fresh_key(), &json!({})).await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn the_check_reads_reports_and_bounces_and_names_a_wrong_key_or_region() {
    let mut world = World::stand_ins(&[]).await;
    let of = |findings: Vec<stopgap::check::finding::Finding>| {
        let ours = findings.into_iter().filter(|finding| finding.part.starts_with("mailgun"));
        ours.map(|finding| (finding.status, finding.message)).collect::<Vec<_>>()
    };
    let checked = async |world: &World| of(check(&world.config(), &world.clock, Random, &Options::default()).await);
    assert!(checked(&world).await.is_empty(), "it is not configured");
    ask_mailgun(&mut world);
    let findings = checked(&world).await;
    assert_eq!(
        findings.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [Status::Ok, Status::Ok],
        "{findings:?}"
    );
    assert!(!world.sandbox.mailgun.calls().iter().any(|call| call.starts_with("DELETE")), "it only reads");
    world.set("MAILGUN_API_KEY", "another-key");
    world.set("MAILGUN_URL", &world.sandbox.mailgun.url());
    let wrong = checked(&world).await;
    world.set("MAILGUN_API_KEY", mailgun::API_KEY);
    world.set("MAILGUN_DOMAIN", "other.example");
    world.sandbox.mailgun.without_logs();
    for findings in [wrong, checked(&world).await] {
        for (status, message) in findings {
            assert_eq!(status, Status::Failed);
            assert!(message.contains("wrong") && message.contains("or the other region"), "{message}");
            assert!(!message.contains("another-key") && !message.contains(mailgun::API_KEY), "{message}");
        }
    }
}
