//! Answers of Slack's API that were lost: what was posted is found, and nothing shows twice.

use stopgap::sandbox::web::Fault;

use crate::{
    outside_email::until,
    outside_slack_app::{POST, UPDATE, accepted, fail_next, is_reply_to, late, outcomes, refusal},
    world::{World, ended, generate, order, through},
};

const HISTORY: &str = "conversations.history";
const REPLIES: &str = "conversations.replies";

/// Longer than nothing is posted again after a lost answer.
const LAG_SECONDS: i64 = 16;

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_found_and_not_doubled() {
    for fault in [Fault::DropAfter, Fault::Truncated] {
        let world = World::with_slack_app().await;
        fail_next(&world, POST, fault.clone());
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        let license = ended(&agent, &license).await;
        let slack = through(&license, "slack")[0];
        assert_eq!((&slack["state"], outcomes(slack)), (&"sent".into(), vec!["uncertain", "sent"]), "{fault:?}");
        assert_eq!(world.sandbox.slack.messages().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_message_whose_answer_never_came_is_found_and_not_doubled() {
    let world = World::with_slack_app().await;
    fail_next(&world, POST, Fault::HangAfter);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    assert_eq!(through(&ended(&agent, &license).await, "slack")[0]["state"], "sent");
    assert_eq!(world.sandbox.slack.messages().len(), 1);
}

#[tokio::test]
async fn a_reply_whose_answer_was_lost_is_found_and_not_doubled() {
    let world = World::with_slack_app().await;
    let (agent, license) = late(&world).await;
    fail_next(&world, POST, Fault::DropAfter);
    accepted(&world, &agent, &license).await;
    let messages = world.sandbox.slack.messages();
    assert_eq!(messages.len(), 2, "{messages:#?}");
    assert!(is_reply_to(&messages[1], &messages[0]));
}

#[tokio::test]
async fn a_history_that_lags_is_looked_at_again_before_anything_is_posted_again() {
    let world = World::with_slack_app().await;
    fail_next(&world, POST, Fault::DropAfter);
    fail_next(&world, HISTORY, Fault::status(200, r#"{"ok":true,"messages":[]}"#));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    until(&agent, &license, "is not in the channel").await;
    world.pass(LAG_SECONDS);
    let license = ended(&agent, &license).await;
    assert_eq!(outcomes(through(&license, "slack")[0]), ["uncertain", "retry", "sent"]);
    assert_eq!(world.sandbox.slack.messages().len(), 1);
}

#[tokio::test]
async fn a_message_that_was_not_posted_is_posted_once_it_stays_away() {
    for fault in
        [Fault::DropBefore, Fault::status(500, "oops"), refusal("internal_error"), refusal("fatal_error"), Fault::Huge]
    {
        let world = World::with_slack_app().await;
        fail_next(&world, POST, fault.clone());
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        until(&agent, &license, "slack_uncertain").await;
        world.pass(LAG_SECONDS);
        let license = ended(&agent, &license).await;
        let slack = through(&license, "slack")[0];
        assert_eq!((&slack["state"], &slack["uncertain"]), (&"sent".into(), &false.into()), "{fault:?}");
        assert_eq!(world.sandbox.slack.messages().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn without_the_right_to_read_a_message_may_show_twice_and_the_attempt_says_why() {
    let world = World::with_slack_app().await;
    world.sandbox.slack.set_access(|access| access.scopes.retain(|scope| scope != "channels:history"));
    fail_next(&world, POST, Fault::DropAfter);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    until(&agent, &license, "may show twice").await;
    world.pass(LAG_SECONDS);
    let license = ended(&agent, &license).await;
    let slack = through(&license, "slack")[0];
    assert_eq!(outcomes(slack), ["uncertain", "needs_operator", "sent"], "{slack}");
    assert_eq!(slack["uncertain"], true, "{slack}");
    let error = slack["attempt_log"][1]["error"].as_str().unwrap();
    for part in ["may show twice", "missing_scope", "channels:history", "reinstall the app"] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(world.sandbox.slack.messages().len(), 2);
}

#[tokio::test]
async fn a_reply_to_a_deleted_message_whose_answer_was_lost_is_found_in_the_channel() {
    let world = World::with_slack_app().await;
    let (agent, license) = late(&world).await;
    world.sandbox.slack.delete(&world.sandbox.slack.messages()[0].ts);
    fail_next(&world, POST, Fault::DropAfter);
    accepted(&world, &agent, &license).await;
    assert_eq!(world.sandbox.slack.messages().len(), 1);
}

#[tokio::test]
async fn an_edit_whose_answer_was_lost_is_made_again_and_nothing_is_uncertain() {
    for fault in [Fault::DropAfter, Fault::DropBefore, refusal("internal_error"), Fault::status(503, "")] {
        let world = World::with_slack_app().await;
        let (agent, license) = late(&world).await;
        fail_next(&world, UPDATE, fault.clone());
        let license = accepted(&world, &agent, &license).await;
        assert_eq!(outcomes(through(&license, "slack")[1]), ["retry", "sent"], "{fault:?}");
        assert_eq!(world.sandbox.slack.messages().len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_thread_that_cannot_be_read_for_now_is_read_before_anything_is_posted_again() {
    let world = World::with_slack_app().await;
    let (agent, license) = late(&world).await;
    fail_next(&world, POST, Fault::DropAfter);
    for fault in [Fault::status(503, ""), refusal("ratelimited")] {
        fail_next(&world, REPLIES, fault);
    }
    let license = accepted(&world, &agent, &license).await;
    assert_eq!(outcomes(through(&license, "slack")[1]), ["uncertain", "retry", "retry", "sent"]);
    assert_eq!(world.sandbox.slack.messages().len(), 2);
}
