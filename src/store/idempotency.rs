//! What an idempotency key was answered.

use sqlx::{Any, Executor};

use super::{Result, Store, Transaction, rows::Columns};
use crate::license::LicenseId;

/// One idempotency key of one agent.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    pub agent_user_id: u64,
    pub key: String,
}

/// What was answered to the request that used a key first.
#[derive(Debug, Clone)]
pub struct StoredResponse {
    /// SHA-256 of that request, in hex.
    pub request_hash: String,
    /// The license that came of it.
    pub license_id: LicenseId,
    pub status: u16,
    pub body: String,
}

impl Store {
    /// What `key` was answered; nothing where it was not used yet.
    pub async fn response(&self, key: &IdempotencyKey) -> Result<Option<StoredResponse>> {
        find(&self.pool, key).await
    }
}

impl Transaction {
    /// What `key` was answered, as this transaction sees it.
    pub async fn response(&mut self, key: &IdempotencyKey) -> Result<Option<StoredResponse>> {
        find(&mut *self.tx, key).await
    }

    /// Keeps the answer to `key`.
    ///
    /// # Errors
    /// [`super::Error`], also where the key was used already.
    pub async fn add_response(&mut self, key: &IdempotencyKey, response: &StoredResponse) -> Result<()> {
        sqlx::query(
            "INSERT INTO idempotency_keys (agent_user_id, idempotency_key, request_hash, license_id, status, body) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(key.agent_user_id.cast_signed())
        .bind(key.key.clone())
        .bind(response.request_hash.clone())
        .bind(response.license_id.to_string())
        .bind(i64::from(response.status))
        .bind(response.body.clone())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

async fn find<'e>(executor: impl Executor<'e, Database = Any>, key: &IdempotencyKey) -> Result<Option<StoredResponse>> {
    let row = sqlx::query("SELECT * FROM idempotency_keys WHERE agent_user_id = $1 AND idempotency_key = $2")
        .bind(key.agent_user_id.cast_signed())
        .bind(key.key.clone())
        .fetch_optional(executor)
        .await?;
    row.map(|row| Columns(&row).response()).transpose()
}
