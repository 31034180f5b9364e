//! The body of `POST /api/v1/licenses`.

use serde_json::Value;

use super::{
    fields::{Fields, boolean, number, text},
    problem::Problem,
};
use crate::{
    config::Rules,
    license::{
        Agent, Customer, EligibilityNote, Email, Line, Seats, Ticket, TicketId, Username, customer::MAX_NAME_CHARS,
        ticket::MAX_SUBJECT_CHARS,
    },
    store::Session,
    workflow::{generate::Order, recipient},
};

/// Reads an order. Who asks is the session's word; the username is the agent's.
///
/// # Errors
/// 400 that names every wrong field.
pub fn parse(body: &Value, session: &Session, rules: &Rules) -> Result<Order, Problem> {
    let mut fields = Fields::default();
    let known = ["ticket", "agent", "customer", "seats", "confirm_duplicate"];
    let Some(root) = fields.body(body, &known) else { return fields.finish(None) };
    let ticket = fields.object(root, "ticket", &["id", "subject"]);
    let agent = fields.object(root, "agent", &["username"]);
    let customer = fields.object(root, "customer", &["email", "name", "company"]);

    let ticket_id = fields.required(ticket, "id", number(TicketId::parse));
    let subject = fields.optional(ticket, "subject", text(|t| Line::parse(t, MAX_SUBJECT_CHARS)));
    let username = fields.required(agent, "username", text(Username::parse));
    let email = fields.required(customer, "email", text(|t| recipient_of(t, rules)));
    let name = fields.optional(customer, "name", text(|t| Line::parse(t, MAX_NAME_CHARS)));
    let company = fields.optional(customer, "company", text(|t| Line::parse(t, MAX_NAME_CHARS)));
    let seats = fields.required(Some(root), "seats", number(Seats::parse));
    let confirm_duplicate = fields.optional(Some(root), "confirm_duplicate", boolean).unwrap_or(false);

    let order = (|| {
        Some(Order {
            ticket: Ticket { id: ticket_id?, subject },
            agent: Agent { username: username?, zendesk_user_id: session.agent_user_id },
            customer: Customer { email: email?, name, company },
            seats: seats?,
            eligibility: EligibilityNote {
                verdict: "unchecked".into(),
                reason: "No evidence was given.".into(),
                override_reason: None,
            },
            confirm_duplicate,
        })
    })();
    fields.finish(order)
}

fn recipient_of(text: &str, rules: &Rules) -> Result<Email, String> {
    let email = Email::parse(text)?;
    recipient::check(&email, &rules.refused_domains)?;
    Ok(email)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const RULES: Rules = Rules {
        refused_domains: Vec::new(),
        grace_days: 14,
        window_days: 3,
        email_deadline: Duration::from_secs(300),
        agent_hourly: 10,
        customer_daily: 3,
        daily: 100,
        retention_days: 400,
    };

    /// Any JSON as a body, and any JSON in the place of any of its fields: read, or refused by name.
    #[test]
    fn fuzz_order_answers_any_body() {
        let session = Session { agent_user_id: 42, installation_id: 1, expires_at: jiff::Timestamp::MAX };
        let places = ["/ticket", "/ticket/id", "/ticket/subject", "/agent/username", "/customer/email", "/seats", ""];
        bolero::check!().with_type::<(u8, i64, Vec<u8>)>().for_each(|(place, number, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            let values = [serde_json::from_slice(bytes).unwrap_or(Value::Null), json!(text), json!(number)];
            for value in values {
                let mut body = json!({
                    "ticket": { "id": 1, "subject": "x" },
                    "agent": { "username": "jdoe" },
                    "customer": { "email": "jane@acme.example" },
                    "seats": 1,
                });
                if let Some(field) = body.pointer_mut(places[usize::from(*place) % places.len()]) {
                    *field = value;
                }
                match parse(&body, &session, &RULES) {
                    Ok(order) => assert_eq!(order.agent.zendesk_user_id, 42, "who asks is the session's word"),
                    Err(problem) => assert!(problem.to_string().starts_with("400 ")),
                }
            }
        });
    }
}
