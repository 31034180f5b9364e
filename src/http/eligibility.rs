//! `POST /api/v1/eligibility`: what the evidence says, before anything is generated.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use serde_json::{Value, json};

use super::{
    Service, body,
    problem::{FieldError, Problem},
    session,
};
use crate::{
    license::evidence::{Mistake, Received},
    workflow::Desk,
};

/// Judges the evidence object that is the body. Makes nothing, so it needs no idempotency key.
pub async fn check(request: HttpRequest, payload: Payload, service: Data<Service>) -> Result<HttpResponse, Problem> {
    session::of(&request, &service).await?;
    let body = body::json(&request, payload, body::MAX_EVIDENCE_BYTES).await?;
    let received = receive(&body, &service.desk)?;
    Ok(HttpResponse::Ok().json(answer(&received, &service.desk)))
}

fn receive(body: &Value, desk: &Desk) -> Result<Received, Problem> {
    let mistakes = match body {
        Value::Object(evidence) => match desk.receive(evidence) {
            Ok(received) => return Ok(received),
            Err(mistakes) => mistakes,
        },
        _ => vec![Mistake { field: "body".into(), detail: "must be a JSON object".into() }],
    };
    let errors = mistakes.into_iter().map(|Mistake { field, detail }| FieldError { field, detail });
    Err(Problem::invalid(errors.collect()))
}

/// `read` is what the old license said, and empty where none was given.
fn answer(received: &Received, desk: &Desk) -> Value {
    let judgement = desk.judge(&received.evidence);
    json!({
        "read": received.read.as_ref().map_or_else(|| json!({}), |read| json!(read)),
        "verdict": judgement.verdict,
        "reason": judgement.reason,
        "recommended_seats": received.evidence.recommended_seats(),
    })
}
