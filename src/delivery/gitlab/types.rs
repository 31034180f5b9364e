//! What the API takes and gives, as far as it is used here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// GitLab's number for the role Reporter, the least that may set labels.
const REPORTER: u64 = 20;

/// An issue of the project.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    /// Its number within the project.
    pub(super) iid: u64,
    /// Built from the settings and `iid`; the `web_url` of an answer could lead anywhere.
    pub(super) url: String,
    pub(super) title: Option<String>,
    pub(super) state: Option<IssueState>,
    pub(super) description: Option<String>,
    pub(super) labels: Option<Vec<String>>,
    /// False unless GitLab says that it is.
    pub(super) is_confidential: bool,
}

/// An issue as GitLab's answers have it.
#[derive(Debug, Deserialize)]
pub(super) struct IssueAnswer {
    pub(super) iid: u64,
    pub(super) web_url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) state: Option<IssueState>,
    pub(super) description: Option<String>,
    pub(super) labels: Option<Vec<String>>,
    pub(super) confidential: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum IssueState {
    Opened,
    Closed,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StateEvent {
    Close,
    Reopen,
}

#[derive(Debug, Serialize)]
pub(super) struct NewIssue<'a> {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) labels: &'a [String],
    /// Always true: the description will hold a license.
    pub(super) confidential: bool,
    pub(super) assignee_ids: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) due_date: Option<Date>,
}

/// What changes about an issue.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// Comma-separated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) add_labels: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state_event: Option<StateEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) confidential: Option<bool>,
}

#[derive(Serialize)]
pub(super) struct NewNote<'a> {
    pub(super) body: &'a str,
    pub(super) internal: bool,
}

#[derive(Deserialize)]
pub(super) struct Note {
    pub(super) body: String,
}

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) id: u64,
    pub(super) username: String,
}

/// Any JSON object.
#[derive(Deserialize)]
pub(super) struct Ignored {}

/// The access token that the calls are made with.
#[derive(Debug, Deserialize)]
pub struct Token {
    pub active: Option<bool>,
    pub revoked: Option<bool>,
    #[serde(default)]
    pub scopes: Vec<String>,
    pub expires_at: Option<Date>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Project {
    pub archived: bool,
    issues_enabled: Option<bool>,
    issues_access_level: Option<String>,
    permissions: Permissions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Permissions {
    project_access: Option<Access>,
    group_access: Option<Access>,
}

#[derive(Debug, Deserialize)]
struct Access {
    access_level: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Label {
    pub name: String,
}

impl Issue {
    /// Whether `marker` is a line of the description.
    pub(super) fn has_marker(&self, marker: &str) -> bool {
        self.description.as_deref().is_some_and(|text| has_line(text, marker))
    }

    pub(super) fn has_description(&self, text: &str) -> bool {
        self.description.as_deref().is_some_and(|description| is_same_text(description, text))
    }

    pub(super) fn has_title(&self, title: &str) -> bool {
        self.title.as_deref() == Some(title)
    }

    /// Those of `labels` that GitLab does not show. It keeps the case in which a label was first written.
    pub(super) fn lacks<'a>(&self, labels: &'a [String]) -> Vec<&'a str> {
        let Some(present) = &self.labels else { return Vec::new() };
        let is_missing = |label: &&str| !present.iter().any(|known| known.eq_ignore_ascii_case(label));
        labels.iter().map(String::as_str).filter(is_missing).collect()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state == Some(IssueState::Closed)
    }

    /// The event that closes or opens it; `None` if it is known to be so already.
    pub(super) fn event_towards(&self, closed: bool) -> Option<StateEvent> {
        let (state, event) =
            if closed { (IssueState::Closed, StateEvent::Close) } else { (IssueState::Opened, StateEvent::Reopen) };
        (self.state != Some(state)).then_some(event)
    }
}

impl Token {
    pub(crate) fn is_usable(&self) -> bool {
        self.active != Some(false) && self.revoked != Some(true)
    }
}

impl Project {
    pub(crate) fn has_issues(&self) -> bool {
        self.issues_enabled != Some(false) && self.issues_access_level.as_deref() != Some("disabled")
    }

    /// Whether the token's role may set labels; `None` if GitLab does not show the role.
    pub(crate) fn is_reporter(&self) -> Option<bool> {
        let Permissions { project_access, group_access } = &self.permissions;
        let levels = [project_access, group_access].into_iter().flatten().map(|access| access.access_level);
        levels.max().map(|level| level >= REPORTER)
    }
}

/// Whether two texts differ at most in white space at the ends of their lines.
fn is_same_text(one: &str, other: &str) -> bool {
    one.trim_end().lines().map(str::trim_end).eq(other.trim_end().lines().map(str::trim_end))
}

/// Untrusted text is never at the start of a line, so a line of its own is ours.
pub(super) fn has_line(text: &str, marker: &str) -> bool {
    text.lines().any(|line| line.trim_end() == marker)
}
