//! SQLite or PostgreSQL through one set of statements.
//!
//! [`Store`] reads, [`Transaction`] writes. There is one write transaction at a time on both databases: SQLite allows no
//! more, and PostgreSQL takes an advisory lock, so that code that is correct on one is correct on the other.

mod arrivals;
mod attempts;
mod backup;
mod claims;
mod deliveries;
mod dialect;
mod digests;
mod erase;
mod events;
mod follow_up;
mod gauges;
mod idempotency;
mod inspect;
mod licenses;
mod limits;
mod open;
mod probe;
mod rows;
mod search;
mod sessions;
mod text;

pub(crate) use arrivals::SentWithin;
pub(crate) use backup::back_up;
pub(crate) use claims::Claim;
pub use claims::LEASE;
pub(crate) use digests::{DigestClaim, DigestRecord};
pub(crate) use idempotency::{IdempotencyKey, ResponseKind, StoredResponse};
pub use inspect::{Inspection, inspect};
pub(crate) use open::ConnectError;
pub use search::SearchQuery;
pub(crate) use sessions::{Session, SessionFilter};

use std::{fs::File, sync::Arc, time::Duration};

use jiff::Timestamp;
use sqlx::{Any, AnyPool};
use tokio::{
    sync::{Mutex, OwnedMutexGuard, watch},
    time::timeout,
};

use dialect::Dialect;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer, or refused. Worth a retry.
    #[error("the database is unavailable: {0}")]
    Unavailable(#[from] sqlx::Error),
    /// The last probe failed to write; see [`Store::probe`].
    #[error("the database takes no writes")]
    NotWritable,
    /// Another process runs the outbox of this SQLite file.
    #[error(
        "STOPGAP_DATABASE_URL: another stopgap is running on this SQLite file; stop it first, or use PostgreSQL, \
         which serves several"
    )]
    InUse,
    /// SQLite: a reader kept the WAL from being truncated; see [`Store::truncate_wal`].
    #[error("the write-ahead log is in use and may still hold erased data; run the command again")]
    WalInUse,
    /// A value that this version cannot read.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
}

/// How long a write transaction waits for earlier ones of this process.
const WRITE_LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// How long closing may take: a database that hangs must not keep the service from stopping.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// A connection pool. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
    changes: watch::Sender<u64>,
    write_lock: Arc<Mutex<()>>,
    write_probe: Arc<probe::WriteProbe>,
    /// SQLite: locked by the one process that runs the outbox. Not the database's own file, because closing that other
    /// than through SQLite would drop SQLite's locks.
    outbox_lock: Option<Arc<File>>,
}

/// The write transaction. Rolled back if dropped without [`Transaction::commit`].
pub(crate) struct Transaction {
    tx: sqlx::Transaction<'static, Any>,
    changes: watch::Sender<u64>,
    request_id: Option<String>,
    /// Last, because fields are dropped in order: released once the transaction has ended.
    _write_lock: OwnedMutexGuard<()>,
}

impl Store {
    /// Begins the write transaction, waiting for earlier ones to end. Returns an error if they take longer than
    /// [`WRITE_LOCK_TIMEOUT`].
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        // First come, first served: SQLite's own waiting is unfair, and some would starve.
        let write_lock = timeout(WRITE_LOCK_TIMEOUT, Arc::clone(&self.write_lock).lock_owned())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?;
        let tx = self.dialect.begin(&self.pool).await?;
        Ok(Transaction { tx, changes: self.changes.clone(), request_id: None, _write_lock: write_lock })
    }

    /// Notifies of every commit of this process. The outbox and the pages' live progress wait for it.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Closes all connections. SQLite checkpoints its WAL when the last one closes.
    pub async fn close(&self) {
        let _ = timeout(CLOSE_TIMEOUT, self.pool.close()).await;
        if let Some(lock) = &self.outbox_lock {
            // Fails only if it was not locked.
            let _ = lock.unlock();
        }
    }
}

impl Transaction {
    /// Sets the request that deliveries inserted from now on are logged with.
    pub(crate) fn set_request_id(&mut self, request_id: Option<&str>) {
        self.request_id = request_id.map(ToOwned::to_owned);
    }

    /// Commits, then notifies [`Store::changes`]. After an error it is unknown whether the commit is durable.
    pub(crate) async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        self.changes.send_modify(|count| *count += 1);
        Ok(())
    }
}

/// Times are stored in milliseconds.
fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}
