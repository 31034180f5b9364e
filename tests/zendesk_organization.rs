//! What Zendesk shows of the ticket's organization is kept with the license as the browser's word, and decides nothing.

use serde_json::{Value, json};

use crate::{
    eligibility::{expired, wrong_fields},
    license_file::vector,
    world::{Answer, World, fresh_key, generate, get, order, post},
};

fn organization() -> Value {
    json!({ "id": 7001, "name": "Acme GmbH", "plan": "ultimate", "expires_on": "2026-11-21", "seats": 40,
        "subscriptions": ["sub_sm_ultimate"], "account_type": "customer", "restricted": false, "support_hold": true,
        "read_at": "2026-11-21T23:05:00Z" })
}

fn order_showing(organization: &Value) -> Value {
    let mut order = order();
    order["evidence"] = json!({ "zendesk": organization });
    order
}

async fn refused(world: &World, order: &Value) -> Answer {
    post(&world.agent().await, "/api/v1/licenses", &fresh_key(), order).await
}

#[tokio::test]
async fn the_organization_is_kept_as_the_browser_showed_it_and_is_no_evidence() {
    let world = World::start().await;
    let agent = world.agent().await;
    let made = generate(&agent, &order_showing(&organization())).await;
    let eligibility =
        get(&agent, &format!("/api/v1/licenses/{}", made["id"].as_str().unwrap())).await.body["eligibility"].clone();
    assert_eq!(eligibility["evidence"]["zendesk"], organization());
    assert_eq!(eligibility["verdict"], "unchecked");
    let read = eligibility["evidence"]["read"].as_object().unwrap();
    assert!(read.values().all(Value::is_null), "{read:?}");
    assert_eq!(eligibility["evidence"]["sources"], json!({}));
    assert_eq!(eligibility["recommended_seats"], Value::Null);
}

#[tokio::test]
async fn the_history_says_what_zendesk_showed_and_that_nobody_verified_it() {
    let world = World::start().await;
    let made = generate(&world.agent().await, &order_showing(&organization())).await;
    let told = made["events"][0]["detail"].as_str().unwrap();
    let shown =
        "Zendesk showed ultimate, 40 seats, until 2026-11-21, customer, support hold, sub_sm_ultimate, not verified";
    assert!(told.ends_with(shown), "{told}");
    assert!(!told.contains("Acme"), "{told}");
}

#[tokio::test]
async fn a_restricted_account_gets_no_license_whatever_reason_is_given() {
    let world = World::start().await;
    let mut restricted = organization();
    restricted["restricted"] = true.into();
    let mut order = order_showing(&restricted);
    order["override_reason"] = "Sales has agreed to this one".into();
    order["confirm_duplicate"] = true.into();
    let answer = refused(&world, &order).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (403, &json!("restricted_account")));
    let found = get(&world.agent().await, "/api/v1/licenses").await;
    assert_eq!(found.body["items"], json!([]));
}

#[tokio::test]
async fn an_organization_that_reads_expired_or_is_on_hold_is_no_reason_to_refuse() {
    let world = World::start().await;
    let mut organization = organization();
    organization["plan"] = "expired".into();
    let mut order = order_showing(&organization);
    let evidence = expired(&world, 15);
    order["evidence"]["plan"] = evidence["plan"].clone();
    order["evidence"]["expires_on"] = evidence["expires_on"].clone();
    let made = generate(&world.agent().await, &order).await;
    assert_eq!(made["eligibility"]["verdict"], "in_scope");
    assert_eq!(made["eligibility"]["evidence"]["sources"], json!({ "plan": "typed", "expires_on": "typed" }));
}

#[tokio::test]
async fn a_value_that_the_agent_took_over_names_where_it_is_from() {
    let world = World::start().await;
    let mut order = order_showing(&organization());
    order["evidence"]["plan"] = "ultimate".into();
    order["evidence"]["billable_users"] = 286.into();
    order["evidence"]["maximum_users"] = 291.into();
    order["evidence"]["sources"] = json!({ "plan": "zendesk", "billable_users": "comment", "seats": "zendesk" });
    let made = generate(&world.agent().await, &order).await;
    let sources = json!({ "plan": "zendesk", "billable_users": "comment", "maximum_users": "typed" });
    assert_eq!(made["eligibility"]["evidence"]["sources"], sources, "what was not given has no source");
}

#[tokio::test]
async fn the_license_file_outweighs_what_was_taken_over_from_zendesk() {
    let world = World::start().await;
    let mut order = order_showing(&organization());
    order["evidence"]["license_file"] = vector("paid-plain.gitlab-license").into();
    order["evidence"]["plan"] = "ultimate".into();
    order["evidence"]["seats"] = 40.into();
    order["evidence"]["expires_on"] = "2026-11-21".into();
    order["evidence"]["sources"] = json!({ "plan": "zendesk", "expires_on": "zendesk" });
    order["override_reason"] = "Only the reading matters here".into();
    let evidence = generate(&world.agent().await, &order).await["eligibility"]["evidence"].clone();
    let read = |field: &str| (evidence["read"][field].clone(), evidence["sources"][field].clone());
    assert_eq!(read("plan"), (json!("premium"), json!("license_file")));
    assert_eq!(read("expires_on"), (json!("2026-11-01"), json!("license_file")));
    assert_eq!(read("seats"), (json!(40), json!("typed")));
}

#[tokio::test]
async fn every_wrong_field_of_the_organization_is_named() {
    let world = World::start().await;
    let wrong = json!({ "id": -1, "name": "", "plan": 1, "expires_on": "2026\n11", "seats": 1.5, "subscriptions": [1],
        "account_type": "x".repeat(201), "restricted": "yes", "support_hold": 0, "read_at": "yesterday", "arr": 1 });
    let mut order = order_showing(&wrong);
    order["evidence"]["sources"] = json!({ "plan": "rumour" });
    let answer = refused(&world, &order).await;
    order["evidence"] = json!({ "sources": { "reason": "comment" } });
    assert_eq!(wrong_fields(&refused(&world, &order).await), ["evidence.sources.reason"]);
    let names = [
        "id",
        "name",
        "plan",
        "expires_on",
        "seats",
        "subscriptions",
        "account_type",
        "restricted",
        "support_hold",
        "read_at",
        "arr",
    ];
    let mut expected: Vec<_> = names.iter().map(|name| format!("evidence.zendesk.{name}")).collect();
    expected.push("evidence.sources.plan".to_owned());
    assert_eq!(wrong_fields(&answer), expected);
}

#[tokio::test]
async fn an_organization_without_any_value_is_taken_too() {
    let world = World::start().await;
    let nothing = json!({ "id": null, "name": null, "plan": null, "seats": null, "restricted": null });
    let made = generate(&world.agent().await, &order_showing(&nothing)).await;
    let kept = &made["eligibility"]["evidence"]["zendesk"];
    assert_eq!((&kept["plan"], &kept["restricted"], &kept["subscriptions"]), (&Value::Null, &json!(false), &json!([])));
}
