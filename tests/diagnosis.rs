//! What the customer's GitLab said, explained.

use reqwest::Method;
use serde_json::{Value, json};
use stopgap::sandbox::Browser;

use crate::{
    eligibility::wrong_fields,
    license_file::vector,
    world::{Answer, World, read},
};

const PATH: &str = "/api/v1/diagnosis";
const CODE: &str = "aB3dE5gH7jK9mN1pQ_sT-vX2";

async fn ask(agent: &Browser, body: &Value) -> Answer {
    read(agent.request(Method::POST, PATH).json(body)).await
}

async fn findings(agent: &Browser, text: &str) -> Vec<Value> {
    let answer = ask(agent, &json!({ "text": text })).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["findings"].as_array().expect("findings").clone()
}

#[tokio::test]
async fn every_message_is_explained_with_steps_a_reply_and_the_corrected_seats() {
    let world = World::start().await;
    let agent = world.agent().await;
    for (text, kind, seats) in [
        (
            "During the year before this license started, this GitLab installation had 1,286 active users, exceeding this \
             license&#39;s limit of 1,250 by 36 users. Please upload a license for at least 1,286 users or contact sales at \
             renewals@gitlab.com",
            "past_users_too_many",
            Some(1286),
        ),
        (
            "> This GitLab installation currently has 2 active users,\n> exceeding this license’s limit of 1 by 1 user. Please \
             add a license for at least 2 users",
            "current_users_too_many",
            Some(2),
        ),
        ("had 0 active users, exceeding this license's limit of 5 by -5 users.", "wrong_numbers", None),
        ("You have applied a True-up for 2 users but you need one for 3 users.", "true_up", None),
        ("This license has already expired.", "license_expired", None),
        (
            "The license key is invalid. Make sure it is exactly as you received it from GitLab Inc.",
            "license_key_invalid",
            None,
        ),
        ("The license key is invalid.", "activation_code_invalid", None),
        (
            "The license you uploaded is invalid. If the issue persists, contact support at https://support.gitlab.com",
            "form_empty",
            None,
        ),
        (
            "It looks like you're attempting to activate your subscription. Use the Subscription page instead.",
            "cloud_license_in_form",
            None,
        ),
        ("This instance is now read-only. Don't worry, your data is safe.", "read_only", None),
        ("The license was successfully uploaded and is now active.", "accepted", None),
        ("The license was successfully uploaded and will be active from 2026-11-23.", "accepted_for_later", None),
        ("Your subscription expired!", "subscription_expired", None),
        ("Your Ultimate subscription will expire on 2026-11-23", "subscription_expires_soon", None),
        ("My printer is on fire.", "unknown", None),
    ] {
        let findings = findings(&agent, text).await;
        assert_eq!((findings.len(), &findings[0]["kind"]), (1, &json!(kind)), "{text}");
        assert_eq!(findings[0].get("seats").and_then(Value::as_u64), seats, "{text}");
        for field in ["meaning", "reply"] {
            assert!(!findings[0][field].as_str().unwrap().is_empty(), "{text}");
        }
        assert!(!findings[0]["steps"].as_array().unwrap().is_empty(), "{text}");
    }
}

#[tokio::test]
async fn gitlabs_answer_is_foreseen_by_the_users_that_its_messages_name() {
    let world = World::start().await;
    let agent = world.agent().await;
    let text = "This GitLab installation currently has 250 active users, exceeding this license's limit of 100 by 150 users. \
                During the year before this license started, this GitLab installation had 286 active users, exceeding this \
                license's limit of 100 by 186 users.";
    let answer = ask(&agent, &json!({ "text": text })).await;
    let foreseen = answer.body["gitlab_would_answer"].as_array().unwrap();
    let accepted: Vec<_> = foreseen.iter().map(|a| (a["seats"].as_u64().unwrap(), &a["accepted"])).collect();
    assert_eq!(accepted, [(250, &json!(false)), (286, &json!(true))]);
    let none = ask(&agent, &json!({ "text": "This license has already expired." })).await;
    assert_eq!(none.body["gitlab_would_answer"], json!([]));
}

#[tokio::test]
async fn several_messages_are_each_explained_and_gitlab_com_gets_the_plain_word() {
    let world = World::start().await;
    let agent = world.agent().await;
    let kinds =
        |findings: &[Value]| findings.iter().map(|f| f["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let both =
        findings(&agent, "This license has already expired.\nThis instance is now read-only. Don't worry,").await;
    assert_eq!(kinds(&both), ["license_expired", "read_only"]);
    let site = findings(&agent, "We bought Premium but our group on GitLab.com still shows Free").await;
    assert_eq!(kinds(&site), ["gitlab_com_not_linked"]);
    assert!(site[0]["meaning"].as_str().unwrap().contains("An emergency license does not help here"));
}

#[tokio::test]
async fn a_license_is_read_by_todays_date_and_neither_it_nor_a_code_comes_back() {
    let world = World::start().await;
    crate::eligibility::turn_to(&world, jiff::civil::date(2026, 10, 31));
    let agent = world.agent().await;
    let license = vector("paid-plain.gitlab-license");
    let text = format!("Hello,\n{license}\nand our code {CODE} does not work either");
    let current = findings(&agent, &text).await;
    assert_eq!((&current[0]["kind"], &current[1]["kind"]), (&json!("license_file"), &json!("activation_code")));
    assert!(current[0]["meaning"].as_str().unwrap().contains("It is current"), "{}", current[0]);
    let said = json!(current).to_string();
    assert!(!said.contains(CODE) && !said.contains(&license[..30]), "{said}");
    world.pass(24 * 3600);
    let expired = findings(&world.agent().await, &license).await;
    assert!(expired[0]["meaning"].as_str().unwrap().contains("This license has already expired."), "{}", expired[0]);
}

#[tokio::test]
async fn bad_input_names_the_field() {
    let world = World::start().await;
    let agent = world.agent().await;
    for (body, field) in [
        (json!({}), "text"),
        (json!({ "text": "" }), "text"),
        (json!({ "text": " \n\u{a0}" }), "text"),
        (json!({ "text": 5 }), "text"),
        (json!({ "text": null }), "text"),
        (json!({ "text": "x", "file": "y" }), "file"),
        (json!("text"), "body"),
    ] {
        assert_eq!(wrong_fields(&ask(&agent, &body).await), [field], "{body}");
    }
    let request =
        |body: Vec<u8>| agent.request(Method::POST, PATH).header("Content-Type", "application/json").body(body);
    assert_eq!(read(request(vec![b' '; 5 * 1024 * 1024])).await.status, 413);
    assert_eq!(read(request(b"{\"text\": \"\xff\xfe\"}".to_vec())).await.status, 400);
    let long = json!({ "text": "\u{0}".repeat(10_000) }).to_string().into_bytes();
    assert_eq!(read(request(long)).await.status, 200, "{} bytes of escapes are still a text", 60_000);
}
