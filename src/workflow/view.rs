//! A license as the API shows it. Never its text.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    LicenseService,
    actions::{self, Obstacle},
    delivery_view::{DeliveryView, delivery_view},
};
use crate::license::{
    DeliveryState, Event, EventKind, EvidenceRecord, FollowUpState, LicenseDetails, LicenseId, Plan, State, Task,
    Verdict, record::today,
};

/// One emergency license with its deliveries and history.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = License)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of the API's license")]
pub(crate) struct LicenseView {
    #[schema(value_type = String, format = "uuid")]
    pub id: LicenseId,
    pub created_at: Timestamp,
    pub ticket: TicketView,
    pub agent: AgentView,
    pub customer: CustomerView,
    /// 1 to 1,000,000.
    pub seats: u32,
    pub plan: Plan,
    pub trial: bool,
    /// The first day; `issued_at` of the license file.
    pub starts_on: Date,
    /// The license stops at 00:00 of this day, server's time.
    pub expires_on: Date,
    /// Whole days until it stops; 0 once it has.
    pub days_left: i32,
    pub state: State,
    /// The customer has it or will have it: sealed, not expired, not replaced, and no email failed.
    pub running: bool,
    pub sealed: bool,
    /// False if sealing failed or the text was erased.
    pub has_file: bool,
    pub drill: bool,
    pub eligibility: EligibilityView,
    #[schema(value_type = Option<String>, format = "uuid")]
    pub replaces: Option<LicenseId>,
    #[schema(value_type = Option<String>, format = "uuid")]
    pub replaced_by: Option<LicenseId>,
    /// MD5 of the license file in hex, under which GitLab reports usage.
    pub license_md5: Option<String>,
    /// SHA-256 of the license file in hex.
    pub license_sha256: Option<String>,
    /// Where the license's usage is looked up.
    pub usage_url: Option<String>,
    /// When the customer's data was erased.
    pub erased_at: Option<Timestamp>,
    /// What is left to do; null for drills, and once the license was replaced or erased.
    pub follow_up: Option<FollowUpView>,
    pub actions: Actions,
    /// Oldest first.
    pub deliveries: Vec<DeliveryView>,
    /// Oldest first.
    pub events: Vec<EventView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketView {
    pub id: u64,
    pub subject: Option<String>,
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Agent)]
pub(crate) struct AgentView {
    /// GitLab username.
    pub username: String,
    pub zendesk_user_id: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Customer)]
pub(crate) struct CustomerView {
    pub name: Option<String>,
    pub email: String,
    pub company: Option<String>,
}

/// The eligibility check, as it was when the license was generated.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = EligibilityNote)]
pub(crate) struct EligibilityView {
    pub verdict: Verdict,
    pub reason: String,
    pub override_reason: Option<String>,
    /// GitLab username.
    pub overridden_by: Option<String>,
    pub recommended_seats: Option<u32>,
    /// What was read and where each value is from; null without evidence.
    pub evidence: Option<EvidenceRecord>,
}

/// What is left to do about a license.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FollowUp)]
pub(crate) struct FollowUpView {
    pub state: FollowUpState,
    pub task: Task,
    /// The GitLab username of the agent who generated the license.
    pub owner: String,
    /// The last business day before the license stops.
    pub due_on: Date,
    /// Who settled it, by GitLab username; null while it is open.
    pub by: Option<String>,
    pub at: Option<Timestamp>,
    pub note: Option<String>,
}

/// What can be done with the license now, by the agent who asks.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Actions {
    pub resend: Action,
    pub forward: Action,
    pub replace: Action,
    pub retry: Action,
    pub unblock: Action,
    pub download: Action,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Action {
    pub allowed: bool,
    /// Null if it is allowed.
    pub reason: Option<Obstacle>,
    /// The reason as a sentence, with what to do instead.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView {
    pub at: Timestamp,
    /// Such as `agent 42 (jdoe)` or `outbox`.
    pub actor: String,
    pub kind: EventKind,
    pub detail: Option<String>,
}

/// One page of licenses, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LicensePage)]
pub(crate) struct PageView {
    pub items: Vec<LicenseView>,
    /// Where the next page begins; null on the last one.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub next_cursor: Option<LicenseId>,
}

impl LicenseView {
    pub(crate) fn is_pending(&self) -> bool {
        self.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Pending)
    }
}

impl LicenseService {
    /// The license as the API shows it to this agent.
    pub(crate) fn view(&self, details: &LicenseDetails, agent_user_id: u64) -> LicenseView {
        let LicenseDetails { license, deliveries, events, attempts, digests, erased_at, .. } = details;
        let today = today(self.clock.now());
        let digests = digests.as_ref();
        LicenseView {
            id: license.id,
            created_at: license.created_at,
            ticket: TicketView {
                id: license.ticket.id.get(),
                subject: license.ticket.subject.as_ref().map(ToString::to_string),
                url: self.links.ticket(&license.ticket),
            },
            agent: AgentView {
                username: license.agent.username.to_string(),
                zendesk_user_id: license.agent.zendesk_user_id,
            },
            customer: CustomerView {
                name: license.customer.name.as_ref().map(ToString::to_string),
                email: license.customer.email.to_string(),
                company: license.customer.company.as_ref().map(ToString::to_string),
            },
            seats: license.seats.get(),
            plan: Plan::Ultimate,
            trial: true,
            starts_on: license.terms.starts_on,
            expires_on: license.terms.expires_on,
            days_left: license.terms.days_left(today),
            state: details.state(),
            running: details.is_running(today),
            sealed: license.seal_error.is_none(),
            has_file: license.file.is_some(),
            drill: license.drill,
            eligibility: EligibilityView {
                verdict: license.eligibility.verdict,
                reason: license.eligibility.reason.clone(),
                override_reason: license.eligibility.override_reason.clone(),
                overridden_by: license.eligibility.overridden_by.clone(),
                recommended_seats: license.eligibility.recommended_seats,
                evidence: license.eligibility.evidence.clone(),
            },
            replaces: license.replaces,
            replaced_by: license.replaced_by,
            license_md5: digests.map(|digests| digests.md5.clone()),
            license_sha256: digests.map(|digests| digests.sha256.clone()),
            usage_url: self.usage_url_template.as_ref().zip(digests).map(|(template, digests)| {
                template.replace("{license_md5}", &digests.md5).replace("{license_sha256}", &digests.sha256)
            }),
            erased_at: *erased_at,
            follow_up: details.has_follow_up().then(|| follow_up_view(details)),
            actions: self.actions(details, agent_user_id, today),
            deliveries: deliveries.iter().map(|delivery| delivery_view(delivery, attempts)).collect(),
            events: events.iter().map(event_view).collect(),
        }
    }

    fn actions(&self, details: &LicenseDetails, agent_user_id: u64, today: Date) -> Actions {
        let allowed = if self.may_generate(agent_user_id) { Ok(()) } else { Err(Obstacle::AgentNotAllowed) };
        let action = |possible: Result<(), Obstacle>| match allowed.and(possible) {
            Ok(()) => Action { allowed: true, reason: None, detail: None },
            Err(obstacle) => Action { allowed: false, reason: Some(obstacle), detail: Some(obstacle.detail(details)) },
        };
        let refused_domains = &self.rules.refused_domains;
        Actions {
            resend: action(actions::can_resend(details, refused_domains, today)),
            forward: action(actions::can_email(details, today)),
            replace: action(actions::can_replace(details, refused_domains, today)),
            unblock: action(self.can_unblock(details).map(drop)),
            retry: action(actions::can_retry(details, today)),
            download: action(actions::can_download(details)),
        }
    }
}

fn follow_up_view(details: &LicenseDetails) -> FollowUpView {
    let LicenseDetails { license, settled, .. } = details;
    let settled = settled.as_ref();
    FollowUpView {
        state: if settled.is_some() { FollowUpState::Done } else { FollowUpState::Open },
        task: Task::of(details),
        owner: license.agent.username.to_string(),
        due_on: license.terms.last_business_day(),
        by: settled.map(|settled| settled.by.clone()),
        at: settled.map(|settled| settled.at),
        note: settled.and_then(|settled| settled.note.clone()),
    }
}

fn event_view(event: &Event) -> EventView {
    EventView { at: event.at, actor: event.actor.clone(), kind: event.kind, detail: event.detail.clone() }
}
