//! Follow-ups, and the reminders of those that are still open.

use jiff::Timestamp;

use super::{Result, Store, Transaction, ms, rows::Columns};
use crate::license::{LicenseId, Settled};

impl Store {
    /// Licenses whose open follow-up is to be reminded of by `now`. Served by `licenses_to_remind`.
    pub(crate) async fn list_to_remind(&self, now: Timestamp, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT id AS license_id FROM licenses WHERE remind_at <= $1 AND settled_at IS NULL \
                   ORDER BY remind_at LIMIT $2";
        let rows = sqlx::query(sql).bind(ms(now)).bind(i64::from(limit)).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Columns(row).license_id()).collect()
    }
}

impl Transaction {
    /// Takes a license off the list of reminders. Returns false if it is not on it: another replica has reminded, or the
    /// follow-up was settled meanwhile.
    pub(crate) async fn take_reminder(&mut self, id: LicenseId) -> Result<bool> {
        let sql = "UPDATE licenses SET remind_at = NULL WHERE id = $1 AND remind_at IS NOT NULL AND settled_at IS NULL";
        Ok(sqlx::query(sql).bind(id.to_string()).execute(&mut *self.tx).await?.rows_affected() == 1)
    }

    /// Settles the follow-up, or opens it again.
    pub(crate) async fn set_settled(&mut self, id: LicenseId, settled: Option<&Settled>) -> Result<()> {
        sqlx::query("UPDATE licenses SET settled_at = $2, settled_by = $3, settled_note = $4 WHERE id = $1")
            .bind(id.to_string())
            .bind(settled.map(|settled| ms(settled.at)))
            .bind(settled.map(|settled| settled.by.clone()))
            .bind(settled.and_then(|settled| settled.note.clone()))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
