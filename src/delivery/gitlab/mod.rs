//! The issue that every license ends in: success and closed, or failure and open.
//!
//! - [`api`]: the calls of GitLab's REST API, and their `types`
//! - [`error`]: what a failed call means for the delivery
//! - `address`: the addresses of the API and of issues
//! - `text`: titles, descriptions and notes; `message` has the text of each notice, `escape` what untrusted text needs
//!
//! GitLab has no idempotency keys. What we write carries a marker of ours, and a retry looks for it first.

mod address;
pub(crate) mod api;
pub(crate) mod error;
mod escape;
mod message;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
mod text;
pub(crate) mod types;

use self::{
    api::Api,
    error::Error,
    text::IssueText,
    types::{Change, Issue, NewIssue},
};
use super::Links;
use crate::{
    clock::Clock,
    config,
    license::{Delivery, License, Notice, Outcome, Purpose},
};

/// Files the issues of licenses.
#[derive(Debug)]
pub struct Gitlab {
    api: Api,
    labels: Vec<String>,
    links: Links,
}

impl Gitlab {
    pub fn new(gitlab: &config::Gitlab, links: Links, clock: Clock) -> Result<Self, String> {
        Ok(Self { api: Api::new(gitlab, clock)?, labels: gitlab.labels.clone(), links })
    }

    /// Brings the issue of `license` to what the notice of `delivery` says: created once, noted once, closed or open.
    /// `Sent`, and a `Retry` once the issue exists, refer to its URL.
    ///
    /// `known_issue_url` is what an earlier delivery of this license referred to.
    pub(crate) async fn file(&self, license: &License, delivery: &Delivery, known_issue_url: Option<&str>) -> Outcome {
        let text = IssueText { license, delivery, links: &self.links };
        let known = known_issue_url.and_then(|url| self.api.known_issue(url));
        if delivery.notice == Some(Notice::Erased) {
            return self.redact(&text, known).await.unwrap_or_else(Outcome::from);
        }
        let is_known = known.is_some();
        let issue = match known {
            Some(issue) => issue,
            None => match self.find_or_create(&text).await {
                Ok(issue) => issue,
                Err(outcome) => return outcome,
            },
        };
        match self.update(&text, &issue).await {
            Ok(()) => Outcome::Sent { reference: Some(issue.url) },
            Err(error) => referring(error.into(), issue.url, is_known),
        }
    }

    /// Removes customer and license from title and description. Creates no issue if there is none.
    async fn redact(&self, text: &IssueText<'_>, known: Option<Issue>) -> Result<Outcome, Error> {
        let issue = match known {
            Some(issue) => Some(issue),
            None => self.api.find_issue(&self.labels, text.license.created_at, &text.license_marker()).await?,
        };
        let Some(issue) = issue else { return Ok(Outcome::Sent { reference: None }) };
        let change = Change {
            title: Some(text.title()),
            description: Some(text.redacted()),
            state_event: issue.event_towards(true),
        };
        self.api.change_issue(issue.iid, &change).await?;
        Ok(Outcome::Sent { reference: Some(issue.url) })
    }

    /// Searches before it creates if the issue may exist: an earlier attempt may have created it, and a follow-up is
    /// about one.
    async fn find_or_create(&self, text: &IssueText<'_>) -> Result<Issue, Outcome> {
        let Delivery { attempts, uncertain, purpose, .. } = *text.delivery;
        if (attempts > 1 || uncertain || purpose != Purpose::First)
            && let Some(issue) =
                self.api.find_issue(&self.labels, text.license.created_at, &text.license_marker()).await?
        {
            return Ok(issue);
        }
        let assignee = self.api.find_user(text.license.agent.username.as_str()).await;
        let issue = NewIssue {
            title: text.title(),
            description: text.description().map_err(|error| Outcome::Refused { error })?,
            labels: &self.labels,
            confidential: true,
            assignee_ids: assignee.into_iter().collect(),
        };
        Ok(self.api.create_issue(&issue).await?)
    }

    /// Adds the note that the issue lacks, then closes or reopens it.
    async fn update(&self, text: &IssueText<'_>, issue: &Issue) -> Result<(), Error> {
        let is_news = text.delivery.purpose != Purpose::First && !issue.has_marker(&text.delivery_marker());
        if is_news {
            self.note_once(text, issue).await?;
        }
        let change = Change {
            title: (is_news && text.changes_the_title()).then(|| text.title()),
            description: None,
            state_event: issue.event_towards(text.wants_it_closed()),
        };
        if change.is_needed() { self.api.change_issue(issue.iid, &change).await } else { Ok(()) }
    }

    async fn note_once(&self, text: &IssueText<'_>, issue: &Issue) -> Result<(), Error> {
        let Delivery { attempts, uncertain, .. } = *text.delivery;
        let may_exist = attempts > 1 || uncertain;
        if may_exist && self.api.has_note(issue.iid, &text.delivery_marker()).await? {
            return Ok(());
        }
        self.api.add_note(issue.iid, &text.note()).await
    }
}

/// `outcome` with the issue's URL, so that Slack can link to it. A refusal cannot refer to one: while the URL is not
/// known elsewhere, it becomes a retry.
fn referring(outcome: Outcome, url: String, is_known: bool) -> Outcome {
    match outcome {
        Outcome::Retry { error, after, uncertain, needs_operator, .. } => {
            Outcome::Retry { error, after, uncertain, needs_operator, reference: Some(url) }
        }
        Outcome::Refused { error } if !is_known => {
            Outcome::Retry { error, after: None, uncertain: false, needs_operator: false, reference: Some(url) }
        }
        Outcome::Refused { .. } | Outcome::Sent { .. } | Outcome::Posted { .. } => outcome,
    }
}
