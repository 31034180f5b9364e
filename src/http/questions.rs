//! `/api/v1/evidence` and `/api/v1/diagnosis`: what customers sent, and GitLab's messages explained. They change nothing.

use actix_web::{
    HttpResponse,
    web::{Data, block},
};

use super::{
    AppState,
    api::{Diagnosis, DiagnosisRequest, EvidenceAnswer, EvidenceParameters, EvidenceRequest, RecognisedPiece},
    error::ApiError,
    extract::{Authenticated, Json, Query},
    responses::{BodyProblems, Unauthenticated},
};
use crate::{
    gitlab_rules::{
        answer, diagnosis,
        evidence::{
            Received,
            reading::{Kind, Sure},
            recognise::missing,
        },
    },
    license::Seats,
};

/// Read what the customer sent, check whether the case is in scope, and for how many seats.
#[utoipa::path(
    post, path = "/api/v1/evidence", tag = "questions",
    params(EvidenceParameters),
    request_body = EvidenceRequest,
    responses((status = 200, description = "What it says", body = EvidenceAnswer), BodyProblems, Unauthenticated),
    security(("session" = [])),
)]
pub(crate) async fn evidence(
    Authenticated(_, (Query(parameters), Json(received))): Authenticated<(Query<EvidenceParameters>, Json<Received>)>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let requested = parameters.seats.map(Seats::parse).transpose().map_err(|e| ApiError::invalid("seats", e))?;
    let Received { evidence, pieces, merged, words } = received;
    let eligibility = state.licenses.check_eligibility(&evidence);
    // A text that is too long for the diagnosis is no message.
    let findings = block(move || words.and_then(|words| state.licenses.diagnose(&words).ok()).unwrap_or_default())
        .await
        .map_err(|_| ApiError::Internal("The text could not be read. Try again."))?;
    let mut pieces: Vec<_> =
        pieces.iter().map(|piece| RecognisedPiece { kind: piece.kind, sure: piece.sure }).collect();
    if pieces.is_empty() && findings.iter().any(|finding| finding.kind != diagnosis::Kind::Unknown) {
        pieces.push(RecognisedPiece { kind: Kind::Message, sure: Sure::Source });
    }
    Ok(HttpResponse::Ok().json(EvidenceAnswer {
        pieces,
        missing: missing(&merged.record.read),
        recommended_seats: evidence.recommended_seats(),
        recommended_from: evidence.recommended_from(),
        gitlab_would_answer: answer::for_evidence(&evidence, requested),
        read: merged.record.read,
        sources: merged.record.sources,
        conflicts: merged.conflicts,
        findings,
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
