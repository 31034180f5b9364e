//! The body of `POST /api/v1/licenses`.

use serde_json::Value;

use super::{
    error::{self, Problem},
    fields::{Fields, boolean, number, text},
};
use crate::{
    config::Rules,
    license::{
        Agent, Customer, Email, Seats, SingleLine, Ticket, TicketId, Username, customer::MAX_NAME_CHARS,
        ticket::MAX_SUBJECT_CHARS, verdict,
    },
    store::Session,
    workflow::{LicenseService, generate::GenerateLicense, recipient},
};

/// Reads an order. Who asks is the session's word; the username is the agent's.
///
/// # Errors
/// 400 that names every wrong field.
pub fn parse(body: &Value, session: &Session, licenses: &LicenseService) -> Result<GenerateLicense, Problem> {
    let mut fields = Fields::default();
    let known = ["ticket", "agent", "customer", "seats", "evidence", "override_reason", "confirm_duplicate"];
    let Some(root) = fields.body(body, &known) else { return fields.finish(None) };
    let ticket = fields.object(root, "ticket", &["id", "subject"]);
    let agent = fields.object(root, "agent", &["username"]);
    let customer = fields.object(root, "customer", &["email", "name", "company"]);

    let ticket_id = fields.required(ticket, "id", number(TicketId::parse));
    let subject = fields.optional(ticket, "subject", text(|t| SingleLine::parse(t, MAX_SUBJECT_CHARS)));
    let username = fields.required(agent, "username", text(Username::parse));
    let email = fields.required(customer, "email", text(|t| recipient_of(t, &licenses.rules)));
    let name = fields.optional(customer, "name", text(|t| SingleLine::parse(t, MAX_NAME_CHARS)));
    let company = fields.optional(customer, "company", text(|t| SingleLine::parse(t, MAX_NAME_CHARS)));
    let seats = fields.required(Some(root), "seats", number(Seats::parse));
    let confirm_duplicate = fields.optional(Some(root), "confirm_duplicate", boolean).unwrap_or(false);
    let evidence = fields.nested(Some(root), "evidence", |evidence| licenses.receive(evidence));
    let override_reason = fields.optional(Some(root), "override_reason", text(verdict::override_reason));

    let eligibility = licenses.eligibility(evidence.as_ref(), username.as_ref().zip(override_reason.as_ref()));
    // Alone it is the workflow's to say, which first looks whether the key was answered before.
    let gives_none = body.get("override_reason").is_none_or(Value::is_null);
    if fields.has_mistakes() && gives_none && eligibility.lacks_override() {
        fields.mistake("override_reason".into(), error::override_wanted(&eligibility.reason));
    }
    let order = (|| {
        Some(GenerateLicense {
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
