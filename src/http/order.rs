//! The body of `POST /api/v1/licenses`.

use serde_json::Value;

use super::{
    fields::{Fields, boolean, number, text},
    problem::{self, Problem},
};
use crate::{
    config::Rules,
    license::{
        Agent, Customer, Email, Line, Seats, Ticket, TicketId, Username, customer::MAX_NAME_CHARS, eligibility,
        ticket::MAX_SUBJECT_CHARS,
    },
    store::Session,
    workflow::{Desk, generate::Order, recipient},
};

/// Reads an order. Who asks is the session's word; the username is the agent's.
///
/// # Errors
/// 400 that names every wrong field.
pub fn parse(body: &Value, session: &Session, desk: &Desk) -> Result<Order, Problem> {
    let mut fields = Fields::default();
    let known = ["ticket", "agent", "customer", "seats", "evidence", "override_reason", "confirm_duplicate"];
    let Some(root) = fields.body(body, &known) else { return fields.finish(None) };
    let ticket = fields.object(root, "ticket", &["id", "subject"]);
    let agent = fields.object(root, "agent", &["username"]);
    let customer = fields.object(root, "customer", &["email", "name", "company"]);

    let ticket_id = fields.required(ticket, "id", number(TicketId::parse));
    let subject = fields.optional(ticket, "subject", text(|t| Line::parse(t, MAX_SUBJECT_CHARS)));
    let username = fields.required(agent, "username", text(Username::parse));
    let email = fields.required(customer, "email", text(|t| recipient_of(t, &desk.rules)));
    let name = fields.optional(customer, "name", text(|t| Line::parse(t, MAX_NAME_CHARS)));
    let company = fields.optional(customer, "company", text(|t| Line::parse(t, MAX_NAME_CHARS)));
    let seats = fields.required(Some(root), "seats", number(Seats::parse));
    let confirm_duplicate = fields.optional(Some(root), "confirm_duplicate", boolean).unwrap_or(false);
    let evidence = fields.nested(Some(root), "evidence", |evidence| desk.receive(evidence));
    let override_reason = fields.optional(Some(root), "override_reason", text(eligibility::override_reason));

    let eligibility = desk.eligibility(evidence.as_ref(), username.as_ref().zip(override_reason.as_ref()));
    // Alone it is the workflow's to say, which first looks whether the key was answered before.
    let gives_none = body.get("override_reason").is_none_or(Value::is_null);
    if fields.has_mistakes() && gives_none && eligibility.lacks_override() {
        fields.mistake("override_reason".into(), problem::override_wanted(&eligibility.reason));
    }
    let order = (|| {
        Some(Order {
            ticket: Ticket { id: ticket_id?, subject },
            agent: Agent { username: username?, zendesk_user_id: session.agent_user_id },
            customer: Customer { email: email?, name, company },
            seats: seats?,
            eligibility,
            confirm_duplicate,
        })
    })();
    fields.finish(order)
}

/// An address that a license may go to.
pub(super) fn recipient_of(text: &str, rules: &Rules) -> Result<Email, String> {
    let email = Email::parse(text)?;
    recipient::check(&email, &rules.refused_domains)?;
    Ok(email)
}
