//! The verdict of the eligibility check, as kept with a license.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};
use utoipa::ToSchema;

use super::{EvidenceRecord, Seats, SingleLine};

/// Whether the case is in the scope of support's workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, EnumIter, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    InScope,
    NotExpired,
    /// Expired, but the grace period still runs.
    InGrace,
    /// The grace period ended too long ago.
    TooLate,
    NotPaid,
    /// The license is a trial.
    Trial,
    Unchecked,
}

impl Verdict {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    /// Its label in issue, Slack and history.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::InScope => "in scope",
            Self::Unchecked => "not checked",
            _ => "out of scope",
        }
    }

    /// Whether the agent must give a reason to override it.
    pub(crate) fn needs_override(self) -> bool {
        !matches!(self, Self::InScope | Self::Unchecked)
    }
}

/// The length of an override reason, in characters.
pub(crate) const OVERRIDE_REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=500;

/// Parses an agent's reason to generate out of scope. Line breaks and runs of spaces become one space each.
pub(crate) fn override_reason(text: &str) -> Result<SingleLine, String> {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (min, max) = (*OVERRIDE_REASON_CHARS.start(), *OVERRIDE_REASON_CHARS.end());
    if !OVERRIDE_REASON_CHARS.contains(&one_line.chars().count()) {
        return Err(format!("must have {min} to {max} characters"));
    }
    SingleLine::parse(&one_line, max)
}

/// The eligibility check of a license, as it was when the license was generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EligibilityNote {
    pub verdict: Verdict,
    pub reason: String,
    /// Why the agent overrode the verdict, wants unusually many seats, or generated another license; `None` if none of them
    /// was the case.
    pub override_reason: Option<String>,
    /// The GitLab username of the agent who overrode it: a replacement by another agent keeps it.
    pub overridden_by: Option<String>,
    /// The seats that the evidence asks for, if it says.
    pub recommended_seats: Option<u32>,
    /// `None` if no evidence was given, or once it was erased.
    pub evidence: Option<EvidenceRecord>,
}

impl EligibilityNote {
    /// Whether the agent still has to give an override reason.
    pub(crate) fn lacks_override(&self) -> bool {
        self.verdict.needs_override() && self.override_reason.is_none()
    }

    /// Whether Zendesk showed a restricted account.
    pub(crate) fn is_restricted(&self) -> bool {
        let organization = self.evidence.as_ref().and_then(|evidence| evidence.zendesk.as_ref());
        organization.is_some_and(|organization| organization.restricted)
    }

    /// What the reason is for: the verdict was overridden, or many seats or another license were confirmed.
    pub(crate) fn override_label(&self) -> &'static str {
        if self.verdict.needs_override() { "Overridden" } else { "Confirmed" }
    }

    /// Who gave the reason, and the reason.
    pub(crate) fn overridden(&self) -> Option<(&str, &str)> {
        self.overridden_by.as_deref().zip(self.override_reason.as_deref())
    }

    /// The recommended seats, if `seats` are fewer.
    pub(crate) fn asks_for_more_than(&self, seats: Seats) -> Option<u32> {
        self.recommended_seats.filter(|recommended| *recommended > seats.get())
    }
}
