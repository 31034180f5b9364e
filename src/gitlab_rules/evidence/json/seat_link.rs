//! The Seat Link data that an instance sends every day, with the license in it.

use serde_json::Value;

use super::{day, has, line, users};
use crate::{
    gitlab_rules::evidence::{
        license::reading_of_license,
        old_license::find_license,
        reading::{Context, Reading},
    },
    license::Seats,
};

pub(super) fn seat_link(value: &Value, context: &Context<'_>) -> Option<Reading> {
    let data = value.as_object()?;
    let license = data.get("license_key")?.as_str()?;
    if !has(data, &["max_historical_user_count", "billable_users_count", "active_users", "timestamp", "date"]) {
        return None;
    }
    let opened = find_license(license, context.key);
    let mut reading = opened.map(|(attributes, text)| reading_of_license(&attributes, &text)).unwrap_or_default();
    // `active_users`, its name before 14.0, counted billable users already.
    reading.billable_users = users(&value["billable_users_count"]).or_else(|| users(&value["active_users"]));
    let of_day = day(&value["timestamp"]).or_else(|| day(&value["date"]));
    reading.billable_as_of = reading.billable_users.and(of_day);
    reading.maximum_users = users(&value["max_historical_user_count"]).filter(|n| *n <= Seats::MAX);
    reading.gitlab_version = line(&value["gitlab_version"]);
    reading.hostname = line(&value["hostname"]);
    Some(reading)
}
