//! The Web API, as far as it differs from what one would expect.

use super::*;

async fn call(slack: &Slack, method: &str, query: &[(&str, &str)], body: Option<Value>) -> Value {
    let client = reqwest::Client::new();
    let address = format!("{}/api/{method}", slack.root());
    let request = match body {
        Some(body) => client.post(address).json(&body),
        None => client.get(address).query(query),
    };
    request.bearer_auth(TOKEN).send().await.unwrap().json().await.unwrap()
}

async fn post(slack: &Slack, extra: Value) -> Value {
    let mut body = json!({"channel": CHANNEL, "text": "hello",
        "metadata": {"event_type": "test", "event_payload": {"n": 1}}});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    call(slack, "chat.postMessage", &[], Some(body)).await
}

#[tokio::test]
async fn a_refusal_is_a_200_that_is_not_ok() {
    let slack = Slack::start(0, Clock::system()).await.unwrap();
    let answer = reqwest::get(format!("{}/api/auth.test", slack.root())).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"ok": false, "error": "not_authed"}));
    slack.set_access(|access| access.scopes.clear());
    let refused = post(&slack, json!({})).await;
    assert_eq!((&refused["error"], &refused["needed"]), (&"missing_scope".into(), &"chat:write".into()));
    slack.set_access(|access| *access = Access { is_archived: true, ..Access::default() });
    assert_eq!(post(&slack, json!({})).await["error"], "is_archived");
    assert!(slack.messages().is_empty());
}

#[tokio::test]
async fn a_reply_to_a_deleted_message_becomes_a_message_and_only_a_missing_thread_says_so() {
    let slack = Slack::start(0, Clock::system()).await.unwrap();
    let root = post(&slack, json!({})).await["ts"].clone();
    let reply = json!({"thread_ts": root, "reply_broadcast": true});
    assert_eq!(post(&slack, reply.clone()).await["message"]["thread_ts"], root);
    slack.delete(root.as_str().unwrap());
    let orphan = post(&slack, reply).await;
    assert_eq!((&orphan["ok"], &orphan["message"]["thread_ts"]), (&true.into(), &Value::Null));
    let edit = json!({"channel": CHANNEL, "ts": root, "text": "new"});
    assert_eq!(call(&slack, "chat.update", &[], Some(edit)).await["error"], "message_not_found");
}

#[tokio::test]
async fn an_edit_keeps_the_attachments_that_it_does_not_name_and_drops_the_blocks() {
    let slack = Slack::start(0, Clock::system()).await.unwrap();
    let blocks = json!([{"type": "divider"}]);
    let rich = json!({"blocks": blocks, "attachments": [{"color": "#2eb67d", "blocks": blocks}]});
    let ts = post(&slack, rich).await["ts"].clone();
    let edit = json!({"channel": CHANNEL, "ts": ts, "text": "new"});
    assert_eq!(call(&slack, "chat.update", &[], Some(edit)).await["ok"], true);
    let kept = slack.messages().remove(0);
    assert!(kept.is_edited && kept.text == "new" && kept.blocks.is_empty() && kept.attachments.len() == 1);
    let long = json!({"channel": CHANNEL, "ts": ts, "text": "x".repeat(4001)});
    assert_eq!(call(&slack, "chat.update", &[], Some(long)).await["error"], "msg_too_long");
}

#[tokio::test]
async fn the_history_has_pages_no_replies_and_markers_only_if_asked_for() {
    let slack = Slack::start(0, Clock::system()).await.unwrap();
    let root = post(&slack, json!({})).await["ts"].clone();
    post(&slack, json!({"thread_ts": root})).await;
    post(&slack, json!({"thread_ts": root, "reply_broadcast": true})).await;
    let query = [("channel", CHANNEL), ("limit", "1")];
    let newest = call(&slack, "conversations.history", &query, None).await;
    assert_eq!((newest["messages"].as_array().unwrap().len(), &newest["messages"][0]["thread_ts"]), (1, &root));
    assert_eq!(newest["messages"][0]["metadata"], Value::Null);
    let cursor = newest["response_metadata"]["next_cursor"].as_str().unwrap();
    let query = [("channel", CHANNEL), ("cursor", cursor), ("include_all_metadata", "true")];
    let rest = call(&slack, "conversations.history", &query, None).await;
    assert_eq!((rest["messages"].as_array().unwrap().len(), &rest["messages"][0]["ts"]), (1, &root));
    assert_eq!(rest["messages"][0]["metadata"]["event_payload"]["n"], 1);
    let query = [("channel", CHANNEL), ("ts", root.as_str().unwrap())];
    let thread = call(&slack, "conversations.replies", &query, None).await;
    assert_eq!(thread["messages"].as_array().unwrap().len(), 3);
}
