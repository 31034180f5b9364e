//! `GET /openapi.json`: what all routes take and answer. A test holds the description against the running state.

use actix_web::HttpResponse;

const DESCRIPTION: &str = include_str!("../../docs/openapi.json");

pub async fn show() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(DESCRIPTION)
}
