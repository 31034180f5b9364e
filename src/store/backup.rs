//! A consistent copy of the SQLite store while the service writes it.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use sqlx::{AnyConnection, Connection as _};

use super::open::{address, in_words};

/// Why there is no copy.
#[expect(missing_docs, reason = "each variant's words name its fields")]
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has its own tools.
    #[error("STOPGAP_DATABASE_URL is a PostgreSQL database: back it up with pg_dump, or as you back up all others")]
    Postgres,
    /// There is nothing to copy.
    #[error("there is no database at {0}")]
    Absent(String),
    /// The copy must not overwrite anything, and its folder must be there.
    #[error("{path} cannot be made: {error}")]
    Target { path: String, error: io::Error },
    /// The database did not give it.
    #[error("the copy failed: {0}")]
    Failed(String),
}

/// Copies the SQLite database at `url` into the new file `target`, readable by its owner alone. The service may run: the
/// copy is what was committed at one instant.
pub async fn back_up(url: &str, target: &Path) -> Result<(), BackupError> {
    let (_, url, path) = address(url);
    let path = path.ok_or(BackupError::Postgres)?;
    if !path.exists() {
        return Err(BackupError::Absent(path.display().to_string()));
    }
    let broken = |error: io::Error| BackupError::Target { path: target.display().to_string(), error };
    // SQLite takes an empty file as its target, so the mode is right before the first byte.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(target).map_err(broken)?;
    let copied = match copy(&url, target).await {
        Ok(()) => File::open(target).and_then(|file| file.sync_all()).map_err(broken),
        Err(error) => Err(BackupError::Failed(in_words(&error))),
    };
    if copied.is_err() {
        let _ = fs::remove_file(target);
    }
    copied
}

async fn copy(url: &str, target: &Path) -> sqlx::Result<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    sqlx::raw_sql("PRAGMA busy_timeout = 5000").execute(&mut connection).await?;
    sqlx::query("VACUUM INTO $1").bind(target.to_string_lossy().into_owned()).execute(&mut connection).await?;
    connection.close().await
}
