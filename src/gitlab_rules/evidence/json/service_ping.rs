//! The Service Ping: *Preview payload* or *Download payload* in the metrics settings, or its API.

use serde_json::Value;

use super::{day, has, id, licensee, line, plan, seats, users};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// Only the keys at the top count: `version` and others stand in its parts too.
pub(super) fn service_ping(value: &Value, _: &Context<'_>) -> Option<Reading> {
    let ping = value.as_object()?;
    let is_ping = ping.contains_key("recorded_at") && has(ping, &["installation_type", "uuid", "edition", "counts"])
        || has(ping, &["license_plan", "historical_max_users"]);
    if !is_ping {
        return None;
    }
    let has_license = ping.keys().any(|key| key.starts_with("license_") && key != "license_trial_ends_on");
    let billable_users = users(&value["license_billable_users"]);
    let mut reading = Reading {
        plan: plan(&value["license_plan"]).or_else(|| edition(&value["edition"])),
        // `license_trial_ends_on` tells of any trial that ever was.
        trial: has_license.then(|| value["license_trial"] == true),
        seats: seats(&value["license_user_count"]),
        starts_on: day(&value["license_starts_at"]),
        expires_on: day(&value["license_expires_at"]),
        billable_users,
        billable_as_of: billable_users.and_then(|_| day(&value["recorded_at"])),
        maximum_users: users(&value["historical_max_users"]),
        gitlab_version: line(&value["version"]),
        license_id: id(&value["license_id"]),
        license_md5: line(&value["license_md5"]),
        license_sha256: line(&value["license_sha256"]),
        hostname: line(&value["hostname"]),
        ..Reading::default()
    };
    licensee(&mut reading, &value["licensee"]);
    Some(reading)
}

/// The edition names the plan too.
fn edition(value: &Value) -> Option<crate::license::Plan> {
    let plan = match value.as_str()? {
        "EEU" => "ultimate",
        "EEP" => "premium",
        "EES" => "starter",
        _ => return None,
    };
    crate::license::Plan::parse(plan).ok()
}
