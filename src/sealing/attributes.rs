//! The attributes inside a license file.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::date::parse_date;
use crate::license::{Customer, Seats, SingleLine, Terms};

/// What a license file says, in GitLab's output order.
///
/// Read as GitLab's reader does: a value of the wrong type counts as absent, and unknown attributes are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attributes {
    /// 1, also if it is missing.
    #[serde(default = "version_one")]
    pub version: u64,
    /// `Name`, `Company`, `Email`.
    #[serde(default, deserialize_with = "lenient_map")]
    pub licensee: Map<String, Value>,
    /// The first active day, despite its name.
    #[serde(default, deserialize_with = "lenient_date", skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Date>,
    /// Expired from 00:00 of this day, server's time.
    #[serde(default, deserialize_with = "lenient_date", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Date>,
    #[serde(default, deserialize_with = "lenient_date", skip_serializing_if = "Option::is_none")]
    pub notify_admins_at: Option<Date>,
    #[serde(default, deserialize_with = "lenient_date", skip_serializing_if = "Option::is_none")]
    pub notify_users_at: Option<Date>,
    /// Read-only from this day; absent in trials.
    #[serde(default, deserialize_with = "lenient_date", skip_serializing_if = "Option::is_none")]
    pub block_changes_at: Option<Date>,
    #[serde(flatten)]
    pub flags: Flags,
    #[serde(default, deserialize_with = "lenient_object", skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<Map<String, Value>>,
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// Always written; a missing one reads as false. All are false in a license that is uploaded as a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the format's own seven flags")]
pub struct Flags {
    /// Activated online by a code.
    #[serde(deserialize_with = "is_true")]
    pub cloud_licensing_enabled: bool,
    /// A cloud license whose usage is reported by email.
    #[serde(deserialize_with = "is_true")]
    pub offline_cloud_licensing_enabled: bool,
    #[serde(deserialize_with = "is_true")]
    pub auto_renew_enabled: bool,
    /// Seats beyond the license are billed quarterly.
    #[serde(deserialize_with = "is_true")]
    pub seat_reconciliation_enabled: bool,
    #[serde(deserialize_with = "is_true")]
    pub operational_metrics_enabled: bool,
    #[serde(deserialize_with = "is_true")]
    pub generated_from_customers_dot: bool,
    #[serde(deserialize_with = "is_true")]
    pub generated_from_cancellation: bool,
}

impl Attributes {
    /// The attributes of an emergency license: a trial of Ultimate with `previous_user_count` set to the seats,
    /// so that only today's billable users have to fit (GitLab's rule 4).
    pub fn emergency(customer: &Customer, seats: Seats, terms: Terms) -> Self {
        let text = |value: Option<&str>, generic: &str| Value::from(value.unwrap_or(generic));
        let name = customer.name.as_ref().map(SingleLine::as_str);
        let company = customer.company.as_ref().map(SingleLine::as_str);
        Self {
            version: 1,
            licensee: Map::from_iter([
                ("Name".to_owned(), text(name, "GitLab administrator")),
                ("Company".to_owned(), text(company, "GitLab customer")),
                ("Email".to_owned(), Value::from(customer.email.as_str())),
            ]),
            issued_at: Some(terms.starts_on),
            expires_at: Some(terms.expires_on),
            notify_admins_at: None,
            notify_users_at: None,
            block_changes_at: None,
            flags: Flags::default(),
            restrictions: Some(Map::from_iter([
                ("plan".to_owned(), Value::from("ultimate")),
                ("active_user_count".to_owned(), Value::from(seats.get())),
                ("previous_user_count".to_owned(), Value::from(seats.get())),
                ("trial".to_owned(), Value::from(true)),
            ])),
            unknown: Map::new(),
        }
    }

    /// Checks what GitLab checks of a file that it could decrypt. Returns the first reason to call it invalid.
    pub(crate) fn validate(&self) -> Result<(), &'static str> {
        if self.version != 1 {
            return Err("its version is not 1");
        }
        if self.licensee.is_empty() {
            return Err("it names no licensee");
        }
        if self.issued_at.is_none() {
            return Err("it has no issued_at date");
        }
        if self.expires_at.is_none() {
            return Err("it has no expires_at date");
        }
        if self.flags.offline_cloud_licensing_enabled && !self.flags.cloud_licensing_enabled {
            return Err("it is an offline cloud license, but not a cloud license");
        }
        Ok(())
    }
}

fn lenient_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().and_then(parse_date))
}

fn lenient_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    lenient_object(deserializer).map(Option::unwrap_or_default)
}

fn lenient_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Map<String, Value>>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Object(map) => Ok(Some(map)),
        _ => Ok(None),
    }
}

/// Only JSON's `true` counts.
fn is_true<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(deserializer)? == Value::Bool(true))
}

fn version_one() -> u64 {
    1
}
