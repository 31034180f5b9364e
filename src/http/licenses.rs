//! `/api/v1/licenses`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path, Payload, Query},
};
use serde::Deserialize;
use serde_json::Value;
use tracing::info;

use super::{AppState, body, error::Problem, generate, request_id, session};
use crate::{
    license::{FieldError, LicenseId, SingleLine, TicketId},
    store::{IdempotencyKey, SearchQuery, Session},
    workflow::{
        Error,
        idempotency::{IdempotentRequest, Response},
    },
};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;
const QUERY_CHARS: std::ops::RangeInclusive<usize> = 2..=200;
const MAX_REASON_CHARS: usize = 500;

/// `POST`: one license, or the same answer as the same key was given before.
pub async fn generate(request: HttpRequest, payload: Payload, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let session = session::of(&request, &state).await?;
    let key = idempotency_key(&request)?;
    let mut body = body::json(&request, payload, body::MAX_BODY_BYTES).await?;
    let order = generate::parse(&body, &session, &state.licenses)?;
    body.sort_all_objects();
    let asked = asked(&request, &session, key, body.to_string());
    let answered = state.licenses.generate(order, &asked).await.map_err(|refusal| refused(refusal, &state))?;
    Ok(answer(answered))
}

/// Who asks under which key for what.
pub(super) fn asked(request: &HttpRequest, session: &Session, key: String, canonical: String) -> IdempotentRequest {
    let key = IdempotencyKey { agent_user_id: session.agent_user_id, key };
    IdempotentRequest { key, canonical, id: request_id::of(request) }
}

/// What a deed answered, as it was kept.
pub(super) fn answer(answered: Response) -> HttpResponse {
    info!(license = %answered.license_id, status = answered.status, "answered with a license");
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if status.is_success() {
        response.insert_header((header::LOCATION, format!("/api/v1/licenses/{}", answered.license_id)));
        response.content_type("application/json").body(answered.body)
    } else {
        response.content_type("application/problem+json").body(answered.body)
    }
}

/// What a deed was refused with.
pub(super) fn refused(refusal: Error, state: &AppState) -> Problem {
    Problem::of_refusal(refusal, |details| state.licenses.show(details))
}

/// `GET /{id}`.
pub async fn get(request: HttpRequest, path: Path<String>, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    session::of(&request, &state).await?;
    let id = license_id(&path)?;
    let view = state.licenses.get(id).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(view))
}

/// The query of a lookup, as it comes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchParams {
    q: Option<String>,
    ticket: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// `GET`: one page, newest first.
pub async fn search(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    session::of(&request, &state).await?;
    let query = Query::<SearchParams>::from_query(request.query_string())
        .map_err(|_| Problem::bad_request("The query may hold q, ticket, cursor and limit, each once."))?;
    let page = state.licenses.search(&lookup(query.into_inner())?).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// The query of a download.
#[derive(Deserialize)]
pub struct DownloadQuery {
    reason: Option<String>,
}

/// `GET /{id}/file`: the license file as attachment; recorded.
pub async fn download(
    request: HttpRequest,
    path: Path<String>,
    state: Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let session = session::of(&request, &state).await?;
    // The file is the license: whoever may not generate one may not take one out either.
    state
        .licenses
        .may_generate(session.agent_user_id)
        .map_err(|refusal| Problem::of_refusal(refusal, |_| Value::Null))?;
    let id = license_id(&path)?;
    let query = Query::<DownloadQuery>::from_query(request.query_string())
        .map_err(|_| Problem::bad_request("The query may hold reason."))?;
    let reason = query.into_inner().reason.filter(|reason| !reason.trim().is_empty());
    let reason =
        reason.map(|text| SingleLine::parse(&text, MAX_REASON_CHARS)).transpose().map_err(|e| wrong("reason", e))?;
    let download =
        state.licenses.download(id, session.agent_user_id, reason.as_ref(), &request_id::of(&request)).await?;
    let download = download.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", download.filename)))
        .body(download.file.expose().to_owned()))
}

fn lookup(query: SearchParams) -> Result<SearchQuery, Problem> {
    let mut errors = Vec::new();
    let mut keep = |field: &str, detail: String| errors.push(FieldError { field: field.into(), detail });
    let words = query.q.filter(|q| {
        let fits = QUERY_CHARS.contains(&q.trim().chars().count());
        if !fits {
            keep("q", format!("must have {} to {} characters", QUERY_CHARS.start(), QUERY_CHARS.end()));
        }
        fits
    });
    let number = |text: &str| text.parse::<u64>().map_err(|_| "must be a whole number".to_owned());
    let ticket =
        query.ticket.and_then(|text| number(&text).and_then(TicketId::parse).map_err(|e| keep("ticket", e)).ok());
    let before = query.cursor.and_then(|text| {
        LicenseId::parse(&text).map_err(|_| keep("cursor", "must be a next_cursor of an earlier page".into())).ok()
    });
    let limit = query.limit.and_then(|text| match text.parse() {
        Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => Some(limit),
        _ => {
            keep("limit", format!("must be a number from 1 to {MAX_LIMIT}"));
            None
        }
    });
    if errors.is_empty() {
        Ok(SearchQuery { text: words, ticket, before, limit: limit.unwrap_or(DEFAULT_LIMIT) })
    } else {
        Err(Problem::invalid(errors))
    }
}

/// 1 to 255 visible ASCII characters.
pub(super) fn idempotency_key(request: &HttpRequest) -> Result<String, Problem> {
    let mut values = request.headers().get_all("Idempotency-Key");
    let key = values.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if fits && values.next().is_none() {
        Ok(key.to_owned())
    } else {
        Err(wrong("Idempotency-Key", "is required: one header of 1 to 255 visible ASCII characters".into()))
    }
}

/// Anything that is no id of ours is simply not there.
pub(super) fn license_id(path: &str) -> Result<LicenseId, Problem> {
    LicenseId::parse(path).map_err(|_| Problem::not_found())
}

fn wrong(field: &str, detail: String) -> Problem {
    Problem::invalid(vec![FieldError { field: field.into(), detail }])
}
