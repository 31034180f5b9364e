//! What a customer sent, explained: a message of their GitLab, a license file, an activation code, or a notice about
//! GitLab.com.
//!
//! - `tokens`, `pattern`: what was sent as plain words, and finding a message among them
//! - `table`, `messages`, `gitlab_com`: one row a message; a new message is one more row
//! - `sealed`: license files and activation codes

mod gitlab_com;
mod messages;
mod pattern;
mod sealed;
mod table;
mod tokens;

use jiff::civil::Date;
use rsa::PublicKey;
use serde::Serialize;
use utoipa::ToSchema;

use self::table::{About, Row};

/// The longest text that is looked at, in bytes: a mail with its quotes, not a log.
pub(crate) const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The most findings in one answer; what is beyond is a text made to be one.
pub const MAX_FINDINGS: usize = 20;

/// What was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingKind)]
pub enum Kind {
    /// The peak of the license before is above the new seats.
    PastUsersTooMany,
    /// More users now than seats.
    CurrentUsersTooMany,
    /// Too few seats, without the words that tell whether now or before.
    TooFewSeats,
    /// The message of old versions whose numbers cannot be right.
    WrongNumbers,
    /// The license's true-up keys do not fit.
    TrueUp,
    /// The license is past its last day.
    LicenseExpired,
    /// The license file cannot be read by the instance.
    LicenseKeyInvalid,
    /// The activation code was not taken.
    ActivationCodeInvalid,
    /// The activation code could not be checked: no connection.
    NoConnection,
    /// The form was sent without a license.
    FormEmpty,
    /// A cloud license in the form for files.
    CloudLicenseInForm,
    /// The grace period is over.
    ReadOnly,
    Accepted,
    /// The license was taken and begins later than the server's date.
    AcceptedForLater,
    SubscriptionExpired,
    SubscriptionExpiresSoon,
    /// A license file that can be read.
    LicenseFile,
    /// A license file that cannot be read.
    LicenseFileUnreadable,
    /// The code of a cloud license.
    ActivationCode,
    /// GitLab.com: the customer has no account there yet.
    GitlabComNoAccount,
    /// GitLab.com: no group to choose when buying.
    GitlabComNoGroup,
    /// GitLab.com: what was bought is not linked to its group.
    GitlabComNotLinked,
    /// GitLab.com: more seats in use than bought.
    GitlabComTrueUp,
    /// GitLab.com, and nothing more precise.
    GitlabCom,
    Unknown,
}

/// One thing that was recognised, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    pub kind: Kind,
    /// What it means, for the agent.
    pub meaning: String,
    /// What to do next, for the agent.
    pub steps: Vec<String>,
    /// The seats to generate a license for, where the text tells them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// A ready answer for the customer.
    pub reply: String,
}

/// Why a text is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DiagnosisError {
    #[error("must not be empty")]
    Empty,
    #[error("must have at most {} KiB", MAX_TEXT_BYTES / 1024)]
    TooLong,
}

/// Explains what a customer sent, on `today` (UTC): a license file or an activation code first, then every message in the
/// order in which they stand, each once; [`Kind::Unknown`] alone where nothing was recognised.
///
/// Takes time in proportion to the text, and never repeats a license or a code from it.
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
    findings.extend(read(&rest));
    findings.truncate(MAX_FINDINGS);
    if findings.is_empty() {
        findings.push(unknown());
    }
    Ok(findings)
}

/// The messages in `text`, in order.
fn read(text: &str) -> Vec<Finding> {
    let words = tokens::tokens(text);
    let elsewhere = if gitlab_com::is_meant(&words) { About::SelfManaged } else { About::Site };
    let mut seen: Vec<(&Row, pattern::Match)> = Vec::new();
    for row in messages::ROWS.iter().chain(gitlab_com::ROWS) {
        if row.about == elsewhere || row.is_weak && !seen.is_empty() {
            continue;
        }
        for found in row.wordings.iter().flat_map(|wording| pattern::matches(wording, &words)) {
            let is_free = seen.iter().all(|(_, other)| found.end <= other.begin || other.end <= found.begin);
            let is_new = seen.iter().all(|(other, known)| !row.says_the_same(&found, other, known));
            if (row.holds)(&found.numbers) && is_free && is_new {
                seen.push((row, found));
            }
        }
    }
    seen.sort_by_key(|(_, found)| found.begin);
    seen.into_iter().map(|(row, found)| row.explain(&found)).collect()
}

fn unknown() -> Finding {
    Finding {
        kind: Kind::Unknown,
        meaning: "Nothing in this text is a message about licenses that is known here.".to_owned(),
        steps: vec![
            "Ask for the exact message, as text or as a screenshot, and for the page on which it appears.".to_owned(),
            "Ask for the GitLab version, and for the numbers of billable users and maximum users on the subscription page."
                .to_owned(),
        ],
        seats: None,
        reply: "Could you send us the exact message that GitLab shows, and a screenshot of the page Admin > Subscription \
                (in older versions Admin > License)?"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests;
