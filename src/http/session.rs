//! Who is asking.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};

use super::{AppState, error::Problem};
use crate::store::Session;

/// Our bearer tokens have 64 hex digits; nothing longer is looked at.
const MAX_BEARER_CHARS: usize = 64;

/// The session of a request. Every handler of the API asks this before it reads anything else.
///
/// # Errors
/// 401 where there is none, or it has ended; 503 where the store is away.
pub async fn of(request: &HttpRequest, state: &AppState) -> Result<Session, Problem> {
    let mut given = request.headers().get_all(AUTHORIZATION);
    // Of two, a proxy might have looked at the other one.
    let (Some(only), None) = (given.next(), given.next()) else { return Err(Problem::no_session()) };
    let bearer = only.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    let Some(bearer) = bearer.filter(|bearer| bearer.len() <= MAX_BEARER_CHARS) else {
        return Err(Problem::no_session());
    };
    let session = state.licenses.session(bearer).await?;
    // An installation that is no longer configured has lost its sessions too.
    let session = session.filter(|session| state.zendesk.installation_ids.contains(&session.installation_id));
    session.ok_or_else(Problem::no_session)
}
