//! Titles, descriptions and notes. Whatever a stranger wrote stands in a code fence: GitLab would run a line that
//! begins with `/close`, and notify whom an `@name` names.

use askama::Template;

use crate::{
    delivery::{Links, quote},
    license::{Delivery, License, Story},
};

/// GitLab's limit for titles.
const MAX_TITLE_CHARS: usize = 255;

/// Tells one delivery of one license.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The license.
    pub license: &'a License,
    /// What is to be told of it.
    pub delivery: &'a Delivery,
    /// Where its ticket is.
    pub links: &'a Links,
}

#[derive(Template)]
#[template(path = "issue.md")]
struct Description<'a> {
    is_drill: bool,
    happened: &'a str,
    said: Option<String>,
    ticket: u64,
    ticket_url: String,
    facts: String,
    next: &'a [&'a str],
    copy: Result<String, &'a str>,
    license_marker: String,
    delivery_marker: String,
}

impl Teller<'_> {
    /// Says on a line of its own whose issue it is.
    #[must_use]
    pub fn license_marker(&self) -> String {
        format!("<!-- stopgap:license={} -->", self.license.id)
    }

    /// Says on a line of its own which delivery a description or note is of.
    #[must_use]
    pub fn delivery_marker(&self) -> String {
        format!("<!-- stopgap:delivery={} -->", self.delivery.id)
    }

    /// Whether the story is one of success, which closes the issue.
    #[must_use]
    pub fn wants_it_closed(&self) -> bool {
        match self.delivery.story {
            None | Some(Story::Generated | Story::SentAfterAll | Story::IssueFiled) => true,
            Some(Story::EmailRefused { .. } | Story::EmailLate { .. } | Story::SealingFailed { .. }) => false,
        }
    }

    /// Whether the story, as news, turns what the title says: people look for a license by its `[Success]`.
    #[must_use]
    pub fn changes_the_title(&self) -> bool {
        matches!(self.delivery.story, Some(Story::SentAfterAll | Story::EmailRefused { .. }))
    }

    /// At most 255 characters, for which the address alone is shortened. The form of the success is the handbook's.
    #[must_use]
    pub fn title(&self) -> String {
        let before = match self.delivery.story {
            None | Some(Story::Generated | Story::SentAfterAll | Story::IssueFiled) => {
                "[Success] - Created a license under"
            }
            Some(Story::EmailRefused { .. }) => "[Failure] - Could not mail the license created under",
            Some(Story::EmailLate { .. }) => "[Failure] - Could not yet mail the license created under",
            Some(Story::SealingFailed { .. }) => "[Failure] - Could not create a license under",
        };
        let after = format!("for {} users", self.license.seats);
        let drill = if self.license.drill { "[Drill] " } else { "" };
        let room = MAX_TITLE_CHARS - drill.len() - before.len() - after.len() - 2;
        format!("{drill}{before} {} {after}", quote::shorten(self.license.customer.email.as_str(), room))
    }

    /// The whole issue, in Markdown.
    ///
    /// # Errors
    /// A sentence, where the template cannot be filled.
    pub fn description(&self) -> Result<String, String> {
        let description = Description {
            is_drill: self.license.drill,
            happened: self.happened(),
            said: self.said(),
            ticket: self.license.ticket.id.get(),
            ticket_url: self.links.ticket(&self.license.ticket),
            facts: fence(&self.facts()),
            next: self.next(),
            copy: self.copy(),
            license_marker: self.license_marker(),
            delivery_marker: self.delivery_marker(),
        };
        description.render().map_err(|error| format!("the issue cannot be worded: {error}"))
    }

    /// What is new, in Markdown.
    #[must_use]
    pub fn note(&self) -> String {
        let news = match self.delivery.story {
            None | Some(Story::Generated | Story::IssueFiled) => {
                "The license was mailed again, and the mail server accepted the mail."
            }
            Some(Story::SentAfterAll) => "The mail went out after all: the mail server accepted it.",
            Some(Story::EmailRefused { .. }) => "The mail was refused for good.",
            Some(Story::EmailLate { .. }) => {
                "The mail is late: the mail server has not accepted it yet. It is tried on."
            }
            Some(Story::SealingFailed { .. }) => "No license could be generated.",
        };
        let parts = [Some(news.to_owned()), self.said(), Some(self.delivery_marker())];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    fn happened(&self) -> &'static str {
        match self.delivery.story {
            None | Some(Story::Generated | Story::IssueFiled) => {
                "An emergency license was generated and mailed: the mail server accepted the mail."
            }
            Some(Story::SentAfterAll) => {
                "An emergency license was generated and mailed: late, but the mail server accepted the mail."
            }
            Some(Story::EmailRefused { .. }) => {
                "An emergency license was generated, but its mail was refused for good. **The customer does not have it.**"
            }
            Some(Story::EmailLate { .. }) => {
                "An emergency license was generated, but the mail server has not accepted its mail yet. \
                 **The customer does not have it so far.** The mail is tried on until the license expires."
            }
            Some(Story::SealingFailed { .. }) => {
                "No emergency license could be generated: its file could not be sealed. **The customer has nothing.**"
            }
        }
    }

    /// The trouble in its own words, fenced.
    fn said(&self) -> Option<String> {
        let error = match self.delivery.story.as_ref()? {
            Story::EmailRefused { error } | Story::SealingFailed { error } => error,
            Story::EmailLate { error } => error.as_ref()?,
            Story::Generated | Story::SentAfterAll | Story::IssueFiled => return None,
        };
        Some(fence(&format!("Error: {}", quote::words(error))))
    }

    fn next(&self) -> &'static [&'static str] {
        match self.delivery.story {
            None | Some(Story::Generated | Story::SentAfterAll | Story::IssueFiled) => &[
                "See to it that the customer's renewed subscription is in place before the last day: the term is fixed.",
                "If the mail did not arrive, resend the license, or forward it to another address, from the ticket's sidebar.",
                "After renewing, the customer has to enter the activation code or the new license file by hand.",
            ],
            Some(Story::EmailRefused { .. }) => &[
                "Check the address with the customer on the ticket.",
                "Resend the license, or forward it to another address, from the ticket's sidebar.",
                "This issue is closed once a mail of this license is accepted.",
            ],
            Some(Story::EmailLate { .. }) => &[
                "If the customer cannot wait, forward the license to another address from the ticket's sidebar.",
                "If the words above speak of our login, sender or connection, tell the operator of Stopgap.",
                "This issue is closed once the mail is accepted.",
            ],
            Some(Story::SealingFailed { .. }) => &[
                "Tell the operator of Stopgap: the license key needs attention.",
                "Then generate the license again from the ticket's sidebar, and close this issue.",
            ],
        }
    }

    /// One aligned line a fact.
    fn facts(&self) -> String {
        let License { id, ticket, agent, customer, seats, terms, eligibility, replaces, .. } = self.license;
        let shown = |value: Option<String>| value.unwrap_or_else(|| "not known".to_owned());
        let mut facts = vec![
            ("Customer", shown(customer.name.as_ref().map(ToString::to_string))),
            ("Company", shown(customer.company.as_ref().map(ToString::to_string))),
            ("Address", customer.email.to_string()),
            ("Users", seats.to_string()),
            ("Plan", "Ultimate, as a trial".to_owned()),
            ("Starts on", terms.starts_on.to_string()),
            ("Last day", format!("{} (ends at 00:00 of that day, server's time)", terms.expires_on)),
            ("Engineer", format!("{} (Zendesk user {})", agent.username, agent.zendesk_user_id)),
            ("Ticket", shown(ticket.subject.as_ref().map(ToString::to_string))),
            ("Eligibility", quote::words(&format!("{}: {}", eligibility.verdict, eligibility.reason))),
        ];
        if let Some(reason) = &eligibility.override_reason {
            facts.push(("Overridden", quote::words(reason)));
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
