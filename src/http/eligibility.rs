//! `POST /api/v1/eligibility`: what the evidence says, before anything is generated.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde_json::{Value, json};

use super::{AppState, body, error::Problem, session};
use crate::{gitlab_rules::evidence::Received, license::FieldError, workflow::LicenseService};

/// Judges the evidence object that is the body. Makes nothing, so it needs no idempotency key.
pub async fn check(request: HttpRequest, payload: Payload, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    session::of(&request, &state).await?;
    let body = body::json(&request, payload, body::MAX_EVIDENCE_BYTES).await?;
    let received = receive(&body, &state.licenses)?;
    Ok(HttpResponse::Ok().json(answer(&received, &state.licenses)))
}

fn receive(body: &Value, licenses: &LicenseService) -> Result<Received, Problem> {
    let mistakes = match body {
        Value::Object(evidence) => match licenses.receive(evidence) {
            Ok(received) => return Ok(received),
            Err(mistakes) => mistakes,
        },
        _ => vec![FieldError { field: "body".into(), detail: "must be a JSON object".into() }],
    };
    let errors = mistakes.into_iter().map(|FieldError { field, detail }| FieldError { field, detail });
    Err(Problem::invalid(errors.collect()))
}

/// `read` is what the old license said, and empty where none was given.
fn answer(received: &Received, licenses: &LicenseService) -> Value {
    let eligibility = licenses.judge(&received.evidence);
    json!({
        "read": received.read.as_ref().map_or_else(|| json!({}), |read| json!(read)),
        "verdict": eligibility.verdict,
        "reason": eligibility.reason,
        "recommended_seats": received.evidence.recommended_seats(),
    })
}
