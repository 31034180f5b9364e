//! What the page says of Zendesk in a request's evidence.

use jiff::Timestamp;
use utoipa::ToSchema;

use crate::license::TakenFrom;

/// The ticket's organization as the page read it.
#[derive(ToSchema)]
#[schema(as = EvidenceOrganization)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(super) struct OrganizationRequest {
    /// Its number in Zendesk.
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    id: Option<u64>,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: Option<String>,
    /// The tag of the highest plan of all subscriptions, such as `ultimate`.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    plan: Option<String>,
    /// The latest end of all subscriptions, as Zendesk writes it.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    expires_on: Option<String>,
    /// The most seats of any subscription.
    #[schema(maximum = 1_000_000)]
    seats: Option<u32>,
    /// The ticked fields of subscriptions, such as `sub_sm_ultimate`.
    #[schema(max_items = 20)]
    subscriptions: Option<Vec<String>>,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    account_type: Option<String>,
    /// No service for legal reasons: the request is refused.
    restricted: Option<bool>,
    /// Support is suspended, mostly for unpaid invoices.
    support_hold: Option<bool>,
    read_at: Option<Timestamp>,
}

/// Where typed values were taken over from.
#[derive(ToSchema)]
#[schema(as = EvidenceSources)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(super) struct SourcesRequest {
    plan: Option<TakenFrom>,
    trial: Option<TakenFrom>,
    expires_on: Option<TakenFrom>,
    seats: Option<TakenFrom>,
    billable_users: Option<TakenFrom>,
    maximum_users: Option<TakenFrom>,
    gitlab_version: Option<TakenFrom>,
}
