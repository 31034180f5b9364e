//! A 201 means: on disk. What was not delivered is taken up again.

use jiff::SignedDuration;
use secrecy::SecretString;
use sqlx::Connection as _;
use stopgap::{
    license::{Channel, DeliveryId},
    outbox::backoff::max_delay,
    sandbox::{
        gitlab::{Call, CallFault, State},
        smtp::Fault as Smtp,
        web::Fault,
    },
    sealing::{KeySource, SealingKey},
    store::Store,
};

use crate::world::{World, ended, fresh_key, generate, get, history, order, post, through, within};

#[tokio::test]
async fn a_license_outlives_a_restart_of_the_service_and_is_delivered_after_it() {
    let mut world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(Smtp::Mail451));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    world.stop().await;
    world.sandbox.mail.faults.set_fault(None);
    assert!(world.sandbox.mail.mails().is_empty());

    world.start_service().await;
    let agent = world.agent().await;
    let license = ended(&agent, &license).await;
    assert_eq!(license["state"], "delivered");
    assert_eq!(world.sandbox.mail.mails().len(), 1);
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
}

#[tokio::test]
async fn an_attempt_that_hangs_is_given_back_within_thirty_seconds_of_a_stop() {
    let mut world = World::start().await;
    world.sandbox.mail.faults.fail_next(Smtp::HangAfterDot);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    within(world.sandbox.mail.wait_for(1)).await;
    let stopping = std::time::Duration::from_secs(30);
    tokio::time::timeout(stopping, world.stop()).await.expect("a stop takes 30 s at most");

    world.start_service().await;
    let agent = world.agent().await;
    let license = ended(&agent, &license).await;
    let email = through(&license, "email")[0].clone();
    assert_eq!((&email["state"], &email["uncertain"]), (&"sent".into(), &true.into()));
    assert!(history(&license).contains(&"email_uncertain"));
    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 2, "it may go twice …");
    assert_eq!(mails[0].raw, mails[1].raw, "… with the same Message-ID and bytes");
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_taken_up_again_by_the_same_process_and_none_twice_at_once() {
    let mut world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(Smtp::Mail451));
    generate(&world.agent().await, &order()).await;
    world.stop().await;
    let url = world.database();
    let store = Store::open(&url).await.unwrap();
    let later = world.clock.now() + SignedDuration::from_mins(2);
    let claim = async |in_flight: &[DeliveryId]| {
        store
            .claim(Channel::Email, "this process", in_flight, max_delay(Channel::Email), later)
            .await
            .unwrap()
            .map(|claim| claim.delivery)
    };
    let lost = claim(&[]).await.expect("it is due");
    assert!(claim(&[]).await.is_none(), "its lease runs: another process may be the one that made it");

    let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("UPDATE deliveries SET lease_until = 0").execute(&mut database).await.unwrap();
    assert!(claim(&[lost.id]).await.is_none(), "it is under way here");
    let again = claim(&[]).await.expect("nobody acts on it");
    assert_eq!((again.id, again.uncertain), (lost.id, true));
    store.close().await;

    world.sandbox.mail.faults.set_fault(None);
    world.start_service().await;
}

#[tokio::test]
async fn a_session_outlives_a_restart() {
    let mut world = World::start().await;
    let agent = world.agent().await;
    let bearer = agent.session().unwrap().to_owned();
    world.stop().await;
    world.start_service().await;
    let request = world.stranger().request(reqwest::Method::GET, "/api/v1/licenses").bearer_auth(bearer);
    assert_eq!(crate::world::read(request).await.status, 200);
}

#[tokio::test]
async fn sealing_that_fails_is_recorded_filed_and_told_and_the_next_try_takes_a_new_key() {
    let mut world = World::start().await;
    world.stop().await;
    // No setting accepts such a key: 128 bits have no room for an AES key and its padding.
    let tiny = SealingKey::parse(&SecretString::from(include_str!("keys/tiny.pem"))).unwrap();
    world.start_service_with(|config| config.sealing.source = KeySource::Pem(tiny)).await;
    let agent = world.agent().await;
    let key = fresh_key();

    let answer = post(&agent, "/api/v1/licenses", &key, &order()).await;
    assert_eq!(answer.status, 500, "{}", answer.body);
    let license = serde_json::json!({ "id": answer.body["license_id"] });
    let license = ended(&agent, &license).await;
    assert_eq!(license["state"], "failed");
    assert!(through(&license, "email").is_empty());
    let issues = world.sandbox.gitlab.issues();
    assert_eq!((issues.len(), issues[0].state), (1, State::Opened));
    assert!(issues[0].title.starts_with("[Failure] - "), "{}", issues[0].title);
    assert_eq!(world.sandbox.slack.messages().len(), 1);
    let id = license["id"].as_str().unwrap();
    assert_eq!(get(&agent, &format!("/api/v1/licenses/{id}/file?reason=air-gapped")).await.status, 404);

    let again = post(&agent, "/api/v1/licenses", &key, &order()).await;
    assert_eq!((again.status, again.without_id()), (answer.status, answer.without_id()));
    world.stop().await;
    world.start_service().await;
    let agent = world.agent().await;
    assert_eq!(post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await.status, 201);
}

#[tokio::test]
async fn issue_and_slack_wait_out_a_long_outage_each_on_its_own() {
    let world = World::start().await;
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(Fault::status(500, "oops"))));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    within(world.sandbox.mail.wait_for(1)).await;
    within(world.sandbox.gitlab.until(|_| (world.sandbox.gitlab.calls(Call::Create) > 0).then_some(()))).await;
    // Slack waits a minute for the issue's link, not longer.
    world.pass(61);
    let message = within(world.sandbox.slack.wait_for(1)).await;
    assert!(message[0].shown().contains("issue not filed yet"), "{}", message[0].shown());

    world.sandbox.gitlab.faults.set_fault(None);
    world.pass(700);
    let license = ended(&agent, &license).await;
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Closed);
    assert_eq!(through(&license, "slack").len(), 2, "Slack hears of the issue once it is filed");
    assert_eq!(world.sandbox.slack.messages().len(), 2);
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let world = World::start().await;
    let agent = world.agent().await;
    let key = fresh_key();
    let mut wrong = order();
    wrong["seats"] = 0.into();
    assert_eq!(post(&agent, "/api/v1/licenses", &key, &wrong).await.status, 400);
    assert_eq!(post(&agent, "/api/v1/licenses", &key, &order()).await.status, 201);
}
