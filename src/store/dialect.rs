//! Where the two databases differ.

use sqlx::{Any, AnyPool, Transaction};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// Version, name and SQL.
type MigrationSource = (i64, &'static str, &'static str);

impl Dialect {
    /// Every version of the tables, oldest first. A released one is never changed.
    pub(super) fn migrations(self) -> &'static [MigrationSource] {
        match self {
            Self::Sqlite => &[(
                1,
                "first",
                concat!(include_str!("migrations/0001_first.sql"), include_str!("migrations/0001_first.sqlite.sql")),
            )],
            Self::Postgres => &[(
                1,
                "first",
                concat!(include_str!("migrations/0001_first.sql"), include_str!("migrations/0001_first.postgres.sql")),
            )],
        }
    }

    /// Begins the only write transaction.
    ///
    /// SQLite: a plain `BEGIN` that reads first and writes later fails with "database is locked" under concurrency.
    pub(super) async fn begin(self, pool: &AnyPool) -> sqlx::Result<Transaction<'static, Any>> {
        match self {
            Self::Sqlite => pool.begin_with("BEGIN IMMEDIATE").await,
            Self::Postgres => {
                let mut tx = pool.begin().await?;
                sqlx::query("SELECT 1 FROM (SELECT pg_advisory_xact_lock(739204118)) AS lock")
                    .execute(&mut *tx)
                    .await?;
                Ok(tx)
            }
        }
    }

    /// The database's clock in milliseconds, which leases are measured by: replicas' clocks may differ.
    pub(super) fn clock(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS at",
            Self::Postgres => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS at",
        }
    }

    /// A write that changes nothing. SQLite still writes the page with the number to disk; a read-only PostgreSQL
    /// refuses to delete even nothing.
    pub(super) fn no_op_write(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA user_version = 1",
            Self::Postgres => "DELETE FROM sessions WHERE FALSE",
        }
    }

    /// Run on every new connection.
    pub(super) fn session_settings(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "PRAGMA busy_timeout = 5000",
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                // KiB per connection; the operating system caches the file, too.
                "PRAGMA cache_size = -512",
                // Overwrites what is deleted.
                "PRAGMA secure_delete = ON",
            ],
            Self::Postgres => &[
                // A replica that dies or hangs inside a transaction must not block the others.
                "SET lock_timeout = '5s'",
                "SET idle_in_transaction_session_timeout = '10s'",
                // Whether a search uses its index or walks from the newest license depends on the searched text.
                "SET plan_cache_mode = force_custom_plan",
            ],
        }
    }
}
