//! Everything that knows actix: routes, extractors, handlers by noun, typed bodies, one error enum.
//!
//! - [`extract`]: session, ids, keys, bodies. A handler that takes a session is authenticated
//! - [`api`]: request and response bodies; `parse` and [`fields`] read them field by field
//! - [`error`]: every refusal with its status and code; `problem` answers it
//! - [`openapi`]: the API document, generated

mod aftercare;
mod api;
mod assets;
mod body;
mod connection;
mod error;
mod extract;
mod fields;
mod follow_up;
mod health;
mod licenses;
mod metrics;
pub mod openapi;
mod parse;
mod problem;
mod progress;
mod questions;
mod request_id;
mod responses;
mod security;
mod sidebar;
mod streams;
mod unread_body;
mod webhook;
mod zendesk;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    App, HttpResponse, HttpServer, Resource, Route, dev::Server, guard, http::Method, middleware::from_fn, web,
};
use secrecy::SecretString;
use tracing_actix_web::TracingLogger;

use error::{ApiError, ErrorCode};
use strum::IntoEnumIterator as _;

use crate::{config::Zendesk, telemetry::Heartbeat, workflow::LicenseService, zendesk::token::Verifier};

/// Slower request heads get a 408.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections are closed after this.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// The service waits much more than it computes.
const WORKERS: usize = 2;
/// Per worker; more connections wait in the kernel's queue. Far more than there are agents, so that connections that do
/// not read leave room for others until they are closed.
const MAX_CONNECTIONS: usize = 4096;
/// How long requests in flight may take on shutdown.
const DRAIN_SECONDS: u64 = 5;

/// What the handlers share.
pub(crate) struct AppState {
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
pub(crate) fn listen(bind: SocketAddr, state: Arc<AppState>) -> std::io::Result<(Server, SocketAddr)> {
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
    .h1_write_buffer_size(connection::WRITE_BUFFER)
    .on_connect(connection::bound_writes)
    // Nagle's algorithm would delay progress events by 40 ms.
    .tcp_nodelay(true)
    .shutdown_timeout(DRAIN_SECONDS)
    .disable_signals()
    .bind(bind)?;
    let address = server.addrs().first().copied().unwrap_or(bind);
    Ok((server.run(), address))
}

fn routes(app: &mut web::ServiceConfig) {
    let (get, post) = (Method::GET, Method::POST);
    for resource in [
        resource(
            "/zendesk/sidebar",
            [(&post, web::to(sidebar::load_sidebar)), (&get, web::to(sidebar::explain_sidebar))],
        ),
        resource("/zendesk/lookup", [(&post, web::to(sidebar::load_lookup)), (&get, web::to(sidebar::explain_lookup))]),
        resource("/zendesk/assets/{path:.*}", [(&get, web::to(assets::asset))]),
        resource("/api/v1/licenses", [(&post, web::to(licenses::generate)), (&get, web::to(licenses::search))]),
        resource("/api/v1/licenses/{id}", [(&get, web::to(licenses::get))]),
        resource("/api/v1/licenses/{id}/resend", [(&post, web::to(aftercare::resend))]),
        resource("/api/v1/licenses/{id}/forward", [(&post, web::to(aftercare::forward))]),
        resource("/api/v1/licenses/{id}/replace", [(&post, web::to(aftercare::replace))]),
        resource("/api/v1/licenses/{id}/unblock", [(&post, web::to(aftercare::unblock))]),
        resource("/api/v1/licenses/{id}/retry", [(&post, web::to(aftercare::retry))]),
        resource("/api/v1/licenses/{id}/follow-up", [(&Method::PUT, web::to(follow_up::set))]),
        resource("/api/v1/licenses/{id}/progress", [(&get, web::to(progress::follow))]),
        resource("/api/v1/licenses/{id}/file", [(&get, web::to(licenses::download))]),
        resource("/api/v1/evidence", [(&post, web::to(questions::evidence))]),
        resource("/api/v1/diagnosis", [(&post, web::to(questions::diagnosis))]),
        resource("/webhooks/mailgun", [(&post, web::to(webhook::mailgun))]),
        resource("/health/live", [(&get, web::to(health::live))]),
        resource("/health/ready", [(&get, web::to(health::ready))]),
        resource("/metrics", [(&get, web::to(metrics::show))]),
        resource("/openapi.json", [(&get, web::to(openapi::show))]),
    ] {
        app.service(resource);
    }
}

/// A path with its methods. HEAD goes where GET goes; any other method gets a 405 that names these.
fn resource<const N: usize>(path: &str, routes: [(&Method, Route); N]) -> Resource {
    let mut resource = web::resource(path);
    let mut allow: Vec<&str> = Vec::new();
    for (method, route) in routes {
        allow.push(method.as_str());
        resource = if method == Method::GET {
            allow.push("HEAD");
            resource.route(route.guard(guard::Any(guard::Get()).or(guard::Head())))
        } else {
            resource.route(route.method(method.clone()))
        };
    }
    let allow = allow.join(", ");
    resource.default_service(web::to(move || {
        let allow = allow.clone();
        async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed { allow }) }
    }))
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}
