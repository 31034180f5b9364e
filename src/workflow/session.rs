//! From a verified token to a session, and back from a bearer to the agent.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::LicenseService;
use crate::{
    store::{self, Session},
    zendesk::token::Verified,
};

/// A shift: a ticket tab stays open for hours.
const SESSION_LASTS: SignedDuration = SignedDuration::from_hours(8);

/// A session that was just begun.
pub struct NewSession {
    /// The bearer token, for the page alone; the store keeps its hash.
    pub bearer: String,
    /// The GitLab username that this agent gave last.
    pub username: Option<String>,
}

impl LicenseService {
    /// Begins a session for the agent of a verified token. A token begins one session in its life: nothing where it
    /// was used before.
    pub async fn begin_session(&self, token: &str, verified: &Verified) -> store::Result<Option<NewSession>> {
        let now = self.clock.now();
        let bearer = hex(&self.random.bytes::<32>());
        let session = Session {
            agent_user_id: verified.agent_user_id,
            installation_id: verified.installation_id,
            expires_at: now.checked_add(SESSION_LASTS).unwrap_or(Timestamp::MAX),
        };
        let mut tx = self.store.begin().await?;
        if !tx.use_token(&sha256(token), verified.usable_until).await? {
            return Ok(None);
        }
        tx.insert_session(&sha256(&bearer), &session, now).await?;
        tx.commit().await?;
        let username = self.store.username(verified.agent_user_id).await?;
        Ok(Some(NewSession { bearer, username }))
    }

    /// Whose session this bearer token is; nothing where there is none, or it has ended.
    pub async fn session(&self, bearer: &str) -> store::Result<Option<Session>> {
        self.store.session(&sha256(bearer), self.clock.now()).await
    }
}

/// SHA-256 in hex.
pub(super) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
