//! The attributes inside a license file.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Customer, Seats, Terms};

/// What a license file says, in GitLab's output order.
///
/// Unknown attributes are kept, as GitLab's reader ignores them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attributes {
    /// The format's version; 1, and 1 where it is missing.
    #[serde(default = "version_one")]
    pub version: u64,
    /// Who holds the license: `Name`, `Company`, `Email`.
    #[serde(default)]
    pub licensee: Map<String, Value>,
    /// The first active day, despite its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<Date>,
    /// Expired from 00:00 of this day, server's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Date>,
    /// Ignored by today's GitLab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_admins_at: Option<Date>,
    /// Ignored by today's GitLab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_users_at: Option<Date>,
    /// Read-only from this day; absent in trials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_changes_at: Option<Date>,
    /// The flags of cloud licenses: all false in a license that is uploaded as a file.
    #[serde(flatten)]
    pub flags: Flags,
    /// Plan, seats and the rest of what GitLab enforces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<Map<String, Value>>,
    /// What this version of the format does not name.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// GitLab writes these always; a missing one reads as false.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the format's own seven flags")]
pub struct Flags {
    pub cloud_licensing_enabled: bool,
    pub offline_cloud_licensing_enabled: bool,
    pub auto_renew_enabled: bool,
    pub seat_reconciliation_enabled: bool,
    pub operational_metrics_enabled: bool,
    pub generated_from_customers_dot: bool,
    pub generated_from_cancellation: bool,
}

impl Attributes {
    /// The attributes of an emergency license: a trial of Ultimate with `previous_user_count` set to the seats,
    /// so that only today's billable users have to fit (GitLab's rule 4).
    #[must_use]
    pub fn emergency(customer: &Customer, seats: Seats, terms: Terms) -> Self {
        let text = |value: Option<&str>, generic: &str| Value::from(value.unwrap_or(generic));
        let name = customer.name.as_ref().map(super::Line::as_str);
        let company = customer.company.as_ref().map(super::Line::as_str);
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

    /// Checks what GitLab checks of a file that it could read.
    ///
    /// # Errors
    /// The first attribute without which GitLab calls the file invalid.
    pub fn validate(&self) -> Result<(), &'static str> {
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
        Ok(())
    }
}

fn version_one() -> u64 {
    1
}
