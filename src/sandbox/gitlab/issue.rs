//! Issues and notes as GitLab keeps and shows them.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

/// A member of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    pub id: u64,
    pub username: &'static str,
    pub name: &'static str,
}

/// The people that this GitLab knows.
pub const USERS: [User; 3] = [
    User { id: 5, username: "jdoe", name: "Jane Doe-Support" },
    User { id: 6, username: "asmith", name: "Alex Smith" },
    User { id: 7, username: "mmustermann", name: "Mika Mustermann" },
];

/// The two states of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Somebody has to look at it.
    Opened,
    Closed,
}

/// One issue, as the API shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Issue {
    /// Its number in all of GitLab.
    pub id: u64,
    /// Its number in the project.
    pub iid: u64,
    pub project_id: u64,
    pub title: String,
    pub description: String,
    pub state: State,
    pub labels: Vec<String>,
    /// Seen by the project's members alone.
    pub confidential: bool,
    pub assignees: Vec<User>,
    pub due_date: Option<Date>,
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// A page of this server.
    pub web_url: String,
    /// Its notes; the API shows them at an address of their own.
    #[serde(skip)]
    pub notes: Vec<Note>,
}

/// One comment on an issue.
#[derive(Debug, Clone, Serialize)]
pub struct Note {
    pub id: u64,
    pub body: String,
    /// Seen by the project's members alone.
    pub internal: bool,
    pub created_at: Timestamp,
}
