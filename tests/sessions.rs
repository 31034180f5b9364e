//! Nothing is done before the agent's session is checked.

use std::process::Command;

use reqwest::Method;

use crate::world::{
    World, generate, order,
    process::{beside, program, serve},
    read,
};

#[tokio::test]
async fn without_a_session_every_route_of_the_api_answers_401_and_nothing_more() {
    let world = World::start().await;
    let agent = world.agent().await;
    let id = generate(&agent, &order()).await["id"].as_str().unwrap().to_owned();
    let stranger = world.stranger();
    for (method, path) in [
        (Method::POST, "/api/v1/licenses".to_owned()),
        (Method::POST, "/api/v1/evidence".into()),
        (Method::POST, "/api/v1/diagnosis".into()),
        (Method::GET, "/api/v1/licenses".into()),
        (Method::GET, format!("/api/v1/licenses/{id}")),
        (Method::GET, format!("/api/v1/licenses/{id}/progress")),
        (Method::GET, format!("/api/v1/licenses/{id}/file?reason=air-gapped")),
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

#[tokio::test]
async fn a_list_of_agents_in_a_file_applies_without_a_restart() {
    let mut world = World::start().await;
    world.stop().await;
    let list = world.folder().join("agents");
    std::fs::write(&list, "42\n43\n").unwrap();
    world.set("ZENDESK_ALLOWED_AGENTS_FILE", list.to_str().unwrap());
    world.start_service().await;
    let agent = world.agent_number(43).await;
    let license = generate(&agent, &order()).await;
    let path = format!("/api/v1/licenses/{}/file?reason=air-gapped", license["id"].as_str().unwrap());
    let file = || agent.request(Method::GET, &path);
    assert_eq!(read(file()).await.status, 200);
    std::fs::write(&list, "42\n").unwrap();
    assert_eq!(read(file()).await.status, 403);
}

#[tokio::test]
async fn who_may_generate_binds_sessions_that_were_running_before() {
    let mut world = World::start().await;
    let agent = world.agent_number(43).await;
    let bearer = agent.session().unwrap().to_owned();
    let license = generate(&agent, &order()).await;
    let id = license["id"].as_str().unwrap();
    world.stop().await;
    world.set("ZENDESK_ALLOWED_AGENTS", "42");
    world.start_service().await;

    let now = world.stranger();
    let with = |method: Method, path: &str| now.request(method, path).bearer_auth(&bearer);
    let again = with(Method::POST, "/api/v1/licenses").header("Idempotency-Key", crate::world::fresh_key());
    let refused = read(again.json(&crate::world::order_for("x@y.example"))).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.body["detail"].as_str().unwrap().contains("ZENDESK_ALLOWED_AGENTS"));
    assert_eq!(
        read(with(Method::GET, &format!("/api/v1/licenses/{id}/file?reason=air-gapped"))).await.status,
        403,
        "the file too"
    );
    assert_eq!(read(with(Method::GET, &format!("/api/v1/licenses/{id}"))).await.status, 200, "others may look up");
    assert_eq!(read(with(Method::GET, "/api/v1/licenses?q=jane")).await.status, 200);
}

#[tokio::test]
async fn an_installation_that_is_no_longer_configured_has_no_sessions() {
    let mut world = World::start().await;
    let bearer = world.agent().await.session().unwrap().to_owned();
    world.stop().await;
    world.set("ZENDESK_INSTALLATION_IDS", "1235");
    world.start_service().await;
    let request = || world.stranger().request(Method::GET, "/api/v1/licenses").bearer_auth(&bearer);
    assert_eq!(read(request()).await.status, 401);
}

#[tokio::test]
async fn a_bearer_is_taken_from_one_authorization_header_alone() {
    let world = World::start().await;
    let agent = world.agent().await;
    let bearer = agent.session().unwrap();
    let stranger = world.stranger();
    let get = |path: &str| stranger.request(Method::GET, path);
    for request in [
        get(&format!("/api/v1/licenses?access_token={bearer}")),
        get("/api/v1/licenses").header("Cookie", format!("session={bearer}; stopgap-session={bearer}")),
        get("/api/v1/licenses").header("X-Session", bearer),
        get("/api/v1/licenses").header("Authorization", bearer),
        get("/api/v1/licenses").header("Authorization", format!("Basic {bearer}")),
        get("/api/v1/licenses").header("Authorization", format!("Bearer  {bearer}")),
        get("/api/v1/licenses").bearer_auth(bearer.to_uppercase()),
        get("/api/v1/licenses").bearer_auth(&bearer[..63]),
        get("/api/v1/licenses").bearer_auth(bearer).header("Authorization", format!("Bearer {bearer}")),
    ] {
        let status = read(request).await.status;
        // A query that is not known is looked at only once the session is.
        assert_eq!(status, 401);
    }
}

#[tokio::test]
async fn the_page_carries_its_bearer_in_one_place_and_no_cookie_or_link() {
    let world = World::start().await;
    let mut agent = world.stranger();
    let page = agent.open(&world.sandbox.token(crate::world::AGENT)).await.unwrap();
    let bearer = agent.session().unwrap();
    assert_eq!((bearer.len(), page.matches(bearer).count()), (64, 1));
    assert!(page.contains(&format!("<meta name=\"stopgap-session\" content=\"{bearer}\">")));
    let token = world.sandbox.token(crate::world::AGENT).sign(&crate::world::keys().zendesk_private_pem);
    let answer = world.stranger().post_token(&token).await.unwrap();
    assert!(!answer.headers().contains_key("set-cookie") && !answer.headers().contains_key("location"));
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/zendesk-app/sidebar")).unwrap() {
        let path = file.unwrap().path();
        let code = std::fs::read_to_string(&path).unwrap();
        for place in ["localStorage", "document.cookie", "indexedDB", "innerHTML", "insertAdjacentHTML", "eval("] {
            assert!(!code.contains(place), "{}: {place}", path.display());
        }
    }
}

#[tokio::test]
async fn each_load_gets_a_session_of_its_own() {
    let world = World::start().await;
    let (one, two) = (world.agent().await, world.agent().await);
    assert_ne!(one.session(), two.session());
    assert!(one.get("/api/v1/licenses").await.is_ok() && two.get("/api/v1/licenses").await.is_ok());
}

#[tokio::test]
async fn a_revoked_session_ends_at_once_and_the_others_go_on() {
    let world = World::start().await;
    let process = serve(&world, &[]).await;
    let (mallory, jane) = (world.agent_number_at(666, process.url()).await, process.agent(&world).await);
    let sessions = |arguments: &[&str]| {
        let mut command = Command::new(program());
        command.env_clear().envs(beside(&world)).arg("sessions").args(arguments);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = sessions(&[]);
    assert!(listed.contains("\n666 ") && listed.contains("\n42 "), "{listed}");

    let revoked = sessions(&["--revoke-agent", "666"]);
    assert!(revoked.starts_with("revoked 1 session(s)") && !revoked.contains("\n666 "), "{revoked}");
    assert_eq!(read(mallory.request(Method::GET, "/api/v1/licenses")).await.status, 401);
    assert_eq!(read(jane.request(Method::GET, "/api/v1/licenses")).await.status, 200);

    sessions(&["--revoke-all"]);
    assert_eq!(read(jane.request(Method::GET, "/api/v1/licenses")).await.status, 401);
}
