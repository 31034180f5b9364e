//! What is left to do once a license is out: the customer's own license has to be in place before it stops.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::EnumIter;
use utoipa::ToSchema;

use super::{DailyTime, LicenseDetails, State, Terms, business_day::business_day_before};

/// What has to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// There is no license file: generate the license again.
    Generate,
    /// The customer does not have the license: get it to them.
    Deliver,
    /// The customer has it: put the renewal in place.
    Renew,
}

impl Task {
    pub(crate) fn of(details: &LicenseDetails) -> Self {
        if details.license.seal_error.is_some() {
            Self::Generate
        } else if details.state() == State::Delivered {
            Self::Renew
        } else {
            Self::Deliver
        }
    }

    /// As a sentence without its full stop.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Generate => "generate the license again",
            Self::Deliver => "get the license to the customer",
            Self::Renew => "put the renewal in place",
        }
    }
}

/// How a follow-up was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub at: Timestamp,
    /// The agent's GitLab username, or their number in Zendesk where none is known.
    pub by: String,
    /// Such as "renewal in place".
    pub note: Option<String>,
}

/// Whether it is still to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpState {
    Open,
    Done,
}

impl FollowUpState {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "open" => Ok(Self::Open),
            "done" => Ok(Self::Done),
            _ => Err("must be open or done".into()),
        }
    }
}

impl LicenseDetails {
    /// Whether someone has to follow up on it: not on a drill, nor on a license that another one replaces or that was erased.
    pub(crate) fn has_follow_up(&self) -> bool {
        !self.license.drill && self.license.replaced_by.is_none() && self.erased_at.is_none()
    }

    /// Whether it is to be done, and not done yet.
    pub(crate) fn is_follow_up_open(&self) -> bool {
        self.has_follow_up() && self.settled.is_none()
    }
}

/// When to remind of a license that nobody has followed up on: on the business day before its last one.
pub(crate) fn remind_at(terms: Terms, at: &DailyTime) -> Timestamp {
    at.on(business_day_before(terms.last_business_day()))
}
