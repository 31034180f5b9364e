//! A license with other seats takes the place of an earlier one, and nothing else changes with it.

use serde_json::json;

use crate::{
    aftercare::{delivered, path},
    eligibility::expired,
    world::{World, ended, fresh_key, generate, get, history, order, post},
};

#[tokio::test]
async fn a_replacement_is_linked_both_ways_and_says_so_everywhere() {
    let world = World::start().await;
    let (agent, earlier) = delivered(&world).await;
    let body = json!({ "seats": 400, "reason": "too few seats" });
    let answer = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["seats"], 400);
    assert_eq!(answer.body["replaces"], earlier["id"]);
    assert_eq!(answer.body["ticket"], earlier["ticket"]);
    let license = ended(&agent, &answer.body).await;
    let earlier = ended(&agent, &earlier).await;
    assert_eq!(earlier["replaced_by"], license["id"]);
    assert_eq!(history(&earlier).iter().filter(|what| **what == "replaced").count(), 1);
    let (old, new) = (earlier["id"].as_str().unwrap(), license["id"].as_str().unwrap());

    let mail = &world.sandbox.mail.mails()[1];
    assert!(String::from_utf8_lossy(&mail.raw).contains("replaces the temporary license"));
    let issues = world.sandbox.gitlab.issues();
    assert_eq!(issues.len(), 2);
    let of = |id: &str| issues.iter().find(|i| i.description.contains(&format!("license={id} "))).unwrap();
    assert!(of(new).description.contains(&format!("replaces the license {old}")));
    assert!(of(old).notes[0].body.contains(new) && of(old).notes[0].body.contains("too few seats"));
    let slack = world.sandbox.slack.messages();
    assert!(slack[1].shown().contains("It replaces the license"));
}

#[tokio::test]
async fn replacing_never_stretches_the_term() {
    let world = World::start().await;
    let agent = world.agent().await;
    let earlier = generate(&agent, &order()).await;
    ended(&agent, &earlier).await;
    let body = json!({ "seats": 400, "reason": "too few seats" });
    let day = 24 * 3600;
    world.pass(9 * day);
    let agent = world.agent().await;
    let later = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await;
    assert_eq!((later.status.as_u16(), &later.body["expires_on"]), (201, &earlier["expires_on"]));

    world.pass(2 * day);
    let agent = world.agent().await;
    let refused = post(&agent, &path(&later.body, "replace"), &fresh_key(), &body).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("expired")));
    let shown = get(&agent, path(&later.body, "").trim_end_matches('/')).await.body;
    assert_eq!(shown["actions"]["replace"]["reason"], "expired");
}

#[tokio::test]
async fn a_domain_that_is_refused_now_gets_no_license_that_was_generated_before() {
    let mut world = World::start().await;
    let (_, earlier) = delivered(&world).await;
    world.set("REFUSED_DOMAINS", "acme.example");
    world.stop().await;
    world.start_service().await;
    let agent = world.agent().await;
    let replace = json!({ "seats": 400, "reason": "too few seats" });
    for (action, body) in [("resend", json!({})), ("replace", replace)] {
        let refused = post(&agent, &path(&earlier, action), &fresh_key(), &body).await;
        assert_eq!((refused.status.as_u16(), &refused.body["code"]), (409, &json!("recipient_refused")), "{action}");
        let shown = get(&agent, path(&earlier, "").trim_end_matches('/')).await.body;
        assert_eq!(shown["actions"][action]["reason"], "recipient_refused");
    }
    let own_contact = json!({ "email": "jane@own.example" });
    assert_eq!(post(&agent, &path(&earlier, "forward"), &fresh_key(), &own_contact).await.status, 202);
}

#[tokio::test]
async fn a_license_is_replaced_once_and_the_limits_hold() {
    let world = World::with(&[("CUSTOMER_DAILY_LIMIT", "2")]).await;
    let (agent, earlier) = delivered(&world).await;
    let body = json!({ "seats": 400, "reason": "too few seats" });
    let later = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await.body;
    let twice = post(&agent, &path(&earlier, "replace"), &fresh_key(), &body).await;
    assert_eq!(twice.status, 409);
    assert!(twice.body["detail"].as_str().unwrap().contains(later["id"].as_str().unwrap()), "{}", twice.body);
    assert_eq!(post(&agent, &path(&later, "replace"), &fresh_key(), &body).await.status, 429);
    let duplicate = post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await;
    assert_eq!(duplicate.body["license_id"], later["id"], "the running license is the later one");
    let unreasoned = post(&agent, &path(&later, "replace"), &fresh_key(), &json!({ "seats": 0 })).await;
    assert_eq!(unreasoned.body["errors"].as_array().unwrap().len(), 2, "{}", unreasoned.body);
}

#[tokio::test]
async fn a_replacement_is_judged_anew_by_what_was_read_then() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut order = order();
    order["evidence"] = expired(&world, 17);
    let license = generate(&agent, &order).await;
    assert_eq!(license["eligibility"]["verdict"], "in_scope");
    assert_eq!(license["eligibility"]["evidence"]["sources"]["expires_on"], "typed");
    world.pass(3 * 24 * 3600);
    let agent = world.agent().await;
    let body = json!({ "seats": 300, "reason": "more people than they thought" });
    let later = post(&agent, &path(&license, "replace"), &fresh_key(), &body).await;
    assert_eq!(later.status, 201, "{}", later.body);
    let note = &later.body["eligibility"];
    assert_eq!((&note["verdict"], &note["override_reason"]), (&json!("too_late"), &body["reason"]));
    assert_eq!(note["evidence"], license["eligibility"]["evidence"]);
}
