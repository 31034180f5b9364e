//! Request bodies, and the responses that are not a license.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    AppState, body,
    error::override_required,
    extract::{QueryParameters, RequestBody, Session},
    fields::{FieldErrors, boolean, number, text},
    zendesk::{OrganizationRequest, SourcesRequest},
};
use crate::{
    config::Rules,
    gitlab_rules::{
        answer::GitlabAnswer,
        diagnosis::Finding,
        evidence::{
            Received,
            reading::{Kind, Reading, Sure},
            recognise::{Conflict, Missing},
        },
    },
    license::{
        Agent, Customer, Email, FieldError, Language, LicenseId, ResendKind, Seats, SingleLine, Ticket, TicketId,
        Username, Verdict, customer::MAX_NAME_CHARS, ticket::MAX_SUBJECT_CHARS, verdict,
    },
    workflow::{
        generate::GenerateLicense, recipient, replace::ReplaceLicense, resend::ResendLicense, view::LicenseView,
    },
};

/// The longest reason for a replacement or a download.
pub(crate) const MAX_REASON_CHARS: usize = 500;

/// A license to generate. Term and plan are fixed.
#[derive(ToSchema)]
#[schema(as = GenerateLicense)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(crate) struct GenerateRequest {
    ticket: TicketRequest,
    agent: AgentRequest,
    customer: CustomerRequest,
    /// Billable users.
    #[schema(minimum = 1, maximum = 1_000_000)]
    seats: u32,
    evidence: Option<EvidenceRequest>,
    /// Required if the verdict is out of scope, or for unusually many seats; kept with `confirm_duplicate` too, as the reason
    /// for another license.
    #[schema(min_length = 10, max_length = 500)]
    override_reason: Option<String>,
    /// Generate although the customer has a running license.
    confirm_duplicate: Option<bool>,
}

#[derive(ToSchema)]
#[schema(as = GenerateLicenseTicket)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
struct TicketRequest {
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    id: u64,
    #[schema(min_length = 1, max_length = 300, pattern = r"\S")]
    subject: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = GenerateLicenseAgent)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
struct AgentRequest {
    /// GitLab username, with or without `@`.
    #[schema(min_length = 1, max_length = 256)]
    username: String,
}

#[derive(ToSchema)]
#[schema(as = GenerateLicenseCustomer)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
struct CustomerRequest {
    #[schema(min_length = 1, max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    name: Option<String>,
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    company: Option<String>,
    /// The requester's locale, such as `de-AT`. The email is in its language, or in English.
    #[schema(max_length = 35)]
    locale: Option<String>,
}

/// What is known of the customer's instance and old license. Typed values win over those of the file.
#[derive(ToSchema)]
#[schema(as = Evidence)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(crate) struct EvidenceRequest {
    /// `free`, `starter`, `premium` or `ultimate`, or a former name.
    plan: Option<String>,
    trial: Option<bool>,
    /// The first day on which the old license is expired.
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<String>,
    #[schema(minimum = 1, maximum = 1_000_000)]
    seats: Option<u32>,
    #[schema(maximum = 1_000_000)]
    billable_users: Option<u32>,
    #[schema(maximum = 1_000_000)]
    maximum_users: Option<u32>,
    /// Such as `16.7` or `16.7.2-ee`.
    #[schema(max_length = 40)]
    gitlab_version: Option<String>,
    /// The text of the old license file, or of anything else that `text` may be; refused if nothing is recognised in it.
    license_file: Option<String>,
    /// Whatever the customer sent: a usage export, output of the API or of the console, a copied page. Nothing of it is
    /// stored.
    text: Option<String>,
    /// The ticket's organization as the page read it in Zendesk. It is kept with the license and decides nothing, but a
    /// restricted account is refused.
    zendesk: Option<OrganizationRequest>,
    /// Where the agent took typed values over from.
    sources: Option<SourcesRequest>,
}

/// The body may be left out.
#[derive(ToSchema)]
#[schema(as = ResendLicense)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(crate) struct ResendRequest {
    /// The license in the email's text alone, for gateways that block attachments.
    without_attachment: Option<bool>,
}

/// Where to forward the license.
#[derive(ToSchema)]
#[schema(as = ForwardLicense)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(crate) struct ForwardRequest {
    #[schema(min_length = 1, max_length = 254)]
    email: String,
    /// The customer's own address was wrong, and this is the right one.
    correct: Option<bool>,
    /// The license in the email's text alone, for gateways that block attachments.
    without_attachment: Option<bool>,
}

#[derive(ToSchema)]
#[schema(as = ReplaceLicense)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(crate) struct ReplaceRequest {
    #[schema(minimum = 1, maximum = 1_000_000)]
    seats: u32,
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    reason: String,
}

/// The body may be left out.
#[derive(ToSchema)]
#[schema(as = NoFields)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoFields {}

#[derive(ToSchema)]
#[schema(as = DiagnosisRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct DiagnosisRequest {
    /// A message of the customer's GitLab, at most 64 KiB.
    #[schema(min_length = 1, pattern = r"\S")]
    pub(crate) text: String,
}

/// The parameters of a question about evidence.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EvidenceParameters {
    /// The seats that the agent means to generate a license for: `gitlab_would_answer` covers them.
    #[param(minimum = 1, maximum = 1_000_000)]
    pub(crate) seats: Option<u64>,
}

impl QueryParameters for EvidenceParameters {
    const ALLOWED: &'static str = "The query may hold seats, a whole number.";
}

/// What the evidence says about the case.
#[derive(Serialize, ToSchema)]
pub(crate) struct EvidenceAnswer {
    /// What was recognised in the text and the license file.
    pub(crate) pieces: Vec<RecognisedPiece>,
    /// What all of it says together; null where nothing does.
    #[schema(value_type = Reading)]
    pub(crate) read: Reading,
    /// By field of `read`: the kind of the piece that it is from, `typed`, or where the agent took it from.
    pub(crate) sources: BTreeMap<String, String>,
    pub(crate) conflicts: Vec<Conflict>,
    /// What to ask the customer for.
    pub(crate) missing: Vec<Missing>,
    /// The messages of GitLab in the text, as the diagnosis explains them.
    pub(crate) findings: Vec<Finding>,
    pub(crate) verdict: Verdict,
    pub(crate) reason: String,
    /// The larger of the billable users and their peak.
    pub(crate) recommended_seats: Option<u32>,
    /// For the requested seats, the recommended ones and those of the old license, each number once. Empty unless the
    /// billable users are known; without `maximum_users` the peak is taken to be their number.
    pub(crate) gitlab_would_answer: Vec<GitlabAnswer>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RecognisedPiece {
    pub(crate) kind: Kind,
    /// How the format is known.
    pub(crate) sure: Sure,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Diagnosis {
    pub(crate) findings: Vec<Finding>,
    /// For the seats of the findings, by the users that GitLab's messages name. A count that no message names is taken
    /// to be the one that is named.
    pub(crate) gitlab_would_answer: Vec<GitlabAnswer>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `live` or `ready`.
    pub(crate) status: &'static str,
}

/// The response of an operation: the license as it was then, or what an erasure has left of it since.
#[derive(ToSchema)]
#[schema(as = LicenseOrErased)]
#[serde(untagged)]
#[expect(dead_code, reason = "documents the stored body, which the workflow writes")]
pub(crate) enum LicenseOrErased {
    License(Box<LicenseView>),
    Erased {
        #[schema(value_type = String, format = "uuid")]
        id: LicenseId,
        erased: bool,
    },
}

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
                agent: Agent { username: username?, zendesk_user_id: session.agent_user_id },
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
