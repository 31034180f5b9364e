//! `/api/v1/licenses`: generate, get, search, download.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use serde::Deserialize;
use tracing::info;
use utoipa::IntoParams;

use super::{
    AppState,
    api::{GenerateRequest, LicenseOrErased, MAX_REASON_CHARS},
    error::ApiError,
    extract::{Authenticated, Command, LicensePath, Query, QueryParameters},
    parse::ParsedGenerate,
    problem::Problem,
    request_id,
    responses::{BodyProblems, CommandProblems, Unauthenticated},
};
use crate::{
    license::{FieldError, LicenseId, SingleLine, TicketId},
    store::{ResponseKind, SearchQuery},
    workflow::{
        idempotency::Response,
        view::{LicenseView, PageView},
    },
};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;
const QUERY_CHARS: std::ops::RangeInclusive<usize> = 2..=200;

/// Generate a license.
///
/// A 201 means that the license is on disk and its email is enqueued. A repeated request gets the same response.
#[utoipa::path(
    post, path = "/api/v1/licenses", tag = "licenses",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters")),
    request_body = GenerateRequest,
    responses(
        (status = 201, description = "Generated", body = LicenseOrErased),
        (status = 429, description = "A limit is reached", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The license could not be sealed", body = Problem, content_type = "application/problem+json"),
        BodyProblems, CommandProblems, Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn generate(
    Authenticated(session, Command { request, body }): Authenticated<Command<ParsedGenerate>>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let ParsedGenerate(command) = body;
    let response = state.licenses.generate(command, &request).await;
    response.map_err(|e| ApiError::of(e, &state, session.agent_user_id)).and_then(respond)
}

/// The response of an operation, as it was stored.
pub(crate) fn respond(response: Response) -> Result<HttpResponse, ApiError> {
    let Response { license_id, kind, body } = response;
    info!(license = %license_id, kind = <&str>::from(kind), "responded with a license");
    let mut builder = match kind {
        ResponseKind::Created => HttpResponse::Created(),
        ResponseKind::Accepted => HttpResponse::Accepted(),
        ResponseKind::SealingFailed => return Err(ApiError::SealingFailed(license_id)),
    };
    builder.insert_header((header::LOCATION, format!("/api/v1/licenses/{license_id}")));
    Ok(builder.content_type("application/json").body(body))
}

/// Get a license.
#[utoipa::path(
    get, path = "/api/v1/licenses/{id}", tag = "licenses",
    params(("id" = String, Path, description = "License id")),
    responses(
        (status = 200, description = "The license", body = LicenseView),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn get(
    Authenticated(session, LicensePath(id)): Authenticated<LicensePath>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let license = state.licenses.get(id, session.agent_user_id).await?.ok_or(ApiError::NotFound)?;
    Ok(HttpResponse::Ok().json(license))
}

/// The parameters of a search; all must match.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParameters {
    /// Part of an address, name, company, GitLab username or license id, or a whole ticket number. 2 to 200 characters.
    #[param(min_length = 2, max_length = 200, pattern = r"\S.*\S")]
    q: Option<String>,
    /// Ticket number.
    #[param(value_type = Option<u64>, minimum = 1)]
    ticket: Option<String>,
    /// `next_cursor` of the page before.
    #[param(format = "uuid")]
    cursor: Option<String>,
    /// Licenses per page.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
}

impl QueryParameters for SearchParameters {
    const ALLOWED: &'static str = "The query may hold q, ticket, cursor and limit, each once.";
}

/// Search licenses, newest first.
#[utoipa::path(
    get, path = "/api/v1/licenses", tag = "licenses",
    params(SearchParameters),
    responses(
        (status = 200, description = "One page", body = PageView),
        (status = 400, description = "A parameter is invalid", body = Problem, content_type = "application/problem+json"),
        Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn search(
    Authenticated(session, Query(parameters)): Authenticated<Query<SearchParameters>>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let page = state.licenses.search(&parameters.parse()?, session.agent_user_id).await?;
    Ok(HttpResponse::Ok().json(page))
}

impl SearchParameters {
    fn parse(self) -> Result<SearchQuery, ApiError> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, detail: String| errors.push(FieldError { field: field.into(), detail });
        let text = self.q.filter(|q| {
            let fits = QUERY_CHARS.contains(&q.trim().chars().count());
            if !fits {
                refuse("q", format!("must have {} to {} characters", QUERY_CHARS.start(), QUERY_CHARS.end()));
            }
            fits
        });
        let number = |text: &str| text.parse::<u64>().map_err(|_| "must be a whole number".to_owned());
        let ticket =
            self.ticket.and_then(|text| number(&text).and_then(TicketId::parse).map_err(|e| refuse("ticket", e)).ok());
        let before = self.cursor.and_then(|text| {
            LicenseId::parse(&text)
                .map_err(|_| refuse("cursor", "must be a next_cursor of an earlier page".into()))
                .ok()
        });
        let limit = self.limit.and_then(|text| match text.parse() {
            Ok(limit) if (1..=MAX_LIMIT).contains(&limit) => Some(limit),
            _ => {
                refuse("limit", format!("must be a number from 1 to {MAX_LIMIT}"));
                None
            }
        });
        if errors.is_empty() {
            Ok(SearchQuery { text, ticket, before, limit: limit.unwrap_or(DEFAULT_LIMIT) })
        } else {
            Err(ApiError::InvalidFields(errors))
        }
    }
}

/// The parameters of a download.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DownloadParameters {
    /// Why the file is downloaded.
    #[param(required = true, min_length = 1, max_length = 500, pattern = r"\S")]
    reason: Option<String>,
}

impl QueryParameters for DownloadParameters {
    const ALLOWED: &'static str = "The query may hold reason.";
}

/// Download the license file. The download is recorded.
#[utoipa::path(
    get, path = "/api/v1/licenses/{id}/file", tag = "licenses",
    params(("id" = String, Path, description = "License id"), DownloadParameters),
    responses(
        (status = 200, description = "The license file as attachment", body = String, content_type = "application/octet-stream"),
        (status = 400, description = "The reason is invalid", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The agent may not download licenses", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such license, or no file", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The agent has downloaded as many as they may", body = Problem, content_type = "application/problem+json"),
        Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn download(
    Authenticated(session, (LicensePath(id), Query(DownloadParameters { reason }))): Authenticated<(
        LicensePath,
        Query<DownloadParameters>,
    )>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let agent = session.agent_user_id;
    let reason = reason.ok_or_else(|| "is required".to_owned());
    let reason = reason.and_then(|text| SingleLine::parse(&text, MAX_REASON_CHARS));
    let reason = reason.map_err(|detail| ApiError::invalid("reason", detail))?;
    let download = state.licenses.download(id, agent, &reason, &request_id::of(&request)).await;
    let download = download.map_err(|e| ApiError::of(e, &state, agent))?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", download.filename)))
        .body(download.file.expose().to_owned()))
}
