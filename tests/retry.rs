//! What has failed goes out after all, at a press or by the operator's command.

use std::process::Command;

use serde_json::json;
use stopgap::sandbox::{gitlab::State, smtp::Fault, web};

use crate::{
    aftercare::{delivered, path, settled},
    world::{World, ended, fresh_key, history, post, through, within},
};

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
