//! Sessions: created for a verified token, found by their bearer token.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::LicenseService;
use crate::{
    license::file::hex,
    store::{self, Session},
    zendesk::token::Verified,
};

/// A shift: ticket tabs stay open for hours.
pub(crate) const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(8);

pub(crate) struct NewSession {
    /// Only the page gets it; the store keeps its hash.
    pub bearer: String,
    /// The GitLab username that this agent gave last.
    pub username: Option<String>,
}

impl LicenseService {
    /// `None` if the token was used before.
    pub(crate) async fn create_session(&self, token: &str, verified: &Verified) -> store::Result<Option<NewSession>> {
        let now = self.clock.now();
        let bearer = hex(&self.random.bytes::<32>());
        let session = Session {
            agent_user_id: verified.agent_user_id,
            installation_id: verified.installation_id,
            expires_at: now.checked_add(SESSION_LIFETIME).unwrap_or(Timestamp::MAX),
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

    /// `None` if there is no such session, or it has ended.
    pub(crate) async fn session(&self, bearer: &str) -> store::Result<Option<Session>> {
        self.store.session(&sha256(bearer), self.clock.now()).await
    }
}

/// In hex.
pub(super) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
