//! Nothing is done before the agent's session is checked.

use reqwest::Method;

use crate::world::{World, generate, order, read};

#[tokio::test]
async fn without_a_session_every_route_of_the_api_answers_401_and_nothing_more() {
    let world = World::start().await;
    let agent = world.agent().await;
    let id = generate(&agent, &order()).await["id"].as_str().unwrap().to_owned();
    let stranger = world.stranger();
    for (method, path) in [
        (Method::POST, "/api/v1/licenses".to_owned()),
        (Method::POST, "/api/v1/eligibility".into()),
        (Method::POST, "/api/v1/diagnosis".into()),
        (Method::GET, "/api/v1/licenses".into()),
        (Method::GET, format!("/api/v1/licenses/{id}")),
        (Method::GET, format!("/api/v1/licenses/{id}/progress")),
        (Method::GET, format!("/api/v1/licenses/{id}/file")),
        (Method::GET, "/api/v1/licenses/0198a3c4-0000-7000-8000-000000000000".into()),
    ] {
        for bearer in ["", "nonsense", &"a".repeat(64), &"a".repeat(5000)] {
            let answer = read(stranger.request(method.clone(), &path).bearer_auth(bearer)).await;
            assert_eq!(answer.status, 401, "{method} {path}");
        }
        assert_eq!(read(stranger.request(method.clone(), &path)).await.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn a_session_ends_after_eight_hours() {
    let world = World::start().await;
    let agent = world.agent().await;
    world.pass(8 * 3600 - 60);
    assert!(agent.get("/api/v1/licenses").await.is_ok());
    world.pass(61);
    assert_eq!(read(agent.request(Method::GET, "/api/v1/licenses")).await.status, 401);
}

#[tokio::test]
async fn the_store_keeps_no_bearer_token_in_clear() {
    let mut world = World::on_sqlite().await;
    let agent = world.agent().await;
    let bearer = agent.session().unwrap().to_owned();
    world.stop().await;
    let database = std::fs::read(world.folder().join("stopgap.db")).unwrap();
    assert!(!database.windows(bearer.len()).any(|window| window == bearer.as_bytes()));
}

#[tokio::test]
async fn the_database_and_its_companions_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::on_sqlite().await;
    let agent = world.agent().await;
    generate(&agent, &order()).await;
    let mut seen = 0;
    for entry in std::fs::read_dir(world.folder()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        seen += 1;
    }
    assert_eq!(seen, 4, "the file, its journal, its index and its lock");
}

#[tokio::test]
async fn only_allowed_agents_generate_and_everyone_looks_up() {
    let world = World::with(&[("ZENDESK_ALLOWED_AGENTS", "42, 44")]).await;
    let (allowed, other) = (world.agent().await, world.agent_number(43).await);
    generate(&allowed, &order()).await;
    let answer = crate::world::post(&other, "/api/v1/licenses", "k", &crate::world::order_for("x@y.example")).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(other.get("/api/v1/licenses").await.unwrap()["items"].as_array().unwrap().len(), 1);
}
