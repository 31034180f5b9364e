//! Bad input gets a clear answer that names the field, and leaves nothing behind.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, fresh_key, generate, get, order, post, read};

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let world = World::start().await;
    let agent = world.agent().await;
    let body = json!({
        "ticket": { "id": 0, "subject": "a\nb", "days": 3 },
        "agent": { "username": "not a name" },
        "customer": { "email": "jane@gitlab.com", "name": 5, "company": "" },
        "seats": 1_000_001,
        "surprise": true,
    });
    let answer = post(&agent, "/api/v1/licenses", &fresh_key(), &body).await;
    assert_eq!(answer.status, 400);
    let mut named: Vec<&str> =
        answer.body["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!(
        named,
        [
            "agent.username",
            "customer.company",
            "customer.email",
            "customer.name",
            "seats",
            "surprise",
            "ticket.days",
            "ticket.id",
            "ticket.subject"
        ]
    );
    assert!(answer.body["errors"].to_string().contains("never to a GitLab team member"), "the handbook's reason");
}

#[tokio::test]
async fn a_body_that_is_no_object_or_lacks_fields_says_so() {
    let world = World::start().await;
    let agent = world.agent().await;
    for (body, field) in [
        (json!([]), "body"),
        (json!({}), "ticket"),
        (json!({"ticket": 3, "agent": {}, "customer": {}, "seats": 1}), "ticket"),
    ] {
        let answer = post(&agent, "/api/v1/licenses", &fresh_key(), &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.body["errors"][0]["field"], field);
    }
    for seats in [json!(0), json!(-1), json!(1.5), json!("286"), json!(null), json!(1e30)] {
        let mut order = order();
        order["seats"] = seats;
        let answer = post(&agent, "/api/v1/licenses", &fresh_key(), &order).await;
        assert_eq!(answer.body["errors"][0]["field"], "seats", "{}", answer.body);
    }
}

#[tokio::test]
async fn a_body_must_be_json_and_small() {
    let world = World::start().await;
    let agent = world.agent().await;
    let request = |kind: &'static str, body: Vec<u8>| {
        let request = agent.request(Method::POST, "/api/v1/licenses").header("Idempotency-Key", fresh_key());
        request.header("Content-Type", kind).body(body)
    };
    assert_eq!(read(request("text/plain", b"{}".to_vec())).await.status, 415);
    assert_eq!(read(request("application/json", b"{nope".to_vec())).await.status, 400);
    assert_eq!(read(request("application/json", vec![b' '; 1536 * 1024 + 1])).await.status, 413);
    assert_eq!(read(request("application/json", b"\xff\xfe".to_vec())).await.status, 400);
}

#[tokio::test]
async fn unknown_paths_and_ids_are_answered_alike_and_a_wrong_method_names_the_right_ones() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut bodies: Vec<Value> = Vec::new();
    for path in ["/nothing", "/api/v1/licenses/nonsense", "/api/v1/licenses/0198a3c4-0000-7000-8000-000000000000"] {
        let answer = get(&agent, path).await;
        assert_eq!(answer.status, 404, "{path}");
        bodies.push(answer.body);
    }
    let deleted = read(agent.request(Method::DELETE, "/api/v1/licenses")).await;
    assert_eq!((deleted.status.as_u16(), &deleted.body["detail"]), (405, &json!("This path takes POST, GET, HEAD.")));
    // Each names its own request; that is all in which they differ.
    let ids: Vec<_> = bodies.iter_mut().map(|body| body.as_object_mut().unwrap().remove("request_id")).collect();
    assert!(ids.iter().all(|id| id.as_ref().is_some_and(Value::is_string)), "{ids:?}");
    assert!(bodies.iter().all(|body| body == &bodies[0]), "{bodies:?}");
}

#[tokio::test]
async fn a_lookup_says_which_part_of_its_query_is_wrong() {
    let world = World::start().await;
    let agent = world.agent().await;
    let long = "x".repeat(201);
    for (query, field) in [
        ("q=x".to_owned(), "q"),
        (format!("q={long}"), "q"),
        ("ticket=abc".into(), "ticket"),
        ("cursor=abc".into(), "cursor"),
        ("limit=0".into(), "limit"),
        ("limit=101".into(), "limit"),
    ] {
        let answer = get(&agent, &format!("/api/v1/licenses?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.body["errors"][0]["field"], field);
    }
    assert_eq!(get(&agent, "/api/v1/licenses?surprise=1").await.status, 400);
}

#[tokio::test]
async fn the_longest_company_gives_a_file_name_that_file_systems_take() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut order = order();
    order["customer"]["company"] = "A".repeat(200).into();
    let license = generate(&agent, &order).await;
    let path = format!("/api/v1/licenses/{}/file?reason=air-gapped", license["id"].as_str().unwrap());
    let answer = agent.request(Method::GET, &path).send().await.unwrap();
    let expected = format!("attachment; filename=\"{}.gitlab-license\"", "A".repeat(100));
    assert_eq!(answer.headers()["content-disposition"], expected);
}
