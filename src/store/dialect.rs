//! The handful of words in which the two databases differ.

use sqlx::{Any, AnyPool, Transaction};

/// Which database this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Begins a transaction that is the only writing one.
    ///
    /// SQLite: a plain `BEGIN` that reads first and writes later fails with "database is locked" under concurrency.
    pub(super) async fn begin(self, pool: &AnyPool) -> sqlx::Result<Transaction<'static, Any>> {
        match self {
            Self::Sqlite => pool.begin_with("BEGIN IMMEDIATE").await,
            Self::Postgres => {
                let mut tx = pool.begin().await?;
                sqlx::query("SELECT 1 FROM (SELECT pg_advisory_xact_lock(739204118)) AS turn")
                    .execute(&mut *tx)
                    .await?;
                Ok(tx)
            }
        }
    }

    /// The database's own clock in milliseconds, by which leases are measured: replicas' clocks may differ.
    pub(super) fn clock(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS at",
            Self::Postgres => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS at",
        }
    }

    /// A write that changes nothing. SQLite puts the page with its number on disk all the same, where its file system
    /// lets it; a PostgreSQL that is read-only refuses to delete even nothing.
    pub(super) fn heartbeat(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA user_version = 1",
            Self::Postgres => "DELETE FROM sessions WHERE FALSE",
        }
    }

    /// Asks whether the file is whole; anything but `ok` says what is broken. PostgreSQL minds its own files.
    pub(super) fn health(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => Some("PRAGMA quick_check(1)"),
            Self::Postgres => None,
        }
    }

    /// What a connection is told before and after a walk over many megabytes. SQLite does not copy the pages of a mapped
    /// file, which saves some of the time; but they count as this process's memory, so up to 256 MiB of the file are mapped
    /// for the walk alone.
    pub(super) fn walk(self) -> Option<[&'static str; 2]> {
        match self {
            Self::Sqlite => Some(["PRAGMA mmap_size = 268435456", "PRAGMA mmap_size = 0"]),
            Self::Postgres => None,
        }
    }

    /// What every new connection is told first.
    pub(super) fn greeting(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "PRAGMA busy_timeout = 5000",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                // KiB a connection: what is not there comes from the system's own cache.
                "PRAGMA cache_size = -512",
                // What is erased is overwritten, not only let go.
                "PRAGMA secure_delete = ON",
            ],
            // A replica that dies or hangs inside a transaction must not keep the turn from the others.
            Self::Postgres => &["SET lock_timeout = '5s'", "SET idle_in_transaction_session_timeout = '10s'"],
        }
    }
}
