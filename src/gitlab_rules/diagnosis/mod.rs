//! Explains what a customer sent: messages of their GitLab, a license file, an activation code, a problem with GitLab.com.
//!
//! - `plain_text`, `tokens`, `pattern`: the text as plain words, and finding a message among them
//! - `table`, `messages`, `gitlab_com`: one row per message; a new message is one more row
//! - `sealed`: license files and activation codes

mod gitlab_com;
mod kind;
mod messages;
mod pattern;
mod plain_text;
mod sealed;
mod table;
mod tokens;

use jiff::civil::Date;
use rsa::PublicKey;
use serde::Serialize;
use utoipa::ToSchema;

use self::{
    pattern::{Match, is_possible, matches, vocabulary},
    table::Row,
    tokens::Token,
};

pub use kind::Kind;

/// The longest text that is read, in bytes: a mail with its quotes, not a log.
pub(crate) const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The most findings in one answer.
pub const MAX_FINDINGS: usize = 20;

/// One thing that was recognised, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    pub kind: Kind,
    /// What it means, for the agent.
    pub meaning: String,
    /// What to do next, for the agent.
    pub steps: Vec<String>,
    /// The seats to generate a license for, if the text says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// A ready answer for the customer.
    pub reply: String,
    pub values: Values,
}

/// What a message says about the instance. Unknown values are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FindingValues)]
pub struct Values {
    /// The seats of the license that the message speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licensed_seats: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable_users: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_users: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trial: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<Date>,
    /// The day from whose beginning the license is expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
    /// The day from whose beginning GitLab blocks changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocks_on: Option<Date>,
}

impl Values {
    pub(crate) const NONE: Self = Self {
        licensed_seats: None,
        billable_users: None,
        maximum_users: None,
        trial: None,
        starts_on: None,
        expires_on: None,
        blocks_on: None,
    };
}

/// Why a text is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiagnosisError {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most {} KiB", MAX_TEXT_BYTES / 1024)]
    TooLong,
}

/// Explains what a customer sent, on `today` (UTC): first a license file or an activation code, then each message once, in
/// text order. [`Kind::Unknown`] if nothing was recognised.
///
/// Runs in linear time, and never repeats a license or a code from the text.
///
/// # Errors
/// The text is empty or too long.
pub fn diagnose(text: &str, key: &PublicKey, today: Date) -> Result<Vec<Finding>, DiagnosisError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(DiagnosisError::TooLong);
    }
    if text.trim().is_empty() {
        return Err(DiagnosisError::Empty);
    }
    let (mut findings, rest) = sealed::take(text, key, today);
    findings.extend(read(&rest, today));
    findings.truncate(MAX_FINDINGS);
    if findings.is_empty() {
        findings.push(unknown());
    }
    Ok(findings)
}

/// The messages in `text`, in order; or its topics of GitLab.com, if no message shows that it is about self-managed GitLab.
fn read(text: &str, today: Date) -> Vec<Finding> {
    let words = tokens::tokens(text);
    let mut found = find(messages::rows(), &words);
    if found.iter().all(|(row, _)| row.is_on_gitlab_com) && (found.is_empty() || gitlab_com::is_meant(&words)) {
        let topics = find(gitlab_com::rows(&words), &words);
        if !topics.is_empty() {
            found = topics;
        }
    }
    found.sort_by_key(|(_, found)| found.begin);
    found.into_iter().map(|(row, found)| row.explain(&found, today)).collect()
}

/// Every match of the rows. An earlier row wins where two overlap.
fn find<'r>(rows: impl Iterator<Item = &'r Row>, words: &[Token]) -> Vec<(&'r Row, Match)> {
    let vocabulary = vocabulary(words);
    let mut seen: Vec<(&Row, Match)> = Vec::new();
    for row in rows {
        if seen.iter().any(|(other, _)| (row.yields_to)(other.kind)) {
            continue;
        }
        let possible = row.wordings.iter().filter(|wording| is_possible(wording, &vocabulary));
        for found in possible.flat_map(|wording| matches(wording, words)) {
            let is_free = seen.iter().all(|(_, other)| found.end <= other.begin || other.end <= found.begin);
            let is_new = seen.iter().all(|(other, known)| !row.repeats(&found, other, known));
            if (row.holds)(&found.numbers) && is_free && is_new {
                seen.push((row, found));
            }
        }
    }
    seen
}

fn unknown() -> Finding {
    Finding {
        kind: Kind::Unknown,
        meaning: "Nothing in this text is a known message about licenses.".to_owned(),
        steps: vec![
            "Ask for the exact message, as text or as a screenshot, and for the page on which it appears.".to_owned(),
            "Ask for the GitLab version, and for the numbers of billable users and maximum users on the subscription page."
                .to_owned(),
        ],
        seats: None,
        reply: "Could you send us the exact message that GitLab shows, and a screenshot of the page Admin > Subscription \
                (in older versions Admin > License)?"
            .to_owned(),
        values: Values::NONE,
    }
}

#[cfg(test)]
mod tests;
