use serde_json::{Value, json};

use super::*;
use crate::sandbox::{World, WorldOptions, smtp, tests::options};

async fn world() -> World {
    World::start(options()).await.unwrap()
}

async fn get(world: &World, path: &str) -> Value {
    reqwest::get(format!("{}{path}", world.origin())).await.unwrap().json().await.unwrap()
}

async fn post(world: &World, path: &str, body: Value) -> (u16, Value) {
    let answer = reqwest::Client::new().post(format!("{}{path}", world.origin())).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn every_file_that_the_page_names_is_served() {
    let world = world().await;
    for name in ["", "style.css", "main.js", "host.js", "sdk/zaf_sdk.min.js"] {
        let answer = reqwest::get(format!("{}/{name}", world.origin())).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{name}");
    }
    let scripts = ["main.js", "ticket.js", "host.js", "gitlab.js"].map(|name| files::find(name).unwrap().body);
    for script in scripts {
        let script = String::from_utf8(script).unwrap();
        for name in script.split("from \"./").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(files::find(name).is_some(), "{name}");
        }
    }
}

#[tokio::test]
async fn the_page_learns_where_to_post_its_signed_form() {
    let world = world().await;
    let load = json!({"agent_id": 42, "origin": world.origin(), "color_scheme": "dark"});
    assert_eq!(post(&world, "/api/load", load.clone()).await.0, 503, "no service yet");
    world.zendesk.set_service("http://localhost:8080".parse().unwrap());
    let (status, form) = post(&world, "/api/load", load).await;
    assert_eq!(status, 200);
    let action = form["action"].as_str().unwrap();
    assert!(action.starts_with("http://localhost:8080/zendesk/sidebar?origin=http%3A%2F%2Flocalhost"), "{action}");
    assert!(action.ends_with("&colorScheme=dark"), "{action}");
    assert_eq!(form["token"].as_str().unwrap().split('.').count(), 3);
}

#[tokio::test]
async fn every_offered_fault_can_be_switched_on_and_off() {
    let world = world().await;
    let setup = get(&world, "/api/setup").await;
    for stand_in in ["smtp", "gitlab", "slack", "service"] {
        for offer in setup["faults"][stand_in].as_array().unwrap() {
            let fault = &offer["fault"];
            let (status, shown) = post(&world, "/api/faults", json!({"stand_in": stand_in, "fault": fault})).await;
            assert_eq!((status, &shown["faults"][stand_in]), (200, fault));
        }
        let (_, shown) = post(&world, "/api/faults", json!({"stand_in": stand_in, "fault": null})).await;
        assert!(shown["faults"][stand_in].is_null());
    }
    assert_eq!(post(&world, "/api/faults", json!({"stand_in": "smtp", "fault": "unheard_of"})).await.0, 400);
    world.mail.faults.set_fault(Some(smtp::Fault::Slow));
    assert_eq!(get(&world, "/api/world").await["faults"]["smtp"], "slow");
}

#[tokio::test]
async fn news_come_as_soon_as_there_are_any() {
    let world = world().await;
    let seen = get(&world, "/api/world").await["revision"].as_u64().unwrap();
    let asking = tokio::spawn(reqwest::get(format!("{}/api/world?seen={seen}", world.origin())));
    let message = json!({"text": "hello"});
    reqwest::Client::new().post(world.slack.url()).json(&message).send().await.unwrap();
    let news: Value = asking.await.unwrap().unwrap().json().await.unwrap();
    assert_eq!(news["messages"][0]["text"], "hello");
}

#[tokio::test]
async fn a_taken_port_is_said_plainly() {
    let world = world().await;
    let port = world.zendesk.listener.address().port();
    let error = World::start(WorldOptions { page_port: port, ..options() }).await.unwrap_err();
    assert_eq!(error.to_string(), format!("port {port} is taken; choose another with --port"));
}

#[tokio::test]
async fn a_real_sdk_is_served_in_place_of_our_own() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "real").unwrap();
    let world = World::start(WorldOptions { sdk: Some(file.path().into()), ..options() }).await.unwrap();
    let served = reqwest::get(world.sdk_url()).await.unwrap().text().await.unwrap();
    assert_eq!(served, "real");
    let missing = World::start(WorldOptions { sdk: Some("/nowhere/sdk.js".into()), ..options() }).await;
    assert!(missing.unwrap_err().to_string().starts_with("the SDK /nowhere/sdk.js cannot be read"));
}
