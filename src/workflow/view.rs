//! A license as the API shows it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    license::{Delivery, Event, License, State, record::today, terms::Plan},
    store::Dossier,
};

/// Everything about one license, for those with a session. Never its text.
#[must_use]
pub fn license(dossier: &Dossier, zendesk_origin: &str, now: Timestamp) -> Value {
    let Dossier { license, deliveries, events } = dossier;
    let mut view = summary(license, deliveries, zendesk_origin, now);
    view["deliveries"] = deliveries.iter().map(delivery).collect();
    view["events"] = events.iter().map(event).collect();
    view
}

fn summary(license: &License, deliveries: &[Delivery], zendesk_origin: &str, now: Timestamp) -> Value {
    let License { id, created_at, ticket, agent, customer, seats, terms, eligibility, replaces, replaced_by, .. } =
        license;
    json!({
        "id": id.to_string(),
        "created_at": created_at,
        "ticket": {
            "id": ticket.id.get(),
            "subject": ticket.subject.as_ref().map(ToString::to_string),
            "url": ticket_url(zendesk_origin, license),
        },
        "agent": { "username": agent.username.as_str(), "zendesk_user_id": agent.zendesk_user_id },
        "customer": {
            "name": customer.name.as_ref().map(ToString::to_string),
            "email": customer.email.as_str(),
            "company": customer.company.as_ref().map(ToString::to_string),
        },
        "seats": seats.get(),
        "plan": Plan::Ultimate,
        "trial": true,
        "starts_on": terms.starts_on,
        "expires_on": terms.expires_on,
        "days_left": terms.days_left(today(now)),
        "state": State::of(deliveries),
        "sealed": license.seal_error.is_none(),
        "drill": license.drill,
        "eligibility": {
            "verdict": eligibility.verdict,
            "reason": eligibility.reason,
            "override_reason": eligibility.override_reason,
        },
        "replaces": replaces.map(|id| id.to_string()),
        "replaced_by": replaced_by.map(|id| id.to_string()),
    })
}

fn ticket_url(zendesk_origin: &str, license: &License) -> String {
    format!("{zendesk_origin}/agent/tickets/{}", license.ticket.id)
}

fn delivery(delivery: &Delivery) -> Value {
    let pending = delivery.sent_at.is_none() && delivery.state == crate::license::DeliveryState::Pending;
    json!({
        "id": delivery.id.to_string(),
        "channel": delivery.channel,
        "purpose": delivery.purpose,
        "recipient": delivery.recipient,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "uncertain": delivery.uncertain,
        "late": delivery.late,
        "created_at": delivery.created_at,
        "next_attempt_at": pending.then_some(delivery.next_attempt_at),
        "sent_at": delivery.sent_at,
        "last_error": delivery.last_error,
        "reference": delivery.reference,
    })
}

fn event(event: &Event) -> Value {
    json!({ "at": event.at, "by": event.by, "what": event.what, "detail": event.detail })
}
