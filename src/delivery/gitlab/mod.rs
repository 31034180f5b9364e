//! The issue that every license ends in: success and closed, or failure and open.
//!
//! - [`api`]: the few calls of GitLab's REST API that this takes
//! - [`response`]: what GitLab's answers mean for the delivery
//! - [`text`]: titles, descriptions and notes; `told` says them notice by notice
//!
//! GitLab knows no idempotency key, so what was written carries a marker of ours, and whoever tries again looks first.

pub mod api;
mod message;
pub mod response;
#[cfg(test)]
mod tests;
pub mod text;

use self::{
    api::{Api, Change, Issue, NewIssue},
    text::IssueText,
};
use super::Links;
use crate::{
    clock::Clock,
    config,
    license::{Delivery, License, Notice, Purpose, delivery::Outcome},
};

/// Files the issues of licenses.
#[derive(Debug)]
pub struct Gitlab {
    api: Api,
    labels: Vec<String>,
    links: Links,
}

impl Gitlab {
    /// `clock` reads what a `Retry-After` with a date means.
    pub fn new(gitlab: &config::Gitlab, links: Links, clock: Clock) -> Result<Self, String> {
        Ok(Self { api: Api::new(gitlab, clock)?, labels: gitlab.labels.clone(), links })
    }

    /// Makes the issue of `license` be as the notice of `delivery` wants it: there exactly once, noted once, closed or
    /// open. `Sent`, and a `Retry` after the issue was found or made, refer to its URL.
    ///
    /// `known_issue_url` is the URL that an earlier delivery of this license referred to.
    pub async fn file(&self, license: &License, delivery: &Delivery, known_issue_url: Option<&str>) -> Outcome {
        let teller = IssueText { license, delivery, links: &self.links };
        if delivery.notice == Some(Notice::Erased) {
            return self.redact(&teller, known_issue_url).await.unwrap_or_else(|outcome| outcome);
        }
        let issue = match known_issue_url.and_then(Issue::known) {
            Some(issue) => issue,
            None => match self.find_or_create(&teller).await {
                Ok(issue) => issue,
                Err(outcome) => return outcome,
            },
        };
        match self.bring_up_to_date(&teller, &issue).await {
            Ok(()) => Outcome::Sent { reference: Some(issue.web_url) },
            Err(outcome) => referring(outcome, issue.web_url, known_issue_url.is_some()),
        }
    }

    /// Takes customer and license out of title and description. Where there is no issue, none is made.
    async fn redact(&self, teller: &IssueText<'_>, known_issue_url: Option<&str>) -> Result<Outcome, Outcome> {
        let issue = match known_issue_url.and_then(Issue::known) {
            Some(issue) => Some(issue),
            None => self.api.find_issue(&self.labels, teller.license.created_at, &teller.license_marker()).await?,
        };
        let Some(issue) = issue else { return Ok(Outcome::Sent { reference: None }) };
        let change = Change {
            title: Some(teller.title()),
            description: Some(teller.redacted()),
            state_event: issue.event_towards(true),
        };
        self.api.change_issue(issue.iid, &change).await?;
        Ok(Outcome::Sent { reference: Some(issue.web_url) })
    }

    /// Looks before it creates wherever the issue may be there already: an earlier attempt may have made it, and a
    /// follow-up speaks of one.
    async fn find_or_create(&self, teller: &IssueText<'_>) -> Result<Issue, Outcome> {
        let Delivery { attempts, uncertain, purpose, .. } = *teller.delivery;
        if (attempts > 1 || uncertain || purpose != Purpose::First)
            && let Some(issue) =
                self.api.find_issue(&self.labels, teller.license.created_at, &teller.license_marker()).await?
        {
            return Ok(issue);
        }
        let assignee = self.api.find_user(teller.license.agent.username.as_str()).await;
        let description = teller.description().map_err(|error| Outcome::Refused { error })?;
        let issue = NewIssue {
            title: teller.title(),
            description,
            labels: &self.labels,
            confidential: true,
            assignee_ids: assignee.into_iter().collect(),
        };
        self.api.create_issue(&issue).await
    }

    /// Adds what the issue does not tell yet, then closes or reopens it.
    async fn bring_up_to_date(&self, teller: &IssueText<'_>, issue: &Issue) -> Result<(), Outcome> {
        let is_news = teller.delivery.purpose != Purpose::First && !issue.tells(&teller.delivery_marker());
        if is_news {
            self.note_once(teller, issue).await?;
        }
        let change = Change {
            title: (is_news && teller.changes_the_title()).then(|| teller.title()),
            description: None,
            state_event: issue.event_towards(teller.wants_it_closed()),
        };
        if change.is_needed() { self.api.change_issue(issue.iid, &change).await } else { Ok(()) }
    }

    async fn note_once(&self, teller: &IssueText<'_>, issue: &Issue) -> Result<(), Outcome> {
        let Delivery { attempts, uncertain, .. } = *teller.delivery;
        let may_be_there = attempts > 1 || uncertain;
        if may_be_there && self.api.has_note(issue.iid, &teller.delivery_marker()).await? {
            return Ok(());
        }
        self.api.add_note(issue.iid, &teller.note()).await
    }
}

/// `outcome` with the issue's URL, so that Slack can link what is there already. A refusal has no room for it: where
/// nobody knows the URL yet, it becomes another try.
fn referring(outcome: Outcome, web_url: String, is_known: bool) -> Outcome {
    match outcome {
        Outcome::Retry { error, after, uncertain, .. } => {
            Outcome::Retry { error, after, uncertain, reference: Some(web_url) }
        }
        Outcome::Refused { error } if !is_known => {
            Outcome::Retry { error, after: None, uncertain: false, reference: Some(web_url) }
        }
        Outcome::Refused { .. } | Outcome::Sent { .. } => outcome,
    }
}
