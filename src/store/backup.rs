//! A consistent copy of the SQLite database while the service writes to it.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use sqlx::{AnyConnection, Connection as _, Row as _};

use super::open::{Address, check_file, message};

#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    #[error("STOPGAP_DATABASE_URL is a PostgreSQL database: back it up with pg_dump, or as you back up all others")]
    Postgres,
    #[error("there is no database at {0}")]
    Absent(String),
    /// SQLite would take it for a URI with parameters.
    #[error("the backup's file name must be UTF-8, without ?, # and %, and not begin with file:")]
    Name,
    #[error("{path} cannot be created: {error}")]
    Target { path: String, error: io::Error },
    #[error("the copy failed: {0}")]
    Failed(String),
    #[error("the copy has {copied} licenses, the database {expected}: it is not usable")]
    Incomplete { copied: i64, expected: i64 },
}

/// Copies the SQLite database at `url` to the new file `target`, which only its owner can read, and checks the copy.
/// Returns how many licenses it has. The service may run meanwhile: the copy is the state at one commit.
pub(crate) async fn back_up(url: &str, target: &Path) -> Result<i64, BackupError> {
    let Address { url, file, .. } = Address::of(url);
    let source = file.ok_or(BackupError::Postgres)?;
    if !source.exists() {
        return Err(BackupError::Absent(source.display().to_string()));
    }
    let name = target.to_str().filter(|name| is_plain(name)).ok_or(BackupError::Name)?;
    let io_error = |error: io::Error| BackupError::Target { path: name.to_owned(), error };
    // SQLite accepts an empty file as its target, so the mode is right before the first byte.
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(target);
    created.map_err(io_error)?;
    let copied = match copy(&url, name).await {
        Ok(licenses) => File::open(target).and_then(|file| file.sync_all()).map(|()| licenses).map_err(io_error),
        Err(e) => Err(e),
    };
    if copied.is_err() {
        let _ = fs::remove_file(target);
    }
    copied
}

fn is_plain(name: &str) -> bool {
    !name.contains(['?', '#', '%']) && !name.starts_with("file:")
}

async fn copy(url: &str, target: &str) -> Result<i64, BackupError> {
    let failed = |e: sqlx::Error| BackupError::Failed(message(&e));
    sqlx::any::install_default_drivers();
    let mut source = AnyConnection::connect(url).await.map_err(failed)?;
    sqlx::raw_sql("PRAGMA busy_timeout = 5000").execute(&mut source).await.map_err(failed)?;
    let expected = count_licenses(&mut source).await.map_err(failed)?;
    sqlx::query("VACUUM INTO $1").bind(target.to_owned()).execute(&mut source).await.map_err(failed)?;
    source.close().await.map_err(failed)?;
    let copied = verify(target).await.map_err(failed)?;
    // Licenses are never deleted, and some may have come meanwhile.
    if copied >= expected { Ok(copied) } else { Err(BackupError::Incomplete { copied, expected }) }
}

/// Opens the copy and returns how many licenses it has.
async fn verify(target: &str) -> sqlx::Result<i64> {
    let mut copy = AnyConnection::connect(&format!("sqlite:{target}?mode=ro")).await?;
    check_file(&mut copy).await?;
    let licenses = count_licenses(&mut copy).await?;
    copy.close().await?;
    Ok(licenses)
}

async fn count_licenses(connection: &mut AnyConnection) -> sqlx::Result<i64> {
    sqlx::query("SELECT COUNT(*) AS licenses FROM licenses").fetch_one(connection).await?.try_get("licenses")
}
