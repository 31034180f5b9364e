//! SQLite or PostgreSQL through one set of statements.
//!
//! [`Store`] reads; [`Writing`] is one transaction. There is one writer at a time on both databases: SQLite has no
//! other way, and PostgreSQL takes an advisory lock, so that what is true in one is true in the other.

mod answers;
mod attempts;
mod backup;
mod claims;
mod deliveries;
mod dialect;
mod events;
mod examine;
mod licenses;
mod lookup;
mod open;
mod rows;
mod sessions;

pub use answers::{Answer, AnswerKey};
pub use backup::{BackupError, back_up};
pub use claims::{Claim, LEASE, MAX_WAIT};
pub use deliveries::NewDelivery;
pub use examine::{Examined, examine};
pub use lookup::{Lookup, Page};
pub use open::OpenError;
pub use sessions::Session;

use jiff::Timestamp;
use sqlx::{Any, AnyPool, Transaction};
use tokio::sync::watch;

use dialect::Dialect;

use crate::license::{Delivery, Event, License, delivery::Attempt, file::Digests};

/// The store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database did not answer, or refused. It may be back soon.
    #[error("the database is away: {0}")]
    Away(#[from] sqlx::Error),
    /// A row says something that this version cannot read.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
}

/// What the store answers.
pub type Result<T> = std::result::Result<T, Error>;

/// The licenses, their deliveries and events, and the sessions.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    dialect: Dialect,
    changes: watch::Sender<u64>,
}

/// One license with everything that is known about it.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The license.
    pub license: License,
    /// Its deliveries, oldest first.
    pub deliveries: Vec<Delivery>,
    /// Its history, oldest first.
    pub events: Vec<Event>,
    /// What came of each attempt, delivery by delivery.
    pub attempts: Vec<Attempt>,
    /// Under which GitLab reports usage; nothing where there never was a file.
    pub digests: Option<Digests>,
    /// When the customer's data were erased.
    pub erased_at: Option<Timestamp>,
}

/// One writing transaction. Dropped without [`Writing::commit`], it leaves nothing behind.
pub struct Writing {
    tx: Transaction<'static, Any>,
    changes: watch::Sender<u64>,
}

impl Store {
    /// Begins the one writing transaction there can be; waits for its turn, a few seconds at most.
    ///
    /// # Errors
    /// [`Error::Away`], also where the turn does not come in time.
    pub async fn write(&self) -> Result<Writing> {
        let tx = self.dialect.begin(&self.pool).await?;
        Ok(Writing { tx, changes: self.changes.clone() })
    }

    /// Hears of every change that this process commits. The outbox and the pages' live progress wait for it.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Away`].
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Closes all connections; the last one folds SQLite's journal into its file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Writing {
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
