//! Whether the database takes writes. Only a write shows it: with a full or read-only disk, reads still succeed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Error, Result, Store};

#[derive(Debug, Default)]
pub(super) struct WriteProbe {
    /// [`Store::changes`] at the last probe.
    commits_seen: AtomicU64,
    has_failed: AtomicBool,
}

impl Store {
    /// Writes without changing anything, unless this process has committed something since the last probe.
    /// [`Store::ping`] reports the result until the next one.
    pub(crate) async fn probe(&self) -> Result<()> {
        let commits = *self.changes.borrow();
        let has_committed = self.write_probe.commits_seen.swap(commits, Ordering::Relaxed) != commits;
        let result = if has_committed { Ok(()) } else { self.write_nothing().await };
        self.write_probe.has_failed.store(result.is_err(), Ordering::Relaxed);
        result
    }

    async fn write_nothing(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::raw_sql(self.dialect.no_op_write()).execute(&mut *tx.tx).await?;
        // Past Transaction::commit: there is no change to notify of.
        Ok(tx.tx.commit().await?)
    }

    /// Returns an error if the database does not answer, or took no write at the last probe.
    pub(crate) async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        if self.write_probe.has_failed.load(Ordering::Relaxed) { Err(Error::NotWritable) } else { Ok(()) }
    }
}
