//! Inspecting a database without changing it.

use std::{
    fs::{self, OpenOptions},
    path::Path,
    process,
};

use sqlx::{AnyConnection, Connection as _, Row as _};

use super::{
    ConnectError, Dialect,
    open::{Address, message, refuse_shared},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inspection {
    /// An SQLite file that does not exist yet, in a writable folder.
    Absent,
    /// A writable database.
    Present { pending_migrations: usize },
}

/// Checks that the database at `url` can be written, and its version. Changes nothing.
pub async fn inspect(url: &str) -> Result<Inspection, ConnectError> {
    let Address { dialect, url, file } = Address::of(url);
    if let Some(path) = &file {
        if !path.exists() {
            create_file_beside(path).map_err(|e| ConnectError::Unusable(format!("{}: {e}", path.display())))?;
            return Ok(Inspection::Absent);
        }
        refuse_shared(path)?;
    }
    sqlx::any::install_default_drivers();
    let unusable = |e: sqlx::Error| ConnectError::Unusable(message(&e));
    let mut connection = AnyConnection::connect(&url).await.map_err(unusable)?;
    let applied = applied_migrations(&mut connection).await;
    let written = write_and_roll_back(&mut connection, dialect, !applied.is_empty()).await;
    let _ = connection.close().await;
    written.map_err(unusable)?;
    let known = dialect.migrations();
    if let Some(newer) = applied.iter().find(|version| !known.iter().any(|(known, ..)| known == *version)) {
        return Err(ConnectError::Newer(*newer));
    }
    Ok(Inspection::Present { pending_migrations: known.len() - applied.len() })
}

/// Empty if the database has no tables yet.
async fn applied_migrations(connection: &mut AnyConnection) -> Vec<i64> {
    let rows = sqlx::query("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(connection).await;
    rows.unwrap_or_default().iter().filter_map(|row| row.try_get("version").ok()).collect()
}

async fn write_and_roll_back(connection: &mut AnyConnection, dialect: Dialect, has_tables: bool) -> sqlx::Result<()> {
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

/// Creates a file beside `path` and removes it: the folder's mode alone does not show a read-only file system.
fn create_file_beside(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = folder.join(format!(".stopgap-check-{}", process::id()));
    OpenOptions::new().write(true).create_new(true).open(&file)?;
    fs::remove_file(file)
}
