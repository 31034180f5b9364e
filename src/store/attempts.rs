//! The attempts of a delivery. Of a long series, the first and the last are kept.

use sqlx::AnyConnection;

use super::{Result, Transaction, ms, rows::Columns};
use crate::license::{DeliveryId, LicenseId, delivery::Attempt};

const FIRST_KEPT: u32 = 5;
/// An email may be attempted thousands of times.
const LAST_KEPT: u32 = 20;

impl Transaction {
    pub(crate) async fn insert_attempt(&mut self, attempt: &Attempt) -> Result<()> {
        sqlx::query(
            "INSERT INTO attempts (delivery_id, number, at, outcome, error) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (delivery_id, number) DO UPDATE SET at = excluded.at, outcome = excluded.outcome, \
             error = excluded.error",
        )
        .bind(attempt.delivery_id.to_string())
        .bind(i64::from(attempt.number))
        .bind(ms(attempt.at))
        .bind(attempt.outcome.as_str())
        .bind(attempt.error.clone())
        .execute(&mut *self.tx)
        .await?;
        sqlx::query("DELETE FROM attempts WHERE delivery_id = $1 AND number > $2 AND number <= $3")
            .bind(attempt.delivery_id.to_string())
            .bind(i64::from(FIRST_KEPT))
            .bind(i64::from(attempt.number) - i64::from(LAST_KEPT))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    pub(crate) async fn license_of_delivery(&mut self, id: DeliveryId) -> Result<Option<LicenseId>> {
        let row = sqlx::query("SELECT license_id FROM deliveries WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *self.tx)
            .await?;
        row.map(|row| Columns(&row).license_id()).transpose()
    }
}

/// By delivery, then by number.
pub(super) async fn of_license(connection: &mut AnyConnection, id: LicenseId) -> Result<Vec<Attempt>> {
    let rows = sqlx::query(
        "SELECT a.* FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE d.license_id = $1 \
         ORDER BY a.delivery_id, a.number",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Columns(row).attempt()).collect()
}
