//! What the API answers.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{API_KEY, DOMAIN, Shared, account::Account};
use crate::sandbox::web::{Answer, Request};

/// What the logs are asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    start: String,
    end: String,
    events: Vec<String>,
    filter: Filter,
    pagination: Pagination,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(rename = "AND")]
    and: Vec<Condition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    attribute: String,
    comparator: String,
    values: Vec<Labelled>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    #[serde(rename = "label")]
    _label: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pagination {
    #[serde(rename = "sort")]
    _sort: String,
    limit: usize,
    #[serde(default)]
    token: Option<String>,
}

impl Shared {
    pub(super) fn answer(&self, request: &Request) -> Answer {
        let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("api:{API_KEY}")));
        if request.header("authorization") != Some(&expected) {
            return Answer::text(401, "Forbidden");
        }
        match request.route() {
            ("POST", path) if path == ["v1", "analytics", "logs"] => {
                self.account.read(|account| logs(account, request))
            }
            (method, path) => match path[..] {
                ["v3", domain, ..] if domain != DOMAIN => message(404, &format!("Domain not found: {domain}")),
                ["v3", _, "events"] => self.account.read(|account| events(account, request, 0)),
                ["v3", _, "events", token] => match token.parse() {
                    Ok(from) => self.account.read(|account| events(account, request, from)),
                    Err(_) => message(400, "the page is unknown"),
                },
                ["v3", _, "bounces", address] => self.bounces(method, address),
                ["v3", _, "complaints", address] => self.complaints(method, address),
                _ => message(404, "not found"),
            },
        }
    }

    fn bounces(&self, method: &str, address: &str) -> Answer {
        let unknown = || message(404, "Address not found in bounces table");
        match method {
            "GET" => self.account.read(|account| account.bounces.get(address).map(|entry| Answer::json(200, entry))),
            "DELETE" => self.change(|account, _| account.bounces.remove(address)).map(|_| {
                Answer::json(200, &json!({ "message": "Bounced address has been removed", "address": address }))
            }),
            _ => Some(message(405, "method not allowed")),
        }
        .unwrap_or_else(unknown)
    }

    fn complaints(&self, method: &str, address: &str) -> Answer {
        let is_listed = self.account.read(|account| account.complaints.contains(address));
        match (method, is_listed) {
            ("GET", true) => Answer::json(200, &json!({ "address": address })),
            ("GET", false) => message(404, "No spam complaints found for this address"),
            _ => message(405, "method not allowed"),
        }
    }
}

fn logs(account: &Account, request: &Request) -> Answer {
    if !account.has_logs {
        return message(404, "not found");
    }
    let Ok(question) = request.json::<Question>() else { return message(400, "the question is not understood") };
    let Question { start, end, events: kinds, filter, pagination } = question;
    let is_date = |text: &str| jiff::fmt::rfc2822::parse(text).is_ok();
    let is_known = |condition: &Condition| {
        ["domain", "recipient"].contains(&condition.attribute.as_str()) && condition.comparator == "="
    };
    if !is_date(&start) || !is_date(&end) || pagination.limit > 100 || !filter.and.iter().all(is_known) {
        return message(400, "the question is not understood");
    }
    let fits = |event: &&Value| {
        kinds.iter().any(|kind| event["event"] == kind.as_str())
            && filter.and.iter().all(|Condition { attribute, values, .. }| {
                let found = if attribute == "domain" { &event["domain"]["name"] } else { &event[attribute.as_str()] };
                values.iter().any(|value| found == value.value.as_str())
            })
    };
    let from = pagination.token.and_then(|token| token.parse().ok()).unwrap_or(0);
    let size = pagination.limit.min(account.page_size);
    let mut items: Vec<_> = account.events.iter().filter(fits).skip(from).take(size).cloned().collect();
    let next = (!items.is_empty()).then(|| (from + items.len()).to_string());
    for item in &mut items {
        // The logs spell it so.
        item["@timestamp"] = item["timestamp"].as_f64().and_then(date).into();
        item.as_object_mut().map(|fields| fields.remove("timestamp"));
    }
    Answer::json(200, &json!({ "items": items, "pagination": { "next": next } }))
}

fn date(seconds: f64) -> Option<String> {
    #[expect(clippy::cast_possible_truncation, reason = "a time of this century")]
    let at = jiff::Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()?;
    Some(at.to_string())
}

fn events(account: &Account, request: &Request, from: usize) -> Answer {
    let limit = request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(100);
    if limit > 300 {
        return message(400, "limit is too large");
    }
    let given = |name: &str| request.parameter(name).map(ToOwned::to_owned);
    let (recipient, id) = (given("recipient"), given("message-id"));
    let fits = |event: &&Value| {
        recipient.as_ref().is_none_or(|recipient| event["recipient"] == recipient.as_str())
            && id.as_ref().is_none_or(|id| event["message"]["headers"]["message-id"] == id.as_str())
    };
    let items: Vec<_> =
        account.events.iter().filter(fits).skip(from).take(limit.min(account.page_size)).cloned().collect();
    let page = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&request.query).finish();
    let next = format!("{}/v3/{DOMAIN}/events/{}?{page}", account.url, from + items.len());
    Answer::json(200, &json!({ "items": items, "paging": { "next": account.next_at.clone().unwrap_or(next) } }))
}

fn message(status: u16, text: &str) -> Answer {
    Answer::json(status, &json!({ "message": text }))
}
