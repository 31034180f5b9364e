//! Whether the database takes writes, which writing alone tells: one whose disk is full or read-only answers all the same.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Error, Result, Store};

/// What is known about tx.
#[derive(Debug, Default)]
pub(super) struct Proof {
    /// The count of changes at the latest probe.
    seen: AtomicU64,
    is_refused: AtomicBool,
}

impl Store {
    /// Writes something that changes nothing, unless this process has committed something since it was asked last.
    /// [`Store::ping`] tells what came of it until the next time.
    pub async fn probe(&self) -> Result<()> {
        let committed = *self.changes.borrow();
        let is_proven = self.proof.seen.swap(committed, Ordering::Relaxed) != committed;
        let probed = if is_proven { Ok(()) } else { self.heartbeat().await };
        self.proof.is_refused.store(probed.is_err(), Ordering::Relaxed);
        probed
    }

    async fn heartbeat(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::raw_sql(self.dialect.heartbeat()).execute(&mut *tx.tx).await?;
        // No change that anybody waits for.
        Ok(tx.tx.commit().await?)
    }

    /// Whether the database answers, and took the latest probe.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        if self.proof.is_refused.load(Ordering::Relaxed) {
            return Err(Error::Refusing);
        }
        Ok(())
    }
}
