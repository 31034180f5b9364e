//! What an idempotency key was answered.

use sqlx::{Any, Executor};

use super::{Result, Store, Writing, rows::Columns};
use crate::license::LicenseId;

/// One idempotency key of one agent.
#[derive(Debug, Clone)]
pub struct AnswerKey {
    /// The session's agent.
    pub agent_user_id: u64,
    /// The header's value.
    pub key: String,
}

/// What was answered to the request that used a key first.
#[derive(Debug, Clone)]
pub struct Answer {
    /// SHA-256 of that request, in hex.
    pub request_hash: String,
    /// The license that came of it.
    pub license_id: LicenseId,
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

impl Store {
    /// What `key` was answered; nothing where it was not used yet.
    ///
    /// # Errors
    /// [`super::Error`].
    pub async fn answer(&self, key: &AnswerKey) -> Result<Option<Answer>> {
        find(&self.pool, key).await
    }
}

impl Writing {
    /// What `key` was answered, as this transaction sees it.
    ///
    /// # Errors
    /// [`super::Error`].
    pub async fn answer(&mut self, key: &AnswerKey) -> Result<Option<Answer>> {
        find(&mut *self.tx, key).await
    }

    /// Keeps the answer to `key`.
    ///
    /// # Errors
    /// [`super::Error`], also where the key was used already.
    pub async fn add_answer(&mut self, key: &AnswerKey, answer: &Answer) -> Result<()> {
        sqlx::query(
            "INSERT INTO answers (agent_user_id, idempotency_key, request_hash, license_id, status, body) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(key.agent_user_id.cast_signed())
        .bind(key.key.clone())
        .bind(answer.request_hash.clone())
        .bind(answer.license_id.to_string())
        .bind(i64::from(answer.status))
        .bind(answer.body.clone())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

async fn find<'e>(executor: impl Executor<'e, Database = Any>, key: &AnswerKey) -> Result<Option<Answer>> {
    let row = sqlx::query("SELECT * FROM answers WHERE agent_user_id = $1 AND idempotency_key = $2")
        .bind(key.agent_user_id.cast_signed())
        .bind(key.key.clone())
        .fetch_optional(executor)
        .await?;
    row.map(|row| Columns(&row).answer()).transpose()
}
