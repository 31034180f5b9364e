//! Slack by its app's bot token: one message per license, always true, and nothing shown twice.

use serde_json::{Value, json};
use stopgap::sandbox::{
    gitlab::{Call, CallFault},
    slack::{GROUP, Message, MethodFault},
    smtp,
    web::Fault,
};

use crate::{
    outside_email::until,
    webhook::{KEY, bounced, report, say},
    world::{World, ended, fresh_key, generate, history, order, post, through, within},
};

pub const POST: &str = "chat.postMessage";
pub const UPDATE: &str = "chat.update";

pub fn refusal(code: &str) -> Fault {
    Fault::status(200, &json!({ "ok": false, "error": code }).to_string())
}

pub fn fail_next(world: &World, method: &'static str, fault: Fault) {
    world.sandbox.slack.method_faults.fail_next(MethodFault { method, fault });
}

/// A license whose mail is late, which Slack heard of.
pub async fn late(world: &World) -> (stopgap::sandbox::Browser, Value) {
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Mail451));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    until(&agent, &license, "email_retry").await;
    world.pass(301);
    until(&agent, &license, "slack_sent").await;
    (agent, license)
}

/// The mail server works again.
pub async fn accepted(world: &World, agent: &stopgap::sandbox::Browser, license: &Value) -> Value {
    world.sandbox.mail.faults.set_fault(None);
    world.pass(61);
    ended(agent, license).await
}

pub fn is_reply_to(reply: &Message, root: &Message) -> bool {
    reply.thread_ts.as_deref() == Some(root.ts.as_str())
}

/// The log of a delivery's attempts: each outcome.
pub fn outcomes(delivery: &Value) -> Vec<&str> {
    delivery["attempt_log"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_failure_that_is_mended_is_edited_away_and_corrected_in_its_thread_and_the_channel() {
    let world = World::with_slack_app().await;
    let (agent, license) = late(&world).await;
    let [root] = &world.sandbox.slack.messages()[..] else { panic!("one message") };
    assert!(root.text.contains("Acme GmbH · 286 seats · not mailed yet\n"), "{}", root.text);
    assert!(root.shown().contains(&format!("<!subteam^{GROUP}> jdoe: *")), "{}", root.shown());

    let license = accepted(&world, &agent, &license).await;
    let messages = world.sandbox.slack.messages();
    let [root, reply] = &messages[..] else { panic!("a message and its reply: {messages:#?}") };
    assert!(root.is_edited && root.text.contains("Acme GmbH · 286 seats · sent\n"), "{}", root.text);
    assert!(!root.shown().contains("subteam"), "nobody has to act any more: {}", root.shown());
    assert!(is_reply_to(reply, root) && reply.is_broadcast, "the channel had read otherwise");
    assert!(reply.text.contains("went out after all"), "{}", reply.text);
    assert!(through(&license, "slack").iter().all(|delivery| delivery["uncertain"] == false));
}

#[tokio::test]
async fn an_engineer_who_has_to_act_is_mentioned_where_slack_knows_them_and_named_elsewhere() {
    let known = |email: &str| json!({ "username": "jdoe", "email": email });
    for (agent_of_order, scopes, expected) in [
        (known("jdoe@gitlab.example"), true, "<@U0JDOE>: *"),
        (known("jdoe@elsewhere.example"), true, "jdoe: *"),
        (known("no address"), true, "jdoe: *"),
        (json!({ "username": "jdoe" }), true, "jdoe: *"),
        (known("jdoe@gitlab.example"), false, "jdoe: *"),
    ] {
        let world = World::with_slack_app().await;
        if !scopes {
            world.sandbox.slack.set_access(|access| access.scopes.retain(|scope| !scope.starts_with("users:")));
        }
        world.sandbox.mail.faults.fail_next(smtp::Fault::Rcpt550);
        let agent = world.agent().await;
        let mut order = order();
        order["agent"] = agent_of_order;
        ended(&agent, &generate(&agent, &order).await).await;
        let root = world.sandbox.slack.messages().remove(0);
        assert!(root.shown().contains(expected), "{}", root.shown());
        assert!(!root.shown().contains("@gitlab.example"), "{}", root.shown());
    }
}

#[tokio::test]
async fn a_bounce_and_its_correction_are_replies_below_one_message_that_stays_true() {
    let mut world = World::stand_ins(&[("MAILGUN_SIGNING_KEY", KEY)]).await;
    world.use_slack_app();
    world.start_service().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    let path = |operation| format!("/api/v1/licenses/{}/{operation}", license["id"].as_str().unwrap());
    post(&agent, &path("resend"), &fresh_key(), &json!({})).await;
    ended(&agent, &license).await;
    assert_eq!(world.sandbox.slack.messages().len(), 1, "nothing that was said has changed");

    // Both mails come back.
    for email in [0, 1] {
        let current = ended(&agent, &license).await;
        let mut event = report(&world, &current, &bounced());
        let reference = &through(&current, "email")[email]["reference"];
        event["event-data"]["message"]["headers"]["message-id"] = reference.clone();
        assert_eq!(say(&world, &event).await, 200);
    }
    ended(&agent, &license).await;
    let messages = world.sandbox.slack.messages();
    assert!(messages[0].text.contains("· 286 seats · bounced\n"), "{}", messages[0].text);
    let last = messages.last().unwrap();
    assert!(is_reply_to(last, &messages[0]) && last.is_broadcast && last.shown().contains("subteam"), "{last:#?}");
    assert!(last.text.contains("No such mailbox"), "{}", last.text);

    let corrected = json!({ "email": "jane.doe@acme.example", "correct": true });
    assert_eq!(post(&agent, &path("forward"), &fresh_key(), &corrected).await.status, 202);
    ended(&agent, &license).await;
    let all = world.sandbox.slack.messages();
    assert_eq!(all.len(), messages.len() + 1);
    assert!(all[0].text.contains("· 286 seats · sent\n"), "{}", all[0].text);
    assert!(all.last().unwrap().text.contains("address was corrected"), "{}", all.last().unwrap().text);
    assert!(all[1..].iter().all(|reply| is_reply_to(reply, &all[0])), "{all:#?}");
}

#[tokio::test]
async fn the_message_of_a_license_that_was_replaced_says_so_and_the_other_names_it() {
    let world = World::with_slack_app().await;
    let agent = world.agent().await;
    let earlier = generate(&agent, &order()).await;
    ended(&agent, &earlier).await;
    let id = earlier["id"].as_str().unwrap();
    let body = json!({ "seats": 400, "reason": "too few seats" });
    let answer = post(&agent, &format!("/api/v1/licenses/{id}/replace"), &fresh_key(), &body).await;
    ended(&agent, &answer.body).await;
    let [old, new] = &world.sandbox.slack.messages()[..] else { panic!("one message each") };
    assert!(old.is_edited && old.text.contains("Acme GmbH · 286 seats · replaced\n"), "{}", old.text);
    assert!(!old.text.contains("Renew by"), "{}", old.text);
    assert!(old.text.contains(answer.body["id"].as_str().unwrap()), "{}", old.text);
    assert!(new.thread_ts.is_none() && new.text.contains("Acme GmbH · 400 seats · sent\n"), "{}", new.text);
    assert!(new.text.contains(&format!("It replaces the license {id}.")), "{}", new.text);
}

#[tokio::test]
async fn an_issue_that_is_filed_later_is_linked_by_an_edit_alone() {
    let world = World::with_slack_app().await;
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(Fault::status(500, "oops"))));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    within(world.sandbox.gitlab.until(|_| (world.sandbox.gitlab.calls(Call::Create) > 0).then_some(()))).await;
    world.pass(61);
    let message = within(world.sandbox.slack.wait_for(1)).await.remove(0);
    assert!(message.text.contains("issue not filed yet"), "{}", message.text);
    until(&agent, &license, "slack_sent").await;
    world.sandbox.gitlab.faults.set_fault(None);
    world.pass(700);
    ended(&agent, &license).await;
    let [message] = &world.sandbox.slack.messages()[..] else { panic!("no second message") };
    assert!(message.text.contains(&world.sandbox.gitlab.issues()[0].web_url), "{}", message.text);
}

#[tokio::test]
async fn what_may_pass_or_the_operator_mends_is_tried_on() {
    for (fault, outcome) in [
        (refusal("ratelimited"), "retry"),
        (refusal("service_unavailable"), "retry"),
        (Fault::RateLimited { retry_after: Some("1".into()) }, "retry"),
        (Fault::status(404, "<html>"), "needs_operator"),
        (Fault::Redirect { to: "http://127.0.0.1:9/".into() }, "needs_operator"),
        (refusal("not_in_channel"), "needs_operator"),
        (refusal("restricted_action_thread_only_channel"), "needs_operator"),
        (refusal("a_code_of_next_year"), "needs_operator"),
    ] {
        let world = World::with_slack_app().await;
        fail_next(&world, POST, fault.clone());
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        let license = ended(&agent, &license).await;
        let slack = through(&license, "slack")[0];
        assert_eq!(outcomes(slack), [outcome, "sent"], "{fault:?}");
        assert_eq!(slack["uncertain"], false, "{fault:?}: it was surely not posted");
        assert!(history(&license).contains(&"slack_retry"), "{fault:?}: the agent sees it");
        assert_eq!(world.sandbox.slack.messages().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_wait_that_slack_asks_for_is_kept() {
    let world = World::with_slack_app().await;
    fail_next(&world, POST, Fault::RateLimited { retry_after: Some("600".into()) });
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    until(&agent, &license, "slack_retry").await;
    world.pass(540);
    let id = license["id"].as_str().unwrap();
    let pending = agent.get(&format!("/api/v1/licenses/{id}")).await.unwrap();
    assert_eq!((&through(&pending, "slack")[0]["state"], world.sandbox.slack.messages().len()), (&"pending".into(), 0));
    world.pass(61);
    ended(&agent, &license).await;
    assert_eq!(world.sandbox.slack.messages().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_message_stays_wrong_and_touches_no_license() {
    for code in ["invalid_blocks", "msg_blocks_too_long", "invalid_metadata_format", "no_text"] {
        let world = World::with_slack_app().await;
        fail_next(&world, POST, refusal(code));
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        let license = ended(&agent, &license).await;
        let slack = through(&license, "slack")[0];
        assert_eq!((&slack["state"], outcomes(slack)), (&"failed".into(), vec!["refused"]), "{code}");
        assert!(slack["last_error"].as_str().unwrap().contains(code), "{slack}");
        assert_eq!(license["state"], "delivered");
    }
}

#[tokio::test]
async fn a_revoked_token_or_an_archived_channel_waits_for_the_operator_and_says_what_to_do() {
    for (code, remedy) in
        [("token_revoked", "renew STOPGAP_SLACK_BOT_TOKEN"), ("is_archived", "set STOPGAP_SLACK_CHANNEL to another")]
    {
        let world = World::with_slack_app().await;
        world.sandbox.slack.faults.set_fault(Some(refusal(code)));
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        until(&agent, &license, "slack_retry").await;
        let id = license["id"].as_str().unwrap();
        let pending = agent.get(&format!("/api/v1/licenses/{id}")).await.unwrap();
        let slack = through(&pending, "slack")[0];
        let error = slack["last_error"].as_str().unwrap();
        assert!(error.contains(code) && error.contains(remedy) && !error.contains("xoxb"), "{error}");
        assert_eq!(outcomes(slack)[0], "needs_operator", "{slack}");
        assert_eq!(pending["state"], "delivered", "the customer has it all the same");

        world.sandbox.slack.faults.set_fault(None);
        world.pass(700);
        ended(&agent, &license).await;
        assert_eq!(world.sandbox.slack.messages().len(), 1);
    }
}

#[tokio::test]
async fn a_message_that_somebody_deleted_has_a_successor_that_is_edited_from_then_on() {
    let mut world = World::stand_ins(&[("MAILGUN_SIGNING_KEY", KEY)]).await;
    world.use_slack_app();
    world.start_service().await;
    let (agent, license) = late(&world).await;
    world.sandbox.slack.delete(&world.sandbox.slack.messages()[0].ts);
    let license = accepted(&world, &agent, &license).await;
    let [successor] = &world.sandbox.slack.messages()[..] else { panic!("one message") };
    assert!(successor.thread_ts.is_none() && successor.text.contains("286 seats · sent\n"), "{successor:#?}");

    assert_eq!(say(&world, &report(&world, &license, &bounced())).await, 200);
    ended(&agent, &license).await;
    let messages = world.sandbox.slack.messages();
    assert!(messages[0].is_edited && messages[0].text.contains("286 seats · bounced\n"), "{messages:#?}");
    assert!(is_reply_to(&messages[1], &messages[0]), "{messages:#?}");
}

#[tokio::test]
async fn a_message_that_cannot_be_edited_has_a_reply_that_says_all() {
    for code in ["cant_update_message", "edit_window_closed", "block_mismatch"] {
        let world = World::with_slack_app().await;
        let (agent, license) = late(&world).await;
        fail_next(&world, UPDATE, refusal(code));
        accepted(&world, &agent, &license).await;
        let messages = world.sandbox.slack.messages();
        assert!(is_reply_to(&messages[1], &messages[0]), "{code}");
        assert!(messages[1].text.contains("Acme GmbH · 286 seats · sent\n"), "{code}: {}", messages[1].text);
    }
}

#[tokio::test]
async fn a_message_that_takes_no_replies_has_its_news_in_the_channel() {
    for code in ["cannot_reply_to_message", "restricted_action_non_threadable_channel"] {
        let world = World::with_slack_app().await;
        let (agent, license) = late(&world).await;
        fail_next(&world, POST, refusal(code));
        accepted(&world, &agent, &license).await;
        let messages = world.sandbox.slack.messages();
        assert_eq!(messages.len(), 2, "{code}");
        assert!(messages[1].thread_ts.is_none() && messages[1].text.contains("286 seats · sent\n"), "{messages:#?}");
    }
}
