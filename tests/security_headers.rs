//! Every answer carries the headers that keep the page where it belongs, and tells nothing of the insides.

use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use stopgap::sandbox::Browser;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::world::{World, fresh_key, generate, order, within};

async fn sent(browser: &Browser, method: Method, path: &str) -> Response {
    within(browser.request(method, path).send()).await.unwrap()
}

/// The facts' headers, and no others that tell or allow something.
fn is_guarded(answer: &Response, what: &str) {
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let policy = header("content-security-policy").unwrap_or_default();
    assert_eq!(
        policy,
        "default-src 'none'; script-src 'self' https://static.zdassets.com; style-src 'self'; connect-src 'self'; \
         img-src 'self'; frame-ancestors https://sandbox.zendesk.com; base-uri 'none'; form-action 'none'",
        "{what}"
    );
    assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"), "{what}");
    assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{what}");
    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{what}");
    assert!(header("strict-transport-security").is_some(), "{what}");
    let ours = [
        "allow",
        "cache-control",
        "connection",
        "content-disposition",
        "content-length",
        "content-security-policy",
        "content-type",
        "date",
        "location",
        "referrer-policy",
        "retry-after",
        "strict-transport-security",
        "transfer-encoding",
        "www-authenticate",
        "x-content-type-options",
        "x-request-id",
    ];
    for name in answer.headers().keys() {
        assert!(ours.contains(&name.as_str()), "{what}: {name}: it may be a cookie, CORS or the server's name");
    }
    assert!(
        answer.status() == StatusCode::NO_CONTENT || header("content-type").is_some(),
        "{what}: nothing is left to guess"
    );
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let world = World::with(&[("AGENT_HOURLY_LIMIT", "1")]).await;
    let (agent, stranger) = (world.agent().await, world.stranger());
    let id = generate(&agent, &order()).await["id"].as_str().unwrap().to_owned();
    for (browser, path, status) in [
        (&stranger, "/zendesk/sidebar".to_owned(), 200),
        (&stranger, "/zendesk/lookup".into(), 200),
        (&stranger, "/openapi.json".into(), 200),
        (&stranger, "/metrics".into(), 404),
        (&stranger, "/webhooks/mailgun".into(), 405),
        (&stranger, "/zendesk/assets/main.js".into(), 200),
        (&stranger, "/zendesk/assets/sidebar.css".into(), 200),
        (&stranger, "/zendesk/assets/translations/en.json".into(), 200),
        (&stranger, "/health/live".into(), 200),
        (&stranger, "/health/ready".into(), 200),
        (&stranger, "/nothing".into(), 404),
        (&stranger, "/".into(), 404),
        (&stranger, "/zendesk/assets/nothing.js".into(), 404),
        (&stranger, "/api/v1/licenses".into(), 401),
        (&agent, "/api/v1/licenses".into(), 200),
        (&agent, "/api/v1/licenses?limit=x".into(), 400),
        (&agent, format!("/api/v1/licenses/{id}"), 200),
        (&agent, format!("/api/v1/licenses/{id}/file?reason=air-gapped"), 200),
        (&agent, format!("/api/v1/licenses/{id}/progress"), 200),
        (&agent, "/api/v1/licenses/x".into(), 404),
    ] {
        let answer = sent(browser, Method::GET, &path).await;
        assert_eq!(answer.status(), status, "{path}");
        is_guarded(&answer, &path);
    }
    let report = sent(&stranger, Method::POST, "/webhooks/mailgun").await;
    assert_eq!(report.status(), 406);
    is_guarded(&report, "a report that is not taken");
    let order_again = |body: Vec<u8>, kind: &'static str| {
        let request = agent.request(Method::POST, "/api/v1/licenses").header("Idempotency-Key", fresh_key());
        request.header("Content-Type", kind).body(body).send()
    };
    let mut confirmed = order();
    confirmed["confirm_duplicate"] = true.into();
    for (body, kind, status) in [
        (order().to_string(), "application/json", 409),
        (confirmed.to_string(), "application/json", 429),
        ("{}".into(), "application/json", 400),
        ("{}".into(), "text/plain", 415),
        (" ".repeat(1536 * 1024 + 1), "application/json", 413),
    ] {
        let answer = order_again(body.into_bytes(), kind).await.unwrap();
        assert_eq!(answer.status(), status);
        is_guarded(&answer, &format!("{status}"));
    }
    for (token, status) in [("nonsense".to_owned(), 403), ("a".repeat(20_000), 413)] {
        let answer = stranger.post_token(&token).await.unwrap();
        assert_eq!(answer.status(), status);
        is_guarded(&answer, &format!("{status}"));
    }
}

#[tokio::test]
async fn no_other_origin_is_let_in() {
    let world = World::start().await;
    let agent = world.agent().await;
    for path in ["/api/v1/licenses", "/zendesk/sidebar", "/zendesk/assets/main.js", "/health/live"] {
        for method in [Method::GET, Method::OPTIONS] {
            let request = agent.request(method.clone(), path).header("Origin", "https://evil.example");
            let request = request.header("Access-Control-Request-Method", "POST");
            let answer = request.header("Access-Control-Request-Headers", "authorization").send().await.unwrap();
            let allows = answer.headers().keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!allows, "{method} {path}");
            is_guarded(&answer, path);
        }
    }
}

/// Status line, headers without the date, and body of a raw request.
async fn raw(world: &World, method: &str, path: &str) -> (u16, String) {
    let url = world.url();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n", address.0, address.1);
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = within(socket.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    // Every answer has an id of its own.
    let id = answer.split("x-request-id: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap_or_default();
    let answer = if id.is_empty() { answer.clone() } else { answer.replace(id, "ID") };
    let mut lines: Vec<&str> = answer.split("\r\n").filter(|line| !line.to_lowercase().starts_with("date:")).collect();
    lines.sort_unstable();
    (status, lines.join("\n"))
}

#[tokio::test]
async fn unknown_paths_are_answered_uniformly_and_wrong_methods_with_those_allowed() {
    let world = World::start().await;
    let usual = raw(&world, "GET", "/nothing").await;
    assert_eq!(usual.0, 404);
    for (method, path) in [
        ("OPTIONS", "*"),
        ("TRACE", "/"),
        ("PROPFIND", "/"),
        ("GET", "/../../etc/passwd"),
        ("GET", "/zendesk/assets/../../etc/passwd"),
        ("GET", "/zendesk/assets/..%2f..%2fetc%2fpasswd"),
        ("GET", "/zendesk/assets/%2e%2e/%2e%2e/etc/passwd"),
        ("GET", "/zendesk/assets/"),
        ("GET", "/zendesk/assets/main.js%00.css"),
        ("GET", "/zendesk/assets/%ff%fe"),
        ("GET", "/zendesk/assets/%zz"),
        ("GET", "/zendesk/sidebar/"),
        ("GET", "//zendesk/sidebar"),
        ("GET", "/zendesk%2fsidebar"),
        ("GET", "/ZENDESK/SIDEBAR"),
        ("GET", "/api/v1/licenses/"),
        ("GET", "/api/v1//licenses"),
        ("GET", "/api/v2/licenses"),
        ("GET", "/.git/config"),
        ("GET", "/.env"),
        ("GET", "/%00"),
        ("GET", "/nothing?x=%ff"),
    ] {
        assert_eq!(raw(&world, method, path).await, usual, "{method} {path}");
    }
    let head = raw(&world, "HEAD", "/nothing").await;
    assert_eq!(head.0, 404);
    assert!(!head.1.contains("There is nothing here"), "HEAD has no body: {}", head.1);
    for (method, path, allow) in [
        ("OPTIONS", "/api/v1/licenses", "POST, GET, HEAD"),
        ("PUT", "/api/v1/licenses", "POST, GET, HEAD"),
        ("MADEUP", "/api/v1/licenses", "POST, GET, HEAD"),
        ("PATCH", "/zendesk/sidebar", "POST, GET, HEAD"),
        ("DELETE", "/health/live", "GET, HEAD"),
        ("POST", "/health/live", "GET, HEAD"),
    ] {
        let (status, answer) = raw(&world, method, path).await;
        assert_eq!(status, 405, "{method} {path}");
        assert!(answer.contains(&format!("allow: {allow}")), "{method} {path}: {answer}");
    }
    let (status, answer) = raw(&world, "HEAD", "/health/live").await;
    assert_eq!(status, 200);
    assert!(!answer.contains("live\""), "HEAD has no body: {answer}");
}

#[tokio::test]
async fn ids_that_are_not_there_look_like_ids_that_are_none() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut answers = std::collections::BTreeSet::new();
    for id in ["x", "%ff", "..%2f..", "0198a3c4-0000-7000-8000-000000000000", "0198A3C4-0000-7000-8000-00000000000G"] {
        let url = format!("{}api/v1/licenses/{id}", world.url());
        let request = reqwest::Client::new().get(url).bearer_auth(agent.session().unwrap());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 404, "{id}");
        is_guarded(&answer, id);
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        answers.insert(answer.text().await.unwrap().replace(&id, "ID"));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn an_error_shows_nothing_of_the_insides() {
    let world = World::on_sqlite().await;
    let agent = world.agent().await;
    let database = format!("sqlite:{}", world.folder().join("stopgap.db").display());
    let other = sqlx::AnyPool::connect(&database).await.unwrap();
    sqlx::query("ALTER TABLE licenses RENAME TO gone").execute(&other).await.unwrap();
    let request = agent.request(Method::POST, "/api/v1/licenses").header("Idempotency-Key", fresh_key());
    let generating = request.json(&order()).send().await.unwrap();
    let looking_up = sent(&agent, Method::GET, "/api/v1/licenses?q=jane").await;
    for answer in [generating, looking_up] {
        assert_eq!(answer.status(), 503);
        is_guarded(&answer, "503");
        let body: serde_json::Value = answer.json().await.unwrap();
        let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["type", "title", "status", "code", "detail", "request_id"]);
        for word in ["sqlx", "sqlite", "table", "SELECT", "licenses", ".db", "no such"] {
            assert!(!body.to_string().contains(word), "{body}");
        }
    }
    assert_eq!(json!(sent(&agent, Method::GET, "/health/live").await.status().as_u16()), 200);
}
