//! How many licenses there can be: an hour and a day forget nothing, and say when to come back.

use reqwest::header::RETRY_AFTER;
use serde_json::Value;
use stopgap::{sandbox::Browser, workflow::limits::DOMAIN_FACTOR};

use crate::world::{World, fresh_key, generate, get, order_for};

/// One more license for `email`, whatever comes of it: status, `Retry-After`, body.
async fn one_more(agent: &Browser, email: &str) -> (u16, Option<u64>, Value) {
    let mut order = order_for(email);
    order["confirm_duplicate"] = true.into();
    let request = agent.request(reqwest::Method::POST, "/api/v1/licenses").header("Idempotency-Key", fresh_key());
    let answer = request.json(&order).send().await.unwrap();
    let after = answer.headers().get(RETRY_AFTER).map(|value| value.to_str().unwrap().parse().unwrap());
    (answer.status().as_u16(), after, answer.json().await.unwrap())
}

async fn restart(world: &mut World) {
    world.stop().await;
    world.start_service().await;
}

/// The next license for `email` is refused until `window_seconds` have passed since the first, also after a restart.
async fn is_closed(world: &mut World, agent_id: u64, email: &str, window_seconds: u64, whom: &str) {
    restart(world).await;
    let agent = world.agent_number(agent_id).await;
    let (status, after, body) = one_more(&agent, email).await;
    assert_eq!(status, 429, "{whom}: {body}");
    let after = after.expect("it says when to come back");
    assert!((window_seconds - 60..=window_seconds).contains(&after), "{whom}: {after}");
    assert!(body["detail"].as_str().unwrap().contains(whom), "{body}");
    world.pass(i64::try_from(after).unwrap() - 5);
    let agent = world.agent_number(agent_id).await;
    assert_eq!(one_more(&agent, email).await.0, 429, "{whom}: not before its time");
    world.pass(6);
    assert_eq!(one_more(&agent, email).await.0, 201, "{whom}: when it said");
}

#[tokio::test]
async fn an_agent_has_a_limit_an_hour_that_a_restart_does_not_lift() {
    let mut world = World::with(&[("AGENT_HOURLY_LIMIT", "2")]).await;
    let agent = world.agent().await;
    for email in ["a@one.example", "b@two.example"] {
        generate(&agent, &order_for(email)).await;
    }
    let other = world.agent_number(43).await;
    generate(&other, &order_for("c@three.example")).await;
    is_closed(&mut world, 42, "d@four.example", 3600, "one agent in an hour").await;
}

#[tokio::test]
async fn a_customer_has_a_limit_a_day_whatever_the_spelling_and_the_agent() {
    let mut world = World::with(&[("CUSTOMER_DAILY_LIMIT", "2")]).await;
    assert_eq!(one_more(&world.agent().await, "jane@gmail.com").await.0, 201);
    assert_eq!(one_more(&world.agent_number(43).await, "Jane@Gmail.com").await.0, 201);
    assert_eq!(one_more(&world.agent_number(44).await, "jane+again@gmail.com").await.0, 429, "a tag is no mailbox");
    assert_eq!(one_more(&world.agent_number(44).await, "janet@gmail.com").await.0, 201, "somebody else");
    assert_eq!(one_more(&world.agent_number(44).await, "j.ane@googlemail.com").await.0, 429, "Gmail ignores dots");
    assert_eq!(one_more(&world.agent_number(44).await, "j_ne@gmail.com").await.0, 201, "no wildcard");
    is_closed(&mut world, 45, "JANE@gmail.com", 24 * 3600, "one customer in a day").await;
}

#[tokio::test]
async fn a_companys_mail_domain_has_a_limit_a_day_and_a_mail_providers_has_none() {
    let mut world = World::with(&[("CUSTOMER_DAILY_LIMIT", "1")]).await;
    let agent = world.agent().await;
    for number in 0..DOMAIN_FACTOR {
        generate(&agent, &order_for(&format!("a{number}@acme.example"))).await;
    }
    let other = world.agent_number(43).await;
    generate(&other, &order_for("a@notacme.example")).await;
    for number in 0..=DOMAIN_FACTOR {
        generate(&other, &order_for(&format!("a{number}@gmail.com"))).await;
    }
    is_closed(&mut world, 44, "new@Acme.example", 24 * 3600, "one mail domain in a day").await;
}

#[tokio::test]
async fn everyone_together_has_a_limit_a_day() {
    let mut world = World::with(&[("DAILY_LIMIT", "3")]).await;
    for number in 0..3 {
        let agent = world.agent_number(42 + number).await;
        generate(&agent, &order_for(&format!("a@company{number}.example"))).await;
    }
    is_closed(&mut world, 50, "a@last.example", 24 * 3600, "everyone together in a day").await;
}

#[tokio::test]
async fn an_agent_who_follows_too_many_licenses_is_told_and_gets_a_place_when_one_is_free() {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(stopgap::sandbox::smtp::Fault::Mail451));
    let agent = world.agent().await;
    let id = generate(&agent, &order_for("jane@acme.example")).await["id"].as_str().unwrap().to_owned();
    let follow = || agent.request(reqwest::Method::GET, &format!("/api/v1/licenses/{id}/progress")).send();
    let mut open = Vec::new();
    let refused = loop {
        let answer = follow().await.unwrap();
        if answer.status() != 200 {
            break answer;
        }
        open.push(answer);
        assert!(open.len() <= 100, "there is a bound");
    };
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key(RETRY_AFTER));
    drop(open);
    // The service notices a closed connection when it next writes or reads there.
    crate::world::within(async { while follow().await.unwrap().status() != 200 {} }).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(stopgap::sandbox::smtp::Fault::Mail451));
    let agent = world.agent().await;
    let id = generate(&agent, &order_for("jane@acme.example")).await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/licenses/{id}/progress");
    let mut stream = agent.request(reqwest::Method::GET, &path).send().await.unwrap();
    stream.chunk().await.unwrap().expect("the first state");
    world.pass(8 * 3600 + 1);
    crate::world::within(async { while stream.chunk().await.unwrap().is_some() {} }).await;
}

#[tokio::test]
async fn a_download_needs_a_reason_and_an_agent_has_as_many_an_hour_as_licenses() {
    let world = World::with(&[("AGENT_HOURLY_LIMIT", "2")]).await;
    let (agent, other) = (world.agent().await, world.agent_number(43).await);
    let license = generate(&agent, &order_for("jane@acme.example")).await;
    let path = format!("/api/v1/licenses/{}/file", license["id"].as_str().unwrap());
    for query in ["", "?reason=", "?reason=%20"] {
        let refused = get(&agent, &format!("{path}{query}")).await;
        assert_eq!((refused.status.as_u16(), &refused.body["errors"][0]["field"]), (400, &"reason".into()), "{query}");
    }
    let path = format!("{path}?reason=air-gapped");
    let statuses = [&agent, &agent, &agent, &other].map(|who| (who, path.clone()));
    let mut answers = Vec::new();
    for (who, path) in statuses {
        answers.push(get(who, &path).await.status.as_u16());
    }
    assert_eq!(answers, [200, 200, 429, 200]);
    world.pass(3601);
    assert_eq!(get(&world.agent().await, &path).await.status, 200, "after an hour");
}
