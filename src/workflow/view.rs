//! A license as the API shows it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::license::{
    Channel, Delivery, DeliveryState, Event, License, LicenseDetails, State, delivery::Attempt, record::today,
    terms::Plan,
};

/// Everything about one license, for those with a session. Never its text.
pub fn license(details: &LicenseDetails, zendesk_origin: &str, now: Timestamp) -> Value {
    let LicenseDetails { license, deliveries, events, attempts, digests, erased_at } = details;
    let mut view = summary(license, deliveries, zendesk_origin, now);
    view["license_md5"] = json!(digests.as_ref().map(|digests| &digests.md5));
    view["license_sha256"] = json!(digests.as_ref().map(|digests| &digests.sha256));
    view["erased_at"] = json!(erased_at);
    view["deliveries"] = deliveries.iter().map(|d| delivery(d, attempts)).collect();
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
        // The file's own word for its first day.
        "issued_at": terms.starts_on,
        "starts_on": terms.starts_on,
        "expires_on": terms.expires_on,
        "days_left": terms.days_left(today(now)),
        "state": State::of(deliveries),
        "sealed": license.seal_error.is_none(),
        "has_file": license.file.is_some(),
        "drill": license.drill,
        "eligibility": {
            "verdict": eligibility.verdict,
            "reason": eligibility.reason,
            "override_reason": eligibility.override_reason,
            "overridden_by": eligibility.overridden_by,
            "recommended_seats": eligibility.recommended_seats,
        },
        "replaces": replaces.map(|id| id.to_string()),
        "replaced_by": replaced_by.map(|id| id.to_string()),
    })
}

fn ticket_url(zendesk_origin: &str, license: &License) -> String {
    format!("{zendesk_origin}/agent/tickets/{}", license.ticket.id)
}

fn delivery(delivery: &Delivery, attempts: &[Attempt]) -> Value {
    let pending = delivery.sent_at.is_none() && delivery.state == DeliveryState::Pending;
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
        "arrival": arrival(delivery),
        "attempt_log": attempts.iter().filter(|a| a.delivery_id == delivery.id).map(attempt).collect::<Vec<_>>(),
    })
}

/// Whether an accepted mail arrived, in words; null for what is no mail, or not accepted yet.
fn arrival(delivery: &Delivery) -> Value {
    match &delivery.arrival {
        Some(arrival) => {
            json!({ "state": arrival.state, "detail": arrival.summary(), "reason": arrival.reason, "at": arrival.at })
        }
        None if delivery.channel == Channel::Email && delivery.state == DeliveryState::Sent => {
            json!({ "state": "unknown", "detail": "Accepted by the mail server; arrival unknown.", "reason": null, "at": null })
        }
        None => Value::Null,
    }
}

fn attempt(attempt: &Attempt) -> Value {
    json!({ "number": attempt.number, "at": attempt.at, "outcome": attempt.outcome, "error": attempt.error })
}

fn event(event: &Event) -> Value {
    json!({ "at": event.at, "actor": event.actor, "kind": event.kind, "detail": event.detail })
}
