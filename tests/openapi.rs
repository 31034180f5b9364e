//! The API document is generated, committed and served, and names every route and status that the service answers.

mod operations;

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use stopgap::sandbox::Browser;

use crate::world::{World, ended, fresh_key, generate, get, order, order_for, read};

/// Documented, and tested elsewhere: slow bodies, failed seals, an unavailable database.
const NOT_WALKED: [&str; 3] = ["408", "500", "503"];
/// Tested where streams are held open.
const TOO_MANY_STREAMS: (&str, &str) = ("/api/v1/licenses/{id}/progress", "429");

/// Route, method and status, as the description spells them.
type Answered = BTreeSet<(String, String, String)>;

/// Asks, and notes what was answered under the route's pattern.
struct Walk(Answered);

impl Walk {
    async fn ask(&mut self, pattern: &str, method: &Method, request: RequestBuilder) -> Value {
        let answer = read(request).await;
        let status = answer.status.as_u16().to_string();
        self.0.insert((pattern.to_owned(), method.as_str().to_lowercase(), status));
        answer.body
    }

    async fn get(&mut self, who: &Browser, pattern: &str, path: &str) {
        self.ask(pattern, &Method::GET, who.request(Method::GET, path)).await;
    }

    async fn operation(&mut self, who: &Browser, operation: &str, id: &str, key: &str, body: &Value) {
        let request = who.request(Method::POST, &format!("{LICENSES}/{id}/{operation}")).header("Idempotency-Key", key);
        self.ask(&format!("{LICENSES}/{{id}}/{operation}"), &Method::POST, request.json(body)).await;
    }

    async fn post(&mut self, who: &Browser, body: &Value, key: &str) {
        let request = who.request(Method::POST, LICENSES).header("Idempotency-Key", key).json(body);
        self.ask(LICENSES, &Method::POST, request).await;
    }
}

const LICENSES: &str = "/api/v1/licenses";
const NOBODY: &str = "01980000-0000-7000-8000-000000000000";

fn described() -> Answered {
    let description: Value = serde_json::from_str(&stopgap::http::openapi::document()).unwrap();
    let mut answered = Answered::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for status in operation["responses"].as_object().unwrap().keys() {
                answered.insert((path.clone(), method.clone(), status.clone()));
            }
        }
    }
    answered
}

#[tokio::test]
async fn every_answer_of_a_walk_is_described_and_every_description_is_walked() {
    let token = "scrape-me-if-you-can";
    let world = World::with(&[("METRICS_TOKEN", token), ("AGENT_HOURLY_LIMIT", "2")]).await;
    let (agent, stranger) = (world.agent().await, world.stranger());
    let mut walk = Walk(Answered::new());

    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    let key = fresh_key();
    walk.post(&agent, &order_for("joe@acme.example"), &key).await;
    walk.post(&agent, &order_for("other@acme.example"), &key).await;
    walk.post(&agent, &order_for("third@acme.example"), &fresh_key()).await;
    walk.post(&agent, &order(), &fresh_key()).await;
    walk.post(&agent, &json!({}), &fresh_key()).await;
    walk.post(&stranger, &order(), &fresh_key()).await;
    walk.post(&agent, &json!({ "long": "x".repeat(1536 * 1024) }), &fresh_key()).await;
    let text = agent.request(Method::POST, LICENSES).header("Idempotency-Key", "k").body("{}");
    walk.ask(LICENSES, &Method::POST, text).await;

    walk.get(&agent, LICENSES, LICENSES).await;
    walk.get(&agent, LICENSES, "/api/v1/licenses?q=x").await;
    walk.get(&stranger, LICENSES, LICENSES).await;
    for (suffix, query) in [("", ""), ("/progress", ""), ("/file", "?reason=air-gapped")] {
        let pattern = format!("{LICENSES}/{{id}}{suffix}");
        for (who, id) in [(&agent, license["id"].as_str().unwrap()), (&agent, NOBODY), (&stranger, NOBODY)] {
            walk.get(who, &pattern, &format!("{LICENSES}/{id}{suffix}{query}")).await;
        }
    }
    let long = format!("{LICENSES}/{NOBODY}/file?reason={}", "x".repeat(501));
    walk.get(&agent, "/api/v1/licenses/{id}/file", &long).await;
    operations(&mut walk, &world, token).await;
    sidebar(&mut walk, &world).await;
    questions(&mut walk, &world).await;
    operations::walk(&mut walk).await;
    reports(&mut walk).await;
    other_worlds(&mut walk).await;

    let is_walked = |(path, _, status): &&(String, String, String)| {
        !NOT_WALKED.contains(&status.as_str()) && (path.as_str(), status.as_str()) != TOO_MANY_STREAMS
    };
    let (described, seen) = (described(), walk.0);
    let undescribed: Vec<_> = seen.difference(&described).collect();
    assert!(undescribed.is_empty(), "answered, not described: {undescribed:?}");
    let unseen: Vec<_> = described.difference(&seen).filter(is_walked).collect();
    assert!(unseen.is_empty(), "described, never answered: {unseen:?}");
}

async fn operations(walk: &mut Walk, world: &World, token: &str) {
    let stranger = world.stranger();
    for path in ["/health/live", "/health/ready", "/openapi.json", "/metrics"] {
        walk.get(&stranger, path, path).await;
    }
    let scrape = stranger.request(Method::GET, "/metrics").bearer_auth(token);
    walk.ask("/metrics", &Method::GET, scrape).await;
}

async fn sidebar(walk: &mut Walk, world: &World) {
    let stranger = world.stranger();
    for name in ["main.js", "nothing.js"] {
        walk.get(&stranger, "/zendesk/assets/{path}", &format!("/zendesk/assets/{name}")).await;
    }
    for page in ["/zendesk/sidebar", "/zendesk/lookup"] {
        walk.get(&stranger, page, page).await;
        for body in ["token=forged".to_owned(), "x".repeat(20_000)] {
            walk.ask(page, &Method::POST, stranger.request(Method::POST, page).body(body)).await;
        }
        // The agent of this world was let in by a signed token; both pages share that.
        walk.0.insert((page.into(), "post".into(), "200".into()));
    }
}

/// Eligibility and diagnosis.
async fn questions(walk: &mut Walk, world: &World) {
    let (agent, stranger) = (world.agent().await, world.stranger());
    let long = "x".repeat(1536 * 1024);
    for (path, good) in [
        ("/api/v1/evidence", json!({ "billable_users": 5 })),
        ("/api/v1/diagnosis", json!({ "text": "This license has already expired." })),
    ] {
        for body in [good, json!([]), json!({ "long": long })] {
            walk.ask(path, &Method::POST, agent.request(Method::POST, path).json(&body)).await;
        }
        walk.ask(path, &Method::POST, agent.request(Method::POST, path).body("{}")).await;
        walk.ask(path, &Method::POST, stranger.request(Method::POST, path).json(&json!({}))).await;
    }
}

/// The mail provider's webhook.
async fn reports(walk: &mut Walk) {
    let path = "/webhooks/mailgun";
    let world = World::with(&[("MAILGUN_SIGNING_KEY", crate::webhook::KEY)]).await;
    let nobody = world.stranger();
    for body in [crate::webhook::report_of_nobody(&world), "{}".to_owned(), "x".repeat(70_000)] {
        walk.ask(path, &Method::POST, nobody.request(Method::POST, path).body(body)).await;
    }
}

/// What only other settings bring about.
async fn other_worlds(walk: &mut Walk) {
    let closed = World::with(&[("ZENDESK_ALLOWED_AGENTS", "7")]).await;
    walk.post(&closed.agent().await, &order(), &fresh_key()).await;
    walk.get(&closed.stranger(), "/metrics", "/metrics").await;
}

#[test]
fn the_committed_document_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let generated = stopgap::http::openapi::document();
    if crate::world::updates() {
        std::fs::write(path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(committed == generated, "docs/openapi.json is stale: run UPDATE=1 cargo test openapi");
}

#[tokio::test]
async fn the_document_is_served_and_names_every_route() {
    let world = World::start().await;
    let served = get(&world.stranger(), "/openapi.json").await.body;
    assert_eq!(served, serde_json::from_str::<Value>(&stopgap::http::openapi::document()).unwrap());
    let documented: BTreeSet<String> = served["paths"].as_object().unwrap().keys().cloned().collect();
    let source = include_str!("../src/http/mod.rs");
    let routes = source.split(" resource(").skip(1).filter_map(|rest| rest.split('"').nth(1));
    let routes: BTreeSet<String> =
        routes.filter(|path| path.starts_with('/')).map(|route| route.replace(":.*}", "}")).collect();
    assert_eq!(documented, routes);
}

/// Everything that a stranger may ask.
const OPEN: [(&str, &str); 10] = [
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
    ("get", "/openapi.json"),
    ("get", "/zendesk/assets/{path}"),
    ("get", "/zendesk/lookup"),
    ("get", "/zendesk/sidebar"),
    ("post", "/webhooks/mailgun"),
    ("post", "/zendesk/lookup"),
    ("post", "/zendesk/sidebar"),
];

#[tokio::test]
async fn every_other_route_needs_a_session_and_reads_nothing_without_one() {
    let world = World::start().await;
    let stranger = world.stranger();
    let document: Value = serde_json::from_str(&stopgap::http::openapi::document()).unwrap();
    let mut open = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let needs_session =
                operation["security"].as_array().is_some_and(|s| s.iter().any(|s| s.get("session").is_some()));
            if !needs_session {
                open.push((method.as_str(), path.as_str()));
                continue;
            }
            // Neither the id nor the key, the query or the body is right: without a session nobody says so.
            let path = format!("{}?x=%00", path.replace("{id}", "nonsense"));
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = read(stranger.request(method, &path).body("{")).await;
            assert_eq!(answer.status.as_u16(), 401, "{path}");
        }
    }
    open.sort_unstable();
    assert_eq!(open, OPEN);
}
