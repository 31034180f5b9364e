//! Whether a customer's GitLab would take a license, by its seats.

use std::fmt;

use serde_json::{Map, Value};

use super::version::GitlabVersion;

/// What a license's `restrictions` say about users; each part is there or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Restrictions {
    pub seats: Option<u64>,
    /// `previous_user_count`: the seats of the license before.
    pub previous_seats: Option<u64>,
    /// `reconciliation_completed`: overage is already paid for.
    pub reconciled: bool,
    /// `trueup_quantity`, where `trueup_from` and `trueup_to` stand beside it: without both it counts for nothing.
    pub trueup: Option<u64>,
    /// `trueup_period_seat_count`: the seats of the period that the true-up is for.
    pub trueup_period_seats: Option<u64>,
}

impl Restrictions {
    /// The restrictions of an emergency license: `previous_user_count` is set to the seats.
    pub(crate) fn emergency(seats: u64) -> Self {
        Self { seats: Some(seats), previous_seats: Some(seats), ..Self::default() }
    }

    /// Reads a license's map leniently: a number may stand as text, and what is no count reads as absent.
    pub(crate) fn read(map: &Map<String, Value>) -> Self {
        let count = |key: &str| map.get(key).and_then(count);
        let is_there = |key: &str| map.get(key).is_some_and(is_present);
        let has_period = is_there("trueup_from") && is_there("trueup_to");
        Self {
            seats: count("active_user_count"),
            previous_seats: count("previous_user_count"),
            reconciled: map.get("reconciliation_completed").is_some_and(|v| *v == Value::Bool(true)),
            trueup: count("trueup_quantity").filter(|_| has_period),
            trueup_period_seats: count("trueup_period_seat_count"),
        }
    }
}

/// Why GitLab refuses a license, in the numbers of its own message. Prints that message as GitLab words it today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The peak of the license before is too high.
    PastUsers {
        /// The highest number of billable users during the license before.
        users: u64,
        seats: u64,
    },
    /// There are too many users now.
    CurrentUsers { users: u64, seats: u64 },
    /// The true-up keys do not fit.
    TrueUp {
        /// Users the license is trued up for.
        quantity: u64,
        /// Users it would have to be trued up for.
        needed: u64,
    },
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = |f: &mut fmt::Formatter<'_>, begin: &str, users: u64, seats: u64| {
            write!(
                f,
                "{begin} {} active {}, exceeding this license's limit of {} by {} {}. Please add a license for at least \
                 {} {} or contact sales at https://about.gitlab.com/sales/",
                delimited(users),
                noun(users),
                delimited(seats),
                delimited(users.saturating_sub(seats)),
                noun(users.saturating_sub(seats)),
                delimited(users),
                noun(users),
            )
        };
        match *self {
            Self::PastUsers { users, seats } => {
                limit(f, "During the year before this license started, this GitLab installation had", users, seats)
            }
            Self::CurrentUsers { users, seats } => limit(f, "This GitLab installation currently has", users, seats),
            Self::TrueUp { quantity, needed } => write!(
                f,
                "You have applied a True-up for {quantity} {} but you need one for {needed} {}. Please contact sales at \
                 https://about.gitlab.com/sales/",
                noun(quantity),
                noun(needed),
            ),
        }
    }
}

/// GitLab's check of a license file that an administrator adds (not of a cloud license), from its `License` model.
///
/// `billable` are the billable users now, `maximum` their highest number during the license before; an unknown
/// `version` counts as a recent one.
///
/// Versions before 14.2 differ among themselves; they are judged by the strictest of them, without slack.
///
/// # Errors
/// The message that GitLab would show.
pub(crate) fn acceptance(
    restrictions: &Restrictions,
    billable: u64,
    maximum: u64,
    version: Option<GitlabVersion>,
) -> Result<(), Rejection> {
    let Some(seats) = restrictions.seats else { return Ok(()) };
    let has_slack = version.is_none_or(|v| v >= GitlabVersion::WITH_SLACK);
    let allowed = |count: u64| if has_slack { with_slack(count) } else { count };
    let fits_now =
        || if billable <= allowed(seats) { Ok(()) } else { Err(Rejection::CurrentUsers { users: billable, seats }) };

    if restrictions.reconciled {
        return fits_now();
    }
    if let Some(quantity) = restrictions.trueup {
        let base = restrictions.trueup_period_seats.or(restrictions.previous_seats);
        // Without a base there is nothing to true up from, and only today's users count.
        let needed = base.map_or(0, |base| maximum.saturating_sub(base));
        return if allowed(quantity) >= needed { fits_now() } else { Err(Rejection::TrueUp { quantity, needed }) };
    }
    if restrictions.previous_seats.is_some_and(|previous| maximum <= previous) {
        return fits_now();
    }
    if maximum <= allowed(seats) { Ok(()) } else { Err(Rejection::PastUsers { users: maximum, seats }) }
}

/// What GitLab lets through for `count` seats: floor(count × 1.1).
pub(crate) fn with_slack(count: u64) -> u64 {
    count.saturating_add(count / 10)
}

/// A count of users out of a number or a text.
fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Ruby's `present?`.
fn is_present(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }
}

/// `1,234`, as GitLab writes numbers.
pub(crate) fn delimited(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn noun(count: u64) -> &'static str {
    if count == 1 { "user" } else { "users" }
}

#[cfg(test)]
mod tests;
