//! Responses stored under idempotency keys.

use sqlx::{Any, Executor};

use super::{Result, Store, Transaction, rows::Columns};
use crate::license::LicenseId;

/// An `Idempotency-Key`, which counts for one agent.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey {
    pub agent_user_id: u64,
    pub key: String,
}

/// The response to the first request under a key.
#[derive(Debug, Clone)]
pub(crate) struct StoredResponse {
    /// SHA-256 of that request, in hex.
    pub request_hash: String,
    pub license_id: LicenseId,
    pub kind: ResponseKind,
    /// JSON.
    pub body: String,
}

/// What an operation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ResponseKind {
    /// A license was generated.
    Created,
    /// Deliveries were enqueued.
    Accepted,
    /// The license was recorded without a file.
    SealingFailed,
}

impl Store {
    /// `None` if the key was not used yet.
    pub(crate) async fn response(&self, key: &IdempotencyKey) -> Result<Option<StoredResponse>> {
        get(&self.pool, key).await
    }
}

impl Transaction {
    /// As [`Store::response`], as this transaction sees it.
    pub(crate) async fn response(&mut self, key: &IdempotencyKey) -> Result<Option<StoredResponse>> {
        get(&mut *self.tx, key).await
    }

    /// Returns an error if the key was used before.
    pub(crate) async fn insert_response(&mut self, key: &IdempotencyKey, response: &StoredResponse) -> Result<()> {
        sqlx::query(
            "INSERT INTO idempotency_keys (agent_user_id, idempotency_key, request_hash, license_id, kind, body) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(key.agent_user_id.cast_signed())
        .bind(key.key.clone())
        .bind(response.request_hash.clone())
        .bind(response.license_id.to_string())
        .bind(<&str>::from(response.kind))
        .bind(response.body.clone())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

async fn get<'e>(executor: impl Executor<'e, Database = Any>, key: &IdempotencyKey) -> Result<Option<StoredResponse>> {
    let row = sqlx::query("SELECT * FROM idempotency_keys WHERE agent_user_id = $1 AND idempotency_key = $2")
        .bind(key.agent_user_id.cast_signed())
        .bind(key.key.clone())
        .fetch_optional(executor)
        .await?;
    row.map(|row| Columns(&row).response()).transpose()
}
