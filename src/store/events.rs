//! A license's history, append-only.

use sqlx::AnyConnection;

use super::{Result, Transaction, ms, rows::Columns};
use crate::license::{Event, LicenseId};

impl Transaction {
    pub(crate) async fn insert_event(&mut self, license: LicenseId, event: &Event) -> Result<()> {
        sqlx::query(
            "INSERT INTO events (license_id, number, at, actor, kind, detail) \
             SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM events WHERE license_id = $1",
        )
        .bind(license.to_string())
        .bind(ms(event.at))
        .bind(event.actor.clone())
        .bind(event.kind.as_str())
        .bind(event.detail.clone())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

pub(super) async fn of_license(connection: &mut AnyConnection, id: LicenseId) -> Result<Vec<Event>> {
    let rows = sqlx::query("SELECT * FROM events WHERE license_id = $1 ORDER BY number")
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Columns(row).event()).collect()
}
