//! Claiming deliveries.
//!
//! A claim is a lease by the database's own clock, which its holder renews during the attempt. If the holder dies, the
//! lease lapses, and the attempt's outcome is uncertain.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{Dialect, Error, Result, Store, Transaction, ms, rows::Columns};
use crate::{
    crash,
    license::{Channel, Delivery, DeliveryId, LicenseId},
};

/// How long a claim lasts without being renewed. Short in tests that kill the service and wait for it to lapse.
pub const LEASE: Duration = Duration::from_secs(if cfg!(feature = "crash-points") { 3 } else { 60 });
const LEASE_MS: i64 = LEASE.as_secs().cast_signed() * 1000;

/// A delivery that the caller now holds the lease of.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its `attempts` include the one that starts now.
    pub delivery: Delivery,
    /// The previous holder died during its attempt, whose outcome is unknown.
    pub was_orphaned: bool,
}

impl Store {
    /// Claims the delivery of `channel` that has been due the longest at `now`. `in_flight` are those that `holder` is
    /// attempting: it never claims them again, even if their leases lapsed while the database was unavailable or its
    /// clock jumped. A claim whose COMMIT reply was lost is not among them and lapses like that of a dead holder.
    pub async fn claim(
        &self,
        channel: Channel,
        holder: &str,
        in_flight: &[DeliveryId],
        max_delay: Duration,
        now: Timestamp,
    ) -> Result<Option<Claim>> {
        // Usually nothing is due: find that out without the write lock.
        let mut reader = self.pool.acquire().await?;
        if due(&mut reader, channel, in_flight, max_delay, now, self.dialect).await?.is_none() {
            return Ok(None);
        }
        drop(reader);
        let mut tx = self.begin().await?;
        let Some(due) = due(&mut tx.tx, channel, in_flight, max_delay, now, self.dialect).await? else {
            return Ok(None);
        };
        let row = sqlx::query(
            "UPDATE deliveries SET lease_holder = $2, lease_until = $3, attempts = attempts + 1, \
             uncertain = CASE WHEN lease_holder IS NULL THEN uncertain ELSE 1 END WHERE id = $1 RETURNING *",
        )
        .bind(due.id)
        .bind(holder.to_owned())
        .bind(due.at + LEASE_MS)
        .fetch_one(&mut *tx.tx)
        .await?;
        let delivery = Columns(&row).delivery()?;
        let before = ["claim_email_before_commit", "claim_issue_before_commit", "claim_slack_before_commit"];
        crash::point_of(channel, before);
        tx.commit().await?;
        crash::point_of(channel, ["claim_email_after_commit", "claim_issue_after_commit", "claim_slack_after_commit"]);
        Ok(Some(Claim { delivery, was_orphaned: due.previous_holder.is_some() }))
    }

    /// Renews a claim. Returns false if another holder has it by now.
    pub(crate) async fn renew(&self, id: DeliveryId, holder: &str) -> Result<bool> {
        let mut tx = self.begin().await?;
        let row = sqlx::query(self.dialect.clock()).fetch_one(&mut *tx.tx).await?;
        let until = Columns(&row).number("at")? + LEASE_MS;
        let done = sqlx::query("UPDATE deliveries SET lease_until = $3 WHERE id = $1 AND lease_holder = $2")
            .bind(id.to_string())
            .bind(holder.to_owned())
            .bind(until)
            .execute(&mut *tx.tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether no other process can hold claims, as on SQLite.
    pub(crate) fn is_single_process(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    /// On SQLite, makes this process the only holder: all existing claims are of processes that died, and lapse at once.
    /// Their holders stay recorded, so that the next attempts count as orphaned. Returns [`Error::InUse`] if another
    /// process runs the outbox.
    pub(crate) async fn reclaim_all(&self) -> Result<()> {
        let Some(lock) = &self.outbox_lock else { return Ok(()) };
        lock.try_lock().map_err(|_| Error::InUse)?;
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE deliveries SET lease_until = 0 WHERE lease_holder IS NOT NULL AND state = 'pending'")
            .execute(&mut *tx.tx)
            .await?;
        sqlx::query("UPDATE digests SET lease_until = 0 WHERE lease_holder IS NOT NULL AND state = 'pending'")
            .execute(&mut *tx.tx)
            .await?;
        tx.commit().await
    }
}

impl Transaction {
    /// Marks all pending deliveries as uncertain, and returns them.
    pub(crate) async fn mark_pending_uncertain(&mut self) -> Result<Vec<(LicenseId, Channel)>> {
        let rows = sqlx::query("UPDATE deliveries SET uncertain = 1 WHERE state = 'pending' RETURNING *")
            .fetch_all(&mut *self.tx)
            .await?;
        rows.iter().map(|row| Columns(row).delivery().map(|d| (d.license_id, d.channel))).collect()
    }

    /// Ends a claim. Returns false if another holder has it by now.
    pub(crate) async fn release(&mut self, id: DeliveryId, holder: &str) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE deliveries SET lease_holder = NULL, lease_until = NULL WHERE id = $1 AND lease_holder = $2",
        )
        .bind(id.to_string())
        .bind(holder.to_owned())
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

struct Due {
    id: String,
    /// Died during its attempt.
    previous_holder: Option<String>,
    /// The database's clock.
    at: i64,
}

/// The delivery that has been due the longest and is not in `in_flight`. Served by `deliveries_due`.
async fn due(
    connection: &mut AnyConnection,
    channel: Channel,
    in_flight: &[DeliveryId],
    max_delay: Duration,
    now: Timestamp,
    dialect: Dialect,
) -> Result<Option<Due>> {
    // A placeholder for each, from $5 on, and an id that no delivery has: SQL has no empty list.
    let places: String = (5..).take(in_flight.len()).map(|place| format!(", ${place}")).collect();
    let sql = format!(
        "SELECT d.id, d.lease_holder, c.at FROM ({}) AS c \
         CROSS JOIN deliveries d LEFT JOIN deliveries w ON w.id = d.depends_on \
         WHERE d.state = 'pending' AND d.channel = $1 AND (d.next_attempt_at <= $2 OR d.next_attempt_at > $3) \
         AND (d.lease_holder IS NULL OR d.lease_until <= c.at OR d.lease_until > c.at + $4) \
         AND d.id NOT IN (''{places}) \
         AND (w.id IS NULL OR w.state <> 'pending' OR d.wait_until <= $2) \
         ORDER BY d.next_attempt_at, d.id LIMIT 1",
        dialect.clock()
    );
    // Safe: made of constants and numbered placeholders.
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(channel.as_str())
        .bind(ms(now))
        .bind(later_ms(now, max_delay))
        .bind(LEASE_MS);
    let query = in_flight.iter().fold(query, |query, id| query.bind(id.to_string()));
    let row = query.fetch_optional(connection).await?;
    let Some(row) = &row else { return Ok(None) };
    let row = Columns(row);
    let (id, previous_holder, at) = (row.text("id")?, row.maybe_text("lease_holder")?, row.number("at")?);
    Ok(Some(Due { id, previous_holder, at }))
}

fn later_ms(now: Timestamp, by: Duration) -> i64 {
    ms(now).saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
}
