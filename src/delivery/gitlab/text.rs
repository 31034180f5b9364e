//! Titles, descriptions and notes.

use askama::Template;

use super::{
    escape::{fence, title_address},
    message::NoticeText,
};
use crate::{
    delivery::{Links, sanitize},
    license::{Delivery, License, Notice},
};

/// GitLab's limit for titles.
const MAX_TITLE_CHARS: usize = 255;

/// The text of one delivery of one license.
#[derive(Debug, Clone, Copy)]
pub(super) struct IssueText<'a> {
    pub(super) license: &'a License,
    pub(super) delivery: &'a Delivery,
    pub(super) links: &'a Links,
}

#[derive(Template)]
#[template(path = "issue.md")]
struct Description<'a> {
    is_drill: bool,
    happened: &'a str,
    detail: Option<String>,
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
    /// A line of the description that identifies the license.
    pub(super) fn license_marker(&self) -> String {
        format!("<!-- stopgap:license={} -->", self.license.id)
    }

    /// A line of a description or note that identifies the delivery.
    pub(super) fn delivery_marker(&self) -> String {
        format!("<!-- stopgap:delivery={} -->", self.delivery.id)
    }

    pub(super) fn wants_it_closed(&self) -> bool {
        !self.delivery.notice.as_ref().is_some_and(Notice::is_failure)
    }

    /// Whether the notice changes what the title says: people search for a license by its `[Success]`.
    pub(super) fn changes_the_title(&self) -> bool {
        match &self.delivery.notice {
            Some(
                Notice::SentAfterAll | Notice::EmailRefused { .. } | Notice::Resent { resolves_failure: true, .. },
            ) => true,
            Some(Notice::Bounced { open, .. } | Notice::ResendRefused { open, .. }) => *open,
            _ => false,
        }
    }

    /// At most 255 characters; only the address is shortened, and freed of what GitLab gives a meaning. The handbook has the
    /// form for success.
    pub(super) fn title(&self) -> String {
        let after = format!("for {} users", self.license.seats);
        if self.delivery.notice == Some(Notice::Erased) {
            return format!("[Erased] - Created a license {after}");
        }
        let before = NoticeText::of(self.delivery.notice.as_ref()).title;
        let drill = if self.license.drill { "[Drill] " } else { "" };
        let room = MAX_TITLE_CHARS - drill.len() - before.len() - after.len() - 2;
        format!(
            "{drill}{before} {} {after}",
            sanitize::shorten(&title_address(self.license.customer.email.as_str()), room)
        )
    }

    /// The description after the customer's data was erased. The marker stays: it names nobody.
    pub(super) fn redacted(&self) -> String {
        let text = NoticeText::of(Some(&Notice::Erased)).happened;
        [text, format!("License id: {}", self.license.id), self.license_marker()].join("\n\n")
    }

    /// In Markdown.
    pub(super) fn description(&self) -> Result<String, String> {
        let notice = NoticeText::of(self.delivery.notice.as_ref());
        let happened = match self.license.replaces {
            Some(earlier) => format!("{}\n\nIt replaces the license {earlier}.", notice.happened),
            None => notice.happened,
        };
        let description = Description {
            is_drill: self.license.drill,
            happened: &happened,
            detail: self.detail(),
            warning: self.warning(),
            ticket: self.license.ticket.id.get(),
            ticket_url: self.links.ticket(&self.license.ticket),
            facts: fence(&self.facts()),
            next: notice.next,
            copy: self.copy(),
            license_marker: self.license_marker(),
            delivery_marker: self.delivery_marker(),
        };
        description.render().map_err(|error| format!("the issue's description cannot be rendered: {error}"))
    }

    /// In Markdown.
    pub(super) fn note(&self) -> String {
        let news = NoticeText::of(self.delivery.notice.as_ref()).news;
        let parts = [Some(news), self.detail(), Some(self.delivery_marker())];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// The error or reason, fenced. Without addresses, because notes are not redacted with their issue.
    fn detail(&self) -> Option<String> {
        let (name, text) = match self.delivery.notice.as_ref()? {
            Notice::EmailRefused { error, .. }
            | Notice::SealingFailed { error }
            | Notice::ResendRefused { error, .. } => ("Error", error),
            Notice::EmailLate { error, .. } => ("Error", error.as_ref()?),
            Notice::Bounced { reason, .. } | Notice::Replaced { reason, .. } | Notice::Downloaded { reason, .. } => {
                ("Reason", reason)
            }
            Notice::FollowUpDone { note, .. } | Notice::FollowUpReopened { note, .. } => ("Note", note.as_ref()?),
            Notice::Generated
            | Notice::SentAfterAll
            | Notice::IssueFiled
            | Notice::Resent { .. }
            | Notice::Reminder { .. }
            | Notice::Erased => return None,
        };
        Some(fence(&format!("{name}: {}", sanitize::mask_addresses(&sanitize::error_text(text)))))
    }

    /// The engineer confirmed fewer seats than recommended; the customer's GitLab may refuse the license.
    fn warning(&self) -> Option<String> {
        let seats = self.license.seats;
        let recommended = self.license.eligibility.asks_for_more_than(seats)?;
        Some(format!(
            "**Fewer seats than recommended:** this license has {seats}, and the customer's numbers ask for {recommended}. \
             Where their GitLab refuses it, it has to be replaced by one with {recommended}."
        ))
    }

    /// One aligned line per fact.
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
            facts.push((
                eligibility.override_label(),
                format!("by {} because {}", sanitize::error_text(by), reason(why)),
            ));
        }
        if let Some(earlier) = replaces {
            facts.push(("Replaces", earlier.to_string()));
        }
        facts.push(("License id", id.to_string()));
        facts.iter().map(|(name, value)| format!("{name:<12} {value}")).collect::<Vec<_>>().join("\n")
    }

    /// The license file, fenced, or why it is missing.
    fn copy(&self) -> Result<String, &'static str> {
        match (&self.license.file, &self.license.seal_error) {
            (Some(file), _) => Ok(fence(file.expose().trim_end())),
            (None, Some(_)) => Err("No license file was generated."),
            (None, None) => Err("The license file is no longer kept."),
        }
    }
}
