//! Opening the database and bringing its tables up to date.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    AnyConnection, AnyPool, Connection as _, Row as _, SqlSafeStr as _,
    any::AnyPoolOptions,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};
use tokio::{sync::watch, time::timeout};

use super::{Dialect, Store};

/// One writer and a few readers.
const MAX_CONNECTIONS: u32 = 8;
/// How long anyone waits for a connection before the store counts as away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the first connection may take, SQLite's look through its file included.
const TRY_OUT: Duration = Duration::from_secs(30);

/// Every version of the tables, oldest first. One that has been released is never changed.
pub(super) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("migrations/0001_first.sql")),
    (2, "scope", include_str!("migrations/0002_scope.sql")),
    (3, "aftercare", include_str!("migrations/0003_aftercare.sql")),
    (10, "drill", include_str!("migrations/0010_drill.sql")),
    (11, "request", include_str!("migrations/0011_request.sql")),
    (12, "search", include_str!("migrations/0012_search.sql")),
];

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is not there, not a database, or not writable.
    #[error("STOPGAP_DATABASE_URL: the database cannot be opened: {0}")]
    Unusable(String),
    /// A newer version of the service has changed its tables.
    #[error(
        "STOPGAP_DATABASE_URL: the database was written by a newer version of stopgap (its tables are of version {0}); \
         start that version, or restore a backup made before the upgrade"
    )]
    Newer(i64),
    /// An upgrade of its tables failed.
    #[error("STOPGAP_DATABASE_URL: the tables could not be brought up to date: {0}")]
    Migration(String),
}

impl Store {
    /// Opens `url` (`sqlite:FILE`, made if it is not there, or `postgres://…`) and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let (dialect, url, path) = address(url);
        let mut guard = None;
        if let Some(path) = path {
            let unusable = |e: std::io::Error| OpenError::Unusable(format!("{}: {e}", path.display()));
            make_private(&path).map_err(unusable)?;
            guard = Some(Arc::new(make_private(&lock_of(&path)).map_err(unusable)?));
        }
        let pool = connect(&url, dialect).await.map_err(|e| OpenError::Unusable(in_words(&e)))?;
        migrate(&pool, MIGRATIONS).await?;
        let store =
            Self { pool, dialect, changes: watch::Sender::new(0), turn: Arc::default(), proof: Arc::default(), guard };
        store.number_the_rest().await.map_err(|e| OpenError::Migration(e.to_string()))?;
        Ok(store)
    }
}

/// The file beside the database whose lock says that a process works on it.
fn lock_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Which database `url` means, its address as the driver wants it, and SQLite's file.
pub(super) fn address(url: &str) -> (Dialect, String, Option<PathBuf>) {
    match url.strip_prefix("sqlite:") {
        Some(file) => {
            let path = file.trim_start_matches("//");
            (Dialect::Sqlite, format!("sqlite:{path}"), Some(path.into()))
        }
        None => (Dialect::Postgres, url.to_owned(), None),
    }
}

/// The file holds license texts: only its owner may read it. SQLite gives its companions the same mode.
fn make_private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

async fn connect(url: &str, dialect: Dialect) -> sqlx::Result<AnyPool> {
    try_out(url, dialect).await?;
    AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A file does not go away as a server does: asking whether it is there would double the way of every statement.
        .test_before_acquire(dialect == Dialect::Postgres)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in dialect.greeting() {
                    sqlx::raw_sql(*statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        // After a failed write, as on a full disk, SQLite rolls back by itself. sqlx does not hear of it and takes the
        // connection to be inside that transaction for ever: every later one on it would fail.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect(url)
        .await
}

/// One connection that has to work: the pool would keep its reason to itself and try on.
async fn try_out(url: &str, dialect: Dialect) -> sqlx::Result<()> {
    let trying = async {
        let mut connection = AnyConnection::connect(url).await?;
        for statement in dialect.greeting() {
            sqlx::raw_sql(*statement).execute(&mut connection).await?;
        }
        if let Some(question) = dialect.health() {
            let row = sqlx::query(question).fetch_one(&mut connection).await?;
            let verdict: String = row.try_get(0)?;
            if verdict != "ok" {
                return Err(sqlx::Error::Protocol(format!("the file is damaged ({verdict}); restore a backup")));
            }
        }
        connection.close().await
    };
    timeout(TRY_OUT, trying).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

async fn migrate(pool: &AnyPool, migrations: &[(i64, &'static str, &'static str)]) -> Result<(), OpenError> {
    let migrations = migrations.iter().map(|(version, name, sql)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect()).run(pool).await.map_err(|e| match e {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        other => OpenError::Migration(other.to_string()),
    })
}

/// The database's own words, without the address, which may hold a password.
pub(super) fn in_words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(_) => "the address is not understood".into(),
        sqlx::Error::PoolTimedOut => "it does not answer".into(),
        sqlx::Error::Protocol(words) => words.clone(),
        other => other.to_string(),
    }
}
