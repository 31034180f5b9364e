//! Looking at a database without changing it.

use std::{
    fs::{self, OpenOptions},
    path::Path,
    process,
};

use sqlx::{AnyConnection, Connection as _, Row as _};

use super::{
    Dialect, OpenError,
    open::{MIGRATIONS, address, in_words},
};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examined {
    /// An SQLite file that is not there yet, in a folder that takes one.
    Absent,
    /// A database that can be written.
    There {
        /// How many migrations of this version it has not seen yet.
        pending: usize,
    },
}

/// Looks whether the database at `url` is there and can be written, and of which version it is. Changes nothing.
pub async fn examine(url: &str) -> Result<Examined, OpenError> {
    let (dialect, url, path) = address(url);
    if let Some(path) = &path
        && !path.exists()
    {
        folder_takes_files(path).map_err(|e| OpenError::Unusable(format!("{}: {e}", path.display())))?;
        return Ok(Examined::Absent);
    }
    sqlx::any::install_default_drivers();
    let unusable = |e: sqlx::Error| OpenError::Unusable(in_words(&e));
    let mut connection = AnyConnection::connect(&url).await.map_err(unusable)?;
    let applied = applied(&mut connection).await;
    let writable = can_be_written(&mut connection, dialect, !applied.is_empty()).await;
    let _ = connection.close().await;
    writable.map_err(unusable)?;
    if let Some(newer) = applied.iter().find(|version| !MIGRATIONS.iter().any(|(known, ..)| known == *version)) {
        return Err(OpenError::Newer(*newer));
    }
    Ok(Examined::There { pending: MIGRATIONS.len() - applied.len() })
}

/// The versions of the tables that the database has; none where it has no tables at all.
async fn applied(connection: &mut AnyConnection) -> Vec<i64> {
    let rows = sqlx::query("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(connection).await;
    rows.unwrap_or_default().iter().filter_map(|row| row.try_get("version").ok()).collect()
}

/// Takes the writer's turn, changes no row, and takes even that back.
async fn can_be_written(connection: &mut AnyConnection, dialect: Dialect, has_tables: bool) -> sqlx::Result<()> {
    let begin = match dialect {
        Dialect::Sqlite => "BEGIN IMMEDIATE",
        Dialect::Postgres => "BEGIN",
    };
    let mut tx = connection.begin_with(begin).await?;
    if has_tables {
        sqlx::query("UPDATE agents SET username = username WHERE user_id < 0").execute(&mut *tx).await?;
    }
    tx.rollback().await
}

/// Makes an empty file beside the future one and takes it away again: permissions alone do not tell.
fn folder_takes_files(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let probe = folder.join(format!(".stopgap-check-{}", process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    fs::remove_file(probe)
}
