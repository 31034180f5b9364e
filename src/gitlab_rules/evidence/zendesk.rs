//! The parts of an evidence object that the page took from Zendesk.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{MAX_FIELD_CHARS, flag, number, text};
use crate::license::{
    FieldError, SingleLine, TakenFrom, ZendeskOrganization, customer::MAX_NAME_CHARS, field_error::whole_number,
};

/// Zendesk has fewer fields for subscriptions.
const MAX_SUBSCRIPTIONS: usize = 20;
/// The fields that may have a source.
const TYPED_FIELDS: [&str; 7] =
    ["plan", "trial", "expires_on", "seats", "billable_users", "maximum_users", "gitlab_version"];
/// The largest number that is exact in a browser.
const MAX_ID: u64 = 9_007_199_254_740_991;

/// Names every wrong field under `zendesk`.
pub(super) fn organization(evidence: &Map<String, Value>) -> Result<Option<ZendeskOrganization>, Vec<FieldError>> {
    let Some(value) = evidence.get("zendesk").filter(|value| !value.is_null()) else { return Ok(None) };
    let object = value.as_object().ok_or_else(|| vec![error("zendesk", "must be an object")])?;
    let mut found = ZendeskOrganization::default();
    let mut errors = Vec::new();
    for (field, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let taken = match field.as_str() {
            "id" => id(value).map(|id| found.id = Some(id)),
            "name" => line(value).map(|name| found.name = Some(name)),
            "plan" => line(value).map(|plan| found.plan = Some(plan)),
            "expires_on" => line(value).map(|day| found.expires_on = Some(day)),
            "seats" => number(value, 0).map(|seats| found.seats = Some(seats)),
            "subscriptions" => lines(value).map(|keys| found.subscriptions = keys),
            "account_type" => line(value).map(|kind| found.account_type = Some(kind)),
            "restricted" => flag(value).map(|restricted| found.restricted = restricted),
            "support_hold" => flag(value).map(|hold| found.support_hold = hold),
            "read_at" => timestamp(value).map(|at| found.read_at = Some(at)),
            _ => Err("is not a field of the organization".to_owned()),
        };
        if let Err(detail) = taken {
            errors.push(error(&format!("zendesk.{}", clipped(field)), &detail));
        }
    }
    if errors.is_empty() { Ok(Some(found)) } else { Err(errors) }
}

/// Where typed values were taken from, by field.
pub(super) fn sources(evidence: &Map<String, Value>) -> Result<BTreeMap<String, TakenFrom>, Vec<FieldError>> {
    let Some(value) = evidence.get("sources").filter(|value| !value.is_null()) else { return Ok(BTreeMap::new()) };
    let object = value.as_object().ok_or_else(|| vec![error("sources", "must be an object")])?;
    let unknown = object.keys().find(|field| !TYPED_FIELDS.contains(&field.as_str()));
    if let Some(field) = unknown {
        return Err(vec![error(&format!("sources.{}", clipped(field)), "is not a field that can be typed")]);
    }
    let source = |(field, value): (&String, &Value)| match value.as_str().and_then(|text| text.parse().ok()) {
        Some(source) => Ok((field.clone(), source)),
        None => Err(vec![error(&format!("sources.{}", clipped(field)), "must be zendesk or comment")]),
    };
    object.iter().filter(|(_, value)| !value.is_null()).map(source).collect()
}

fn error(field: &str, detail: &str) -> FieldError {
    FieldError { field: field.to_owned(), detail: detail.to_owned() }
}

fn clipped(field: &str) -> String {
    field.chars().take(MAX_FIELD_CHARS).collect()
}

fn id(value: &Value) -> Result<u64, String> {
    whole_number(value).filter(|id| *id <= MAX_ID).ok_or_else(|| format!("must be a whole number up to {MAX_ID}"))
}

fn line(value: &Value) -> Result<String, String> {
    text(value).and_then(|text| SingleLine::parse(text, MAX_NAME_CHARS)).map(|line| line.to_string())
}

fn lines(value: &Value) -> Result<Vec<String>, String> {
    let of = || format!("must be a list of at most {MAX_SUBSCRIPTIONS} texts");
    let items = value.as_array().filter(|items| items.len() <= MAX_SUBSCRIPTIONS).ok_or_else(of)?;
    items.iter().map(line).collect()
}

fn timestamp(value: &Value) -> Result<jiff::Timestamp, String> {
    text(value)?.parse().map_err(|_| "must be a time such as 2026-11-21T23:05:00Z".to_owned())
}
