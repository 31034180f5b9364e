//! Personal data is erased; the license and its history stay.

use std::fs;

use serde_json::{Value, json};
use stopgap::{
    app,
    sandbox::{
        Browser,
        gitlab::{Call, CallFault, State},
        web::Fault,
    },
};

use crate::{
    license_file::vector,
    world::{Answer, World, ended, fresh_key, generate, get, history, order, order_for, post, read, sql, within},
};

const DAY: i64 = 86_400;

async fn delivered(world: &World, order: &Value) -> (Browser, Value) {
    let agent = world.agent().await;
    let license = generate(&agent, order).await;
    let license = ended(&agent, &license).await;
    (agent, license)
}

fn path(license: &Value) -> String {
    format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())
}

async fn file(agent: &Browser, license: &Value) -> Answer {
    read(agent.request(reqwest::Method::GET, &format!("{}/file?reason=air-gapped", path(license)))).await
}

/// The service starts anew after `days`, and has erased what was due by the time that `until` holds.
async fn after_days(world: &mut World, days: i64, license: &Value, until: impl Fn(&Value) -> bool) -> (Browser, Value) {
    world.stop().await;
    world.pass(days * DAY);
    world.start_service().await;
    let agent = world.agent().await;
    let shown = within(async {
        loop {
            let shown = get(&agent, &path(license)).await.body;
            if until(&shown) {
                return shown;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    (agent, shown)
}

/// Everything in the database's files, folded into one.
async fn database(world: &mut World) -> String {
    world.stop().await;
    files(world)
}

/// SQLite's file and its WAL, as they are now.
fn files(world: &World) -> String {
    let read = |name| fs::read(world.folder().join(name)).unwrap_or_default();
    String::from_utf8_lossy(&[read("stopgap.db"), read("stopgap.db-wal")].concat()).to_lowercase()
}

#[tokio::test]
async fn the_text_goes_when_the_license_has_expired_and_its_hashes_stay() {
    let mut world = World::on_sqlite().await;
    let (agent, license) = delivered(&world, &order()).await;
    assert_eq!(file(&agent, &license).await.status, 200);
    let (agent, shown) = after_days(&mut world, 11, &license, |shown| shown["has_file"] == false).await;
    assert_eq!(file(&agent, &license).await.status, 404);
    assert_eq!(shown["license_md5"], license["license_md5"]);
    assert_eq!(shown["license_sha256"], license["license_sha256"]);
    assert_eq!(shown["customer"], license["customer"], "who got it is kept for longer");
    assert!(history(&shown).ends_with(&["text_erased"]));
    let id = shown["id"].as_str().unwrap();
    let again = post(&agent, &format!("/api/v1/licenses/{id}/resend"), &fresh_key(), &json!({})).await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn a_license_that_runs_keeps_its_text() {
    let mut world = World::with(&[("LICENSE_DAYS", "5")]).await;
    let (_, short) = delivered(&world, &order_for("short@acme.example")).await;
    world.stop().await;
    world.set("LICENSE_DAYS", "10");
    world.start_service().await;
    let (_, license) = delivered(&world, &order()).await;
    let (agent, _) = after_days(&mut world, 9, &short, |shown| shown["has_file"] == false).await;
    assert_eq!(file(&agent, &license).await.status, 200);
}

#[tokio::test]
async fn people_go_after_the_retention_and_the_history_stays() {
    let mut world = World::on_sqlite_with(&[("RETENTION_DAYS", "31")]).await;
    let (agent, license) = delivered(&world, &order()).await;
    let forward = json!({ "email": "colleague@acme.example" });
    let forwarded = post(&agent, &format!("{}/forward", path(&license)), &fresh_key(), &forward).await;
    ended(&agent, &forwarded.body).await;
    let before = get(&agent, &path(&license)).await.body;
    let (_, shown) = after_days(&mut world, 32, &license, |shown| !shown["erased_at"].is_null()).await;
    assert_eq!(shown["customer"], json!({ "name": null, "email": "erased@erased.invalid", "company": null }));
    assert_eq!((&shown["seats"], &shown["ticket"]["id"]), (&json!(286), &json!(4711)));
    let (was, is) = (history(&before), history(&shown));
    assert_eq!(is[..was.len()], was[..]);
    let kept = database(&mut world).await;
    for word in ["jane", "acme", "colleague", "license expired"] {
        assert!(!kept.contains(word), "{word} is still in the database");
    }
}

#[tokio::test]
async fn a_customer_who_asks_is_erased_and_their_issue_redacted_even_while_gitlab_is_away() {
    let world = World::start().await;
    let (agent, license) = delivered(&world, &order()).await;
    let (_, other) = delivered(&world, &order_for("other@acme.example")).await;
    world.sandbox.gitlab.faults.fail_next(CallFault::on(Call::Close, Fault::status(503, "")));

    app::erase(world.config(), "Jane@ACME.example").await.unwrap();
    let shown = ended(&agent, &license).await;
    assert!(!shown["erased_at"].is_null());
    let issues = world.sandbox.gitlab.issues();
    let issue = issues.iter().find(|i| i.title.starts_with("[Erased]")).expect("the issue is redacted");
    assert_eq!((issue.title.as_str(), issue.state), ("[Erased] - Created a license for 286 users", State::Closed));
    for word in ["jane", "Jane", "Acme", "acme", "eyJkYXRhIjoi"] {
        assert!(!issue.description.contains(word), "{}", issue.description);
    }
    let id = license["id"].as_str().unwrap();
    assert!(issue.description.contains(id));
    assert_eq!(get(&agent, "/api/v1/licenses?q=jane@acme").await.body["items"], json!([]));
    assert_eq!(get(&agent, &path(&other)).await.body["customer"]["email"], "other@acme.example");
    assert_eq!(file(&agent, &license).await.status, 404);
    for (operation, body) in [("resend", json!({})), ("replace", json!({ "seats": 1, "reason": "more" }))] {
        let answer = post(&agent, &format!("{}/{operation}", path(&license)), &fresh_key(), &body).await;
        assert_eq!(answer.status, 409, "{operation}");
    }
}

#[tokio::test]
async fn a_mail_that_is_still_pending_is_given_up_with_its_customer() {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(stopgap::sandbox::smtp::Fault::Greeting421));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    within(async {
        while get(&agent, &path(&license)).await.body["deliveries"][0]["last_error"].is_null() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    app::erase(world.config(), "jane@acme.example").await.unwrap();
    let shown = ended(&agent, &license).await;
    assert_eq!(shown["state"], "failed");
    assert_eq!(shown["deliveries"][0]["recipient"], Value::Null);
    assert!(world.sandbox.mail.mails().is_empty());
}

#[tokio::test]
async fn an_address_that_a_license_was_forwarded_to_is_erased_from_it() {
    let mut world = World::on_sqlite().await;
    let (agent, license) = delivered(&world, &order()).await;
    let forward = json!({ "email": "boss@partner.example" });
    let forwarded = post(&agent, &format!("{}/forward", path(&license)), &fresh_key(), &forward).await;
    ended(&agent, &forwarded.body).await;
    app::erase(world.config(), "boss@partner.example").await.unwrap();
    let shown = get(&agent, &path(&license)).await.body;
    assert_eq!(shown["customer"]["email"], "jane@acme.example", "the customer did not ask");
    assert!(!shown.to_string().contains("boss@partner"), "{shown}");
    assert!(history(&shown).ends_with(&["recipient_erased"]));
    assert!(!database(&mut world).await.contains("boss@partner"));
}

/// A single trigram. No other begins with its first byte, so the search index has it in one piece.
const COMPANY: &str = "ωж中";
/// The company of the old license, in lower case as `files` reads.
const IN_EVIDENCE: &str = "acme gmbh";

/// The evidence names the customer as well.
fn order_with_company() -> Value {
    let mut order = order();
    order["customer"]["company"] = COMPANY.into();
    order["evidence"] = json!({ "license_file": vector("paid-plain.gitlab-license") });
    order["override_reason"] = "the account manager vouches".into();
    order
}

fn is_erased(files: &str) -> bool {
    !["jane@acme.example", COMPANY, IN_EVIDENCE].iter().any(|text| files.contains(text))
}

#[tokio::test]
async fn a_customer_who_asks_leaves_the_files_while_the_service_runs() {
    let world = World::on_sqlite().await;
    let (agent, license) = delivered(&world, &order_with_company()).await;
    let before = files(&world);
    assert!(before.contains("jane@acme.example") && before.contains(COMPANY) && before.contains(IN_EVIDENCE));
    app::erase(world.config(), "jane@acme.example").await.unwrap();
    ended(&agent, &license).await;
    assert!(is_erased(&files(&world)));
    let check = "INSERT INTO license_search_fts (license_search_fts, rank) VALUES ('integrity-check', 1)";
    sql(&world.database(), check).await;
}

#[tokio::test]
async fn a_customer_leaves_the_files_after_the_retention_while_the_service_runs() {
    let mut world = World::on_sqlite_with(&[("RETENTION_DAYS", "31")]).await;
    let (_, license) = delivered(&world, &order_with_company()).await;
    after_days(&mut world, 32, &license, |shown| !shown["erased_at"].is_null()).await;
    within(async {
        while !is_erased(&files(&world)) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_erased_is_not_searched() {
    let world = World::start().await;
    let (agent, license) = delivered(&world, &order_for("boss@partner.example")).await;
    let (_, other) = delivered(&world, &order()).await;
    let searched = "SELECT search_text FROM license_search ORDER BY number";
    assert!(sql(&world.database(), searched).await[0].contains("boss@partner.example"));
    app::erase(world.config(), "boss@partner.example").await.unwrap();
    assert_eq!(sql(&world.database(), searched).await[0], format!("jdoe\n{}", license["id"].as_str().unwrap()));
    assert!(get(&agent, "/api/v1/licenses?q=partner").await.body["items"].as_array().unwrap().is_empty());
    for (words, found) in [("acme.example", &other), (license["id"].as_str().unwrap(), &license)] {
        let items = get(&agent, &format!("/api/v1/licenses?q={words}")).await.body["items"].take();
        assert_eq!((items.as_array().unwrap().len(), &items[0]["id"]), (1, &found["id"]), "{words}: {items}");
    }
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let world = World::start().await;
    let error = app::erase(world.config(), "jane").await.unwrap_err().to_string();
    assert!(error.contains("--customer") && error.contains('@'), "{error}");
}
