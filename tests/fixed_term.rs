//! The term is fixed: no request can name days, dates or plan.

use serde_json::json;
use stopgap::{
    license::record::today,
    sealing::file::{open, parse_public_key},
};

use crate::world::{World, ended, fresh_key, generate, keys, order, post};

#[tokio::test]
async fn the_license_in_the_mail_is_a_ten_day_ultimate_trial() {
    let world = World::start().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;

    let mail = &world.sandbox.mail.mails()[0];
    let key = parse_public_key(&keys().license_public_pem).unwrap();
    let attributes = serde_json::to_value(open(&mail.attachments[0].content, &key).unwrap()).unwrap();
    let today = today(world.clock.now());
    let expected = json!({
        "version": 1,
        "licensee": { "Name": "Jane Doe", "Company": "Acme GmbH", "Email": "jane@acme.example" },
        "issued_at": today.yesterday().unwrap().yesterday().unwrap(),
        "expires_at": license["expires_on"],
        "cloud_licensing_enabled": false, "offline_cloud_licensing_enabled": false, "auto_renew_enabled": false,
        "seat_reconciliation_enabled": false, "operational_metrics_enabled": false,
        "generated_from_customers_dot": false, "generated_from_cancellation": false,
        "restrictions": {
            "plan": "ultimate", "active_user_count": 286, "previous_user_count": 286, "trial": true
        }
    });
    assert_eq!(attributes, expected);
    assert_eq!(license["days_left"], 10);
}

#[tokio::test]
async fn a_request_that_names_days_dates_or_plan_is_refused() {
    let world = World::start().await;
    let agent = world.agent().await;
    for (field, value) in [
        ("days", json!(30)),
        ("expires_on", json!("2030-01-01")),
        ("plan", json!("premium")),
        ("starts_on", json!("2026-01-01")),
    ] {
        let mut order = order();
        order[field] = value;
        let answer = post(&agent, "/api/v1/licenses", &fresh_key(), &order).await;
        assert_eq!(answer.status, 400, "{field}");
        assert_eq!(answer.body["errors"][0]["field"], field);
    }
    assert!(world.sandbox.mail.mails().is_empty());
}

#[tokio::test]
async fn only_the_operator_sets_the_days() {
    let world = World::with(&[("LICENSE_DAYS", "3")]).await;
    let agent = world.agent().await;
    assert_eq!(generate(&agent, &order()).await["days_left"], 3);
}
