//! `POST /webhooks/mailgun`: whether emails arrived.
//!
//! The provider stops at a 200 or a 406 and repeats for hours after anything else. A report on an email that is not ours
//! gets a 200 too, so that the response reveals nothing about licenses.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use tracing::warn;

use super::{AppState, body, error::ApiError, problem::Problem, request_id};
use crate::delivery::email::webhook;

/// Reports carry the email's headers and the provider's own data.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Receive the mail provider's reports.
#[utoipa::path(
    post, path = "/webhooks/mailgun", tag = "operations",
    request_body = Object,
    responses(
        (status = 200, description = "Accepted"),
        (status = 406, description = "Refused; not to be repeated", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is unavailable; to be repeated", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn mailgun(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let Some(key) = &state.mailgun_signing_key else {
        return Err(ApiError::WebhookRefused("STOPGAP_MAILGUN_SIGNING_KEY is not set".to_owned()));
    };
    let body = body::bytes(&request, payload.into_inner(), MAX_BODY_BYTES).await?;
    let report = webhook::read(&body, key, state.licenses.clock.now()).map_err(|error| {
        warn!(%error, "a report of the mail provider was refused");
        ApiError::WebhookRefused(error.to_string())
    })?;
    state.licenses.record_arrival(report, &request_id::of(&request)).await?;
    Ok(HttpResponse::Ok().finish())
}
