//! The headers of every response, and what the log says of a request.

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::DefaultHeaders,
};
use tracing::{Span, field::Empty};
use tracing_actix_web::RootSpanBuilder;

use super::request_id;
use crate::config::Zendesk;

/// The content security policy, made once.
#[derive(Clone)]
pub(crate) struct Policy(String);

impl Policy {
    /// Only this Zendesk may frame the page; scripts come from us and from the host of its SDK.
    pub(crate) fn new(zendesk: &Zendesk) -> Self {
        let sdk_origin =
            url::Url::parse(&zendesk.sdk_url).map(|u| u.origin().ascii_serialization()).unwrap_or_default();
        let origin = &zendesk.origin;
        Self(format!(
            "default-src 'none'; script-src 'self' {sdk_origin}; style-src 'self'; connect-src 'self'; \
             img-src 'self'; frame-ancestors {origin}; base-uri 'none'; form-action 'none'"
        ))
    }

    /// No `X-Frame-Options`: it cannot name Zendesk, and would forbid the app's iframe.
    pub(crate) fn headers(&self) -> DefaultHeaders {
        DefaultHeaders::new()
            .add(("Content-Security-Policy", self.0.as_str()))
            .add(("Referrer-Policy", "no-referrer"))
            .add(("Cache-Control", "no-store"))
            .add(("X-Content-Type-Options", "nosniff"))
            .add(("Strict-Transport-Security", "max-age=31536000"))
    }
}

/// The method's name; a made-up one does not get into the log.
fn known(method: &Method) -> &str {
    let is_known = [
        &Method::GET,
        &Method::HEAD,
        &Method::POST,
        &Method::PUT,
        &Method::PATCH,
        &Method::DELETE,
        &Method::OPTIONS,
        &Method::TRACE,
        &Method::CONNECT,
    ]
    .contains(&method);
    if is_known { method.as_str() } else { "other" }
}

/// One span per request: method, route pattern, agent, status and request id. Query and path values are left out, because
/// people search by names and addresses.
pub(crate) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let route = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
        let method = known(request.method());
        let request_id = request_id::assign(request);
        let (agent, status) = (Empty, Empty);
        tracing::info_span!("request", request_id, method, route, agent, status)
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        let status = match outcome {
            Ok(response) => response.status().as_u16(),
            Err(e) => e.as_response_error().status_code().as_u16(),
        };
        span.record("status", status);
        let is_quiet = outcome.as_ref().is_ok_and(|response| response.status().is_success() && is_probe(response));
        span.in_scope(
            || if is_quiet { tracing::debug!(status, "answered") } else { tracing::info!(status, "answered") },
        );
    }
}

/// Names the agent in the log of this request: who looked up, downloaded or generated what.
pub(crate) fn log_agent(user_id: u64) {
    Span::current().record("agent", user_id);
}

/// Polled every few seconds; their successes are logged at debug level.
const PROBES: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

fn is_probe<B>(response: &ServiceResponse<B>) -> bool {
    response.request().match_pattern().is_some_and(|route| PROBES.contains(&route.as_str()))
}
