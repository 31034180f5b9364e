//! One line an event, tied together by ids, and nothing in it that a log must not hold.

use reqwest::{Method, header::HeaderValue};
use serde_json::Value;
use stopgap::sandbox::{Browser, gitlab, smtp::Fault as Smtp};

use crate::world::{AGENT, World, ended, generate, get, order, post, process::serve, read};

#[tokio::test]
async fn a_request_is_followed_by_its_id_to_the_deliveries_of_its_license() {
    let world = World::start().await;
    let process = serve(&world, &[]).await;
    let agent = process.agent(&world).await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    process.terminate();
    process.end().await;

    let answered = process.line("responded with a license").await;
    assert_eq!(answered["license"], license["id"]);
    assert_eq!(answered["span"]["agent"], AGENT);
    let signed_in = process.lines().into_iter().find(|line| line["span"]["route"] == "/zendesk/sidebar").unwrap();
    assert_eq!(signed_in["span"]["agent"], AGENT, "who signed in");
    let request = &answered["span"]["request_id"];
    assert!(!request.as_str().unwrap().is_empty(), "{answered}");
    let delivered: Vec<_> = process.lines().into_iter().filter(|line| line["message"] == "delivered").collect();
    let channels: Vec<_> = delivered.iter().map(|line| line["channel"].as_str().unwrap()).collect();
    assert_eq!(channels, ["email", "issue", "slack"]);
    let is_tied = |line: &Value| line["license"] == license["id"] && line["request_id"] == *request;
    assert!(delivered.iter().all(is_tied), "{request} is not in each of {delivered:?}");
}

#[tokio::test]
async fn probes_that_find_all_well_fill_no_log() {
    const TOKEN: &str = "0123456789abcdef";
    let world = World::start().await;
    let process = serve(&world, &[("STOPGAP_METRICS_TOKEN", TOKEN)]).await;
    let agent = process.agent(&world).await;
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(get(&agent, path).await.status, 200);
    }
    let metrics = Browser::new(&world.sandbox, process.url()).request(Method::GET, "/metrics").bearer_auth(TOKEN);
    assert_eq!(metrics.send().await.unwrap().status(), 200);
    assert_eq!(get(&agent, "/metrics").await.status, 401, "an agent's session does not open it");
    get(&agent, "/api/v1/licenses").await;

    process.terminate();
    process.end().await;
    let answered = process.lines().into_iter().filter(|line| line["message"] == "answered");
    let routes: Vec<_> = answered.map(|line| line["span"]["route"].as_str().unwrap().to_owned()).collect();
    assert_eq!(routes, ["/zendesk/sidebar", "/metrics", "/api/v1/licenses"], "what is refused is told");
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_ours_and_a_problem_repeats_it() {
    let world = World::start().await;
    let agent = world.agent().await;
    for (path, status) in [("/api/v1/licenses", 200), ("/nowhere", 404), ("/health/live", 200)] {
        let request =
            agent.request(Method::GET, path).header("X-Request-Id", "forged\u{7f}".trim_end_matches('\u{7f}'));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        let id = answer.headers().get("x-request-id").cloned().expect("every answer has one");
        assert_ne!(id, HeaderValue::from_static("forged"));
        assert_eq!(id.len(), 36);
        if status == 404 {
            let problem: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(problem["request_id"], id.to_str().unwrap());
        }
    }
}

#[tokio::test]
async fn no_secret_no_license_and_no_address_is_in_the_log() {
    let world = World::start().await;
    let url = world.sandbox.mail.url().replace("smtp://", "smtp://user:canary-password@");
    let process = serve(&world, &[("STOPGAP_LOG", "debug"), ("STOPGAP_SMTP_URL", &url)]).await;
    world.sandbox.mail.faults.fail_next(Smtp::Rcpt450);
    let agent = process.agent(&world).await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    let id = license["id"].as_str().unwrap();
    let file = get(&agent, &format!("/api/v1/licenses/{id}/file?reason=canary-reason")).await.body;
    get(&agent, "/api/v1/licenses?q=canary-search").await;
    post(&agent, "/api/v1/licenses", "canary-key", &serde_json::json!({ "seats": "canary-seats" })).await;
    read(agent.request(Method::POST, "/zendesk/sidebar").body("token=canary-token")).await;
    process.terminate();
    process.end().await;

    let log = process.log();
    assert!(log.contains("not delivered yet") && log.contains("a signed URL was refused"), "{log}");
    let license_text = file.as_str().expect("a license file is text");
    for secret in [
        "canary",
        "jane@",
        "Jane Doe",
        "Acme GmbH",
        agent.session().unwrap(),
        gitlab::TOKEN,
        &license_text[..40],
        "PRIVATE KEY",
        world.sandbox.slack.url().rsplit('/').next().unwrap(),
    ] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}
