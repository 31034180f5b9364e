mod api;

use serde_json::json;

use super::*;

async fn say(slack: &Slack, body: impl Into<reqwest::Body>) -> (u16, String) {
    let answer = reqwest::Client::new().post(slack.url()).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn verdict(blocks: Value) -> String {
    let slack = Slack::start(0, Clock::system()).await.unwrap();
    say(&slack, json!({"text": "t", "blocks": blocks}).to_string()).await.1
}

#[tokio::test]
async fn a_message_is_kept_and_answered_with_ok() {
    let slack = Slack::start(0, Clock::system()).await.unwrap();
    assert_eq!(say(&slack, json!({"text": "hello"}).to_string()).await, (200, "ok".to_owned()));
    assert_eq!(slack.wait_for(1).await[0].text, "hello");
    assert_eq!(say(&slack, "{}").await, (400, "no_text".to_owned()));
    assert_eq!(say(&slack, "nonsense").await, (400, "invalid_payload".to_owned()));
    let elsewhere = reqwest::get(slack.url() + "x").await.unwrap();
    assert_eq!((elsewhere.status().as_u16(), elsewhere.text().await.unwrap().as_str()), (403, "invalid_token"));
    assert_eq!(slack.messages().len(), 1);
}

#[tokio::test]
async fn blocks_beyond_slacks_limits_are_refused_whole() {
    let plain = |length| json!({"type": "plain_text", "text": "x".repeat(length)});
    let field = |length| json!({"type": "mrkdwn", "text": "x".repeat(length)});
    let header = |length| json!([{"type": "header", "text": plain(length)}]);
    assert_eq!(verdict(header(150)).await, "ok");
    assert_eq!(verdict(header(151)).await, "invalid_blocks");
    assert_eq!(verdict(json!([{"type": "section", "text": field(3000)}])).await, "ok");
    assert_eq!(verdict(json!([{"type": "section", "text": field(3001)}])).await, "invalid_blocks");
    assert_eq!(verdict(json!([{"type": "section"}])).await, "invalid_blocks");
    let fields = |count, length| json!([{"type": "section", "fields": vec![field(length); count]}]);
    assert_eq!(verdict(fields(10, 2000)).await, "ok");
    assert_eq!(verdict(fields(11, 1)).await, "invalid_blocks");
    assert_eq!(verdict(fields(1, 2001)).await, "invalid_blocks");
    assert_eq!(verdict(json!(vec![json!({"type": "divider"}); 50])).await, "ok");
    assert_eq!(verdict(json!(vec![json!({"type": "divider"}); 51])).await, "invalid_blocks");
    let button = json!({"type": "button", "text": plain(75), "url": "https://x.example/"});
    assert_eq!(verdict(json!([{"type": "actions", "elements": [button]}])).await, "ok");
    assert_eq!(verdict(json!([{"type": "context", "elements": [field(1)]}])).await, "ok");
    assert_eq!(verdict(json!([{"type": "marquee"}])).await, "invalid_blocks");
}

#[tokio::test]
async fn a_fault_may_keep_the_message_all_the_same() {
    let slack = Slack::start(0, Clock::system()).await.unwrap();
    slack.faults.fail_next(Fault::status(404, "no_service"));
    slack.faults.fail_next(Fault::DropAfter);
    assert_eq!(say(&slack, json!({"text": "one"}).to_string()).await, (404, "no_service".to_owned()));
    let lost = reqwest::Client::new().post(slack.url()).body(r#"{"text":"two"}"#).send().await;
    assert!(lost.is_err());
    assert_eq!(slack.wait_for(1).await[0].text, "two");
}
