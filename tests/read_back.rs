//! Asking Mailgun what became of an email whose report was lost.

use std::time::Duration;

use serde_json::json;
use stopgap::{
    app::App,
    random::Random,
    sandbox::{gitlab::State, web::Fault},
};

use crate::{
    aftercare::{delivered, path, settled},
    mailgun::{JANE, LOOK_PAUSE, ask_mailgun, asking_world, event, once_arrived},
    webhook,
    world::{World, ended, fresh_key, generate, get, history, order_for, post, postgres, sql, through, within},
};

/// Waits until these are the minutes between the sending of each email and the next question about it.
async fn scheduled(world: &World, minutes: &[&str]) {
    let schedule = "SELECT CAST((arrival_ask_at - sent_at) / 60000 AS TEXT) FROM deliveries \
                    WHERE channel = 'email' AND arrival_ask_at IS NOT NULL ORDER BY created_at";
    let look = async {
        while sql(&world.database(), schedule).await != minutes {
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    };
    within(look).await;
}

#[tokio::test]
async fn an_arrival_whose_report_was_lost_is_found_by_asking() {
    let world = asking_world().await;
    let (agent, license) = delivered(&world).await;
    assert_eq!(through(&license, "email")[0]["arrival"]["state"], "unknown");
    world.pass(301);
    let license = once_arrived(&agent, &license, "delivered").await;
    assert!(history(&license).ends_with(&["email_arrival_delivered"]));
    assert_eq!(event(&license, "email_arrival_delivered")["actor"], "mail provider");
    // The report comes after all, and says the same.
    let report = webhook::report(&world, &license, &json!({ "event": "delivered" }));
    assert_eq!(webhook::say(&world, &report).await, 200);
    let again = get(&agent, &format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.body;
    assert_eq!(again["events"], license["events"]);
    scheduled(&world, &["30"]).await;
    assert_eq!(world.sandbox.mailgun.calls(), ["POST /v1/analytics/logs"; 2], "the event, and that there are no more");
}

#[tokio::test]
async fn a_bounce_that_nobody_reported_reopens_the_issue_without_logs_too() {
    let world = asking_world().await;
    world.sandbox.mailgun.without_logs();
    let (agent, license) = delivered(&world).await;
    let mail = through(&license, "email")[0]["reference"].as_str().unwrap().to_owned();
    let bounce = json!({ "event": "failed", "severity": "permanent",
        "delivery-status": { "code": 550, "message": "No such mailbox" } });
    world.sandbox.mailgun.report(&mail, JANE, &bounce);
    world.pass(301);
    let license = ended(&agent, &once_arrived(&agent, &license, "failed").await).await;
    assert_eq!(license["state"], "failed");
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Opened);
    assert!(world.sandbox.slack.messages().len() == 2);
}

#[tokio::test]
async fn what_the_provider_does_not_know_yet_is_asked_again_by_the_schedule_even_after_a_restart() {
    let mut world = asking_world().await;
    let (agent, license) = delivered(&world).await;
    let nothing = Fault::status(200, r#"{"items":[],"pagination":{}}"#);
    world.sandbox.mailgun.faults.fail_next(nothing.clone());
    world.sandbox.mailgun.faults.fail_next(nothing);
    world.pass(301);
    scheduled(&world, &["30"]).await;
    world.stop().await;
    world.pass(1000);
    world.start_service().await;
    let second = world.agent().await;
    settled(&second, &post(&second, &path(&license, "resend"), &fresh_key(), &json!({})).await).await;
    // The second mail is due for its first question before the first one for its second.
    world.pass(301);
    scheduled(&world, &["30", "30"]).await;
    assert_eq!(world.sandbox.mailgun.calls().len(), 2, "each mail was asked about once");
    drop(agent);
    world.pass(1800);
    let license = once_arrived(&second, &license, "delivered").await;
    let arrivals: Vec<_> = through(&license, "email").iter().map(|mail| mail["arrival"]["state"].clone()).collect();
    assert_eq!(arrivals, ["delivered", "delivered"]);
    assert_eq!(world.sandbox.mailgun.calls().len(), 6, "each mail was asked about again");
}

#[tokio::test]
async fn a_provider_that_wants_a_pause_gets_it() {
    let world = asking_world().await;
    let (agent, license) = delivered(&world).await;
    world.sandbox.mailgun.faults.fail_next(Fault::RateLimited { retry_after: Some("900".into()) });
    world.pass(301);
    scheduled(&world, &["20"]).await;
    // Longer than two looks of the service.
    world.pass(800);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(world.sandbox.mailgun.calls().len(), 1);
    world.pass(101);
    once_arrived(&agent, &license, "delivered").await;
}

#[tokio::test]
async fn two_replicas_ask_about_each_mail_once() {
    let mut world = World::stand_ins(&[("DATABASE_URL", &postgres::fresh_database())]).await;
    ask_mailgun(&mut world);
    world.start_service().await;
    let other = App::start(world.config(), world.clock.clone(), Random).await.unwrap();
    let agent = world.agent().await;
    let mut licenses = Vec::new();
    for n in 0..4 {
        let license = generate(&agent, &order_for(&format!("customer{n}@acme{n}.example"))).await;
        licenses.push(ended(&agent, &license).await);
    }
    world.pass(301);
    for license in &licenses {
        once_arrived(&agent, license, "delivered").await;
    }
    scheduled(&world, &["30"; 4]).await;
    assert_eq!(
        world.sandbox.mailgun.calls().len(),
        2 * licenses.len(),
        "for each its event, and that there are no more"
    );
    other.stop().await;
}
