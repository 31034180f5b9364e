//! The whole team's lookup stands behind the same signature as the sidebar.

use reqwest::{Method, StatusCode};

use crate::world::{AGENT, World, keys, read};

#[tokio::test]
async fn a_signed_token_opens_the_full_page_once() {
    let world = World::start().await;
    let mut token = world.sandbox.token(AGENT);
    token.claims["context"]["location"] = "nav_bar".into();
    let form = format!("token={}", token.sign(&keys().zendesk_private_pem));
    let load = || {
        let request = world.stranger().request(Method::POST, "/zendesk/lookup");
        read(request.header("Content-Type", "application/x-www-form-urlencoded").body(form.clone()))
    };
    let page = load().await;
    assert_eq!(page.status, StatusCode::OK);
    let html = page.body.as_str().unwrap();
    assert!(html.contains("id=\"licenses\"") && html.contains("data-state=\"ready\""), "{html}");
    assert!(!html.contains("name=\"stopgap-session\" content=\"\""), "it carries a session");
    assert_eq!(load().await.status, StatusCode::FORBIDDEN, "a token is used once");
}

#[tokio::test]
async fn whoever_opens_the_full_page_by_hand_is_told_what_it_is() {
    let world = World::start().await;
    let page = read(world.stranger().request(Method::GET, "/zendesk/lookup")).await;
    assert_eq!(page.status, StatusCode::OK);
    let html = page.body.as_str().unwrap();
    assert!(html.contains("data-state=\"outside\"") && html.contains("content=\"\""), "{html}");
}
