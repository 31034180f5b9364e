//! What customers send is read for what it is, each artefact with its right answer.

use std::{fs, path::Path};

use jiff::civil::date;
use serde_json::{Value, json};
use stopgap::sandbox::Browser;

use crate::{
    eligibility::turn_to,
    world::{Answer, World, fresh_key, post},
};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evidence"))
}

fn sample(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

async fn ask(agent: &Browser, evidence: &Value) -> Answer {
    post(agent, "/api/v1/evidence", &fresh_key(), evidence).await
}

/// A world on the samples' day.
async fn world() -> World {
    let world = World::start().await;
    turn_to(&world, date(2026, 11, 17));
    world
}

#[tokio::test]
async fn every_artefact_is_recognised_and_read_right() {
    let world = world().await;
    let agent = world.agent().await;
    let index: Value = serde_json::from_str(&sample("index.json")).unwrap();
    let mut wrong = Vec::new();
    for entry in index["samples"].as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let answer = ask(&agent, &json!({ "text": sample(file) })).await;
        assert_eq!(answer.status, 200, "{file}: {}", answer.body);
        if answer.body["pieces"][0]["kind"] != entry["kind"] {
            wrong.push(format!("{file}: {} is read as {}", entry["kind"], answer.body["pieces"]));
        }
        for (field, right) in entry["reads_as"].as_object().unwrap() {
            let read = &answer.body["read"][field];
            // Not every sample of a license says what its digests are.
            let is_digest = field.starts_with("license_md5") || field.starts_with("license_sha256");
            if read != right && !(is_digest && right.is_null()) {
                wrong.push(format!("{file}: {field} is {right}, read as {read}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn several_artefacts_complete_each_other_and_disagreements_are_named() {
    let world = world().await;
    let agent = world.agent().await;
    let text = format!("{}\n\n{}\n", sample("rake-license-info.txt"), sample("rake-env-info.txt"));
    let both = ask(&agent, &json!({ "text": text, "plan": "premium", "billable_users": 291, "seats": 260 })).await.body;
    let kinds: Vec<_> = both["pieces"].as_array().unwrap().iter().map(|piece| &piece["kind"]).collect();
    assert_eq!(kinds, ["rake_license_info", "rake_env_info"]);
    assert_eq!(
        (&both["read"]["gitlab_version"], &both["sources"]["gitlab_version"]),
        (&json!("18.2.1-ee"), &json!("rake_env_info"))
    );
    assert_eq!((&both["read"]["seats"], &both["sources"]["seats"]), (&json!(260), &json!("typed")));
    assert_eq!(both["conflicts"][0]["field"], "seats");
    assert_eq!(both["conflicts"][0]["values"][1], json!({ "value": 250, "source": "rake_license_info" }));
    assert_eq!((&both["verdict"], &both["recommended_seats"]), (&json!("in_scope"), &json!(291)));
    assert_eq!(both["recommended_from"], "billable_users");
    let export = ask(&agent, &json!({ "text": sample("usage-15-to-19.csv") })).await.body;
    assert_eq!((&export["recommended_seats"], &export["recommended_from"]), (&json!(286), &json!("maximum_users")));
    assert_eq!(both["missing"], json!([]));
}

#[tokio::test]
async fn a_text_that_says_nothing_is_answered_with_what_to_ask_for() {
    let world = world().await;
    let agent = world.agent().await;
    let answer = ask(&agent, &json!({ "text": "Hello, our license has run out. Please help!" })).await;
    assert_eq!((answer.status.as_u16(), &answer.body["pieces"]), (200, &json!([])));
    assert_eq!(
        answer.body["missing"],
        json!(["plan", "expires_on", "billable_users", "maximum_users", "gitlab_version"])
    );
    let message = ask(&agent, &json!({ "text": "This license has already expired." })).await.body;
    assert_eq!(message["pieces"], json!([{ "kind": "message", "sure": "source" }]));
    assert_eq!(message["findings"][0]["kind"], "license_expired");
}

#[tokio::test]
async fn the_files_own_day_of_read_only_counts() {
    let world = World::start().await;
    let extension = sample("license-files/2026-temporary-extension.gitlab-license");
    for (day, verdict) in [(21, "not_expired"), (22, "in_scope"), (25, "in_scope"), (26, "too_late")] {
        turn_to(&world, date(2026, 11, day));
        let answer = ask(&world.agent().await, &json!({ "text": extension })).await.body;
        assert_eq!(answer["verdict"], verdict, "{day} November: {}", answer["reason"]);
    }
}

#[tokio::test]
async fn a_text_of_a_megabyte_is_read_and_a_longer_one_refused() {
    let world = world().await;
    let agent = world.agent().await;
    let hostile = "eyJkYXRhIjoi<>&\\\"+License\n".repeat(1024 * 1024 / 25);
    let answer = ask(&agent, &json!({ "text": hostile })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(ask(&agent, &json!({ "text": "x".repeat(1536 * 1024) })).await.status, 413);
}

#[tokio::test]
async fn what_was_read_decides_the_press_and_is_kept_and_the_text_is_not() {
    let world = world().await;
    let agent = world.agent().await;
    let mut order = crate::world::order();
    order["evidence"] = json!({ "license_file": sample("usage-15-to-19.csv") });
    let made = post(&agent, "/api/v1/licenses", &fresh_key(), &order).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["eligibility"]["verdict"], "in_scope");
    assert_eq!(made.body["eligibility"]["recommended_seats"], 286);
    let kept = &made.body["eligibility"]["evidence"];
    assert_eq!((&kept["read"]["maximum_users"], &kept["sources"]["maximum_users"]), (&json!(286), &json!("usage_csv")));
    assert!(!made.body.to_string().contains("eyJkYXRhIjoi"));
}

#[tokio::test]
async fn an_artefact_in_json_is_found_within_a_mail() {
    let world = world().await;
    let agent = world.agent().await;
    for (file, kind) in [("api-license.json", "api_license"), ("seat-link-17.json", "seat_link")] {
        let text = format!("Hello,\n\nthis is what it prints:\n```\n{}\n```\nThanks\nJane", sample(file));
        let answer = ask(&agent, &json!({ "text": text })).await.body;
        assert_eq!(answer["pieces"], json!([{ "kind": kind, "sure": "source" }]), "{file}");
        assert_eq!(answer["read"]["maximum_users"], json!(if kind == "seat_link" { 286 } else { 291 }));
    }
}

#[tokio::test]
async fn an_answer_without_a_license_says_whether_there_is_none_or_who_asked_was_no_administrator() {
    let world = world().await;
    let agent = world.agent().await;
    for (text, kind) in [
        (r#"{"data":{"currentLicense":null}}"#, "no_license"),
        (r#"{"data":{"currentLicense":null},"errors":[{"message":"You do not have access"}]}"#, "not_an_administrator"),
        (r#"{"message":"401 Unauthorized"}"#, "not_an_administrator"),
        ("[]", "no_license"),
        (r#"{"message":"The license key is invalid."}"#, "message"),
    ] {
        assert_eq!(ask(&agent, &json!({ "text": text })).await.body["pieces"][0]["kind"], kind, "{text}");
    }
}

#[tokio::test]
async fn a_trial_that_follows_a_paid_license_is_an_extension_and_a_trial_alone_is_none() {
    let world = world().await;
    let agent = world.agent().await;
    let (paid, trial) =
        (sample("license-files/2026-paid-legacy.gitlab-license"), sample("license-files/2026-trial.gitlab-license"));
    let verdict = async |text: &str| ask(&agent, &json!({ "text": text })).await.body["verdict"].clone();
    assert_eq!(verdict(&trial).await, "trial");
    assert_ne!(verdict(&format!("{paid}\n\n{trial}")).await, "trial");

    let current = json!({ "plan": "ultimate", "startsAt": "2026-11-02", "expiresAt": "2026-11-16", "trial": true });
    let entry =
        |trial: bool| json!({ "plan": "premium", "startsAt": "2025-11-01", "expiresAt": "2026-11-01", "trial": trial });
    for (history, is_trial) in [(entry(false), false), (entry(true), true)] {
        let answer = json!({ "data": { "currentLicense": current, "licenseHistoryEntries": { "nodes": [history] } } });
        let verdict = verdict(&answer.to_string()).await;
        assert_eq!(verdict == "trial", is_trial, "{verdict}");
    }
}
