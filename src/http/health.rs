//! Whether the state lives, and whether it can work.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde_json::json;

use super::{AppState, error::Problem};

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// The database answers too and takes writes, and the outbox worker gives signs of life, unless it is held on purpose.
pub async fn ready(state: Data<AppState>) -> Result<HttpResponse, Problem> {
    state.licenses.store.ping().await?;
    if state.heartbeat.as_ref().is_some_and(|heartbeat| !heartbeat.is_alive(state.licenses.clock.now())) {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The outbox worker gives no sign of life."));
    }
    Ok(HttpResponse::Ok().json(json!({ "status": "ready" })))
}
