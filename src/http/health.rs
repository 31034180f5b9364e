//! Whether the service lives, and whether it can work.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::{Service, problem::Problem};

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// The database answers too.
pub async fn ready(service: Data<Service>) -> Result<HttpResponse, Problem> {
    service.desk.store.ping().await?;
    Ok(HttpResponse::Ok().json(json!({ "status": "ready" })))
}
