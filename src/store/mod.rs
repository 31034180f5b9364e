//! SQLite or PostgreSQL through one set of statements.
//!
//! [`Store`] reads; [`Transaction`] is one transaction. There is one writer at a time on both databases: SQLite has no
//! other way, and PostgreSQL takes an advisory lock, so that what is true in one is true in the other.

mod attempts;
mod backup;
mod claims;
mod deliveries;
mod dialect;
mod erase;
mod events;
mod examine;
mod gauges;
mod idempotency;
mod licenses;
mod limits;
mod open;
mod probe;
mod rows;
mod search;
mod search_query;
mod sessions;

pub use backup::{BackupError, back_up};
pub use claims::{Claim, LEASE};
pub use erase::ERASED_ADDRESS;
pub use examine::{Examined, examine};
pub use gauges::Backlog;
pub use idempotency::{IdempotencyKey, ResponseKind, StoredResponse};
pub use open::OpenError;
pub use search_query::{Page, SearchQuery};
pub use sessions::Session;

use std::{fs::File, sync::Arc, time::Duration};

use jiff::Timestamp;
use sqlx::{Any, AnyPool};
use tokio::{
    sync::{Mutex, OwnedMutexGuard, watch},
    time::timeout,
};

use dialect::Dialect;

/// The store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer, or refused. It may be back soon.
    #[error("the database is away: {0}")]
    Away(#[from] sqlx::Error),
    /// The latest probe found that nothing can be written; see [`Store::probe`].
    #[error("the database takes no writes")]
    Refusing,
    /// Another process makes the deliveries of this SQLite file.
    #[error(
        "STOPGAP_DATABASE_URL: another stopgap is running on this SQLite file; stop it first, or use PostgreSQL, \
         which serves several"
    )]
    InUse,
    /// A row says something that this version cannot read.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
}

/// How long a writer waits for those of this process who came before it.
const TURN: Duration = Duration::from_secs(10);
/// How long closing may take: a database that hangs must not keep the service from stopping.
const CLOSING: Duration = Duration::from_secs(3);

/// What the store answers.
pub type Result<T> = std::result::Result<T, Error>;

/// The licenses, their deliveries and events, and the sessions.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
    changes: watch::Sender<u64>,
    turn: Arc<Mutex<()>>,
    proof: Arc<probe::Proof>,
    /// SQLite: what the one process that makes the deliveries locks. A file of its own, because closing the database's
    /// file by another way than SQLite's would drop SQLite's own locks.
    guard: Option<Arc<File>>,
}

/// One writing transaction. Dropped without [`Transaction::commit`], it leaves nothing behind.
pub struct Transaction {
    tx: sqlx::Transaction<'static, Any>,
    changes: watch::Sender<u64>,
    /// What its deliveries go back to.
    request_id: Option<String>,
    /// Given on when the transaction has ended: fields are dropped in their order.
    _turn: OwnedMutexGuard<()>,
}

impl Store {
    /// Begins the one writing transaction there can be; waits for its turn, a few seconds at most.
    ///
    /// # Errors
    /// [`Error::Away`], also where the turn does not come in time.
    pub async fn begin(&self) -> Result<Transaction> {
        // First come, first served: SQLite itself lets those who wait fight for their turn, and some lose each time.
        let turn = timeout(TURN, Arc::clone(&self.turn).lock_owned()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let tx = self.dialect.begin(&self.pool).await?;
        Ok(Transaction { tx, changes: self.changes.clone(), request_id: None, _turn: turn })
    }

    /// Hears of every change that this process commits. The outbox and the pages' live progress wait for it.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Closes all connections; the last one folds SQLite's journal into its file.
    pub async fn close(&self) {
        let _ = timeout(CLOSING, self.pool.close()).await;
        if let Some(guard) = &self.guard {
            // Fails only where it was not locked.
            let _ = guard.unlock();
        }
    }
}

impl Transaction {
    /// Everything that is put into the outbox from now on goes back to this request, so that the log ties them together.
    pub fn set_request_id(&mut self, request_id: Option<&str>) {
        self.request_id = request_id.map(ToOwned::to_owned);
    }

    /// Makes it durable and tells those who wait for changes.
    ///
    /// # Errors
    /// [`Error::Away`]: then it is not known whether it was made durable.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        self.changes.send_modify(|count| *count += 1);
        Ok(())
    }
}

/// The store keeps times in milliseconds.
fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}
