//! One idempotency key of one agent, one license.

use reqwest::Method;
use serde_json::json;

use crate::world::{World, fresh_key, get, order, order_for, post, read, within};

#[tokio::test]
async fn the_same_key_and_body_get_the_same_answer_and_one_license() {
    let world = World::start().await;
    let agent = world.agent().await;
    let key = fresh_key();
    let first = post(&agent, "/api/v1/licenses", &key, &order()).await;
    within(world.sandbox.slack.wait_for(1)).await;
    let second = post(&agent, "/api/v1/licenses", &key, &order()).await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    assert_eq!(world.sandbox.mail.mails().len(), 1);
}

#[tokio::test]
async fn the_response_of_an_operation_shows_the_license_as_it_is_stored() {
    let mut world = World::stand_ins(&[]).await;
    world.start_paused().await;
    let agent = world.agent().await;
    let mut path = "/api/v1/licenses".to_owned();
    for (operation, body) in [
        ("", order()),
        ("/resend", json!({})),
        ("/forward", json!({ "email": "it@acme.example" })),
        ("/replace", json!({ "seats": 300, "reason": "too few seats" })),
    ] {
        let answer = post(&agent, &format!("{path}{operation}"), &fresh_key(), &body).await;
        assert!(answer.status.is_success(), "{operation}: {}", answer.body);
        path = format!("/api/v1/licenses/{}", answer.body["id"].as_str().unwrap());
        assert_eq!(answer.body, get(&agent, &path).await.body, "{operation}");
    }
}

#[tokio::test]
async fn the_order_of_a_bodys_fields_makes_no_other_body() {
    let world = World::start().await;
    let agent = world.agent().await;
    let request = |body: &'static str| {
        agent
            .request(Method::POST, "/api/v1/licenses")
            .header("Idempotency-Key", "one-key")
            .header("Content-Type", "application/json")
            .body(body)
    };
    let first = r#"{"ticket":{"id":1},"agent":{"username":"jdoe"},"customer":{"email":"a@b.example"},"seats":5}"#;
    let second = r#"{"seats": 5, "customer":{"email":"a@b.example"},"agent":{"username":"jdoe"},"ticket":{"id":1}}"#;
    assert_eq!(read(request(first)).await.body, read(request(second)).await.body);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let world = World::start().await;
    let agent = world.agent().await;
    let key = fresh_key();
    assert_eq!(post(&agent, "/api/v1/licenses", &key, &order()).await.status, 201);
    let other = post(&agent, "/api/v1/licenses", &key, &order_for("other@acme.example")).await;
    assert_eq!(other.status, 422, "{}", other.body);
}

#[tokio::test]
async fn two_requests_at_once_with_one_key_make_one_license_and_get_one_answer() {
    let world = World::start().await;
    let agent = world.agent().await;
    let key = fresh_key();
    let body = order();
    let both = (0..8).map(|_| post(&agent, "/api/v1/licenses", &key, &body));
    let answers = futures_util::future::join_all(both).await;
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.body, answers[0].body);
    }
    within(world.sandbox.slack.wait_for(1)).await;
    assert_eq!(world.sandbox.mail.mails().len(), 1);
}

#[tokio::test]
async fn another_agents_same_key_is_another_key() {
    let world = World::start().await;
    let (one, two) = (world.agent().await, world.agent_number(43).await);
    let first = post(&one, "/api/v1/licenses", "key", &order()).await;
    let second = post(&two, "/api/v1/licenses", "key", &order_for("other@acme.example")).await;
    assert_eq!(second.status, 201, "{}", second.body);
    assert_ne!(first.body["id"], second.body["id"]);
}

#[tokio::test]
async fn a_key_is_one_header_of_visible_ascii() {
    let world = World::start().await;
    let agent = world.agent().await;
    let long = "k".repeat(256);
    for key in ["", "with space", "tab\there", &long] {
        let answer = post(&agent, "/api/v1/licenses", key, &order()).await;
        assert_eq!(answer.status, 400, "{key:?}");
        assert_eq!(answer.body["errors"][0]["field"], "Idempotency-Key");
    }
    let none = read(agent.request(Method::POST, "/api/v1/licenses").json(&order())).await;
    assert_eq!(none.status, 400);
    let longest = "k".repeat(255);
    assert_eq!(post(&agent, "/api/v1/licenses", &longest, &order()).await.status, 201);
}

#[tokio::test]
async fn a_second_license_for_a_customer_with_a_running_one_wants_a_confirmation() {
    let world = World::start().await;
    let agent = world.agent().await;
    let first = post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await;
    let mut again = order_for("JANE@acme.example");
    let refused = post(&agent, "/api/v1/licenses", &fresh_key(), &again).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert_eq!(refused.body["license"]["id"], first.body["id"]);
    again["confirm_duplicate"] = true.into();
    assert_eq!(post(&agent, "/api/v1/licenses", &fresh_key(), &again).await.status, 201);
}
