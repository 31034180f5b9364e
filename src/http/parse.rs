//! Request bodies, parsed field by field, so that all refused fields are named at once.

use serde_json::Value;

use super::{
    AppState,
    api::{
        AgentRequest, CustomerRequest, DiagnosisRequest, ForwardRequest, GenerateRequest, MAX_REASON_CHARS, NoFields,
        ReplaceRequest, ResendRequest, TicketRequest,
    },
    body,
    extract::{RequestBody, Session},
    fields::{FieldErrors, boolean, number, text},
    problem::override_required,
};
use crate::{
    config::Rules,
    gitlab_rules::evidence::Received,
    license::{
        Agent, Customer, Email, FieldError, Language, ResendKind, Seats, SingleLine, Ticket, TicketId, Username,
        customer::MAX_NAME_CHARS, ticket::MAX_SUBJECT_CHARS, verdict,
    },
    workflow::{generate::GenerateLicense, recipient, replace::ReplaceLicense, resend::ResendLicense},
};

/// The command of a generate request.
pub(crate) struct ParsedGenerate(pub(crate) GenerateLicense);

/// The command of a resend request.
pub(crate) struct ParsedResend(pub(crate) ResendLicense);

/// The command of a forward request.
pub(crate) struct ParsedForward(pub(crate) ResendLicense);

impl RequestBody for ParsedGenerate {
    const MAX_BYTES: usize = body::MAX_PASTED_BYTES;

    fn parse(body: &Value, state: &AppState, session: &Session) -> Result<Self, Vec<FieldError>> {
        let licenses = &state.licenses;
        let mut errors = FieldErrors::default();
        let Some(root) = errors.body::<GenerateRequest>(body) else { return errors.finish(None) };
        let ticket = errors.object::<TicketRequest>(root, "ticket");
        let agent = errors.object::<AgentRequest>(root, "agent");
        let customer = errors.object::<CustomerRequest>(root, "customer");

        let ticket_id = errors.required(ticket, "id", number(TicketId::parse));
        let subject = errors.optional(ticket, "subject", text(|t| SingleLine::parse(t, MAX_SUBJECT_CHARS)));
        let username = errors.required(agent, "username", text(Username::parse));
        // It only serves a mention, so one that is no address is left out.
        let agent_email = errors.optional(agent, "email", text(|t| Ok(Email::parse(t).ok()))).flatten();
        let email = errors.required(customer, "email", text(|t| recipient_of(t, &licenses.rules)));
        let name = errors.optional(customer, "name", text(|t| SingleLine::parse(t, MAX_NAME_CHARS)));
        let company = errors.optional(customer, "company", text(|t| SingleLine::parse(t, MAX_NAME_CHARS)));
        let language = errors.optional(customer, "locale", text(locale)).unwrap_or_default();
        let seats = errors.required(Some(root), "seats", number(Seats::parse));
        let confirm_duplicate = errors.optional(Some(root), "confirm_duplicate", boolean).unwrap_or(false);
        let evidence = errors.nested(Some(root), "evidence", |evidence| licenses.receive(evidence));
        let override_reason = errors.optional(Some(root), "override_reason", text(verdict::override_reason));

        let overriding = username.as_ref().zip(override_reason.as_ref());
        let eligibility = licenses.eligibility_note(evidence.as_ref(), seats, overriding, confirm_duplicate);
        // Alone, a missing reason is refused by the workflow, after it has looked for a stored response.
        let gives_none = body.get("override_reason").is_none_or(Value::is_null);
        if !errors.is_empty() && gives_none && eligibility.lacks_override() {
            let _: Option<()> = errors.refuse("override_reason", override_required(&eligibility.reason));
        }
        let command = (|| {
            Some(GenerateLicense {
                ticket: Ticket { id: ticket_id?, subject },
                agent: Agent { username: username?, email: agent_email, zendesk_user_id: session.agent_user_id },
                customer: Customer { email: email?, name, company, language },
                seats: seats?,
                eligibility,
                confirm_duplicate,
            })
        })();
        errors.finish(command.map(Self))
    }
}

impl RequestBody for ParsedResend {
    const OPTIONAL: bool = true;

    fn parse(body: &Value, _: &AppState, _: &Session) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let root = if body.is_null() { None } else { errors.body::<ResendRequest>(body) };
        let without_attachment = errors.optional(root, "without_attachment", boolean).unwrap_or(false);
        errors.finish(Some(Self(ResendLicense { how: ResendKind::Resend, to: None, without_attachment })))
    }
}

impl RequestBody for ParsedForward {
    fn parse(body: &Value, state: &AppState, _: &Session) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let root = errors.body::<ForwardRequest>(body);
        let email = errors.required(root, "email", text(|t| recipient_of(t, &state.licenses.rules)));
        let corrects = errors.optional(root, "correct", boolean).unwrap_or(false);
        let without_attachment = errors.optional(root, "without_attachment", boolean).unwrap_or(false);
        let how = if corrects { ResendKind::CorrectAddress } else { ResendKind::Forward };
        errors.finish(email.map(|email| Self(ResendLicense { how, to: Some(email), without_attachment })))
    }
}

impl RequestBody for ReplaceLicense {
    fn parse(body: &Value, _: &AppState, _: &Session) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let root = errors.body::<ReplaceRequest>(body);
        let seats = errors.required(root, "seats", number(Seats::parse));
        let reason = errors.required(root, "reason", text(|t| SingleLine::parse(t, MAX_REASON_CHARS)));
        errors.finish(seats.zip(reason).map(|(seats, reason)| Self { seats, reason }))
    }
}

impl RequestBody for NoFields {
    const OPTIONAL: bool = true;

    fn parse(body: &Value, _: &AppState, _: &Session) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let root = if body.is_null() { Some(()) } else { errors.body::<Self>(body).map(drop) };
        errors.finish(root.map(|()| Self {}))
    }
}

impl RequestBody for DiagnosisRequest {
    const MAX_BYTES: usize = body::MAX_EVIDENCE_BYTES;

    fn parse(body: &Value, _: &AppState, _: &Session) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let root = errors.body::<Self>(body);
        let text = errors.required(root, "text", text(|text| Ok(text.to_owned())));
        errors.finish(text.map(|text| Self { text }))
    }
}

impl RequestBody for Received {
    const MAX_BYTES: usize = body::MAX_PASTED_BYTES;

    fn parse(body: &Value, state: &AppState, _: &Session) -> Result<Self, Vec<FieldError>> {
        match body {
            Value::Object(evidence) => state.licenses.receive(evidence),
            _ => Err(vec![FieldError { field: "body".into(), detail: "must be a JSON object".into() }]),
        }
    }
}

/// The longest tags of RFC 5646 that are in use have 35 characters.
fn locale(text: &str) -> Result<Language, String> {
    if text.chars().count() <= 35 {
        Ok(Language::of_locale(text))
    } else {
        Err("must have at most 35 characters".into())
    }
}

/// An address that a license may go to.
fn recipient_of(text: &str, rules: &Rules) -> Result<Email, String> {
    let email = Email::parse(text)?;
    recipient::check(&email, &rules.refused_domains)?;
    Ok(email)
}
