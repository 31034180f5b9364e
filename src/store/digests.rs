//! Digests, one a business day. Claimed like deliveries, by a lease of the database's clock.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use sqlx::Row as _;

use super::{LEASE, Result, Store, ms, rows::Columns};
use crate::license::{DeliveryState, DigestPeriod, LicenseDetails};

/// A digest that the caller now holds the lease of.
#[derive(Debug, Clone)]
pub(crate) struct DigestClaim {
    pub period: DigestPeriod,
    /// Includes the attempt that starts now.
    pub attempts: u32,
    /// An earlier attempt may have succeeded.
    pub uncertain: bool,
}

/// What an attempt changes.
#[derive(Debug, Clone)]
pub(crate) struct DigestRecord {
    pub state: DeliveryState,
    pub uncertain: bool,
    pub next_attempt_at: Timestamp,
    pub last_error: Option<String>,
}

impl Store {
    /// Creates the digest of `day`, of what happened since the last one that was sent, or else since `since`. Does nothing
    /// if it exists.
    pub(crate) async fn create_digest(&self, day: Date, since: Timestamp, until: Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO digests (day, since, until, state, attempts, uncertain, next_attempt_at) \
             SELECT $1, COALESCE((SELECT MAX(until) FROM digests WHERE state = 'sent'), $2), $3, 'pending', 0, 0, $3 \
             WHERE NOT EXISTS (SELECT 1 FROM digests WHERE day = $1)",
        )
        .bind(day.to_string())
        .bind(ms(since))
        .bind(ms(until))
        .execute(&mut *tx.tx)
        .await?;
        tx.commit().await
    }

    /// Whether the digest of `day` needs no more attempts.
    pub(crate) async fn is_digest_done(&self, day: Date) -> Result<bool> {
        let row = sqlx::query("SELECT state FROM digests WHERE day = $1")
            .bind(day.to_string())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some_and(|row| row.try_get::<String, _>("state").is_ok_and(|state| state != "pending")))
    }

    /// Claims the digest of `day` if it is due at `now` and nobody holds it.
    pub(crate) async fn claim_digest(&self, day: Date, holder: &str, now: Timestamp) -> Result<Option<DigestClaim>> {
        let mut tx = self.begin().await?;
        let at = sqlx::query(self.dialect.clock()).fetch_one(&mut *tx.tx).await?;
        let at = Columns(&at).number("at")?;
        let row = sqlx::query(
            "UPDATE digests SET lease_holder = $2, lease_until = $3, attempts = attempts + 1, \
             uncertain = CASE WHEN lease_holder IS NULL THEN uncertain ELSE 1 END \
             WHERE day = $1 AND state = 'pending' AND next_attempt_at <= $4 \
             AND (lease_holder IS NULL OR lease_until <= $5) RETURNING *",
        )
        .bind(day.to_string())
        .bind(holder.to_owned())
        .bind(at + millis(LEASE))
        .bind(ms(now))
        .bind(at)
        .fetch_optional(&mut *tx.tx)
        .await?;
        let claim = row.map(|row| Columns(&row).digest()).transpose()?;
        tx.commit().await?;
        Ok(claim)
    }

    /// Records an attempt and ends its claim. Returns false if another holder has it by now.
    pub(crate) async fn record_digest(&self, day: Date, holder: &str, record: &DigestRecord) -> Result<bool> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE digests SET state = $3, uncertain = $4, next_attempt_at = $5, last_error = $6, \
             lease_holder = NULL, lease_until = NULL WHERE day = $1 AND lease_holder = $2",
        )
        .bind(day.to_string())
        .bind(holder.to_owned())
        .bind(record.state.as_str())
        .bind(i64::from(record.uncertain))
        .bind(ms(record.next_attempt_at))
        .bind(record.last_error.clone())
        .execute(&mut *tx.tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// The licenses that a digest may name: generated in its period, or not expired on its day.
    pub(crate) async fn list_for_digest(&self, period: DigestPeriod, limit: u32) -> Result<Vec<LicenseDetails>> {
        let rows = sqlx::query(
            "SELECT id AS license_id FROM licenses WHERE drill = 0 AND erased_at IS NULL \
             AND ((created_at > $1 AND created_at <= $2) OR expires_on > $3) ORDER BY number DESC LIMIT $4",
        )
        .bind(ms(period.since))
        .bind(ms(period.until))
        .bind(period.day.to_string())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let mut licenses = Vec::with_capacity(rows.len());
        for row in &rows {
            licenses.extend(self.license(Columns(row).license_id()?).await?);
        }
        Ok(licenses)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
