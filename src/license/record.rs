//! The license and its details.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize, Serializer};
use strum::{EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Actor, Attempt, AttemptOutcome, Channel, Customer, Delivery, DeliveryId, DeliveryState, Digests, EligibilityNote,
    Email, Event, LicenseFile, Seats, Settled, Terms, Ticket, Username,
};

/// Characters of a license file's name before its extension; file systems allow 255 bytes in all.
const MAX_FILE_NAME_CHARS: usize = 100;

/// A license's id: a time-ordered UUID (version 7, RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LicenseId(pub Uuid);

impl LicenseId {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Uuid::try_parse(text).map(Self).map_err(|_| "must be a license id".into())
    }
}

impl Serialize for LicenseId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl fmt::Display for LicenseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The on-call engineer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// As given by the agent; the issue is assigned to it.
    pub username: Username,
    /// As the browser said; only for a mention in Slack.
    pub email: Option<Email>,
    /// The agent's identity: `sub` of the signed token.
    pub zendesk_user_id: u64,
}

impl From<&Agent> for Actor {
    fn from(agent: &Agent) -> Self {
        Self::Agent { user_id: agent.zendesk_user_id, username: Some(agent.username.clone()) }
    }
}

/// One emergency license.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    pub id: LicenseId,
    pub created_at: Timestamp,
    pub ticket: Ticket,
    pub agent: Agent,
    pub customer: Customer,
    pub seats: Seats,
    pub terms: Terms,
    /// `None` if sealing failed, or once it was erased.
    pub file: Option<LicenseFile>,
    /// Why sealing failed.
    pub seal_error: Option<String>,
    pub eligibility: EligibilityNote,
    pub replaces: Option<LicenseId>,
    pub replaced_by: Option<LicenseId>,
    /// An operator's test of the whole path. It counts towards no limit.
    pub drill: bool,
}

impl License {
    /// The name of the license file: the ASCII letters and digits of the company, or GitLab if there are none.
    pub(crate) fn file_name(&self) -> String {
        let company = self.customer.company.as_ref().map(super::SingleLine::as_str).unwrap_or_default();
        let plain: String = company.chars().filter(char::is_ascii_alphanumeric).take(MAX_FILE_NAME_CHARS).collect();
        format!("{}.gitlab-license", if plain.is_empty() { "GitLab" } else { &plain })
    }

    /// The eligibility check as one line: `out of scope: …, overridden by jdoe because …`.
    pub(crate) fn eligibility_summary(&self) -> String {
        let EligibilityNote { verdict, reason, .. } = &self.eligibility;
        let mut summary = format!("{}: {}", verdict.label(), reason.trim_end_matches('.'));
        if let Some((by, why)) = self.eligibility.overridden() {
            let label = self.eligibility.override_label().to_lowercase();
            summary.push_str(&format!(", {label} by {by} because {why}"));
        }
        if let Some(recommended) = self.eligibility.asks_for_more_than(self.seats) {
            summary.push_str(&format!("; fewer seats than the recommended {recommended}"));
        }
        if let Some(shown) = self.eligibility.evidence.as_ref().and_then(|evidence| evidence.zendesk.as_ref()) {
            summary.push_str(&format!("; Zendesk showed {}, not verified", shown.summary()));
        }
        summary
    }
}

#[derive(Debug, Clone)]
pub struct LicenseDetails {
    pub license: License,
    /// Oldest first.
    pub deliveries: Vec<Delivery>,
    /// Oldest first.
    pub events: Vec<Event>,
    /// By delivery, then by number.
    pub attempts: Vec<Attempt>,
    /// `None` if there never was a file.
    pub digests: Option<Digests>,
    /// When the customer's data was erased.
    pub erased_at: Option<Timestamp>,
    /// `None` while the follow-up is open.
    pub settled: Option<Settled>,
}

impl LicenseDetails {
    /// A license without deliveries and history.
    pub fn new(license: License) -> Self {
        let digests = license.file.as_ref().map(LicenseFile::digests);
        Self {
            license,
            deliveries: Vec::new(),
            events: Vec::new(),
            attempts: Vec::new(),
            digests,
            erased_at: None,
            settled: None,
        }
    }

    pub(crate) fn state(&self) -> State {
        State::of(&self.deliveries)
    }

    /// Whether the last recorded attempt of `delivery` cannot be repeated with success before the operator acts.
    pub(crate) fn needs_operator(&self, delivery: DeliveryId) -> bool {
        let last = self.attempts.iter().rfind(|attempt| attempt.delivery_id == delivery);
        last.is_some_and(|attempt| attempt.outcome == AttemptOutcome::NeedsOperator)
    }

    /// Whether the customer has it or will have it, and can use it on `today`.
    pub(crate) fn is_running(&self, today: Date) -> bool {
        let License { terms, file, replaced_by, drill, .. } = &self.license;
        !terms.is_expired(today)
            && file.is_some()
            && replaced_by.is_none()
            && !drill
            && self.erased_at.is_none()
            && self.state() != State::Failed
    }
}

/// The state of a license, which is that of its emails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum State {
    Delivering,
    /// Past the deadline and still retried.
    Late,
    /// Accepted by the mail server.
    Delivered,
    /// Refused permanently, bounced, or never sealed.
    Failed,
}

impl State {
    /// The best state that any of the license's emails has reached.
    pub(crate) fn of(deliveries: &[Delivery]) -> Self {
        let emails = || deliveries.iter().filter(|d| d.channel == Channel::Email);
        if emails().any(Delivery::is_successful) {
            Self::Delivered
        } else if let Some(pending) = emails().find(|d| d.state == DeliveryState::Pending) {
            if pending.late { Self::Late } else { Self::Delivering }
        } else {
            Self::Failed
        }
    }
}

/// The UTC date at `now`. Terms are counted from it.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}
