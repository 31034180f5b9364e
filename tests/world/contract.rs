//! Holds every response against the API document.

use std::{collections::HashMap, sync::LazyLock};

use jsonschema::Validator;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&stopgap::http::openapi::document()).expect("the API document is JSON"));

/// By route pattern, method and status.
static VALIDATORS: LazyLock<HashMap<(String, String, String), Option<Validator>>> = LazyLock::new(|| {
    let mut validators = HashMap::new();
    for (pattern, operations) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let key = (pattern.clone(), method.clone(), status.clone());
                validators.insert(key, validator(response));
            }
        }
    }
    validators
});

/// The schema of a JSON response; `None` for pages, files and streams.
fn validator(response: &Value) -> Option<Validator> {
    let content = response["content"].as_object()?;
    let schema = ["application/json", "application/problem+json"].iter().find_map(|kind| content.get(*kind))?;
    let mut schema = schema["schema"].clone();
    schema["components"] = json!({ "schemas": DOCUMENT["components"]["schemas"] });
    Some(jsonschema::validator_for(&schema).expect("the schemas of the API document are valid"))
}

/// Panics unless the response is one that the document names, with a body of its schema. Unknown paths and methods are
/// not in the document.
pub fn check(method: &Method, path: &str, status: StatusCode, body: &Value) {
    let method = method.as_str().to_lowercase();
    let patterns = DOCUMENT["paths"].as_object().unwrap();
    let Some(pattern) = patterns.keys().find(|pattern| matches(pattern, path)) else { return };
    if patterns[pattern].get(&method).is_none() {
        return;
    }
    let key = (pattern.clone(), method.clone(), status.as_u16().to_string());
    let Some(validator) = VALIDATORS.get(&key) else {
        panic!("{method} {path} answers {status}, which the API document does not name: {body}")
    };
    if let Some(validator) = validator {
        let errors: Vec<String> =
            validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{method} {path} {status}: {errors:#?}\n{body:#}");
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            // The files of the pages may lie in folders.
            (None, None) | (Some("{path}"), Some(_)) => return true,
            (Some(expected), Some(given)) if expected == given || (expected.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}
