//! GitLab's REST API: `/license`, `/licenses`, `/metadata`, `/version`, and its refusals.

use serde_json::Value;

use super::{day, has, licensee, line, plan, seats, users};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// `GET /license` or `/license/:id`.
pub(super) fn license(value: &Value, _: &Context<'_>) -> Option<Reading> {
    let object = value.as_object()?;
    // One that was cut off lacks its end.
    if !object.contains_key("expires_at") || !has(object, &["user_limit", "maximum_user_count", "historical_max"]) {
        return None;
    }
    let mut reading = Reading {
        plan: plan(&value["plan"]),
        seats: seats(&value["user_limit"]),
        starts_on: day(&value["starts_at"]),
        expires_on: day(&value["expires_at"]),
        // The billable users of the last day, despite its name.
        billable_users: users(&value["active_users"]),
        maximum_users: users(&value["maximum_user_count"]).or_else(|| users(&value["historical_max"])),
        ..Reading::default()
    };
    licensee(&mut reading, &value["licensee"]);
    Some(reading)
}

/// `GET /licenses`: of those that have begun, the one that began last; one that still runs comes first.
pub(super) fn licenses(value: &Value, context: &Context<'_>) -> Option<Reading> {
    let all: Vec<Reading> = value.as_array()?.iter().map(|entry| license(entry, context)).collect::<Option<_>>()?;
    if all.is_empty() {
        return None;
    }
    let begun = all.into_iter().filter(|reading| reading.starts_on.is_none_or(|day| day <= context.today));
    begun.max_by_key(|reading| (reading.expires_on.is_some_and(|day| day > context.today), reading.starts_on))
}

/// `GET /metadata` or `/version`: the version at the top, not that of the agent server.
pub(super) fn metadata(value: &Value, _: &Context<'_>) -> Option<Reading> {
    let object = value.as_object()?;
    let is_metadata = object.contains_key("version") && object.contains_key("revision");
    is_metadata.then(|| Reading { gitlab_version: line(&value["version"]), ..Reading::default() })
}

/// Of REST; GraphQL answers null, with errors beside it.
pub(super) fn not_an_administrator(value: &Value, _: &Context<'_>) -> Option<Reading> {
    if is_null_license(value) && !value["errors"].is_null() {
        return Some(Reading::default());
    }
    let text = value["message"].as_str().or_else(|| value["error"].as_str())?;
    (text.starts_with("403") || text.starts_with("401")).then(Reading::default)
}

/// An instance without a license.
pub(super) fn no_license(value: &Value, _: &Context<'_>) -> Option<Reading> {
    let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty) || is_null_license(value);
    is_empty.then(Reading::default)
}

fn is_null_license(value: &Value) -> bool {
    value["data"].get("currentLicense").is_some_and(Value::is_null)
}

/// A refusal of REST or GraphQL; the diagnosis explains it.
pub(super) fn message(value: &Value, _: &Context<'_>) -> Option<Reading> {
    fn has_message(value: &Value) -> bool {
        let is_said = |said: &Value| match said {
            Value::String(text) => !text.is_empty(),
            Value::Array(several) => several.iter().any(|one| one.is_string() || one["message"].is_string()),
            Value::Object(fields) => !fields.is_empty(),
            _ => false,
        };
        match value {
            Value::Object(fields) => {
                ["message", "error", "errors"].iter().filter_map(|name| fields.get(*name)).any(is_said)
                    || fields.values().any(has_message)
            }
            Value::Array(values) => values.iter().any(has_message),
            _ => false,
        }
    }
    has_message(value).then(Reading::default)
}
