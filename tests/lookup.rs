//! Searching licenses: by any part, newest first, and complete.

use serde_json::{Value, json};
use stopgap::sandbox::Browser;

use crate::world::{World, ended, fresh_key, generate, get, order, order_for, read};

async fn ids(agent: &Browser, query: &str) -> Vec<String> {
    let answer = get(agent, &format!("/api/v1/licenses?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn id(license: &Value) -> String {
    license["id"].as_str().unwrap().to_owned()
}

async fn world() -> World {
    World::with(&[("AGENT_HOURLY_LIMIT", "1000"), ("CUSTOMER_DAILY_LIMIT", "1000")]).await
}

#[tokio::test]
async fn a_license_is_found_by_any_part_of_what_it_names() {
    let world = world().await;
    let agent = world.agent().await;
    let mut order = order_for("Jürgen.fake@müller.example".replace('ü', "ue").as_str());
    order["ticket"]["id"] = 815.into();
    order["agent"]["username"] = "asmith".into();
    order["customer"]["name"] = "Jürgen Groß".into();
    order["customer"]["company"] = "100%_Sure Ltd".into();
    let license = generate(&agent, &order).await;
    generate(&agent, &crate::world::order()).await;
    let own = id(&license);
    for words in [
        "juergen.FAKE",
        "mueller.example",
        "J%C3%9CRGEN",
        "100%25_sure",
        "asmith",
        "815",
        "%23815",
        // Without a trigram of letters and digits: SQLite and PostgreSQL scan.
        "O%C3%9F",
        "%25_",
        "%40mu",
        "_su",
        own.as_str(),
        &own[..23],
    ] {
        assert_eq!(ids(&agent, &format!("q={words}")).await, std::slice::from_ref(&own), "{words}");
    }
    for words in ["1000_sure", "100%25%25sure", "nobody", "z_", "asmith%22%20OR%20%22jdoe", "juergen*"] {
        assert!(ids(&agent, &format!("q={words}")).await.is_empty(), "{words}");
    }
    assert_eq!(ids(&agent, "ticket=815").await, std::slice::from_ref(&own));
    assert_eq!(ids(&agent, "ticket=815&q=asmith").await, [own]);
    assert!(ids(&agent, "ticket=815&q=jdoe").await.is_empty());
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_new_licenses_arrive() {
    let world = world().await;
    let agent = world.agent().await;
    let mut made = Vec::new();
    for n in 0..9 {
        made.push(id(&generate(&agent, &order_for(&format!("c{n}@acme.example"))).await));
    }
    made.reverse();
    for filter in ["q=acme", "ticket=4711", ""] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for page in 0.. {
            let answer = get(&agent, &format!("/api/v1/licenses?limit=2&{filter}{cursor}")).await.body;
            seen.extend(answer["items"].as_array().unwrap().iter().map(id));
            generate(&agent, &order_for(&format!("new{page}-{}@acme.example", filter.len()))).await;
            let Some(next) = answer["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let old: Vec<_> = seen.iter().filter(|id| made.contains(id)).collect();
        assert_eq!(old, made.iter().collect::<Vec<_>>(), "{filter}");
        seen.sort();
        seen.dedup_by(|one, other| one == other && panic!("{one} came twice"));
    }
}

#[tokio::test]
async fn a_list_shows_of_each_license_what_its_own_page_shows() {
    let world = world().await;
    let agent = world.agent().await;
    let mut shown = Vec::new();
    for n in 0..3 {
        let license = generate(&agent, &order_for(&format!("c{n}@acme.example"))).await;
        shown.insert(0, ended(&agent, &license).await);
    }
    let list = get(&agent, "/api/v1/licenses?q=acme").await.body;
    assert_eq!(list["items"], Value::Array(shown));
}

#[tokio::test]
async fn wrong_queries_are_named_and_nothing_is_found_without_a_session() {
    let world = World::start().await;
    let agent = world.agent().await;
    generate(&agent, &order()).await;
    for (query, field) in [
        ("q=a", "q"),
        (&*format!("q={}", "a".repeat(201)), "q"),
        ("cursor=x", "cursor"),
        ("ticket=0", "ticket"),
        ("ticket=x", "ticket"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
    ] {
        let answer = get(&agent, &format!("/api/v1/licenses?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{query}");
    }
    let long = format!("/api/v1/licenses?q={}", "a".repeat(10_000));
    assert_eq!(get(&agent, &long).await.status, 400);
    let nobody = world.stranger();
    let (some, none) = (get(&nobody, "/api/v1/licenses?q=acme").await, get(&nobody, "/api/v1/licenses?q=nobody").await);
    assert_eq!((some.status.as_u16(), some.without_id()), (401, none.without_id()));
    // A cursor names a place, not a license: one of nobody's leads to what is older.
    let foreign = fresh_key();
    assert_eq!(ids(&agent, &format!("cursor={foreign}")).await.len(), 1);
}

#[tokio::test]
async fn the_detail_names_the_license_as_gitlab_reports_usage() {
    let template = "https://usage.example/?md5={license_md5}&sha256={license_sha256}";
    let world = World::with(&[("USAGE_URL_TEMPLATE", template)]).await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    let path = format!("/api/v1/licenses/{}/file?reason=air-gapped", id(&license));
    let file = read(agent.request(reqwest::Method::GET, &path)).await.body;
    let text = file.as_str().unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let md5 = hex(&<md5::Md5 as md5::Digest>::digest(text.as_bytes()));
    let sha256 = hex(&<sha2::Sha256 as sha2::Digest>::digest(text.as_bytes()));
    assert_eq!((&license["license_md5"], &license["license_sha256"]), (&json!(md5), &json!(sha256)));
    assert_eq!(license["usage_url"], format!("https://usage.example/?md5={md5}&sha256={sha256}"));
}
