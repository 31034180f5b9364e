//! `/api/v1/eligibility` and `/api/v1/diagnosis`: what the evidence says, and what the customer's GitLab said. They
//! change nothing.

use actix_web::{
    HttpResponse,
    web::{Data, block},
};

use super::{
    AppState,
    api::{Diagnosis, DiagnosisRequest, Eligibility, EvidenceRequest},
    error::ApiError,
    extract::{Authenticated, Json},
    openapi::{BodyProblems, Unauthenticated},
};
use crate::gitlab_rules::evidence::Received;

/// Check whether the case is in scope, and for how many seats.
#[utoipa::path(
    post, path = "/api/v1/eligibility", tag = "questions",
    request_body = EvidenceRequest,
    responses((status = 200, description = "The verdict", body = Eligibility), BodyProblems, Unauthenticated),
    security(("session" = [])),
)]
pub(crate) async fn eligibility(
    Authenticated(_, Json(received)): Authenticated<Json<Received>>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let eligibility = state.licenses.check_eligibility(&received.evidence);
    Ok(HttpResponse::Ok().json(Eligibility {
        recommended_seats: received.evidence.recommended_seats(),
        read: received.read.unwrap_or_else(Default::default),
        verdict: eligibility.verdict,
        reason: eligibility.reason,
    }))
}

/// Explain what the customer's GitLab said.
#[utoipa::path(
    post, path = "/api/v1/diagnosis", tag = "questions",
    request_body = DiagnosisRequest,
    responses((status = 200, description = "What was recognised", body = Diagnosis), BodyProblems, Unauthenticated),
    security(("session" = [])),
)]
pub(crate) async fn diagnosis(
    Authenticated(_, Json(DiagnosisRequest { text })): Authenticated<Json<DiagnosisRequest>>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let findings = block(move || state.licenses.diagnose(&text))
        .await
        .map_err(|_| ApiError::Internal("The text could not be read. Try again."))?;
    let findings = findings.map_err(|e| ApiError::invalid("text", e.to_string()))?;
    Ok(HttpResponse::Ok().json(Diagnosis { findings }))
}
