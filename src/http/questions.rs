//! `/api/v1/eligibility` and `/api/v1/diagnosis`: the scope check, and GitLab's messages explained. They change nothing.

use actix_web::{
    HttpResponse,
    web::{Data, block},
};

use super::{
    AppState,
    api::{Diagnosis, DiagnosisRequest, Eligibility, EligibilityParameters, EvidenceRequest},
    error::ApiError,
    extract::{Authenticated, Json, Query},
    responses::{BodyProblems, Unauthenticated},
};
use crate::{
    gitlab_rules::{answer, evidence::Received},
    license::Seats,
};

/// Check whether the case is in scope, and for how many seats.
#[utoipa::path(
    post, path = "/api/v1/eligibility", tag = "questions",
    params(EligibilityParameters),
    request_body = EvidenceRequest,
    responses((status = 200, description = "The verdict", body = Eligibility), BodyProblems, Unauthenticated),
    security(("session" = [])),
)]
pub(crate) async fn eligibility(
    Authenticated(_, (Query(parameters), Json(received))): Authenticated<(
        Query<EligibilityParameters>,
        Json<Received>,
    )>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let requested = parameters.seats.map(Seats::parse).transpose().map_err(|e| ApiError::invalid("seats", e))?;
    let eligibility = state.licenses.check_eligibility(&received.evidence);
    Ok(HttpResponse::Ok().json(Eligibility {
        recommended_seats: received.evidence.recommended_seats(),
        gitlab_would_answer: answer::for_evidence(&received.evidence, requested),
        read: received.read.unwrap_or_else(Default::default),
        verdict: eligibility.verdict,
        reason: eligibility.reason,
    }))
}

/// Explain the messages of the customer's GitLab.
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
    let gitlab_would_answer = answer::for_findings(&findings);
    Ok(HttpResponse::Ok().json(Diagnosis { findings, gitlab_would_answer }))
}
