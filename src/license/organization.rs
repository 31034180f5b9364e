//! What Zendesk shows of the ticket's organization.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// The organization as the agent's browser read it. These are hints that decide nothing, because a browser's word is not
/// verified; only a restricted account is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ZendeskOrganization {
    /// Its number in Zendesk.
    pub id: Option<u64>,
    pub name: Option<String>,
    /// The tag of the highest plan of all subscriptions, such as `ultimate`; `expired` once the plan is forgotten.
    pub plan: Option<String>,
    /// The latest end of all subscriptions, as Zendesk writes it.
    pub expires_on: Option<String>,
    /// The most seats of any subscription.
    pub seats: Option<u32>,
    /// The ticked fields of subscriptions, such as `sub_sm_ultimate`.
    pub subscriptions: Vec<String>,
    pub account_type: Option<String>,
    /// No service for legal reasons.
    pub restricted: bool,
    /// Support is suspended, mostly for unpaid invoices.
    pub support_hold: bool,
    pub read_at: Option<Timestamp>,
}

impl ZendeskOrganization {
    /// One line for the history, without the organization's name.
    pub(crate) fn summary(&self) -> String {
        let seats = self.seats.map(|seats| format!("{seats} seats"));
        let expires_on = self.expires_on.as_ref().map(|day| format!("until {day}"));
        let hold = self.support_hold.then(|| "support hold".to_owned());
        let facts = [self.plan.clone(), seats, expires_on, self.account_type.clone(), hold];
        let facts: Vec<String> = facts.into_iter().flatten().chain(self.subscriptions.iter().cloned()).collect();
        if facts.is_empty() { "nothing".to_owned() } else { facts.join(", ") }
    }
}

/// Where an agent took a value from that counts as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, EnumString, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TakenFrom {
    /// The ticket's organization.
    Zendesk,
    /// A comment of the customer in the ticket.
    Comment,
}
