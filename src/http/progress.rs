//! `GET /api/v1/licenses/{id}/progress`: the license as server-sent events until its deliveries have ended.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    web::{Bytes, Data},
};
use futures_util::stream;
use tokio::{sync::watch, time::timeout};

use super::{
    AppState,
    error::ApiError,
    extract::{Authenticated, LicensePath, Session},
    problem::Problem,
    responses::Unauthenticated,
    streams::{Place, Streams},
};
use crate::{license::LicenseId, workflow::view::LicenseView};

/// How often the store is polled: another replica may have changed the license.
const POLL: Duration = Duration::from_secs(1);
/// Comments keep proxies from closing the stream.
const HEARTBEAT_POLLS: u32 = 15;
/// About ten minutes; then the page reconnects.
const MAX_POLLS: u32 = 600;

struct Following {
    state: Data<AppState>,
    id: LicenseId,
    agent_user_id: u64,
    changes: watch::Receiver<u64>,
    session: Session,
    shown: Option<LicenseView>,
    polls: u32,
    ended: bool,
    /// Released when the stream ends or its reader goes away.
    _place: Place,
}

/// Follow a license as server-sent events until its deliveries have ended.
#[utoipa::path(
    get, path = "/api/v1/licenses/{id}/progress", tag = "licenses",
    params(("id" = String, Path, description = "License id")),
    responses(
        (status = 200, description = "Events `license`, each with the whole license", body = String, content_type = "text/event-stream"),
        (status = 404, description = "There is no such license", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The agent follows too many licenses", body = Problem, content_type = "application/problem+json"),
        Unauthenticated,
    ),
    security(("session" = [])),
)]
pub(crate) async fn follow(
    Authenticated(session, LicensePath(id)): Authenticated<LicensePath>,
    state: Data<AppState>,
    streams: Data<Streams>,
) -> Result<HttpResponse, ApiError> {
    let agent_user_id = session.agent_user_id;
    state.licenses.get(id, agent_user_id).await?.ok_or(ApiError::NotFound)?;
    let following = Following {
        _place: streams.take(agent_user_id).ok_or(ApiError::TooManyStreams)?,
        changes: state.licenses.store.changes(),
        state,
        id,
        agent_user_id,
        session,
        shown: None,
        polls: 0,
        ended: false,
    };
    let events = stream::unfold(following, |mut following| async move {
        let chunk = following.next().await?;
        Some((Ok::<_, actix_web::Error>(chunk), following))
    });
    Ok(HttpResponse::Ok().content_type("text/event-stream").streaming(events))
}

impl Following {
    /// The next chunk; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.ended && self.polls < MAX_POLLS {
            if self.polls > 0 {
                let _ = timeout(POLL, self.changes.changed()).await;
            }
            self.changes.mark_unchanged();
            self.polls += 1;
            if self.session.is_over(&self.state).await {
                return None;
            }
            // A store that is unavailable for a moment does not end the stream.
            let license = self.state.licenses.get(self.id, self.agent_user_id).await.ok().flatten();
            if let Some(license) = license.filter(|license| self.shown.as_ref() != Some(license)) {
                self.ended = !license.is_pending();
                let data = serde_json::to_string(&license).ok()?;
                self.shown = Some(license);
                return Some(Bytes::from(format!("event: license\ndata: {data}\n\n")));
            }
            if self.polls.is_multiple_of(HEARTBEAT_POLLS) {
                return Some(Bytes::from_static(b": still here\n\n"));
            }
        }
        None
    }
}
