//! `GET /api/v1/licenses/{id}/progress`: the license as server-sent events until its deliveries have ended.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Path},
};
use futures_util::stream;
use jiff::Timestamp;
use serde_json::Value;
use tokio::{sync::watch, time::timeout};

use super::{
    AppState,
    error::Problem,
    licenses::license_id,
    session,
    streams::{Place, Streams},
};
use crate::license::LicenseId;

/// Another replica may have changed the license: the store is asked this often at least.
const POLL: Duration = Duration::from_secs(1);
/// A comment this often keeps proxies from closing the stream.
const HEARTBEAT_POLLS: u32 = 15;
/// A stream ends after so many looks at the store, about ten minutes; the page asks again.
const MAX_LOOKS: u32 = 600;

struct Following {
    state: Data<AppState>,
    id: LicenseId,
    changes: watch::Receiver<u64>,
    /// The session's end is the stream's.
    ends_at: Timestamp,
    told: Value,
    looks: u32,
    ended: bool,
    /// Given back when the stream ends, or its reader goes away.
    _place: Place,
}

pub async fn follow(
    request: HttpRequest,
    path: Path<String>,
    state: Data<AppState>,
    streams: Data<Streams>,
) -> Result<HttpResponse, Problem> {
    let session = session::of(&request, &state).await?;
    let id = license_id(&path)?;
    state.licenses.get(id).await?.ok_or_else(Problem::not_found)?;
    let place = streams.take(session.agent_user_id).ok_or_else(Problem::too_many_streams)?;
    let changes = state.licenses.store.changes();
    let ends_at = session.expires_at;
    let following = Following { state, id, changes, ends_at, told: Value::Null, looks: 0, ended: false, _place: place };
    let events = stream::unfold(following, |mut following| async move {
        let chunk = following.next().await?;
        Some((Ok::<_, actix_web::Error>(chunk), following))
    });
    Ok(HttpResponse::Ok().content_type("text/event-stream").streaming(events))
}

impl Following {
    /// The next piece of the stream; nothing at its end.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.ended && self.looks < MAX_LOOKS && self.state.licenses.clock.now() < self.ends_at {
            if self.looks > 0 {
                let _ = timeout(POLL, self.changes.changed()).await;
            }
            self.changes.mark_unchanged();
            self.looks += 1;
            // A store that is away for a moment does not end the stream; the next look may succeed.
            let view = self.state.licenses.get(self.id).await.ok().flatten();
            if let Some(view) = view.filter(|view| *view != self.told) {
                self.ended = has_ended(&view);
                let event = format!("event: license\ndata: {view}\n\n");
                self.told = view;
                return Some(Bytes::from(event));
            }
            if self.looks.is_multiple_of(HEARTBEAT_POLLS) {
                return Some(Bytes::from_static(b": still here\n\n"));
            }
        }
        None
    }
}

fn has_ended(view: &Value) -> bool {
    let deliveries = view["deliveries"].as_array().map(Vec::as_slice).unwrap_or_default();
    deliveries.iter().all(|delivery| delivery["state"] != "pending")
}
