//! Which emails the mail provider is asked about, and when.

use jiff::Timestamp;
use sqlx::AnyConnection;

use super::{Result, Store, ms, rows::Columns};
use crate::license::{Delivery, DeliveryId};

/// Accepted emails whose arrival is not known for good. Served by `deliveries_without_arrival`.
const DUE: &str = "SELECT d.* FROM deliveries d JOIN licenses l ON l.id = d.license_id \
     WHERE d.channel = 'email' AND d.state = 'sent' AND (d.arrival_state IS NULL OR d.arrival_state = 'delayed') \
     AND d.sent_at <= $1 AND d.sent_at > $2 AND (d.arrival_ask_at IS NULL OR d.arrival_ask_at <= $3) \
     AND l.erased_at IS NULL ORDER BY d.sent_at LIMIT 1";

/// Emails sent after `after` and until `until` are asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SentWithin {
    pub after: Timestamp,
    pub until: Timestamp,
}

impl Store {
    /// The next email to ask about at `now`. Nobody else gets it before `lease_until`.
    pub(crate) async fn claim_arrival(
        &self,
        sent: SentWithin,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Delivery>> {
        // Usually nothing is due: find that out without the write lock.
        let mut reader = self.pool.acquire().await?;
        if due(&mut reader, sent, now).await?.is_none() {
            return Ok(None);
        }
        drop(reader);
        let mut tx = self.begin().await?;
        let Some(delivery) = due(&mut tx.tx, sent, now).await? else { return Ok(None) };
        ask_at(&mut tx.tx, delivery.id, lease_until).await?;
        tx.commit().await?;
        Ok(Some(delivery))
    }

    /// Sets when the provider is asked about the email next.
    pub(crate) async fn ask_about_arrival_at(&self, id: DeliveryId, at: Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        ask_at(&mut tx.tx, id, at).await?;
        tx.commit().await
    }
}

async fn due(connection: &mut AnyConnection, sent: SentWithin, now: Timestamp) -> Result<Option<Delivery>> {
    let row =
        sqlx::query(DUE).bind(ms(sent.until)).bind(ms(sent.after)).bind(ms(now)).fetch_optional(connection).await?;
    row.map(|row| Columns(&row).delivery()).transpose()
}

async fn ask_at(connection: &mut AnyConnection, id: DeliveryId, at: Timestamp) -> Result<()> {
    sqlx::query("UPDATE deliveries SET arrival_ask_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(ms(at))
        .execute(connection)
        .await?;
    Ok(())
}
