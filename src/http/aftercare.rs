//! `/api/v1/licenses/{id}/…`: resend, forward, replace, unblock, retry.

use actix_web::{HttpResponse, web::Data};

use super::{
    AppState,
    api::{ForwardRequest, LicenseOrErased, NoFields, ReplaceRequest, ResendRequest},
    error::ApiError,
    extract::{Authenticated, Command, LicensePath},
    licenses::respond,
    parse::{ParsedForward, ParsedResend},
    problem::Problem,
    responses::{BodyProblems, CommandProblems, Unauthenticated},
};
use crate::workflow::replace::ReplaceLicense;

type OnLicense<B> = Authenticated<(LicensePath, Command<B>)>;

/// Mail the license to the same address again.
#[utoipa::path(
    post, path = "/api/v1/licenses/{id}/resend", tag = "licenses",
    params(
        ("id" = String, Path, description = "License id"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters"),
    ),
    request_body(content = Option<ResendRequest>),
    responses(
        (status = 202, description = "Enqueued", body = LicenseOrErased),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        BodyProblems, CommandProblems, Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn resend(
    Authenticated(session, (LicensePath(id), Command { request, body })): OnLicense<ParsedResend>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let response = state.licenses.resend(id, &body.0, &request).await;
    response.map_err(|e| ApiError::of(e, &state, session.agent_user_id)).and_then(respond)
}

/// Mail the license to another address.
#[utoipa::path(
    post, path = "/api/v1/licenses/{id}/forward", tag = "licenses",
    params(
        ("id" = String, Path, description = "License id"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters"),
    ),
    request_body = ForwardRequest,
    responses(
        (status = 202, description = "Enqueued", body = LicenseOrErased),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        BodyProblems, CommandProblems, Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn forward(
    Authenticated(session, (LicensePath(id), Command { request, body })): OnLicense<ParsedForward>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let response = state.licenses.resend(id, &body.0, &request).await;
    response.map_err(|e| ApiError::of(e, &state, session.agent_user_id)).and_then(respond)
}

/// Generate a license with other seats in place of this one.
#[utoipa::path(
    post, path = "/api/v1/licenses/{id}/replace", tag = "licenses",
    params(
        ("id" = String, Path, description = "License id"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters"),
    ),
    request_body = ReplaceRequest,
    responses(
        (status = 201, description = "Generated", body = LicenseOrErased),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "A limit is reached", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The license could not be sealed", body = Problem, content_type = "application/problem+json"),
        BodyProblems, CommandProblems, Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn replace(
    Authenticated(session, (LicensePath(id), Command { request, body })): OnLicense<ReplaceLicense>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let response = state.licenses.replace(id, &body, &request).await;
    response.map_err(|e| ApiError::of(e, &state, session.agent_user_id)).and_then(respond)
}

/// Take the recipient off the mail provider's list of bounces, and mail the license there again.
#[utoipa::path(
    post, path = "/api/v1/licenses/{id}/unblock", tag = "licenses",
    params(
        ("id" = String, Path, description = "License id"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters"),
    ),
    request_body(content = Option<NoFields>),
    responses(
        (status = 202, description = "Enqueued", body = LicenseOrErased),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        BodyProblems, CommandProblems, Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn unblock(
    Authenticated(session, (LicensePath(id), Command { request, .. })): OnLicense<NoFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let response = state.licenses.unblock(id, &request).await;
    response.map_err(|e| ApiError::of(e, &state, session.agent_user_id)).and_then(respond)
}

/// Enqueue the failed deliveries again.
#[utoipa::path(
    post, path = "/api/v1/licenses/{id}/retry", tag = "licenses",
    params(
        ("id" = String, Path, description = "License id"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters"),
    ),
    request_body(content = Option<NoFields>),
    responses(
        (status = 202, description = "Enqueued", body = LicenseOrErased),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        BodyProblems, CommandProblems, Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn retry(
    Authenticated(session, (LicensePath(id), Command { request, .. })): OnLicense<NoFields>,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let response = state.licenses.retry(id, &request).await;
    response.map_err(|e| ApiError::of(e, &state, session.agent_user_id)).and_then(respond)
}
