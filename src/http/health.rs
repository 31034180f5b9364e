//! Whether the service lives, and whether it can work.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde_json::json;

use super::{Service, problem::Problem};

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// The database answers too and takes writes, and the outbox worker gives signs of life, unless it is held on purpose.
pub async fn ready(service: Data<Service>) -> Result<HttpResponse, Problem> {
    service.desk.store.ping().await?;
    if service.pulse.as_ref().is_some_and(|pulse| !pulse.beats(service.desk.clock.now())) {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The outbox worker gives no sign of life."));
    }
    Ok(HttpResponse::Ok().json(json!({ "status": "ready" })))
}
