//! What the API document allows is accepted, and what it forbids is refused: every field of every request, with values
//! on both sides of each of its bounds.

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Map, Value, json};
use stopgap::sandbox::Browser;

use crate::world::{World, fresh_key, order, read};

const NOBODY: &str = "01980000-0000-7000-8000-000000000000";

/// Text of a form that no schema expresses: what the schema allows may still be refused.
const WITH_A_GRAMMAR: [&str; 8] =
    ["cursor", "email", "expires_on", "gitlab_version", "license_file", "plan", "read_at", "username"];

fn document() -> Value {
    serde_json::from_str(&stopgap::http::openapi::document()).unwrap()
}

/// A request body that is accepted.
fn good(path: &str) -> Value {
    let evidence = json!({
        "plan": "premium", "trial": false, "expires_on": "2026-11-01", "seats": 250, "billable_users": 240,
        "maximum_users": 286, "gitlab_version": "16.7",
        "zendesk": {
            "id": 7001, "name": "Acme GmbH", "plan": "premium", "expires_on": "2026-11-01", "seats": 250,
            "subscriptions": ["sub_sm_premium"], "account_type": "customer", "restricted": false, "support_hold": false,
            "read_at": "2026-11-21T23:05:00Z"
        },
        "sources": { "plan": "zendesk", "billable_users": "comment" }
    });
    match path.rsplit('/').next().unwrap() {
        "licenses" => {
            let mut order = order();
            order["evidence"] = evidence;
            order["override_reason"] = "the account manager vouches".into();
            order["confirm_duplicate"] = true.into();
            order
        }
        "forward" => json!({ "email": "it@acme.example", "correct": false }),
        "replace" => json!({ "seats": 300, "reason": "too few seats" }),
        "diagnosis" => json!({ "text": "This license has already expired." }),
        "evidence" => evidence,
        _ => json!({}),
    }
}

/// The schema behind references and `null` alternatives.
fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    if let Some(name) = schema["$ref"].as_str() {
        return resolved(document, document.pointer(name.strip_prefix('#').unwrap()).unwrap());
    }
    match schema["oneOf"].as_array() {
        Some(several) => resolved(document, several.iter().find(|one| one["type"] != "null").unwrap()),
        None => schema,
    }
}

/// Values on both sides of each bound, and of every other type.
fn values(schema: &Value) -> Vec<Value> {
    let mut values = vec![json!(null), json!([]), json!({}), json!(true), json!(1.5), json!(7), json!("7"), json!("")];
    values.push(json!("   "));
    for bound in ["minimum", "maximum"].iter().filter_map(|bound| schema[bound].as_i64()) {
        values.extend([bound - 1, bound, bound + 1].map(Value::from));
    }
    for length in ["minLength", "maxLength"].iter().filter_map(|bound| schema[bound].as_u64()) {
        let length = usize::try_from(length).unwrap();
        values.extend([length.saturating_sub(1), length, length + 1].map(|n| json!("é".repeat(n))));
    }
    // A whole number may be written with a point.
    values.extend([json!(5.0), json!(-0.0)]);
    values
}

/// Each variation of `body`: where, and what came of it.
fn variations(document: &Value, schema: &Value, path: &str, body: &Value, out: &mut Vec<(String, Value)>) {
    let schema = resolved(document, schema);
    let nothing = Map::new();
    for (name, property) in schema["properties"].as_object().unwrap_or(&nothing) {
        let at = format!("{path}/{name}");
        let property = resolved(document, property);
        for value in values(property) {
            out.push((at.clone(), changed(body, path, |object| object.insert(name.clone(), value))));
        }
        out.push((at.clone(), changed(body, path, |object| object.remove(name))));
        variations(document, property, &at, body, out);
    }
    if schema["type"] == "object" {
        out.push((path.to_owned(), changed(body, path, |object| object.insert("surprise".into(), json!(1)))));
    }
}

fn changed(body: &Value, path: &str, change: impl FnOnce(&mut Map<String, Value>) -> Option<Value>) -> Value {
    let mut body = body.clone();
    change(body.pointer_mut(path).unwrap().as_object_mut().unwrap());
    body
}

/// Whether the service read the request, whatever it answered then.
async fn is_accepted(agent: &Browser, method: &Method, path: &str, body: Option<&Value>) -> bool {
    let request = agent.request(method.clone(), &path.replace("{id}", NOBODY)).header("Idempotency-Key", fresh_key());
    let answer = read(if let Some(body) = body { request.json(body) } else { request }).await;
    assert_ne!(answer.status, 500, "{path}: {body:?}");
    !["invalid_fields", "malformed_body", "malformed_query"].iter().any(|code| answer.body["code"] == *code)
}

fn has_a_grammar(at: &str) -> bool {
    WITH_A_GRAMMAR.contains(&at.rsplit('/').next().unwrap())
}

async fn without_limits() -> World {
    let limits = ["AGENT_HOURLY_LIMIT", "CUSTOMER_DAILY_LIMIT", "DAILY_LIMIT"].map(|limit| (limit, "10000"));
    World::with(&limits).await
}

#[tokio::test]
async fn a_body_is_accepted_if_and_only_if_the_document_allows_it() {
    let (document, world) = (document(), without_limits().await);
    let agent = world.agent().await;
    let (mut tried, mut wrong) = (0, Vec::new());
    for (path, operations) in document["paths"].as_object().unwrap() {
        let content = &operations["post"]["requestBody"]["content"]["application/json"];
        if content.is_null() || path.starts_with("/webhooks") {
            continue;
        }
        let mut schema = content["schema"].clone();
        let mut cases = Vec::new();
        variations(&document, &schema, "", &good(path), &mut cases);
        cases.extend([json!(null), json!([]), json!("x"), json!(7)].map(|body| (String::new(), body)));
        schema["components"] = document["components"].clone();
        let validator: Validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&good(path)), "{path}: {:?}", validator.iter_errors(&good(path)).next());
        for (at, body) in &cases {
            let (allowed, accepted) =
                (validator.is_valid(body), is_accepted(&agent, &Method::POST, path, Some(body)).await);
            let value = body.pointer(at);
            let may_be_refused = has_a_grammar(at) && value.is_some_and(Value::is_string);
            if allowed != accepted && !(allowed && may_be_refused) {
                wrong.push(format!("{path} {at} {value:?}: allowed {allowed}, accepted {accepted}"));
            }
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried} bodies were tried");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn a_query_is_accepted_if_and_only_if_the_document_allows_it() {
    let (document, world) = (document(), without_limits().await);
    let agent = world.agent().await;
    let mut wrong = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let nobody = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap_or(&nobody);
            let parameters: Vec<_> = parameters.iter().filter(|parameter| parameter["in"] == "query").collect();
            let required = parameters.iter().filter(|parameter| parameter["required"] == true);
            let required: Vec<_> = required.map(|parameter| (parameter["name"].as_str().unwrap(), "why")).collect();
            for parameter in &parameters {
                let name = parameter["name"].as_str().unwrap();
                let is_text = resolved(&document, &parameter["schema"])["type"].to_string().contains("string");
                for value in values(&parameter["schema"]).into_iter().filter(|value| !value.is_null()) {
                    let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                    let read_as = if is_text { json!(text) } else { number(&text) };
                    let allowed = jsonschema::is_valid(&parameter["schema"], &read_as);
                    let mut query = url::form_urlencoded::Serializer::new(String::new());
                    query.extend_pairs(required.iter().filter(|(other, _)| *other != name)).append_pair(name, &text);
                    let path = format!("{path}?{}", query.finish());
                    let method = method.to_uppercase().parse().unwrap();
                    let body = (method == Method::POST).then(|| good(path.split('?').next().unwrap()));
                    let accepted = is_accepted(&agent, &method, &path, body.as_ref()).await;
                    if allowed != accepted && !(allowed && has_a_grammar(name)) {
                        wrong.push(format!("{method} {path}: allowed {allowed}, accepted {accepted}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The number that a query's text stands for, as JSON writes it; otherwise the text.
fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| json!(text), Value::from)
}
