//! The dashboard of the Admin area.

use super::{
    labels::{Label, is_colon},
    lines::{clean, email, iso_date, name, version, with_possible_term},
    page::{Page, date, plan, sections},
};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// What stands between `GitLab` and its version, glued or not.
const VERSION_WORDS: [&str; 8] = ["version", "-version", "versión", "versão", "versione", "バージョン", "버전", "版本"];

/// Other programs in its list of components.
const COMPONENTS: [&str; 2] = ["GitLab Shell", "GitLab Workhorse"];

pub(super) fn dashboard(text: &str, _: &Context<'_>) -> Option<Reading> {
    sections(&clean(text)).into_iter().find_map(read)
}

fn read(text: &str) -> Option<Reading> {
    let page = Page::parse(text);
    if !is_dashboard(&page) {
        return None;
    }
    let is_trial = text.contains("ree trial will expire in");
    let counts = page.counts(is_trial)?;
    let (name, email) = page.details().iter().find_map(|detail| holder(detail.value)).unzip();
    let (starts_on, expires_on) = match page.term() {
        Some((start, end)) => (Some(start), Some(end)),
        None => (page.detail(Label::Starts, date), page.detail(Label::Ends, date)),
    };
    let reading = Reading {
        plan: page.detail(Label::Plan, plan),
        trial: is_trial.then_some(true),
        seats: counts.seats,
        starts_on,
        expires_on,
        billable_users: counts.billable_users,
        billable_as_of: counts
            .billable_users
            .and_then(|_| page.between(Label::Billable, Label::Maximum).find_map(updated_on)),
        maximum_users: counts.maximum_users,
        gitlab_version: gitlab_version(&page),
        name,
        email,
        ..Reading::default()
    };
    (reading != Reading::default()).then(|| with_possible_term(reading))
}

/// In languages whose headings are not known it shows by the times on the cards, and by the list of components.
pub(super) fn is_dashboard(page: &Page<'_>) -> bool {
    let is_sign = |text: &str| {
        text.eq_ignore_ascii_case("License overview")
            || is_updated_line(text)
            || COMPONENTS.iter().any(|component| text.strip_prefix(component).and_then(version).is_some())
    };
    let is_license_page = page.texts().any(|text| text.starts_with("Uploaded:") || text == "Last sync:");
    let is_licensed_to_one = || page.details().iter().any(|detail| holder(detail.value).is_some());
    !is_license_page && (page.texts().any(is_sign) || is_licensed_to_one())
}

/// A sentence, and not the value of a detail such as the last synchronisation.
fn is_updated_line(text: &str) -> bool {
    let before = text.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    !before.trim().is_empty() && !before.contains(is_colon) && updated_on(text).is_some()
}

/// The day of `Updated 2026-11-17 00:50:11 UTC`, in any language.
fn updated_on(text: &str) -> Option<jiff::civil::Date> {
    let before = text.trim_end_matches(['.', ' ']).strip_suffix("UTC")?.trim_end();
    let (before, time) = before.rsplit_once(' ')?;
    let is_time = time.len() == 8 && time.split(is_colon).count() == 3;
    let begin = before.len().checked_sub(10).filter(|_| is_time)?;
    before.get(begin..).and_then(iso_date)
}

/// `Jane Doe (jane@acme.example)`
fn holder(text: &str) -> Option<(String, String)> {
    let (person, address) = text.strip_suffix(')')?.rsplit_once('(')?;
    Some((name(person)?, email(address)?))
}

/// `GitLab versionv18.8.2-ee`, `GitLab16.3.4-ee`. GitLab's other programs have names of their own before the number.
fn gitlab_version(page: &Page<'_>) -> Option<String> {
    let mut texts = page.texts().peekable();
    while let Some(text) = texts.next() {
        let Some(rest) = text.strip_prefix("GitLab").map(str::trim_start) else { continue };
        let word = VERSION_WORDS.iter().find(|word| starts_with(rest, word));
        let rest = rest[word.map_or(0, |word| word.len())..].trim_start_matches([':', ' ', '\t']);
        let found = if rest.is_empty() { texts.peek().and_then(|next| version(next)) } else { version(rest) };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn starts_with(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|begin| begin.to_lowercase() == word)
}
