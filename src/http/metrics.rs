//! `GET /metrics`: for Prometheus, behind a token of its own.

use actix_web::{HttpRequest, HttpResponse, http::header::AUTHORIZATION, web::Data};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{AppState, error::ApiError, extract::bearer_token, problem::Problem};
use crate::{license::Channel, metrics};

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Metrics in Prometheus's text format. What the store holds is read at each scrape.
#[utoipa::path(
    get, path = "/metrics", tag = "operations", operation_id = "get_metrics",
    responses(
        (status = 200, description = "The metrics", body = String, content_type = "text/plain"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "STOPGAP_METRICS_TOKEN is not set", body = Problem, content_type = "application/problem+json"),
    ),
    security(("metrics" = [])),
)]
pub(crate) async fn show(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, ApiError> {
    let token = state.metrics_token.as_ref().ok_or(ApiError::NotFound)?;
    if !has_token(&request, token) {
        return Err(ApiError::BadMetricsToken);
    }
    measure(&state).await;
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(state.licenses.metrics.render()))
}

/// Compares digests in constant time, so that neither the token nor its length shows.
fn has_token(request: &HttpRequest, token: &SecretString) -> bool {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| bearer_token(value.to_str().ok()?));
    let digest = |text: &str| -> [u8; 32] { Sha256::digest(text.as_bytes()).into() };
    given.is_some_and(|given| digest(given).ct_eq(&digest(token.expose_secret())).into())
}

#[expect(clippy::cast_precision_loss, reason = "no count comes near 2^52")]
async fn measure(state: &AppState) {
    let AppState { licenses, heartbeat, .. } = state;
    let now = licenses.clock.now();
    licenses.metrics.set(
        metrics::OUTBOX_ALIVE,
        None,
        f64::from(u8::from(heartbeat.as_ref().is_some_and(|heartbeat| heartbeat.is_alive(now)))),
    );
    licenses.metrics.set(metrics::DATABASE_UP, None, f64::from(u8::from(licenses.store.ping().await.is_ok())));
    let signs = licenses.signer.check_ready(now).await.is_ok();
    licenses.metrics.set(metrics::SIGNER_UP, None, f64::from(u8::from(signs)));
    let Ok(backlog) = licenses.store.backlog(now).await else { return };
    licenses.metrics.set(metrics::LATE_EMAILS, None, backlog.late_emails as f64);
    licenses.metrics.set(metrics::SESSIONS, None, backlog.sessions as f64);
    for channel in Channel::ALL.map(Channel::as_str) {
        let found = backlog.pending.iter().find(|(name, ..)| name == channel);
        let (count, age) =
            found.map_or((0, 0.0), |(_, count, oldest)| (*count, now.duration_since(*oldest).as_secs_f64().max(0.0)));
        licenses.metrics.set(metrics::OUTBOX, Some(channel), count as f64);
        licenses.metrics.set(metrics::OUTBOX_OLDEST, Some(channel), age);
    }
}
