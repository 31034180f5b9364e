//! `GET /metrics`: for Prometheus, behind a token of its own.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::AUTHORIZATION},
    web::Data,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{AppState, error::Problem};
use crate::{license::Channel, metrics};

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything that is counted. What is in the store is asked for at each scrape; a store that is away is said, too.
pub async fn show(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, Problem> {
    let Some(token) = &state.metrics_token else { return Err(Problem::not_found()) };
    if !is_let_in(&request, token) {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "Metrics take Authorization: Bearer METRICS_TOKEN."));
    }
    measure(&state).await;
    Ok(HttpResponse::Ok().content_type(CONTENT_TYPE).body(state.licenses.metrics.render()))
}

/// Compares digests, each byte of them: how long it takes tells nothing about the token, its length included.
fn is_let_in(request: &HttpRequest, token: &SecretString) -> bool {
    let given = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
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
