//! Commands of GitLab's Rails console, and what their values say.

use super::{
    lines::{email, hostname, identifier, name, number, usable, version},
    ruby,
};
use crate::{
    gitlab_rules::evidence::{
        license::reading_of_license,
        open_old_license,
        reading::{Context, Reading},
    },
    license::Plan,
};

/// How a record of a license begins where it is printed.
pub(super) const RECORD: &str = "#<License";

/// A license file in quotation marks.
const BEGINNING: &str = "\"eyJkYXRhIjoi";

/// What prints a value instead of returning it.
const PRINTERS: [&str; 4] = ["puts", "pp", "p", "print"];

/// `p User.billable.count` or `puts(User.billable.count)` without its printer.
pub(super) fn unprinted(command: &str) -> Option<&str> {
    let command = command.trim();
    PRINTERS.iter().find_map(|printer| {
        let rest = command.strip_prefix(*printer)?;
        let in_parentheses = || rest.strip_prefix('(')?.strip_suffix(')');
        rest.strip_prefix(' ').or_else(in_parentheses).map(str::trim)
    })
}

/// The method called on the current license, if the command is such a call.
fn of_current_license(command: &str) -> Option<&str> {
    command.strip_prefix("License.current.")
}

/// In one spelling: without `::` before it, without safe navigation and without arguments at its end, which a mail
/// program may have wrapped.
pub(super) fn canonical(command: &str) -> String {
    let command = command.trim().trim_end_matches(';').trim_end();
    let command = command.strip_prefix("::").unwrap_or(command).replace("&.", ".");
    match command.split_once('(') {
        Some((method, arguments)) if arguments.ends_with(')') || !arguments.contains(')') => method.to_owned(),
        _ => command,
    }
}

/// Whether the command asks for something about licenses or users.
pub(super) fn is_related(command: &str) -> bool {
    ["License", "HistoricalData", "User."].iter().any(|word| command.contains(word))
}

/// Notes what the value says. A value means nothing without its command; `User.active.count` counts others than the
/// billable users, and other licenses than the current one are not in question.
pub(super) fn note(command: &str, value: &str, reading: &mut Reading) {
    let command = canonical(command);
    let whole = value.trim();
    // Prose may follow the last one.
    let value = whole.lines().next().unwrap_or_default().trim_end();
    let text = || ruby::string(value).map_or_else(|| value.to_owned(), |(text, _)| text);
    let method = of_current_license(&command);
    if let Some(key) = method.and_then(|method| element(method, "restrictions")) {
        return note_restriction(key, value, reading);
    }
    if let Some(key) = method.and_then(|method| element(method, "licensee")) {
        return note_licensee(key, value, reading);
    }
    match method {
        Some("plan") => set(&mut reading.plan, Plan::parse(&text()).ok()),
        Some("trial?" | "trial") => set(&mut reading.trial, truth(value)),
        Some("starts_at" | "issued_at") => set(&mut reading.starts_on, ruby::date(value)),
        Some("expires_at") => set(&mut reading.expires_on, ruby::date(value)),
        Some("block_changes_at") => set(&mut reading.blocks_on, ruby::date(value)),
        Some("licensee") => {
            for (key, value) in ruby::hash(whole).unwrap_or_default() {
                note_licensee(&key, value, reading);
            }
        }
        Some("licensee_name") => set(&mut reading.name, name(&text())),
        Some("licensee_company") => set(&mut reading.company, name(&text())),
        Some("licensee_email") => set(&mut reading.email, email(&text())),
        Some("restrictions") => note_restrictions(whole, reading),
        Some("restricted_user_count" | "seats" | "user_limit") => set(&mut reading.seats, count(value)),
        Some("daily_billable_users_count" | "billable_users_count") => set(&mut reading.billable_users, count(value)),
        Some("maximum_user_count" | "historical_max") => note_maximum(value, reading),
        Some("license_id") => set(&mut reading.license_id, identifier(&text())),
        Some("subscription_name") => set(&mut reading.subscription_name, identifier(&text())),
        Some("md5") => set(&mut reading.license_md5, digest(&text(), 32)),
        Some("sha256") => set(&mut reading.license_sha256, digest(&text(), 64)),
        Some(_) => {}
        None => match command.as_str() {
            "User.billable.count" | "User.billable.size" | "User.billable_users_count" => {
                set(&mut reading.billable_users, count(value));
            }
            "HistoricalData.max_historical_user_count" => note_maximum(value, reading),
            "Gitlab::VERSION" | "Gitlab.version_info.to_s" => set(&mut reading.gitlab_version, version(&text())),
            "Gitlab.config.gitlab.host" | "Settings.gitlab.host" | "Gitlab.config.gitlab.url" => {
                set(&mut reading.hostname, hostname(&text()));
            }
            _ => {}
        },
    }
}

/// A later value is a newer one.
pub(super) fn set<T>(field: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *field = value;
    }
}

/// The peak of the term and that of the page: the larger one is safe for seats.
fn note_maximum(value: &str, reading: &mut Reading) {
    reading.maximum_users = reading.maximum_users.max(count(value));
}

fn count(value: &str) -> Option<u32> {
    value.bytes().all(|b| b.is_ascii_digit()).then(|| number(value)).flatten().and_then(usable)
}

/// `trial?` is nil without the restriction.
fn truth(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" | "nil" => Some(false),
        _ => None,
    }
}

fn digest(text: &str, chars: usize) -> Option<String> {
    (text.len() == chars && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_ascii_lowercase())
}

fn note_licensee(key: &str, value: &str, reading: &mut Reading) {
    let Some((text, _)) = ruby::string(value) else { return };
    match key {
        "Name" => set(&mut reading.name, name(&text)),
        "Company" => set(&mut reading.company, name(&text)),
        "Email" => set(&mut reading.email, email(&text)),
        _ => {}
    }
}

fn note_restrictions(value: &str, reading: &mut Reading) {
    let Some(pairs) = ruby::hash(value) else { return };
    reading.trial = reading.trial.or(Some(false));
    for (key, value) in pairs {
        note_restriction(&key, value, reading);
    }
}

fn note_restriction(key: &str, value: &str, reading: &mut Reading) {
    let text = || ruby::string(value).map_or_else(|| value.to_owned(), |(text, _)| text);
    match key {
        "plan" => set(&mut reading.plan, Plan::parse(&text()).ok()),
        "trial" => set(&mut reading.trial, truth(value)),
        "active_user_count" => set(&mut reading.seats, count(value)),
        "id" => set(&mut reading.license_id, identifier(&text())),
        "subscription_name" => set(&mut reading.subscription_name, identifier(&text())),
        _ => {}
    }
}

/// `plan` of `restrictions[:plan]` or `restrictions["plan"]`.
fn element<'a>(method: &'a str, hash: &str) -> Option<&'a str> {
    let key = method.strip_prefix(hash)?.strip_prefix('[')?.strip_suffix(']')?;
    Some(key.trim_matches([':', '"', '\'']))
}

/// Whether the value holds the current license itself.
pub(super) fn prints_license(command: &str, value: &str) -> bool {
    matches!(canonical(command).as_str(), "License.current" | "License.current.data") && value.contains(BEGINNING)
}

/// Reads a license that stands in a string, in pieces or not. Several are of several terms, so none of them is read.
pub(super) fn reading_of_printed(value: &str, context: &Context<'_>) -> Option<Reading> {
    let (text, rest) = ruby::string(&value[value.find(BEGINNING)?..])?;
    if rest.contains(BEGINNING) {
        return None;
    }
    let attributes = open_old_license(&text, context.key).ok()?;
    Some(reading_of_license(&attributes, &text))
}
