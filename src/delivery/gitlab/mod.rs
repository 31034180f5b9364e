//! The issue that every license ends in: success and closed, or failure and open.
//!
//! - [`api`]: the calls of GitLab's REST API, and their `types`
//! - [`error`]: what a failed call means for the delivery
//! - `address`: the addresses of the API and of issues
//! - `text`: titles, descriptions and notes; `message` has the text of each notice, `facts` what is known about a license,
//!   `next_steps` who has to do what, `escape` what untrusted text needs
//!
//! GitLab has no idempotency keys. What we write carries a marker of ours, and a retry looks for it first. GitLab may also
//! do less than it is asked and answer with success, so every answer is compared with the request.

mod address;
pub(crate) mod api;
pub(crate) mod error;
mod escape;
mod facts;
mod message;
mod next_steps;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
mod text;
pub(crate) mod types;

use self::{
    api::Api,
    error::Error,
    text::{Copy, IssueText},
    types::{Change, Issue, NewIssue},
};
use super::Links;
use crate::{
    clock::Clock,
    config,
    license::{Delivery, LicenseDetails, Notice, Outcome, Purpose},
};

/// Files the issues of licenses.
#[derive(Debug)]
pub struct Gitlab {
    api: Api,
    labels: Vec<String>,
    links: Links,
}

/// A license's issue, and whether this attempt created it.
struct Located {
    issue: Issue,
    is_new: bool,
}

/// What of an issue is set beside its description and state.
struct Fixes<'a> {
    title: bool,
    labels: &'a [&'a str],
}

impl Gitlab {
    pub fn new(gitlab: &config::Gitlab, links: Links, clock: Clock) -> Result<Self, String> {
        Ok(Self { api: Api::new(gitlab, clock)?, labels: gitlab.labels.clone(), links })
    }

    /// Brings the license's issue to what the notice of `delivery` says: created once, noted once, closed or open.
    /// `Sent`, `Withheld`, and a `Retry` once the issue exists, refer to its URL.
    ///
    /// `known_issue_url` is what an earlier delivery of this license referred to.
    pub(crate) async fn file(
        &self,
        details: &LicenseDetails,
        delivery: &Delivery,
        known_issue_url: Option<&str>,
    ) -> Outcome {
        let text = IssueText { details, delivery, links: &self.links };
        let known = match self.known_issue(&text, known_issue_url).await {
            Ok(known) => known,
            Err(error) => return error.into(),
        };
        if delivery.notice == Some(Notice::Erased) {
            return self.redact(&text, known).await.unwrap_or_else(Outcome::from);
        }
        let is_known = known.is_some();
        let located = match known {
            Some(issue) => Ok(Located { issue, is_new: false }),
            None => self.find_or_create(&text).await,
        };
        let located = match located {
            Ok(located) => located,
            Err(error) => return error.into(),
        };
        let url = located.issue.url.clone();
        match self.bring_up_to_date(&text, located).await {
            Ok(outcome) => outcome,
            Err(error) => referring(error.into(), url, is_known),
        }
    }

    /// The issue at `url` if it has our marker, or else the one that has it: GitLab may have been restored from a backup,
    /// and given the number to another issue. If none has it, someone removed it from ours.
    async fn known_issue(&self, text: &IssueText<'_>, url: Option<&str>) -> Result<Option<Issue>, Error> {
        let Some(iid) = url.and_then(|url| self.api.issue_number(url)) else { return Ok(None) };
        let issue = match self.api.get_issue(iid).await {
            Ok(issue) => issue,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        if issue.has_marker(&text.license_marker()) {
            return Ok(Some(issue));
        }
        let marked = self.api.find_issue(text.details.license.created_at, &text.license_marker()).await?;
        Ok(marked.or_else(|| (!text::is_of_a_license(&issue)).then_some(issue)))
    }

    /// Searches before it creates if the issue may exist: an earlier attempt may have created it, and a follow-up is
    /// about one. A new issue is without the license: GitLab has to confirm that it is confidential first.
    async fn find_or_create(&self, text: &IssueText<'_>) -> Result<Located, Error> {
        let Delivery { attempts, uncertain, purpose, .. } = *text.delivery;
        let license = &text.details.license;
        if (attempts > 1 || uncertain || purpose != Purpose::First)
            && let Some(issue) = self.api.find_issue(license.created_at, &text.license_marker()).await?
        {
            return Ok(Located { issue, is_new: false });
        }
        let assignee = self.api.find_user(license.agent.username.as_str()).await;
        let mut new = NewIssue {
            title: text.title(),
            description: text.description(Copy::Unconfirmed),
            labels: &self.labels,
            confidential: true,
            assignee_ids: assignee.into_iter().collect(),
            due_date: Some(license.terms.last_business_day()),
        };
        let issue = match self.api.create_issue(&new).await {
            Err(error) if error.is_about_optional_field() => {
                new = NewIssue { assignee_ids: Vec::new(), due_date: None, ..new };
                self.api.create_issue(&new).await?
            }
            answer => answer?,
        };
        Ok(Located { issue, is_new: true })
    }

    async fn bring_up_to_date(&self, text: &IssueText<'_>, located: Located) -> Result<Outcome, Error> {
        let Located { issue, is_new } = located;
        let is_news = text.delivery.purpose != Purpose::First && !issue.has_marker(&text.delivery_marker());
        let mut missing_labels = self.missing_labels(text, &issue, is_new);
        let wants_title = is_new && !issue.has_title(&text.title()) || is_news && text.changes_the_title();
        let mut issue = self.protect(text, issue).await?;
        if is_news {
            self.note_once(text, &issue).await?;
        }
        let fixes = Fixes { title: wants_title, labels: &missing_labels };
        issue = self.update(text, issue, &fixes).await?;
        if !issue.is_confidential && !issue.has_marker(text::WITHHELD_MARKER) {
            // Someone published it while the license was put in.
            let protected = self.protect(text, issue).await?;
            issue = self.update(text, protected, &fixes).await?;
        }
        let reference = Some(issue.url.clone());
        if issue.is_confidential {
            missing_labels.retain(|label| issue.lacks(&self.labels).contains(label));
            let has_other_title = wants_title && !issue.has_title(&text.title());
            Ok(Outcome::Sent { reference, reply: text::differences(has_other_title, &missing_labels) })
        } else if issue.has_marker(text::WITHHELD_MARKER) {
            Ok(Outcome::Withheld { reference })
        } else {
            self.withhold(text, &issue).await?;
            Err(api::not_done("keep the issue confidential"))
        }
    }

    /// Labels that GitLab left off. People may change them, so only those of an issue that is new, or has none, are
    /// compared.
    fn missing_labels<'a>(&'a self, text: &IssueText<'_>, issue: &Issue, is_new: bool) -> Vec<&'a str> {
        let is_bare = issue.labels.as_ref().is_some_and(Vec::is_empty);
        let is_first = text.delivery.purpose == Purpose::First;
        if is_new || is_first && is_bare { issue.lacks(&self.labels) } else { Vec::new() }
    }

    /// Makes the issue confidential unless GitLab says that it is. The license leaves it first, and is not in the issue
    /// that is returned if GitLab refuses.
    async fn protect(&self, text: &IssueText<'_>, issue: Issue) -> Result<Issue, Error> {
        if issue.is_confidential {
            return Ok(issue);
        }
        let issue = if issue.has_marker(text::WITHHELD_MARKER) { issue } else { self.withhold(text, &issue).await? };
        let change = Change { confidential: Some(true), ..Change::default() };
        match self.api.change_issue(issue.iid, &change).await {
            // What counts is what GitLab keeps.
            Ok(_) => self.api.get_issue(issue.iid).await,
            Err(error) if error.is_refusal() => Ok(issue),
            Err(error) => Err(error),
        }
    }

    /// Takes the license out of the issue.
    async fn withhold(&self, text: &IssueText<'_>, issue: &Issue) -> Result<Issue, Error> {
        let change = Change { description: Some(text.withheld(issue)), ..Change::default() };
        let changed = self.api.change_issue(issue.iid, &change).await?;
        if changed.has_marker(text::WITHHELD_MARKER) {
            Ok(changed)
        } else {
            Err(api::not_done("take the license out of the issue"))
        }
    }

    /// Renews the description, and closes or opens the issue. Holds the license only while the issue is confidential, and
    /// closes it only then.
    async fn update(&self, text: &IssueText<'_>, issue: Issue, fixes: &Fixes<'_>) -> Result<Issue, Error> {
        let copy = if issue.is_confidential { Copy::Kept } else { Copy::Withheld };
        let description = text.description(copy);
        let is_to_close = issue.is_confidential && text.wants_it_closed();
        let change = Change {
            title: fixes.title.then(|| text.title()),
            description: (!issue.has_description(&description)).then_some(description),
            add_labels: (!fixes.labels.is_empty()).then(|| fixes.labels.join(",")),
            state_event: issue.event_towards(is_to_close),
            confidential: None,
        };
        if change == Change::default() {
            return Ok(issue);
        }
        let changed = self.api.change_issue(issue.iid, &change).await?;
        if change.description.is_some_and(|asked| !changed.has_description(&asked)) {
            return Err(api::not_done("renew the issue's description"));
        }
        if changed.is_closed() != is_to_close {
            return Err(api::not_done(if is_to_close { "close the issue" } else { "leave the issue open" }));
        }
        Ok(changed)
    }

    async fn note_once(&self, text: &IssueText<'_>, issue: &Issue) -> Result<(), Error> {
        let Delivery { attempts, uncertain, .. } = *text.delivery;
        let may_exist = attempts > 1 || uncertain;
        if may_exist && self.api.has_note(issue.iid, &text.delivery_marker()).await? {
            return Ok(());
        }
        self.api.add_note(issue.iid, &text.note()).await
    }

    /// Removes customer and license from title and description. Creates no issue if there is none.
    async fn redact(&self, text: &IssueText<'_>, known: Option<Issue>) -> Result<Outcome, Error> {
        let issue = match known {
            Some(issue) => Some(issue),
            None => self.api.find_issue(text.details.license.created_at, &text.license_marker()).await?,
        };
        let Some(issue) = issue else { return Ok(Outcome::sent(None)) };
        let (title, description) = (text.title(), text.redacted());
        let change = Change {
            title: Some(title.clone()),
            description: Some(description.clone()),
            state_event: issue.event_towards(true),
            ..Change::default()
        };
        let changed = self.api.change_issue(issue.iid, &change).await?;
        if changed.has_title(&title) && changed.has_description(&description) && changed.is_closed() {
            Ok(Outcome::sent(Some(issue.url)))
        } else {
            Err(api::not_done("erase the customer from the issue and close it"))
        }
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
        Outcome::Refused { .. } | Outcome::Sent { .. } | Outcome::Posted { .. } | Outcome::Withheld { .. } => outcome,
    }
}
