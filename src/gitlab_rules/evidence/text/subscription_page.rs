//! The Subscription page, and the License page before it.

use super::{
    labels::Label,
    lines::{clean, email, identifier, name, number, plain_quotes, with_possible_term},
    page::{Page, date, plan, sections},
};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

pub(super) fn subscription_page(text: &str, _: &Context<'_>) -> Option<Reading> {
    sections(&clean(text)).into_iter().find_map(read)
}

fn read(text: &str) -> Option<Reading> {
    let page = Page::parse(text);
    if super::dashboard::is_dashboard(&page) {
        return None;
    }
    let trial = trial(text);
    let counts = page.counts(trial == Some(true))?;
    let mut reading = Reading {
        plan: page.detail(Label::Plan, plan),
        trial,
        seats: counts.seats,
        billable_users: counts.billable_users,
        maximum_users: counts.maximum_users,
        name: page.detail(Label::LicensedTo, holder),
        company: page.detail(Label::Company, holder),
        email: page.detail(Label::Email, email),
        license_id: page.detail(Label::LicenseId, identifier),
        subscription_name: page.detail(Label::SubscriptionName, identifier),
        ..Reading::default()
    };
    (reading.starts_on, reading.expires_on) = match page.term() {
        Some((start, end)) => (Some(start), Some(end)),
        None => (page.detail(Label::Starts, date), page.detail(Label::Ends, date)),
    };
    fill_by_place(&page, &mut reading);
    let is_page = counts.maximum_users.is_some() || reading.plan.is_some() && reading.expires_on.is_some();
    is_page.then(|| with_possible_term(reading))
}

/// Not all labels are known in all languages, but their order is the same in all: the start before the end, and
/// the name, the address and the company.
fn fill_by_place(page: &Page<'_>, reading: &mut Reading) {
    if reading.name.is_some() || reading.company.is_some() || reading.starts_on.is_some() {
        return;
    }
    let details = page.details();
    let Some(end) = details.iter().position(|detail| detail.label == Some(Label::Ends)) else { return };
    let value = |at: Option<usize>| at.and_then(|at| details.get(at)).map(|detail| detail.value);
    reading.starts_on = value(end.checked_sub(1)).and_then(date).filter(|start| Some(*start) < reading.expires_on);
    if let Some(at) = details.iter().skip(end).position(|detail| email(detail.value).is_some()).map(|at| at + end) {
        reading.email = value(Some(at)).and_then(email);
        reading.name = value(at.checked_sub(1).filter(|at| *at > end)).and_then(holder);
        reading.company = value(Some(at + 1)).and_then(holder);
    }
}

/// A person or a company. Where that is missing the number of the next card would follow.
fn holder(text: &str) -> Option<String> {
    name(text).filter(|text| number(text).is_none())
}

/// Only these sentences tell: the plan of a trial is called as that of a paid license.
fn trial(text: &str) -> Option<bool> {
    let text = plain_quotes(text.to_lowercase());
    if text.contains("you are using a trial license") || text.contains("free trial will expire in") {
        return Some(true);
    }
    text.contains("you'll be charged for users over license").then_some(false)
}
