//! What an agent does with a license that exists: resend, forward, replace, retry.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CONTENT_LENGTH, TRANSFER_ENCODING},
    web::{Data, Path, Payload},
};
use serde_json::{Value, json};

use super::{
    AppState, body,
    error::Problem,
    fields::{Fields, boolean, number, text},
    generate::recipient_of,
    licenses::{answer, asked, idempotency_key, license_id, refused},
    session,
};
use crate::{
    license::{LicenseId, ResendKind, Seats, SingleLine},
    workflow::{idempotency::IdempotentRequest, replace::Replacement},
};

/// The longest reason for a replacement.
const MAX_REASON_CHARS: usize = 500;

/// `POST /{id}/resend`: the same license to the same address.
pub async fn resend(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let (id, asked, body) = read(&request, &path, payload, &state, "resend").await?;
    nothing_in(&body)?;
    let answered = state.licenses.resend(id, ResendKind::Resend, None, &asked).await;
    answered.map(answer).map_err(|refusal| refused(refusal, &state))
}

/// `POST /{id}/forward {email, correct?}`: the same license to another address.
pub async fn forward(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let (id, asked, body) = read(&request, &path, payload, &state, "forward").await?;
    let mut fields = Fields::default();
    let root = fields.body(&body, &["email", "correct"]);
    let email = fields.required(root, "email", text(|t| recipient_of(t, &state.licenses.rules)));
    let corrects = fields.optional(root, "correct", boolean).unwrap_or(false);
    let email = fields.finish(email)?;
    let again = if corrects { ResendKind::CorrectAddress } else { ResendKind::Forward };
    let answered = state.licenses.resend(id, again, Some(&email), &asked).await;
    answered.map(answer).map_err(|refusal| refused(refusal, &state))
}

/// `POST /{id}/replace {seats, reason}`: another license in its place.
pub async fn replace(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let (id, asked, body) = read(&request, &path, payload, &state, "replace").await?;
    let mut fields = Fields::default();
    let root = fields.body(&body, &["seats", "reason"]);
    let seats = fields.required(root, "seats", number(Seats::parse));
    let reason = fields.required(root, "reason", text(|t| SingleLine::parse(t, MAX_REASON_CHARS)));
    let replacement = fields.finish(seats.zip(reason).map(|(seats, reason)| Replacement { seats, reason }))?;
    let answered = state.licenses.replace(id, &replacement, &asked).await;
    answered.map(answer).map_err(|refusal| refused(refusal, &state))
}

/// `POST /{id}/retry`: what has failed goes back into the outbox.
pub async fn retry(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let (id, asked, body) = read(&request, &path, payload, &state, "retry").await?;
    nothing_in(&body)?;
    state.licenses.retry(id, &asked).await.map(answer).map_err(|refusal| refused(refusal, &state))
}

/// Who asks, about which license, and the body; a request without one counts as `{}`.
async fn read(
    request: &HttpRequest,
    path: &str,
    payload: Payload,
    state: &AppState,
    deed: &str,
) -> Result<(LicenseId, IdempotentRequest, Value), Problem> {
    let session = session::of(request, state).await?;
    let id = license_id(path)?;
    let key = idempotency_key(request)?;
    let mut body =
        if has_body(request) { body::json(request, payload, body::MAX_BODY_BYTES).await? } else { json!({}) };
    body.sort_all_objects();
    // Deed and license stand in it, so that one key cannot mean two deeds.
    let asked = asked(request, &session, key, format!("{deed} {id} {body}"));
    Ok((id, asked, body))
}

fn has_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
}

fn nothing_in(body: &Value) -> Result<(), Problem> {
    let mut fields = Fields::default();
    let read = fields.body(body, &[]).map(|_| ());
    fields.finish(read)
}
