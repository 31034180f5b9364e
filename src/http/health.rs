//! `/health`: whether the process lives, and whether it can work.

use actix_web::{HttpResponse, web::Data};

use super::{AppState, api::Health, error::ApiError, problem::Problem};

/// Whether the process responds.
#[utoipa::path(
    get, path = "/health/live", tag = "operations",
    responses((status = 200, description = "It does", body = Health)),
)]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "live" })
}

/// Whether the database takes writes, the license key can seal, and the outbox worker responds, unless it is paused.
#[utoipa::path(
    get, path = "/health/ready", tag = "operations",
    responses(
        (status = 200, description = "They do", body = Health),
        (status = 503, description = "Which one does not", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn ready(state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let now = state.licenses.clock.now();
    state.licenses.store.ping().await?;
    if state.heartbeat.as_ref().is_some_and(|heartbeat| !heartbeat.is_alive(now)) {
        return Err(ApiError::OutboxStalled);
    }
    let signs = state.licenses.signer.check_ready(now).await;
    signs.map_err(|reason| ApiError::SignerUnavailable(format!("No license can be generated: {reason}.")))?;
    Ok(HttpResponse::Ok().json(Health { status: "ready" }))
}
