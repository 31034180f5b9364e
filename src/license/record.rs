//! A license as it is kept: who asked, for whom, seats, dates, its file.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use uuid::Uuid;

use super::{Channel, Customer, Delivery, DeliveryState, LicenseFile, Seats, Terms, Ticket, Username, Verdict};

/// A license's id: a time-ordered UUID (version 7, RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LicenseId(pub Uuid);

impl LicenseId {
    /// # Errors
    /// A sentence, where the text is no UUID.
    pub fn parse(text: &str) -> Result<Self, String> {
        Uuid::try_parse(text).map(Self).map_err(|_| "must be a license id".into())
    }
}

impl fmt::Display for LicenseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The on-call engineer: who Zendesk vouches for, and who they say they are in GitLab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The GitLab username they gave: the issue is assigned to it.
    pub username: Username,
    /// The user id of the session's `sub`: their identity.
    pub zendesk_user_id: u64,
}

/// What the scope check said when the license was generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EligibilityNote {
    /// The verdict.
    pub verdict: Verdict,
    /// Its reason in words.
    pub reason: String,
    /// Why the agent went on although it was out of scope; nothing where it was not.
    pub override_reason: Option<String>,
    /// The GitLab username of that agent: a replacement by another one keeps it.
    pub overridden_by: Option<String>,
    /// The seats that the evidence asks for, where it tells them.
    pub recommended_seats: Option<u32>,
}

impl EligibilityNote {
    /// Whether the agent still has to say why they go on.
    #[must_use]
    pub fn lacks_override(&self) -> bool {
        self.verdict.needs_override() && self.override_reason.is_none()
    }

    /// Who went on out of scope, and why.
    #[must_use]
    pub fn overridden(&self) -> Option<(&str, &str)> {
        self.overridden_by.as_deref().zip(self.override_reason.as_deref())
    }

    /// The recommendation, where `seats` are fewer.
    #[must_use]
    pub fn asks_for_more_than(&self, seats: Seats) -> Option<u32> {
        self.recommended_seats.filter(|recommended| *recommended > seats.get())
    }
}

/// One emergency license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    /// Its id, in API, issue, Slack and logs.
    pub id: LicenseId,
    /// When it was generated.
    pub created_at: Timestamp,
    /// The ticket it belongs to.
    pub ticket: Ticket,
    /// Who generated it.
    pub agent: Agent,
    /// Whom it is for.
    pub customer: Customer,
    /// Its user count.
    pub seats: Seats,
    /// Its fixed term.
    pub terms: Terms,
    /// The sealed text; nothing where sealing failed, or after it was erased.
    pub file: Option<LicenseFile>,
    /// Why sealing failed, where it did.
    pub seal_error: Option<String>,
    /// The scope check.
    pub eligibility: EligibilityNote,
    /// The earlier license that this one replaces.
    pub replaces: Option<LicenseId>,
    /// The later license that replaces this one.
    pub replaced_by: Option<LicenseId>,
    /// An operator tried the whole path with it: no customer has it, and it counts for no limit.
    pub drill: bool,
}

impl License {
    /// What the license file is called: the company's letters and digits, or GitLab where none are left.
    #[must_use]
    pub fn file_name(&self) -> String {
        let company = self.customer.company.as_ref().map(super::Line::as_str).unwrap_or_default();
        let plain: String = company.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("{}.gitlab-license", if plain.is_empty() { "GitLab" } else { &plain })
    }

    /// The scope check in the words of the history: `out of scope: …, overridden by jdoe because …`.
    #[must_use]
    pub fn scope_in_words(&self) -> String {
        let EligibilityNote { verdict, reason, .. } = &self.eligibility;
        let mut words = format!("{}: {}", verdict.name(), reason.trim_end_matches('.'));
        if let Some((by, why)) = self.eligibility.overridden() {
            words.push_str(&format!(", overridden by {by} because {why}"));
        }
        if let Some(recommended) = self.eligibility.asks_for_more_than(self.seats) {
            words.push_str(&format!("; fewer seats than the recommended {recommended}"));
        }
        words
    }
}

/// Everything that a history can say happened. Whoever shows a history has words for each.
pub const EVENTS: [&str; 30] = [
    "generated",
    "sealing_failed",
    "replaced",
    "replaces",
    "resent",
    "forwarded",
    "address_corrected",
    "retried",
    "downloaded",
    "email_late",
    "email_sent",
    "email_failed",
    "email_retry",
    "email_uncertain",
    "email_arrival_delayed",
    "email_arrival_delivered",
    "email_arrival_failed",
    "email_arrival_suppressed",
    "email_arrival_complained",
    "issue_sent",
    "issue_failed",
    "issue_retry",
    "issue_uncertain",
    "slack_sent",
    "slack_failed",
    "slack_retry",
    "slack_uncertain",
    "text_erased",
    "recipient_erased",
    "erased",
];

/// One line of a license's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who: `agent 42 (jdoe)` or `outbox`.
    pub by: String,
    /// What, in one word of the API: one of [`EVENTS`], or what a later version wrote.
    pub what: String,
    /// More about it, in words.
    pub detail: Option<String>,
}

/// How a license stands, which is how its mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The mail is under way.
    Delivering,
    /// The mail is past its deadline and tried on.
    Late,
    /// The mail server accepted the mail.
    Delivered,
    /// Refused for good, bounced, or never sealed.
    Failed,
}

impl State {
    /// The word in API and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivering => "delivering",
            Self::Late => "late",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Reads the state off the deliveries of one license: the best that any of its mails has reached.
    #[must_use]
    pub fn of(deliveries: &[Delivery]) -> Self {
        let mails = || deliveries.iter().filter(|d| d.channel == Channel::Email);
        if mails().any(Delivery::is_good) {
            Self::Delivered
        } else if let Some(pending) = mails().find(|d| d.state == DeliveryState::Pending) {
            if pending.late { Self::Late } else { Self::Delivering }
        } else {
            Self::Failed
        }
    }
}

/// The date in UTC at `now`: the day that licenses are counted from.
#[must_use]
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}
