//! Request bodies, and the responses that are not a license.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    extract::QueryParameters,
    zendesk::{OrganizationRequest, SourcesRequest},
};
use crate::{
    gitlab_rules::{
        answer::GitlabAnswer,
        diagnosis::Finding,
        evidence::{
            SeatsSource,
            reading::{Kind, Reading, Sure},
            recognise::{Conflict, Missing},
        },
    },
    license::{LicenseId, Verdict},
    workflow::view::LicenseView,
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
pub(crate) struct TicketRequest {
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    id: u64,
    #[schema(min_length = 1, max_length = 300, pattern = r"\S")]
    subject: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = GenerateLicenseAgent)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(crate) struct AgentRequest {
    /// GitLab username, with or without `@`.
    #[schema(min_length = 1, max_length = 256)]
    username: String,
    /// The agent's address in Zendesk, by which Slack mentions them where they have to act.
    email: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = GenerateLicenseCustomer)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "names the fields; the body is parsed field by field")]
pub(crate) struct CustomerRequest {
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
    /// The number that they come from.
    pub(crate) recommended_from: Option<SeatsSource>,
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
