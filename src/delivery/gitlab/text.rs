//! Titles, descriptions and notes. Whatever a stranger wrote stands in a code fence: GitLab would run a line that
//! begins with `/close`, and notify whom an `@name` names.

use askama::Template;

use super::message::Told;
use crate::{
    delivery::{Links, sanitize},
    license::{Delivery, License, Notice},
};

/// GitLab's limit for titles.
const MAX_TITLE_CHARS: usize = 255;

/// Tells one delivery of one license.
#[derive(Debug, Clone, Copy)]
pub struct IssueText<'a> {
    pub license: &'a License,
    /// What is to be told of it.
    pub delivery: &'a Delivery,
    pub links: &'a Links,
}

#[derive(Template)]
#[template(path = "issue.md")]
struct Description<'a> {
    is_drill: bool,
    happened: &'a str,
    said: Option<String>,
    warning: Option<String>,
    ticket: u64,
    ticket_url: String,
    facts: String,
    next: &'a [&'a str],
    copy: Result<String, &'a str>,
    license_marker: String,
    delivery_marker: String,
}

impl IssueText<'_> {
    /// Says on a line of its own whose issue it is.
    pub fn license_marker(&self) -> String {
        format!("<!-- stopgap:license={} -->", self.license.id)
    }

    /// Says on a line of its own which delivery a description or note is of.
    pub fn delivery_marker(&self) -> String {
        format!("<!-- stopgap:delivery={} -->", self.delivery.id)
    }

    /// Whether the notice is one of success, which closes the issue.
    pub fn wants_it_closed(&self) -> bool {
        !self.delivery.notice.as_ref().is_some_and(Notice::is_failure)
    }

    /// Whether the notice, as news, turns what the title says: people look for a license by its `[Success]`.
    pub fn changes_the_title(&self) -> bool {
        match &self.delivery.notice {
            Some(
                Notice::SentAfterAll | Notice::EmailRefused { .. } | Notice::Resent { resolves_failure: true, .. },
            ) => true,
            Some(Notice::Bounced { open, .. } | Notice::ResendRefused { open, .. }) => *open,
            _ => false,
        }
    }

    /// At most 255 characters, for which the address alone is shortened. The form of the success is the handbook's.
    pub fn title(&self) -> String {
        let after = format!("for {} users", self.license.seats);
        if self.delivery.notice == Some(Notice::Erased) {
            return format!("[Erased] - Created a license {after}");
        }
        let before = Told::of(self.delivery.notice.as_ref()).title;
        let drill = if self.license.drill { "[Drill] " } else { "" };
        let room = MAX_TITLE_CHARS - drill.len() - before.len() - after.len() - 2;
        format!("{drill}{before} {} {after}", sanitize::shorten(self.license.customer.email.as_str(), room))
    }

    /// What is left of a description whose customer asked to be forgotten. The marker stays: it names nobody.
    pub fn redacted(&self) -> String {
        let words = Told::of(Some(&Notice::Erased)).happened;
        [words, format!("License id: {}", self.license.id), self.license_marker()].join("\n\n")
    }

    /// The whole issue, in Markdown.
    pub fn description(&self) -> Result<String, String> {
        let told = Told::of(self.delivery.notice.as_ref());
        let happened = match self.license.replaces {
            Some(earlier) => format!("{}\n\nIt replaces the license {earlier}.", told.happened),
            None => told.happened,
        };
        let description = Description {
            is_drill: self.license.drill,
            happened: &happened,
            said: self.said(),
            warning: self.warning(),
            ticket: self.license.ticket.id.get(),
            ticket_url: self.links.ticket(&self.license.ticket),
            facts: fence(&self.facts()),
            next: told.next,
            copy: self.copy(),
            license_marker: self.license_marker(),
            delivery_marker: self.delivery_marker(),
        };
        description.render().map_err(|error| format!("the issue cannot be worded: {error}"))
    }

    /// What is new, in Markdown.
    pub fn note(&self) -> String {
        let news = Told::of(self.delivery.notice.as_ref()).news;
        let parts = [Some(news), self.said(), Some(self.delivery_marker())];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// The trouble in its own words, fenced; without addresses, as notes are not redacted with their issue.
    fn said(&self) -> Option<String> {
        let (name, words) = match self.delivery.notice.as_ref()? {
            Notice::EmailRefused { error } | Notice::SealingFailed { error } | Notice::ResendRefused { error, .. } => {
                ("Error", error)
            }
            Notice::EmailLate { error } => ("Error", error.as_ref()?),
            Notice::Bounced { reason, .. } | Notice::Replaced { reason, .. } => ("Reason", reason),
            Notice::Downloaded { reason, .. } => ("Reason", reason.as_ref()?),
            Notice::Generated | Notice::SentAfterAll | Notice::IssueFiled | Notice::Resent { .. } | Notice::Erased => {
                return None;
            }
        };
        Some(fence(&format!("{name}: {}", sanitize::mask_addresses(&sanitize::words(words)))))
    }

    /// Fewer seats than the customer's numbers ask for are confirmed by the engineer, but may be refused by GitLab.
    fn warning(&self) -> Option<String> {
        let seats = self.license.seats;
        let recommended = self.license.eligibility.asks_for_more_than(seats)?;
        Some(format!(
            "**Fewer seats than recommended:** this license has {seats}, and the customer's numbers ask for {recommended}. \
             Where their GitLab refuses it, it has to be replaced by one with {recommended}."
        ))
    }

    /// One aligned line a fact.
    fn facts(&self) -> String {
        let License { id, ticket, agent, customer, seats, terms, eligibility, replaces, .. } = self.license;
        let shown = |value: Option<String>| value.unwrap_or_else(|| "not known".to_owned());
        let reason = |text: &str| sanitize::bounded(text, sanitize::MAX_REASON_CHARS);
        let mut facts = vec![
            ("Customer", shown(customer.name.as_ref().map(ToString::to_string))),
            ("Company", shown(customer.company.as_ref().map(ToString::to_string))),
            ("Address", customer.email.to_string()),
            ("Users", seats.to_string()),
            ("Plan", "Ultimate, as a trial".to_owned()),
            ("Starts on", terms.starts_on.to_string()),
            ("Last day", format!("{} (stops at 00:00 of {}, server's time)", terms.last_day(), terms.expires_on)),
            ("Engineer", format!("{} (Zendesk user {})", agent.username, agent.zendesk_user_id)),
            ("Ticket", shown(ticket.subject.as_ref().map(ToString::to_string))),
            ("Eligibility", reason(&format!("{}: {}", eligibility.verdict.label(), eligibility.reason))),
        ];
        if let Some((by, why)) = eligibility.overridden() {
            facts.push(("Overridden", format!("by {} because {}", sanitize::words(by), reason(why))));
        }
        if let Some(earlier) = replaces {
            facts.push(("Replaces", earlier.to_string()));
        }
        facts.push(("License id", id.to_string()));
        facts.iter().map(|(name, value)| format!("{name:<12} {value}")).collect::<Vec<_>>().join("\n")
    }

    /// The license file, fenced, or why there is none.
    fn copy(&self) -> Result<String, &'static str> {
        match (&self.license.file, &self.license.seal_error) {
            (Some(file), _) => Ok(fence(file.expose().trim_end())),
            (None, Some(_)) => Err("No license file was generated."),
            (None, None) => Err("The license file is no longer kept."),
        }
    }
}

/// `text` as a block of code, in which GitLab runs and notifies nothing: the fence is longer than any run of backticks
/// within.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let ticks = "`".repeat((longest + 1).max(3));
    format!("{ticks}text\n{text}\n{ticks}")
}
