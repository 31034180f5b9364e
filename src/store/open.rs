//! Opening the database and migrating it.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
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
/// How long a caller waits for a connection before the database counts as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the first connection may take, including SQLite's check of its file.
const FIRST_CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);
/// Write permission of group and others.
const SHARED_WRITE: u32 = 0o022;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It is missing, no database, or not writable.
    #[error("STOPGAP_DATABASE_URL: the database cannot be opened: {0}")]
    Unusable(String),
    /// Anyone who can write the file can make the service mail anything to anyone.
    #[error("STOPGAP_DATABASE_URL: other users can write to the database; run: chmod go-w '{0}'")]
    Shared(String),
    #[error(
        "STOPGAP_DATABASE_URL: the database was written by a newer version of stopgap (its tables are of version {0}); \
         start that version, or restore a backup made before the upgrade"
    )]
    Newer(i64),
    #[error(
        "STOPGAP_DATABASE_URL: the extension pg_trgm is missing and could not be created ({0}); \
         have an administrator run in this database: CREATE EXTENSION pg_trgm;"
    )]
    Extension(String),
    #[error("STOPGAP_DATABASE_URL: the tables could not be brought up to date: {0}")]
    Migration(String),
}

impl Store {
    /// Opens `url` (`sqlite:FILE`, created if missing, or `postgres://…`) and migrates it.
    pub async fn open(url: &str) -> Result<Self, ConnectError> {
        sqlx::any::install_default_drivers();
        let Address { dialect, url, file } = Address::of(url);
        let outbox_lock = match &file {
            Some(path) => {
                create_private(path)?;
                refuse_shared(path)?;
                Some(Arc::new(create_private(&outbox_lock_of(path))?))
            }
            None => None,
        };
        let pool = connect(&url, dialect).await.map_err(|e| ConnectError::Unusable(message(&e)))?;
        migrate(&pool, dialect).await?;
        Ok(Self {
            pool,
            dialect,
            changes: watch::Sender::new(0),
            write_lock: Arc::default(),
            write_probe: Arc::default(),
            outbox_lock,
        })
    }
}

/// A database URL, taken apart.
pub(super) struct Address {
    pub(super) dialect: Dialect,
    /// As the driver takes it.
    pub(super) url: String,
    /// SQLite's file.
    pub(super) file: Option<PathBuf>,
}

impl Address {
    pub(super) fn of(url: &str) -> Self {
        match url.strip_prefix("sqlite:") {
            Some(rest) => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                Self { dialect: Dialect::Sqlite, url: format!("sqlite:{path}"), file: Some(path.into()) }
            }
            None => Self { dialect: Dialect::Postgres, url: url.to_owned(), file: None },
        }
    }
}

fn outbox_lock_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Opens or creates a file that only its owner can read: it holds licenses. SQLite copies the mode to its `-wal`.
fn create_private(path: &Path) -> Result<File, ConnectError> {
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    opened.map_err(|e| ConnectError::Unusable(format!("{}: {e}", path.display())))
}

pub(super) fn refuse_shared(path: &Path) -> Result<(), ConnectError> {
    let metadata = path.metadata().map_err(|e| ConnectError::Unusable(format!("{}: {e}", path.display())))?;
    if metadata.permissions().mode() & SHARED_WRITE == 0 {
        Ok(())
    } else {
        Err(ConnectError::Shared(path.display().to_string()))
    }
}

async fn connect(url: &str, dialect: Dialect) -> sqlx::Result<AnyPool> {
    check_first_connection(url, dialect).await?;
    AnyPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A file does not go away as a server does, and the test would cost every statement a second round trip.
        .test_before_acquire(dialect == Dialect::Postgres)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in dialect.session_settings() {
                    sqlx::raw_sql(*statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        // After a failed write, as on a full disk, SQLite rolls back by itself. sqlx does not notice and takes the
        // connection to be inside that transaction forever: every later one on it would fail.
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect(url)
        .await
}

/// Opens one connection outside of the pool, which would retry and hide the reason of a failure.
async fn check_first_connection(url: &str, dialect: Dialect) -> sqlx::Result<()> {
    let check = async {
        let mut connection = AnyConnection::connect(url).await?;
        for statement in dialect.session_settings() {
            sqlx::raw_sql(*statement).execute(&mut connection).await?;
        }
        if dialect == Dialect::Sqlite {
            check_file(&mut connection).await?;
        }
        connection.close().await
    };
    timeout(FIRST_CONNECTION_TIMEOUT, check).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// Returns an error if SQLite's file is damaged.
pub(super) async fn check_file(connection: &mut AnyConnection) -> sqlx::Result<()> {
    let row = sqlx::query("PRAGMA quick_check(1)").fetch_one(connection).await?;
    match row.try_get::<String, _>(0)?.as_str() {
        "ok" => Ok(()),
        problem => Err(sqlx::Error::Protocol(format!("the file is damaged ({problem}); restore a backup"))),
    }
}

async fn migrate(pool: &AnyPool, dialect: Dialect) -> Result<(), ConnectError> {
    let migrations = dialect.migrations().iter().map(|(version, name, sql)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect()).run(pool).await.map_err(|e| match e {
        MigrateError::VersionMissing(version) => ConnectError::Newer(version),
        // PostgreSQL names the extension in all its languages.
        MigrateError::ExecuteMigration(e, _) if e.to_string().contains("pg_trgm") => {
            ConnectError::Extension(message(&e))
        }
        other => ConnectError::Migration(other.to_string()),
    })
}

/// The database's own message, without the URL, which may hold a password.
pub(super) fn message(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(_) => "the address is not understood".into(),
        sqlx::Error::PoolTimedOut => "it does not answer".into(),
        sqlx::Error::Protocol(message) => message.clone(),
        sqlx::Error::Database(e) => e.message().to_owned(),
        other => other.to_string(),
    }
}
