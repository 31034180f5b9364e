//! What is counted, who may see it, and that the alerts speak of metrics that exist.

use reqwest::{Method, StatusCode};
use stopgap::sandbox::smtp::Fault as Smtp;

use crate::world::{PATIENCE, World, ended, fresh_key, generate, order, post, within};

const TOKEN: &str = "scrape-me-if-you-can";

async fn scrape(world: &World, token: &str) -> (StatusCode, String) {
    let request = world.stranger().request(Method::GET, "/metrics").bearer_auth(token).timeout(PATIENCE);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// The value of one series.
fn value(metrics: &str, series: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(series).filter(|rest| rest.starts_with(' ')));
    line.unwrap_or_else(|| panic!("no {series} in\n{metrics}")).trim().parse().unwrap()
}

fn is(metrics: &str, series: &str, expected: f64) {
    let seen = value(metrics, series);
    assert!((seen - expected).abs() < f64::EPSILON, "{series} is {seen} in\n{metrics}");
}

#[tokio::test]
async fn metrics_are_not_found_without_a_token_and_refused_with_a_wrong_one() {
    let closed = World::start().await;
    assert_eq!(scrape(&closed, TOKEN).await.0, 404);
    let world = World::with(&[("METRICS_TOKEN", TOKEN)]).await;
    for wrong in ["", "scrape-me-if-you-ca", "scrape-me-if-you-can!"] {
        assert_eq!(scrape(&world, wrong).await.0, 401, "{wrong}");
    }
    let bare = world.stranger().request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert_eq!(scrape(&world, TOKEN).await.0, 200);
}

#[tokio::test]
async fn a_replacement_is_a_license_that_is_counted_and_limited() {
    let world = World::with(&[("METRICS_TOKEN", TOKEN), ("CUSTOMER_DAILY_LIMIT", "2")]).await;
    let agent = world.agent().await;
    let mut id = generate(&agent, &order()).await["id"].as_str().unwrap().to_owned();
    for (seats, status) in [(300, 201), (301, 429)] {
        let body = serde_json::json!({ "seats": seats, "reason": "Maximum users is higher." });
        let answer = post(&agent, &format!("/api/v1/licenses/{id}/replace"), &fresh_key(), &body).await;
        assert_eq!(answer.status, status);
        id = answer.body["id"].as_str().map_or(id, str::to_owned);
    }
    let (_, metrics) = scrape(&world, TOKEN).await;
    is(&metrics, r#"stopgap_licenses_total{result="generated"}"#, 2.0);
    is(&metrics, r#"stopgap_limits_reached_total{limit="customer"}"#, 1.0);
}

#[tokio::test]
async fn licenses_deliveries_attempts_refusals_and_limits_are_counted() {
    let world = World::with(&[("METRICS_TOKEN", TOKEN), ("CUSTOMER_DAILY_LIMIT", "1")]).await;
    world.sandbox.mail.faults.fail_next(Smtp::Mail451);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    assert_eq!(post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await.status, 409);
    let mut again = order();
    again["confirm_duplicate"] = true.into();
    assert_eq!(post(&agent, "/api/v1/licenses", &fresh_key(), &again).await.status, 429);

    let (_, metrics) = scrape(&world, TOKEN).await;
    for (series, expected) in [
        (r#"stopgap_licenses_total{result="generated"}"#, 1.0),
        (r#"stopgap_licenses_total{result="sealing_failed"}"#, 0.0),
        (r#"stopgap_deliveries_total{channel="email",outcome="sent"}"#, 1.0),
        (r#"stopgap_deliveries_total{channel="slack",outcome="sent"}"#, 1.0),
        (r#"stopgap_delivery_attempts_total{channel="email",outcome="retry"}"#, 1.0),
        (r#"stopgap_delivery_attempts_total{channel="email",outcome="sent"}"#, 1.0),
        ("stopgap_email_accepted_seconds_count", 1.0),
        (r#"stopgap_refusals_total{reason="duplicate"}"#, 1.0),
        (r#"stopgap_refusals_total{reason="limit_reached"}"#, 1.0),
        (r#"stopgap_limits_reached_total{limit="customer"}"#, 1.0),
        (r#"stopgap_outbox_pending{channel="issue"}"#, 0.0),
        ("stopgap_sessions", 1.0),
        ("stopgap_outbox_alive", 1.0),
        ("stopgap_database_up", 1.0),
        ("stopgap_signer_up", 1.0),
        (concat!(r#"stopgap_build_info{version=""#, env!("CARGO_PKG_VERSION"), r#""}"#), 1.0),
    ] {
        is(&metrics, series, expected);
    }
    assert!(value(&metrics, "stopgap_email_accepted_seconds_sum") > 0.5, "the first wait is part of it");
    assert!(!metrics.contains("acme") && !metrics.contains("jdoe"), "{metrics}");
}

#[tokio::test]
async fn every_code_of_a_problem_is_a_series_that_begins_at_zero() {
    let world = World::with(&[("METRICS_TOKEN", TOKEN)]).await;
    let (_, metrics) = scrape(&world, TOKEN).await;
    let document: serde_json::Value = serde_json::from_str(&stopgap::http::openapi::document()).unwrap();
    let codes = document["components"]["schemas"]["ErrorCode"]["enum"].as_array().unwrap();
    assert!(codes.len() > 20, "{codes:?}");
    for code in codes {
        is(&metrics, &format!(r#"stopgap_refusals_total{{reason="{}"}}"#, code.as_str().unwrap()), 0.0);
    }
}

#[tokio::test]
async fn a_refused_action_is_counted_by_its_own_code() {
    let world = World::with(&[("METRICS_TOKEN", TOKEN)]).await;
    let license = generate(&world.agent().await, &order()).await;
    world.pass(11 * 86_400);
    let path = format!("/api/v1/licenses/{}/resend", license["id"].as_str().unwrap());
    let answer = post(&world.agent().await, &path, &fresh_key(), &serde_json::json!({})).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (409, &"expired".into()));
    let (_, metrics) = scrape(&world, TOKEN).await;
    is(&metrics, r#"stopgap_refusals_total{reason="expired"}"#, 1.0);
    is(&metrics, r#"stopgap_refusals_total{reason="duplicate"}"#, 0.0);
}

#[tokio::test]
async fn depth_and_age_of_the_outbox_are_those_of_the_moment() {
    let world = World::with(&[("METRICS_TOKEN", TOKEN)]).await;
    world.sandbox.mail.faults.set_fault(Some(Smtp::Mail451));
    generate(&world.agent().await, &order()).await;
    world.pass(100);
    let (_, metrics) = scrape(&world, TOKEN).await;
    is(&metrics, r#"stopgap_outbox_pending{channel="email"}"#, 1.0);
    let age = value(&metrics, r#"stopgap_outbox_oldest_seconds{channel="email"}"#);
    assert!((100.0..130.0).contains(&age), "{age}");
}

#[tokio::test]
async fn what_is_erased_when_its_time_has_come_is_counted() {
    let mut world = World::with(&[("METRICS_TOKEN", TOKEN), ("RETENTION_DAYS", "31")]).await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    let (text, person) = (r#"stopgap_erased_total{what="text"}"#, r#"stopgap_erased_total{what="person"}"#);
    for (days, persons) in [(11, 0.0), (31, 1.0)] {
        world.stop().await;
        world.pass(days * 86_400);
        world.start_service().await;
        within(async {
            loop {
                let (_, metrics) = scrape(&world, TOKEN).await;
                if value(&metrics, text) + value(&metrics, person) > 0.5 {
                    assert!((value(&metrics, person) - persons).abs() < f64::EPSILON, "{metrics}");
                    return;
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn every_metric_of_the_alerts_and_of_their_page_exists() {
    let world = World::with(&[("METRICS_TOKEN", TOKEN)]).await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await;
    let (_, metrics) = scrape(&world, TOKEN).await;
    for text in [include_str!("../docs/alerts.rules.yaml"), include_str!("../docs/alerts.md")] {
        let names: Vec<&str> = text
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|word| word.starts_with("stopgap_"))
            .collect();
        assert!(names.len() > 10);
        for name in names {
            assert!(metrics.contains(name), "{name} is not in\n{metrics}");
        }
    }
}

#[test]
fn every_alert_has_its_section_in_the_runbook() {
    let runbook = include_str!("../docs/operations.md");
    let alerts =
        include_str!("../docs/alerts.rules.yaml").lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    for alert in alerts {
        assert!(runbook.contains(&format!("### {alert}\n")), "{alert} has no section");
    }
}
