//! Everything that knows actix: routes, extractors, handlers by noun, typed bodies, one error enum.
//!
//! - [`extract`]: session, ids, keys, bodies. A handler that takes a session is authenticated
//! - [`api`], [`fields`]: request and response bodies, parsed field by field
//! - [`error`]: every refusal with its status and code
//! - [`openapi`]: the API document, generated

mod aftercare;
mod api;
mod assets;
mod body;
mod error;
mod extract;
mod fields;
mod health;
mod licenses;
mod metrics;
pub mod openapi;
mod progress;
mod questions;
mod request_id;
mod security;
mod sidebar;
mod streams;
mod unread_body;
mod webhook;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, middleware::from_fn, web};
use secrecy::SecretString;
use tracing_actix_web::TracingLogger;

use error::{ApiError, ErrorCode};
use strum::IntoEnumIterator as _;

use crate::{config::Zendesk, telemetry::Heartbeat, workflow::LicenseService, zendesk::token::Verifier};

/// Slower request heads get a 408.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections are closed after this.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Requests wait for the store much more than they compute.
const WORKERS: usize = 2;
/// Per worker; more connections wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 512;
/// How long requests in flight may take when the service stops.
const DRAIN_SECONDS: u64 = 5;

/// What the handlers share.
pub struct AppState {
    pub licenses: LicenseService,
    pub verifier: Verifier,
    pub zendesk: Zendesk,
    /// The mail provider's reports are refused without it.
    pub mailgun_signing_key: Option<SecretString>,
    /// `None` while the outbox is paused.
    pub heartbeat: Option<Heartbeat>,
    /// `/metrics` is not found without it.
    pub metrics_token: Option<SecretString>,
}

/// Starts serving on `bind`. Returns the address with the port that the system chose for port 0.
pub fn listen(bind: SocketAddr, state: Arc<AppState>) -> std::io::Result<(Server, SocketAddr)> {
    let policy = security::Policy::new(&state.zendesk);
    state.licenses.metrics.register_refusals(ErrorCode::iter().map(ErrorCode::as_str));
    let streams = web::Data::new(streams::Streams::default());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(Arc::clone(&state)))
            .app_data(web::Data::clone(&streams))
            .app_data(web::PathConfig::default().error_handler(|_, _| ApiError::NotFound.into()))
            .configure(routes)
            .default_service(web::to(not_found))
            .wrap(from_fn(request_id::add))
            .wrap(policy.headers())
            .wrap(TracingLogger::<security::RequestSpan>::new())
            .wrap(from_fn(unread_body::keep))
    })
    .workers(WORKERS)
    .max_connections(MAX_CONNECTIONS)
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    // Nagle's algorithm would delay progress events by 40 ms.
    .tcp_nodelay(true)
    .shutdown_timeout(DRAIN_SECONDS)
    .disable_signals()
    .bind(bind)?;
    let address = server.addrs().first().copied().unwrap_or(bind);
    Ok((server.run(), address))
}

fn routes(app: &mut web::ServiceConfig) {
    app.route("/zendesk/sidebar", web::post().to(sidebar::load_sidebar))
        .route("/zendesk/sidebar", web::get().to(sidebar::explain_sidebar))
        .route("/zendesk/lookup", web::post().to(sidebar::load_lookup))
        .route("/zendesk/lookup", web::get().to(sidebar::explain_lookup))
        .route("/zendesk/assets/{path:.*}", web::get().to(assets::asset))
        .route("/api/v1/licenses", web::post().to(licenses::generate))
        .route("/api/v1/licenses", web::get().to(licenses::search))
        .route("/api/v1/licenses/{id}", web::get().to(licenses::get))
        .route("/api/v1/licenses/{id}/resend", web::post().to(aftercare::resend))
        .route("/api/v1/licenses/{id}/forward", web::post().to(aftercare::forward))
        .route("/api/v1/licenses/{id}/replace", web::post().to(aftercare::replace))
        .route("/api/v1/licenses/{id}/retry", web::post().to(aftercare::retry))
        .route("/api/v1/licenses/{id}/progress", web::get().to(progress::follow))
        .route("/api/v1/licenses/{id}/file", web::get().to(licenses::download))
        .route("/api/v1/eligibility", web::post().to(questions::eligibility))
        .route("/api/v1/diagnosis", web::post().to(questions::diagnosis))
        .route("/webhooks/mailgun", web::post().to(webhook::mailgun))
        .route("/health/live", web::get().to(health::live))
        .route("/health/ready", web::get().to(health::ready))
        .route("/metrics", web::get().to(metrics::show))
        .route("/openapi.json", web::get().to(openapi::show));
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}
