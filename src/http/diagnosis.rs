//! `POST /api/v1/diagnosis`: what the customer's GitLab said, explained.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload, block},
};
use serde_json::{Value, json};

use super::{
    AppState, body,
    error::Problem,
    fields::{Fields, text},
    session,
};
use crate::license::FieldError;

/// Explains the text of the body. Makes nothing, so it needs no idempotency key.
pub async fn explain(request: HttpRequest, payload: Payload, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    session::of(&request, &state).await?;
    let body = body::json(&request, payload, body::MAX_EVIDENCE_BYTES).await?;
    let said = said(&body)?;
    let findings = block(move || state.licenses.diagnose(&said)).await.map_err(|_| interrupted())?;
    let findings =
        findings.map_err(|e| Problem::invalid(vec![FieldError { field: "text".into(), detail: e.to_string() }]))?;
    Ok(HttpResponse::Ok().json(json!({ "findings": findings })))
}

fn said(body: &Value) -> Result<String, Problem> {
    let mut fields = Fields::default();
    let root = fields.body(body, &["text"]);
    let said = fields.required(root, "text", text(|said| Ok(said.to_owned())));
    fields.finish(said)
}

fn interrupted() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The text could not be looked at. Try again.")
}
