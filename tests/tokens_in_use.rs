//! Zendesk's tokens open sessions: one each, in time, by the keys that are configured.

use serde_json::{Value, json};
use stopgap::zendesk::token::LEEWAY_SECONDS;

use crate::{
    tokens::{sign, status},
    world::{AGENT, World, keys},
};

#[tokio::test]
async fn two_at_once_with_one_token_get_one_session() {
    let world = World::start().await;
    let token = sign(&world.sandbox.token(AGENT));
    let (a, b, c) = tokio::join!(status(&world, &token), status(&world, &token), status(&world, &token));
    let mut statuses = [a.0, b.0, c.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403, 403]);
}

#[tokio::test]
async fn a_form_holds_exactly_one_token_in_its_body() {
    let world = World::start().await;
    let token = || sign(&world.sandbox.token(AGENT));
    let post = async |path: String, body: String| {
        let request = world.stranger().request(reqwest::Method::POST, &path);
        let kind = "application/x-www-form-urlencoded";
        request.header("Content-Type", kind).body(body).send().await.unwrap().status().as_u16()
    };
    let sidebar = || "/zendesk/sidebar".to_owned();
    assert_eq!(post(sidebar(), format!("token={}&token={}", token(), token())).await, 403);
    assert_eq!(post(sidebar(), format!("Token={}", token())).await, 403);
    assert_eq!(post(sidebar(), format!("token[]={}", token())).await, 403);
    assert_eq!(post(sidebar(), json!({ "token": token() }).to_string()).await, 403);
    assert_eq!(post(format!("/zendesk/sidebar?token={}", token()), String::new()).await, 403, "none in the query");
    assert_eq!(post(sidebar(), format!("more=1&token={}", token())).await, 200, "Zendesk may say more");
}

#[tokio::test]
async fn a_key_that_was_rotated_out_opens_nothing_more() {
    let mut world = World::start().await;
    world.stop().await;
    world.set("ZENDESK_PUBLIC_KEYS", include_str!("keys/stranger.pub.pem"));
    world.start_service().await;
    assert_eq!(status(&world, &sign(&world.sandbox.token(AGENT))).await.0, 403);
}

#[tokio::test]
async fn a_token_opens_one_session_in_its_life() {
    let mut world = World::start().await;
    let token = sign(&world.sandbox.token(AGENT));
    assert_eq!(status(&world, &token).await.0, 200);
    assert_eq!(status(&world, &token).await.0, 403, "replayed");
    world.stop().await;
    world.start_service().await;
    assert_eq!(status(&world, &token).await.0, 403, "replayed after a restart");
    world.pass(300 + LEEWAY_SECONDS - 1);
    assert_eq!(status(&world, &token).await.0, 403, "replayed inside the leeway");
}

#[tokio::test]
async fn a_token_is_good_until_the_end_of_the_leeway() {
    let world = World::start().await;
    let token = sign(&world.sandbox.token(AGENT));
    world.pass(300 + LEEWAY_SECONDS - 2);
    assert_eq!(status(&world, &token).await.0, 200);
}

#[tokio::test]
async fn issuers_with_scheme_missing_contexts_and_the_full_page_are_fine() {
    let world = World::start().await;
    let changes: [fn(&mut Value); 5] = [
        |c| c["exp"] = json!(c["exp"].as_f64().unwrap() + 0.5),
        |c| c["iss"] = "https://sandbox.zendesk.com".into(),
        |c| drop(c.as_object_mut().unwrap().remove("context")),
        |c| c["context"] = json!({ "product": "support", "location": "nav_bar", "more": 1 }),
        |c| c["cnf"] = json!({ "jku": "http://127.0.0.1:9/never-fetched" }),
    ];
    for change in changes {
        let mut token = world.sandbox.token(AGENT);
        change(&mut token.claims);
        assert_eq!(status(&world, &sign(&token)).await.0, 200, "{}", token.claims);
    }
}

#[tokio::test]
async fn a_token_in_the_query_opens_nothing() {
    let world = World::start().await;
    let token = sign(&world.sandbox.token(AGENT));
    let page = world.stranger().request(reqwest::Method::GET, &format!("/zendesk/sidebar?token={token}"));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains(r#"name="stopgap-session" content="""#), "{page}");
    assert_eq!(status(&world, &token).await.0, 200, "and is not used up");
}

#[tokio::test]
async fn old_and_new_key_hold_side_by_side_while_they_rotate() {
    let mut world = World::start().await;
    world.stop().await;
    let stranger = include_str!("keys/stranger.pub.pem");
    world.set("ZENDESK_PUBLIC_KEYS", &format!("{stranger}\n{}", keys().zendesk_public_pem));
    world.start_service().await;
    assert_eq!(status(&world, &sign(&world.sandbox.token(AGENT))).await.0, 200);
    assert_eq!(status(&world, &world.sandbox.token(AGENT).sign(include_str!("keys/stranger.pem"))).await.0, 200);
}

#[tokio::test]
async fn a_service_that_has_no_keys_yet_says_what_is_missing() {
    let mut world = World::start().await;
    world.stop().await;
    world.start_service_with(|config| config.zendesk.public_keys.clear()).await;
    let (status, page) = status(&world, &sign(&world.sandbox.token(AGENT))).await;
    assert_eq!(status, 503);
    assert!(page.contains("STOPGAP_ZENDESK_PUBLIC_KEYS"), "{page}");
}
