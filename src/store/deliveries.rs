//! Deliveries of a license. Claiming them is in [`super::claims`].

use jiff::Timestamp;
use sqlx::AnyConnection;

use super::{Error, Result, Store, Transaction, ms, rows::Columns};
use crate::license::{Arrival, Delivery, DeliveryId, LicenseId, NewDelivery};

impl Store {
    /// Pending emails past their deadline that are not marked late yet. Served by `deliveries_due`.
    pub(crate) async fn list_overdue_emails(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>> {
        let rows = sqlx::query(
            "SELECT * FROM deliveries WHERE state = 'pending' AND channel = 'email' AND late = 0 AND deadline_at <= $1 \
             ORDER BY deadline_at LIMIT $2",
        )
        .bind(ms(now))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Columns(row).delivery()).collect()
    }
}

impl Transaction {
    /// Enqueues a delivery, due at `now`. It is created at least 1 ms after the license's earlier ones, whatever the
    /// clock says, because their notices build on each other in that order. Returns it as stored.
    pub(crate) async fn insert_delivery(
        &mut self,
        license: LicenseId,
        new: &NewDelivery,
        now: Timestamp,
    ) -> Result<Delivery> {
        let notice = new.notice.as_ref().map(serde_json::to_string).transpose();
        let row = sqlx::query(
            "INSERT INTO deliveries (id, license_id, channel, purpose, recipient, notice, state, attempts, uncertain, \
             late, created_at, deadline_at, expires_at, next_attempt_at, depends_on, wait_until, request_id, \
             without_attachment) \
             SELECT $1, $2, $3, $4, $5, $6, 'pending', 0, 0, 0, \
             CASE WHEN MAX(created_at) >= $7 THEN MAX(created_at) + 1 ELSE $7 END, $8, $9, $7, $10, $11, $12, $13 \
             FROM deliveries WHERE license_id = $2 RETURNING *",
        )
        .bind(new.id.to_string())
        .bind(license.to_string())
        .bind(new.channel.as_str())
        .bind(new.purpose.as_str())
        .bind(new.recipient.clone())
        .bind(notice.map_err(|e| Error::Unreadable(e.to_string()))?)
        .bind(ms(now))
        .bind(new.deadline_at.map(ms))
        .bind(ms(new.expires_at))
        .bind(new.depends_on.map(|id| id.to_string()))
        .bind(new.wait_until.map(ms))
        .bind(self.request_id.clone())
        .bind(i64::from(new.without_attachment))
        .fetch_one(&mut *self.tx)
        .await?;
        Columns(&row).delivery()
    }

    /// Updates what an attempt changes. The claim is not touched.
    pub(crate) async fn update_delivery(&mut self, delivery: &Delivery) -> Result<()> {
        sqlx::query(
            "UPDATE deliveries SET state = $2, uncertain = $3, late = $4, next_attempt_at = $5, sent_at = $6, \
             last_error = $7, reference = $8, reply = $9, thread_ts = $10 WHERE id = $1",
        )
        .bind(delivery.id.to_string())
        .bind(delivery.state.as_str())
        .bind(i64::from(delivery.uncertain))
        .bind(i64::from(delivery.late))
        .bind(ms(delivery.next_attempt_at))
        .bind(delivery.sent_at.map(ms))
        .bind(delivery.last_error.clone())
        .bind(delivery.reference.clone())
        .bind(delivery.reply.clone())
        .bind(delivery.thread_ts.as_ref().map(ToString::to_string))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Makes a failed delivery pending again, due at `now`.
    pub(crate) async fn requeue(
        &mut self,
        id: DeliveryId,
        deadline_at: Option<Timestamp>,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE deliveries SET state = 'pending', late = 0, deadline_at = $2, expires_at = $3, \
             next_attempt_at = $4, request_id = $5, lease_holder = NULL, lease_until = NULL \
             WHERE id = $1 AND state = 'failed'",
        )
        .bind(id.to_string())
        .bind(deadline_at.map(ms))
        .bind(ms(expires_at))
        .bind(ms(now))
        .bind(self.request_id.clone())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub(crate) async fn set_arrival(&mut self, id: DeliveryId, arrival: &Arrival) -> Result<()> {
        sqlx::query(
            "UPDATE deliveries SET arrival_state = $2, arrival_reason = $3, arrival_at = $4, arrival_list = $5 \
             WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(arrival.state.as_str())
        .bind(arrival.reason.clone())
        .bind(ms(arrival.at))
        .bind(arrival.list.map(|list| list.as_str().to_owned()))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Licenses with a failed delivery, by id, starting after the id `after`. Served by `deliveries_due`.
    pub(crate) async fn list_licenses_with_failures(&mut self, after: &str, limit: u32) -> Result<Vec<LicenseId>> {
        let rows = sqlx::query(
            "SELECT DISTINCT license_id FROM deliveries WHERE state = 'failed' AND license_id > $1 \
             ORDER BY license_id LIMIT $2",
        )
        .bind(after.to_owned())
        .bind(i64::from(limit))
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter().map(|row| Columns(row).license_id()).collect()
    }
}

/// Oldest first. Ids break ties: they grow with time.
pub(super) async fn of_license(connection: &mut AnyConnection, id: LicenseId) -> Result<Vec<Delivery>> {
    let rows = sqlx::query("SELECT * FROM deliveries WHERE license_id = $1 ORDER BY created_at, id")
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Columns(row).delivery()).collect()
}
