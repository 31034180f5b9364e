//! The verdict of the scope check goes with the license, and nobody passes over it without a reason.

use jiff::ToSpan as _;
use serde_json::{Value, json};
use stopgap::sandbox::Browser;

use crate::{
    eligibility::{expired, turn_to, wrong_fields},
    license_file::vector,
    world::{Answer, World, ended, fresh_key, generate, get, order, post},
};

const WHY: &str = "the account manager vouches for the renewal";

/// An order with this evidence.
fn with(evidence: Value) -> Value {
    let mut order = order();
    order["evidence"] = evidence;
    order
}

fn because(mut order: Value, why: &str) -> Value {
    order["override_reason"] = why.into();
    order
}

async fn press(agent: &Browser, order: &Value) -> Answer {
    post(agent, "/api/v1/licenses", &fresh_key(), order).await
}

/// What issue, Slack and history say of a license whose deliveries have ended.
async fn told(world: &World, agent: &Browser, license: &Value) -> [String; 3] {
    let license = ended(agent, license).await;
    let issues = world.sandbox.gitlab.issues();
    let messages = world.sandbox.slack.messages();
    assert_eq!((issues.len(), messages.len()), (1, 1));
    let history = license["events"][0]["detail"].as_str().unwrap().to_owned();
    [issues[0].description.clone(), messages[0].shown(), history]
}

#[tokio::test]
async fn in_scope_is_recorded_and_told() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut evidence = expired(&world, 15);
    evidence["billable_users"] = 240.into();
    evidence["maximum_users"] = 286.into();
    let license = generate(&agent, &with(evidence)).await;
    let note = &license["eligibility"];
    assert_eq!((&note["verdict"], &note["recommended_seats"]), (&json!("in_scope"), &json!(286)));
    assert_eq!(note["override_reason"], Value::Null);
    let reason = note["reason"].as_str().unwrap();
    assert!(reason.contains("grace period of 14 days is over since"), "{reason}");
    for said in told(&world, &agent, &license).await {
        assert!(said.contains(&format!("in scope: {}", reason.trim_end_matches('.'))), "{said}");
        assert!(!said.contains("fewer") && !said.contains("Fewer") && !said.contains("verridden"), "{said}");
    }
}

#[tokio::test]
async fn without_evidence_it_is_not_checked_and_does_not_block() {
    let world = World::start().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    assert_eq!(license["eligibility"]["verdict"], "unchecked");
    assert_eq!(license["eligibility"]["recommended_seats"], Value::Null);
    for said in told(&world, &agent, &license).await {
        assert!(said.contains("not checked: No evidence was given"), "{said}");
    }
}

#[tokio::test]
async fn out_of_scope_wants_a_reason_and_says_why() {
    let world = World::start().await;
    let agent = world.agent().await;
    for (evidence, words) in [
        (expired(&world, -1), "has not expired yet"),
        (expired(&world, 3), "still runs"),
        (expired(&world, 18), "contact sales to renew"),
        (json!({ "plan": "free" }), "the plan here is Free"),
        (json!({ "trial": true }), "The license is a trial"),
    ] {
        let answer = press(&agent, &with(evidence)).await;
        assert_eq!(wrong_fields(&answer), ["override_reason"]);
        let detail = answer.body["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.starts_with("is required, with 10 to 500 characters, to generate out of scope: "), "{detail}");
        assert!(detail.contains(words) && !detail.ends_with('.'), "{detail}");
    }
    assert_eq!(agent.get("/api/v1/licenses").await.unwrap()["items"], json!([]), "nothing was generated");
    assert_eq!(press(&agent, &with(json!({ "expires_on": "2020-01-01", "plan": null }))).await.status, 400);
}

#[tokio::test]
async fn issue_slack_and_history_say_who_went_on_out_of_scope_and_why() {
    let world = World::start().await;
    let agent = world.agent().await;
    let license = generate(&agent, &because(with(expired(&world, 18)), &format!("  {WHY}\n(call of 9 pm) "))).await;
    let note = &license["eligibility"];
    let why = format!("{WHY} (call of 9 pm)");
    assert_eq!((&note["verdict"], &note["override_reason"]), (&json!("too_late"), &json!(why)));
    let reason = note["reason"].as_str().unwrap();
    for said in told(&world, &agent, &license).await {
        assert!(said.contains(&format!("out of scope: {}", reason.trim_end_matches('.'))), "{said}");
        assert!(said.contains(&format!("because {why}")) && said.contains("by jdoe"), "{said}");
    }
    let id = license["id"].as_str().unwrap();
    assert_eq!(get(&agent, &format!("/api/v1/licenses/{id}")).await.body["eligibility"], *note);
}

#[tokio::test]
async fn a_reason_has_ten_to_five_hundred_characters() {
    let world = World::start().await;
    let agent = world.agent().await;
    let late = with(expired(&world, 18));
    for bad in [
        json!(""),
        json!("too short"),
        json!("é".repeat(501)),
        json!(5),
        json!("a\u{202e}bcdefghijk"),
        json!("a         b"),
    ] {
        let mut order = late.clone();
        order["override_reason"] = bad.clone();
        assert_eq!(wrong_fields(&press(&agent, &order).await), ["override_reason"], "{bad}");
    }
    for (good, email) in [("é".repeat(10), "a@acme.example"), ("é".repeat(500), "b@acme.example")] {
        let mut order = because(late.clone(), &good);
        order["customer"]["email"] = email.into();
        assert_eq!(press(&agent, &order).await.body["eligibility"]["override_reason"], good);
    }
}

#[tokio::test]
async fn a_reason_that_nothing_asked_for_is_not_told_as_an_override() {
    let world = World::start().await;
    let agent = world.agent().await;
    let license = generate(&agent, &because(with(expired(&world, 15)), WHY)).await;
    assert_eq!(license["eligibility"]["override_reason"], Value::Null);
    for said in told(&world, &agent, &license).await {
        assert!(!said.contains(WHY), "{said}");
    }
}

#[tokio::test]
async fn mistakes_in_the_evidence_are_named_together_with_all_others() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut wrong = with(json!({ "plan": "platinum", "seats": "12", "surprise": 1, "license_file": "hello" }));
    wrong["seats"] = 0.into();
    wrong["override_reason"] = "short".into();
    let mut fields =
        ["evidence.license_file", "evidence.plan", "evidence.seats", "evidence.surprise", "override_reason", "seats"];
    fields.sort_unstable();
    let answer = press(&agent, &wrong).await;
    let mut named = wrong_fields(&answer);
    named.sort_unstable();
    assert_eq!(named, fields);

    let mut unreasoned = with(expired(&world, 18));
    unreasoned["seats"] = 0.into();
    assert_eq!(wrong_fields(&press(&agent, &unreasoned).await), ["seats", "override_reason"]);
    for evidence in [json!([]), json!("in scope"), json!(true)] {
        assert_eq!(wrong_fields(&press(&agent, &with(evidence)).await), ["evidence"]);
    }
    assert_eq!(press(&agent, &with(Value::Null)).await.status, 201, "null is as good as absent");
}

#[tokio::test]
async fn seats_below_the_recommendation_are_warned_about() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut evidence = expired(&world, 15);
    evidence["billable_users"] = 240.into();
    evidence["maximum_users"] = 1286.into();
    let license = generate(&agent, &with(evidence)).await;
    assert_eq!((&license["seats"], &license["eligibility"]["recommended_seats"]), (&json!(286), &json!(1286)));
    let [issue, slack, history] = told(&world, &agent, &license).await;
    assert!(
        issue.contains(
            "**Fewer seats than recommended:** this license has 286, and the customer's numbers ask for 1286"
        )
    );
    assert!(slack.contains("fewer than the recommended 1286"), "{slack}");
    assert!(history.contains("fewer seats than the recommended 1286"), "{history}");
}

#[tokio::test]
async fn the_same_key_is_answered_alike_after_the_verdict_has_changed() {
    let world = World::start().await;
    let agent = world.agent().await;
    let order = with(expired(&world, 17));
    let key = fresh_key();
    let first = post(&agent, "/api/v1/licenses", &key, &order).await;
    assert_eq!(first.status, 201, "{}", first.body);
    world.pass(24 * 3600);
    let agent = world.agent().await;
    let again = post(&agent, "/api/v1/licenses", &key, &order).await;
    assert_eq!((again.status, &again.body["id"]), (first.status, &first.body["id"]));
    assert_eq!(wrong_fields(&press(&agent, &order).await), ["override_reason"], "a new press is judged anew");
}

#[tokio::test]
async fn the_customers_old_license_is_read_and_kept_nowhere() {
    let mut world = World::on_sqlite().await;
    turn_to(&world, jiff::civil::date(2026, 11, 15) + 1.day());
    let agent = world.agent().await;
    let old = vector("paid-plain.gitlab-license");
    let license = generate(&agent, &with(json!({ "license_file": old, "billable_users": 240 }))).await;
    assert_eq!(license["eligibility"]["verdict"], "in_scope");
    let secret = old.lines().nth(5).unwrap();
    for said in told(&world, &agent, &license).await {
        assert!(!said.contains(secret), "{said}");
    }
    assert!(!world.sandbox.mail.mails()[0].text.contains(secret));
    world.stop().await;
    let database = std::fs::read(world.folder().join("stopgap.db")).unwrap();
    assert!(!database.windows(secret.len()).any(|window| window == secret.as_bytes()));
}

#[tokio::test]
async fn a_replacement_by_another_agent_still_names_who_went_on_out_of_scope() {
    let world = World::start().await;
    let (agent, other) = (world.agent().await, world.agent_number(43).await);
    let license = generate(&agent, &because(with(expired(&world, 18)), WHY)).await;
    let mut own = crate::world::order_for("x@y.example");
    own["agent"]["username"] = "asmith".into();
    generate(&other, &own).await;
    let path = format!("/api/v1/licenses/{}/replace", license["id"].as_str().unwrap());
    let body = json!({ "seats": 300, "reason": "too few seats" });
    let later = post(&other, &path, &fresh_key(), &body).await;
    assert_eq!(later.status, 201, "{}", later.body);
    assert_eq!(later.body["agent"]["username"], "asmith");
    assert_eq!(later.body["eligibility"], license["eligibility"]);
    assert_eq!(later.body["eligibility"]["overridden_by"], "jdoe");
    assert!(
        later.body["events"][0]["detail"].as_str().unwrap().ends_with(&format!("overridden by jdoe because {WHY}"))
    );
}

#[tokio::test]
async fn unusually_many_seats_need_a_reason_that_issue_slack_and_history_show() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut evidence = expired(&world, 15);
    evidence["billable_users"] = 240.into();
    let mut order = with(evidence);
    order["seats"] = 2_401.into();
    let refused = press(&agent, &order).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (400, &json!("unusual_seats")));
    assert_eq!(wrong_fields(&refused), ["override_reason"]);
    let why = "they take over a company of 2,000 people";
    let license = generate(&agent, &because(order.clone(), why)).await;
    assert_eq!(license["eligibility"]["override_reason"], why);
    for said in told(&world, &agent, &license).await {
        assert!(said.contains("onfirmed") && said.contains(why), "{said}");
    }
    order["seats"] = 2_400.into();
    order["customer"]["email"] = "it@other.example".into();
    let usual = generate(&agent, &because(order, why)).await;
    assert_eq!(usual["eligibility"]["override_reason"], Value::Null, "nobody asked for it");
}

#[tokio::test]
async fn the_operator_says_from_how_many_seats_on_a_reason_is_asked() {
    for (setting, most) in [(None, 10_000), (Some("500"), 500)] {
        let settings: Vec<_> = setting.map(|value| ("SEATS_QUESTION", value)).into_iter().collect();
        let world = World::with(&settings).await;
        let agent = world.agent().await;
        let mut order = order();
        order["seats"] = (most + 1).into();
        assert_eq!(press(&agent, &order).await.body["code"], "unusual_seats", "{most}");
        order["seats"] = most.into();
        assert_eq!(press(&agent, &order).await.status, 201, "{most}");
    }
}
