//! What an opened license says.

use serde_json::Value;

use super::reading::{Kind, Piece, Reading, Sure};
use crate::{
    license::{Email, LicenseFile, Plan, Seats, SingleLine, customer::MAX_NAME_CHARS},
    sealing::Attributes,
};

/// `text` is the license alone, without quoting or boundary lines: its digests are those that GitLab reports.
pub(super) fn reading_of_license(attributes: &Attributes, text: &str) -> Reading {
    let digests = LicenseFile::new(text.to_owned()).digests();
    Reading {
        license_md5: Some(digests.md5),
        license_sha256: Some(digests.sha256),
        ..reading_of_attributes(attributes)
    }
}

/// A license without a plan is Starter, as GitLab reads it. An extension by sales stands in for a paid license, whatever it
/// says of trials. Values that cannot be used are unknown.
pub(in crate::gitlab_rules) fn reading_of_attributes(attributes: &Attributes) -> Reading {
    let restriction = |key: &str| attributes.restrictions.as_ref().and_then(|map| map.get(key));
    let is_true = |value: Option<&Value>| value == Some(&Value::Bool(true));
    let plan = match restriction("plan").and_then(Value::as_str).map(str::trim) {
        None | Some("") => Some(Plan::Starter),
        Some(text) => Plan::parse(text).ok(),
    };
    let seats = restriction("active_user_count").and_then(Value::as_u64).and_then(|n| Seats::parse(n).ok());
    let licensee = |key: &str| attributes.licensee.get(key).and_then(Value::as_str);
    let line = |key: &str| licensee(key).and_then(|text| SingleLine::parse(text, MAX_NAME_CHARS).ok());
    let id = |key: &str| match restriction(key)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Reading {
        plan,
        trial: Some(is_true(restriction("trial")) && !is_true(attributes.unknown.get("temporary_extension"))),
        seats: seats.map(Seats::get),
        starts_on: attributes.issued_at,
        expires_on: attributes.expires_at,
        blocks_on: attributes.block_changes_at,
        company: line("Company").map(|line| line.to_string()),
        name: line("Name").map(|line| line.to_string()),
        email: licensee("Email").and_then(|text| Email::parse(text).ok()).map(|email| email.to_string()),
        subscription_name: id("subscription_name"),
        license_id: id("id"),
        ..Reading::default()
    }
}

impl Piece {
    pub(super) fn of_license(attributes: &Attributes, text: &str) -> Self {
        Self { kind: Kind::LicenseFile, sure: Sure::Source, reading: reading_of_license(attributes, text) }
    }
}
