//! What GitLab's rake tasks print about its license.

use super::lines::{after, clean, count, email, first_word, identifier, iso_date, with_possible_term};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// `gitlab:license:info`. Its *Current User Count* counts active users, so it is not read.
pub(super) fn license_info(text: &str, _: &Context<'_>) -> Option<Reading> {
    if !text.contains("License") {
        return None;
    }
    let text = clean(text);
    after(&text, "License valid from:").next()?;
    let (starts_on, expires_on) = agreed(after(&text, "License valid from:").map(|term| {
        let (start, end) = term.split_once("to ").unwrap_or((term, ""));
        Some((iso_date(start), iso_date(end)))
    }))
    .unwrap_or_default();
    Some(with_possible_term(Reading {
        seats: agreed(after(&text, "Max Users in License:").map(|rest| count(first_word(rest)))),
        maximum_users: agreed(after(&text, "Max Historical Count:").map(|rest| count(first_word(rest)))),
        email: agreed(after(&text, "Email associated with license:").map(|rest| email(first_word(rest)))),
        license_id: agreed(after(&text, "License ID:").map(|rest| identifier(first_word(rest)))),
        starts_on,
        expires_on,
        ..Reading::default()
    }))
}

/// The value, unless the text has several that differ.
fn agreed<T: PartialEq>(mut values: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first).flatten()
}
