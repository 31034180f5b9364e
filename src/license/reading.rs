//! What was read off the evidence that a customer sent.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Plan, ZendeskOrganization};

/// What one piece of evidence says; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Reading {
    pub plan: Option<Plan>,
    pub trial: Option<bool>,
    pub seats: Option<u32>,
    pub starts_on: Option<Date>,
    /// The day from whose beginning it is expired.
    pub expires_on: Option<Date>,
    /// The day from whose beginning the instance is read-only.
    pub blocks_on: Option<Date>,
    pub billable_users: Option<u32>,
    /// The day of that count.
    pub billable_as_of: Option<Date>,
    /// The highest number of billable users during the term.
    pub maximum_users: Option<u32>,
    /// As GitLab writes it: `18.2.1-ee`.
    pub gitlab_version: Option<String>,
    pub company: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub subscription_name: Option<String>,
    /// The license system's number.
    pub license_id: Option<String>,
    pub license_md5: Option<String>,
    pub license_sha256: Option<String>,
    /// Of the customer's instance.
    pub hostname: Option<String>,
}

impl Reading {
    /// Whether this is a trial that began after `earlier`, a paid license: an extension by sales, and no trial customer's.
    pub(crate) fn extends(&self, earlier: &Self) -> bool {
        self.trial == Some(true)
            && earlier.trial == Some(false)
            && earlier.plan.is_some_and(|plan| plan != Plan::Free)
            && earlier.starts_on.zip(self.starts_on).is_some_and(|(before, after)| before < after)
    }

    /// Fills what is not known from `other`. A count and its day go together, and so do the days of one license.
    pub(crate) fn or(self, other: &Self) -> Self {
        let billable_as_of = if self.billable_users.is_some() { self.billable_as_of } else { other.billable_as_of };
        let is_other = self.expires_on.zip(other.expires_on).is_some_and(|(own, theirs)| own != theirs);
        let of_license = |day: Option<Date>| day.filter(|_| !is_other);
        Self {
            plan: self.plan.or(other.plan),
            trial: self.trial.or(other.trial),
            seats: self.seats.or(other.seats),
            starts_on: self.starts_on.or(of_license(other.starts_on)),
            expires_on: self.expires_on.or(other.expires_on),
            blocks_on: self.blocks_on.or(of_license(other.blocks_on)),
            billable_users: self.billable_users.or(other.billable_users),
            billable_as_of,
            maximum_users: self.maximum_users.or(other.maximum_users),
            gitlab_version: self.gitlab_version.or_else(|| other.gitlab_version.clone()),
            company: self.company.or_else(|| other.company.clone()),
            name: self.name.or_else(|| other.name.clone()),
            email: self.email.or_else(|| other.email.clone()),
            subscription_name: self.subscription_name.or_else(|| other.subscription_name.clone()),
            license_id: self.license_id.or_else(|| other.license_id.clone()),
            license_md5: self.license_md5.or_else(|| other.license_md5.clone()),
            license_sha256: self.license_sha256.or_else(|| other.license_sha256.clone()),
            hostname: self.hostname.or_else(|| other.hostname.clone()),
        }
    }
}

/// What all evidence together said, as kept with a license.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceRecord {
    #[schema(value_type = Reading)]
    pub read: Reading,
    /// By field of `read`: the kind of evidence that it is from; `typed` by the agent, or taken over by them from the
    /// organization in `zendesk` or a `comment` of the ticket.
    pub sources: BTreeMap<String, String>,
    /// What Zendesk showed of the ticket's organization; null where nothing was read.
    #[serde(default)]
    #[schema(required)]
    pub zendesk: Option<ZendeskOrganization>,
}
