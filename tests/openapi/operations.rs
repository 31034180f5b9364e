//! The operations on a license, each with every status that it may answer.

use reqwest::Method;
use serde_json::json;
use stopgap::sandbox::Browser;

use super::{LICENSES, NOBODY, Walk};
use crate::{
    mailgun,
    world::{World, ended, fresh_key, generate, order},
};

pub(super) async fn walk(walk: &mut Walk) {
    let world = World::start().await;
    let (agent, stranger) = (world.agent().await, world.stranger());
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    let id = license["id"].as_str().unwrap();
    let bodies = [
        ("resend", json!({})),
        ("forward", json!({ "email": "it@acme.example" })),
        ("retry", json!({})),
        ("replace", json!({ "seats": 300, "reason": "too few seats" })),
        ("unblock", json!({})),
    ];
    for (operation, body) in &bodies {
        let key = fresh_key();
        walk.operation(&agent, operation, id, &key, body).await;
        walk.operation(&agent, operation, id, &key, &json!({ "email": "x@acme.example", "seats": 1, "reason": "x" }))
            .await;
        walk.operation(&agent, operation, id, &fresh_key(), &json!([])).await;
        walk.operation(&agent, operation, NOBODY, &fresh_key(), body).await;
        walk.operation(&stranger, operation, id, &fresh_key(), body).await;
        walk.operation(&agent, operation, id, &fresh_key(), &json!({ "long": "x".repeat(20_000) })).await;
        let text = agent.request(Method::POST, &format!("{LICENSES}/{id}/{operation}")).header("Idempotency-Key", "k");
        walk.ask(&format!("{LICENSES}/{{id}}/{operation}"), &Method::POST, text.body("{}")).await;
    }
    other_body(walk, &agent, id).await;
    follow_up(walk, &world, id).await;
    world.pass(11 * 24 * 3600);
    let agent = world.agent().await;
    for (operation, body) in &bodies {
        walk.operation(&agent, operation, id, &fresh_key(), body).await;
    }
    let failing = World::start().await;
    failing.sandbox.mail.faults.fail_next(stopgap::sandbox::smtp::Fault::Rcpt550);
    let agent = failing.agent().await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    walk.operation(&agent, "retry", license["id"].as_str().unwrap(), &fresh_key(), &json!({})).await;
    let asking = mailgun::asking_world().await;
    let (agent, license) = mailgun::suppressed(&asking).await;
    walk.operation(&agent, "unblock", license["id"].as_str().unwrap(), &fresh_key(), &json!({})).await;
    let closed = World::with(&[("ZENDESK_ALLOWED_AGENTS", "7")]).await;
    let license = generate(&closed.agent_number(7).await, &order()).await;
    for (operation, body) in &bodies {
        walk.operation(&closed.agent().await, operation, license["id"].as_str().unwrap(), &fresh_key(), body).await;
    }
    let file = format!("{LICENSES}/{}/file?reason=air-gapped", license["id"].as_str().unwrap());
    walk.get(&closed.agent().await, "/api/v1/licenses/{id}/file", &file).await;
    let limited = World::with(&[("AGENT_HOURLY_LIMIT", "1")]).await;
    let agent = limited.agent().await;
    let license = generate(&agent, &order()).await;
    walk.operation(&agent, "replace", license["id"].as_str().unwrap(), &fresh_key(), &bodies[3].1).await;
    let file = format!("{LICENSES}/{}/file?reason=air-gapped", license["id"].as_str().unwrap());
    for _ in 0..2 {
        walk.get(&agent, "/api/v1/licenses/{id}/file", &file).await;
    }
}

/// One key for two requests of each operation.
async fn other_body(walk: &mut Walk, agent: &Browser, id: &str) {
    let key = fresh_key();
    for email in ["a@acme.example", "b@acme.example"] {
        walk.operation(agent, "forward", id, &key, &json!({ "email": email })).await;
    }
    for operation in ["resend", "retry", "replace", "unblock"] {
        walk.operation(
            agent,
            operation,
            id,
            &key,
            &if operation == "replace" { json!({ "seats": 5, "reason": "x" }) } else { json!({}) },
        )
        .await;
    }
}

/// Settles the follow-up of a license that was replaced, of its successor, and of nobody.
async fn follow_up(walk: &mut Walk, world: &World, id: &str) {
    let (agent, stranger) = (world.agent().await, world.stranger());
    let pattern = format!("{LICENSES}/{{id}}/follow-up");
    let later = agent.get(&format!("{LICENSES}/{id}")).await.unwrap()["replaced_by"].as_str().unwrap().to_owned();
    let done = json!({ "state": "done" });
    let put = |who: &Browser, id: &str| who.request(Method::PUT, &format!("{LICENSES}/{id}/follow-up"));
    for (who, id, body) in [
        (&agent, later.as_str(), done.clone()),
        (&agent, id, done.clone()),
        (&agent, NOBODY, done.clone()),
        (&agent, id, json!([])),
        (&agent, id, json!({ "long": "x".repeat(20_000) })),
        (&stranger, id, done),
    ] {
        walk.ask(&pattern, &Method::PUT, put(who, id).json(&body)).await;
    }
    walk.ask(&pattern, &Method::PUT, put(&agent, id).body("{}")).await;
}
