//! Slack's answer decides between a retry and failure.

use serde_json::Value;
use stopgap::sandbox::web::Fault;

use crate::world::{World, ended, generate, history, order, through};

async fn after(fault: Fault) -> (World, Value) {
    let world = World::start().await;
    world.sandbox.slack.faults.fail_next(fault);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    (world, license)
}

#[tokio::test]
async fn what_may_pass_is_tried_on() {
    for fault in [
        Fault::status(500, "oops"),
        Fault::status(503, ""),
        Fault::RateLimited { retry_after: Some("1".into()) },
        Fault::RateLimited { retry_after: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()) },
        Fault::RateLimited { retry_after: None },
        Fault::Redirect { to: "http://127.0.0.1:9/".into() },
        Fault::DropBefore,
    ] {
        let (world, license) = after(fault.clone()).await;
        let slack = through(&license, "slack")[0].clone();
        assert_eq!((&slack["state"], &slack["attempts"]), (&"sent".into(), &2.into()), "{fault:?}");
        assert!(history(&license).contains(&"slack_retry"), "{fault:?}: the agent sees it");
        assert_eq!(world.sandbox.slack.messages().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_slack_refuses_fails_without_touching_the_license() {
    for (status, body) in [
        (400, "invalid_blocks"),
        (401, "who_are_you"),
        (403, "invalid_token"),
        (404, "no_service"),
        (409, "conflict"),
        (410, "channel_is_archived"),
        (422, "unprocessable"),
    ] {
        let (_, license) = after(Fault::status(status, body)).await;
        let slack = through(&license, "slack")[0].clone();
        assert_eq!(slack["state"], "failed", "{body}");
        assert!(slack["last_error"].as_str().unwrap().contains(body), "{slack}");
        assert!(
            !slack.to_string().contains("hooks") && !slack.to_string().contains("/services/"),
            "no webhook: {slack}"
        );
        assert_eq!(license["state"], "delivered");
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_may_post_twice_and_is_marked() {
    let (world, license) = after(Fault::DropAfter).await;
    assert_eq!(world.sandbox.slack.messages().len(), 2);
    assert_eq!(through(&license, "slack")[0]["uncertain"], true);
}

#[tokio::test]
async fn an_answer_that_never_comes_may_post_twice_and_is_marked() {
    let (world, license) = after(Fault::HangAfter).await;
    let slack = through(&license, "slack")[0].clone();
    assert_eq!((&slack["state"], &slack["uncertain"]), (&"sent".into(), &true.into()));
    assert_eq!(world.sandbox.slack.messages().len(), 2);
}

#[tokio::test]
async fn an_answer_that_breaks_off_after_its_status_is_an_answer() {
    let (world, license) = after(Fault::Truncated).await;
    assert_eq!(through(&license, "slack")[0]["attempts"], 1);
    assert_eq!(world.sandbox.slack.messages().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_slacks_ok_is_not_taken_for_it() {
    let page = Fault::status(200, "<html>Sign in to this network</html>");
    for fault in [Fault::Huge, page] {
        let (world, license) = after(fault.clone()).await;
        let slack = through(&license, "slack")[0].clone();
        assert_eq!((&slack["state"], &slack["attempts"]), (&"sent".into(), &2.into()), "{fault:?}");
        assert_eq!(slack["uncertain"], true, "{fault:?}");
        assert_eq!(world.sandbox.slack.messages().len(), 1, "{fault:?}");
    }
}
