//! What is known about a license, by section: one aligned line per fact.

use jiff::Timestamp;

use super::escape::fence;
use crate::{
    delivery::sanitize,
    license::{Channel, Delivery, DeliveryState, Email, EvidenceRecord, License, LicenseDetails, Plan, Reading},
};

/// The latest emails that are shown; the sidebar has all.
const MAX_EMAILS: usize = 5;

/// Where the source of a value is not noted.
const NO_SOURCE: &str = "";

/// A heading and what is below it, in Markdown.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) body: String,
}

type Fact = (&'static str, String);

pub(super) fn sections(details: &LicenseDetails) -> Vec<Section> {
    let evidence = details.license.eligibility.evidence.as_ref();
    let groups = |title, groups: &[Vec<Fact>]| {
        groups.iter().any(|facts| !facts.is_empty()).then(|| Section { title, body: fence(&aligned(groups)) })
    };
    let section = |title, facts: Vec<Fact>| groups(title, &[facts]);
    [
        section("Customer and ticket", customer(&details.license)),
        // Without evidence the line on eligibility says so.
        section("What was bought", evidence.map(bought).unwrap_or_default()),
        section("Usage", evidence.map(usage).unwrap_or_default()),
        section("The license", generated(details)),
        groups("The mail", &emails(details)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn customer(license: &License) -> Vec<Fact> {
    let License { customer, ticket, agent, eligibility, .. } = license;
    let reason = |text: &str| sanitize::bounded(text, sanitize::MAX_REASON_CHARS);
    let mut facts = vec![("Address", customer.email.to_string())];
    facts.extend(customer.name.as_ref().map(|name| ("Name", name.to_string())));
    facts.extend(customer.company.as_ref().map(|company| ("Company", company.to_string())));
    facts.extend(ticket.subject.as_ref().map(|subject| ("Ticket", subject.to_string())));
    facts.push(("Engineer", format!("{} (Zendesk user {})", agent.username, agent.zendesk_user_id)));
    facts.push(("Eligibility", reason(&format!("{}: {}", eligibility.verdict.label(), eligibility.reason))));
    facts.extend(eligibility.overridden().map(|(by, why)| {
        (eligibility.override_label(), format!("by {} because {}", sanitize::error_text(by), reason(why)))
    }));
    facts
}

fn bought(evidence: &EvidenceRecord) -> Vec<Fact> {
    let Reading { plan, trial, seats, starts_on, expires_on, blocks_on, .. } = &evidence.read;
    let Reading { company, name, email, subscription_name, license_id, license_md5, license_sha256, .. } =
        &evidence.read;
    let kind = match (plan.map(Plan::name), trial) {
        (Some(plan), Some(true)) => Some(format!("{plan}, as a trial")),
        (None, Some(true)) => Some("a trial".to_owned()),
        (plan, _) => plan.map(ToOwned::to_owned),
    };
    [
        sourced(evidence, "Plan", if plan.is_some() { "plan" } else { "trial" }, kind),
        sourced(evidence, "Seats", "seats", *seats),
        sourced(evidence, "Started on", "starts_on", *starts_on),
        sourced(evidence, "Expired on", "expires_on", *expires_on),
        sourced(evidence, "Blocks on", "blocks_on", *blocks_on),
        sourced(evidence, "Subscription", "subscription_name", subscription_name.as_ref()),
        sourced(evidence, "License id", "license_id", license_id.as_ref()),
        sourced(evidence, "Company", "company", company.as_ref()),
        sourced(evidence, "Name", "name", name.as_ref()),
        sourced(evidence, "Address", "email", email.as_ref()),
        sourced(evidence, "MD5", "license_md5", license_md5.as_ref()),
        digest(evidence, "SHA-256", "license_sha256", license_sha256.as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn usage(evidence: &EvidenceRecord) -> Vec<Fact> {
    let Reading { seats, billable_users, billable_as_of, maximum_users, gitlab_version, hostname, .. } = &evidence.read;
    let billable = billable_users.map(|users| match billable_as_of {
        Some(day) => format!("{users} on {day}"),
        None => users.to_string(),
    });
    let peak = (*maximum_users).max(*billable_users);
    let over = peak.zip(*seats).map(|(peak, seats)| peak.saturating_sub(seats)).filter(|over| *over > 0);
    let over = over.map(|over| ("Over", format!("{over} more users than seats were bought")));
    [
        sourced(evidence, "Billable", "billable_users", billable),
        sourced(evidence, "Maximum", "maximum_users", *maximum_users),
        over,
        sourced(evidence, "GitLab", "gitlab_version", gitlab_version.as_ref()),
        sourced(evidence, "Host", "hostname", hostname.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn generated(details: &LicenseDetails) -> Vec<Fact> {
    let License { id, seats, terms, replaces, replaced_by, .. } = &details.license;
    let mut facts = vec![
        ("Plan", "Ultimate, as a trial".to_owned()),
        ("Users", seats.to_string()),
        ("Starts on", terms.starts_on.to_string()),
        ("Last day", format!("{} (stops at 00:00 of {}, server's time)", terms.last_day(), terms.expires_on)),
        ("License id", id.to_string()),
    ];
    facts.extend(replaces.map(|earlier| ("Replaces", earlier.to_string())));
    facts.extend(replaced_by.map(|later| ("Replaced by", later.to_string())));
    if let Some(digests) = &details.digests {
        facts.extend([("MD5", digests.md5.clone()), ("SHA-256", digests.sha256.clone())]);
    }
    facts
}

fn emails(details: &LicenseDetails) -> Vec<Vec<Fact>> {
    let emails: Vec<_> = details.deliveries.iter().filter(|d| d.channel == Channel::Email).collect();
    let shown = &emails[emails.len().saturating_sub(MAX_EMAILS)..];
    shown.iter().map(|email| of_email(&details.license, email)).collect()
}

/// An address that is not the customer's is masked, and so is what servers say: it is not known whose it is when the
/// customer is erased.
fn of_email(license: &License, email: &Delivery) -> Vec<Fact> {
    let own = license.customer.email.as_str();
    let to = email.recipient.as_deref().map(|to| if to == own { to.to_owned() } else { masked(to) });
    let said = |text: &str| sanitize::mask_addresses(&sanitize::error_text(text));
    let mut facts = vec![("To", to.unwrap_or_else(|| "erased".to_owned()))];
    match (email.state, email.sent_at) {
        (DeliveryState::Sent, Some(at)) => facts.push(("Accepted", minute(at))),
        (DeliveryState::Sent, None) => {}
        (DeliveryState::Failed, _) => facts.extend(email.last_error.as_deref().map(|error| ("Failed", said(error)))),
        (DeliveryState::Pending, _) => facts.extend(email.last_error.as_deref().map(|error| ("Retried", said(error)))),
    }
    facts.extend(email.reply.as_deref().map(|reply| ("Server said", said(reply))));
    facts.extend(email.reference.as_deref().map(|id| ("Message-ID", format!("<{}>", sanitize::error_text(id)))));
    facts.extend(email.arrival.as_ref().map(|arrival| ("Arrival", said(&arrival.summary()))));
    if email.uncertain {
        facts.push(("Uncertain", "a connection broke: it may have been sent twice".to_owned()));
    }
    facts
}

fn masked(address: &str) -> String {
    Email::parse(address).map_or_else(|_| "another address".to_owned(), |email| email.masked())
}

/// A value of the evidence and where it is from.
fn sourced(evidence: &EvidenceRecord, name: &'static str, field: &str, value: Option<impl ToString>) -> Option<Fact> {
    Some((name, with_source(evidence, field, &sanitize::error_text(&value?.to_string()))))
}

/// A hash is longer than what is kept of runs of Base64.
fn digest(evidence: &EvidenceRecord, name: &'static str, field: &str, value: Option<&str>) -> Option<Fact> {
    let value = value.filter(|value| value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some((name, with_source(evidence, field, value)))
}

fn with_source(evidence: &EvidenceRecord, field: &str, value: &str) -> String {
    match evidence.sources.get(field).map_or(NO_SOURCE, String::as_str) {
        NO_SOURCE => value.to_owned(),
        source => format!("{value} ({})", sanitize::error_text(&source.replace('_', " "))),
    }
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Groups are set apart by an empty line.
fn aligned(groups: &[Vec<Fact>]) -> String {
    let width = groups.iter().flatten().map(|(name, _)| name.len()).max().unwrap_or_default();
    let line = |(name, value): &Fact| format!("{name:<width$}  {value}");
    let lines = |facts: &Vec<Fact>| facts.iter().map(line).collect::<Vec<_>>().join("\n");
    groups.iter().map(lines).collect::<Vec<_>>().join("\n\n")
}
