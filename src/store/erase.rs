//! Erasing what may no longer be kept. Licenses and their history stay, without file and personal data.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use sqlx::{Any, AnyConnection, Row as _, any::AnyArguments, query::Query};
use tokio::time::sleep;

use super::{
    Dialect, Error, Result, Store, Transaction, ms,
    rows::Columns,
    text::{contains, normalize},
};
use crate::license::{Email, LicenseId, file::Digests};

/// Replaces the customer's address. No mail can reach this domain (RFC 2606).
pub(crate) const ERASED_ADDRESS: &str = "erased@erased.invalid";

/// The error of a pending delivery that was cancelled.
const CANCELLED: &str = "cancelled: the customer's data was erased";

const TRUNCATE_ATTEMPTS: u32 = 10;
const TRUNCATE_DELAY: Duration = Duration::from_millis(100);

impl Store {
    /// Removes what was erased from SQLite's WAL: older versions of its pages are kept there until it is overwritten.
    /// Returns [`Error::WalInUse`] if someone reads from it for longer than the busy timeout.
    pub(crate) async fn truncate_wal(&self) -> Result<()> {
        match self.dialect {
            Dialect::Sqlite => self.retry_truncate_wal().await,
            Dialect::Postgres => Ok(()),
        }
    }

    /// SQLite waits for readers, but not for another checkpoint, such as the running service's own.
    async fn retry_truncate_wal(&self) -> Result<()> {
        let mut connection = self.pool.acquire().await?;
        for _ in 1..TRUNCATE_ATTEMPTS {
            match truncate_wal(&mut connection).await {
                Err(Error::WalInUse) => sleep(TRUNCATE_DELAY).await,
                done => return done,
            }
        }
        truncate_wal(&mut connection).await
    }
}

impl Transaction {
    /// Licenses that expired before `day` and still have their file. Served by `licenses_with_file`.
    pub(crate) async fn list_expired_with_file(&mut self, day: Date, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT id AS license_id FROM licenses WHERE file IS NOT NULL AND expires_on < $1 \
                   ORDER BY expires_on LIMIT $2";
        self.list_ids(sqlx::query(sql).bind(day.to_string()).bind(i64::from(limit))).await
    }

    /// Licenses created before `before` that are not erased. Served by `licenses_not_erased`.
    pub(crate) async fn list_created_before(&mut self, before: Timestamp, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT id AS license_id FROM licenses WHERE erased_at IS NULL AND created_at < $1 \
                   ORDER BY created_at LIMIT $2";
        self.list_ids(sqlx::query(sql).bind(ms(before)).bind(i64::from(limit))).await
    }

    /// Licenses of that customer that are not erased. Served by `licenses_by_customer`.
    pub(crate) async fn list_by_customer(&mut self, customer: &Email, limit: u32) -> Result<Vec<LicenseId>> {
        let sql =
            "SELECT id AS license_id FROM licenses WHERE customer_email_lower = $1 AND erased_at IS NULL LIMIT $2";
        self.list_ids(sqlx::query(sql).bind(customer.folded()).bind(i64::from(limit))).await
    }

    /// Licenses mailed to that address. Reads all deliveries: for the command line.
    pub(crate) async fn list_mailed_to(&mut self, address: &Email, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT DISTINCT license_id FROM deliveries WHERE LOWER(recipient) = $1 LIMIT $2";
        self.list_ids(sqlx::query(sql).bind(address.folded()).bind(i64::from(limit))).await
    }

    /// Erases the license file, keeping its `digests`.
    pub(crate) async fn erase_file(&mut self, id: LicenseId, digests: Option<&Digests>) -> Result<()> {
        sqlx::query("UPDATE licenses SET file = NULL, file_md5 = $2, file_sha256 = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(digests.map(|digests| digests.md5.clone()))
            .bind(digests.map(|digests| digests.sha256.clone()))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Erases the customer from the license and all that belongs to it. Cancels pending deliveries, except those in
    /// flight.
    pub(crate) async fn erase_customer(&mut self, id: LicenseId, now: Timestamp) -> Result<()> {
        sqlx::query(
            "UPDATE licenses SET customer_email = $2, customer_email_lower = $2, customer_mailbox = $2, \
             customer_name = NULL, customer_company = NULL, ticket_subject = NULL, override_reason = NULL, evidence = NULL, \
             settled_note = NULL, remind_at = NULL, agent_email = NULL, \
             seal_error = CASE WHEN seal_error IS NULL THEN NULL ELSE 'erased' END, erased_at = $3 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(ERASED_ADDRESS)
        .bind(ms(now))
        .execute(&mut *self.tx)
        .await?;
        self.erase_search_text(id).await?;
        self.cancel_pending(id, None).await?;
        for sql in [
            "DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE license_id = $1)",
            "UPDATE deliveries SET recipient = NULL, last_error = NULL, reply = NULL, arrival_reason = NULL, notice = NULL \
             WHERE license_id = $1 AND state <> 'pending'",
            "UPDATE events SET detail = NULL WHERE license_id = $1",
        ] {
            sqlx::query(sql).bind(id.to_string()).execute(&mut *self.tx).await?;
        }
        self.erase_responses(id).await
    }

    /// Erases an address that another customer's license was mailed to.
    pub(crate) async fn erase_recipient(&mut self, id: LicenseId, address: &Email) -> Result<()> {
        let address = address.folded();
        self.cancel_pending(id, Some(&address)).await?;
        for sql in [
            "DELETE FROM attempts WHERE delivery_id IN \
             (SELECT id FROM deliveries WHERE license_id = $1 AND LOWER(recipient) = $2)",
            "UPDATE deliveries SET recipient = NULL, last_error = NULL, reply = NULL, arrival_reason = NULL \
             WHERE license_id = $1 AND LOWER(recipient) = $2",
        ] {
            sqlx::query(sql).bind(id.to_string()).bind(address.clone()).execute(&mut *self.tx).await?;
        }
        let pattern = contains(&address);
        for sql in [
            "UPDATE deliveries SET notice = NULL \
             WHERE license_id = $1 AND LOWER(notice) LIKE $2 ESCAPE '\\' AND state <> 'pending'",
            "UPDATE events SET detail = NULL WHERE license_id = $1 AND LOWER(detail) LIKE $2 ESCAPE '\\'",
        ] {
            sqlx::query(sql).bind(id.to_string()).bind(pattern.clone()).execute(&mut *self.tx).await?;
        }
        self.erase_responses(id).await
    }

    /// Leaves the agent's username and the license id, which do not name the customer.
    async fn erase_search_text(&mut self, id: LicenseId) -> Result<()> {
        let query = sqlx::query("SELECT agent_username FROM licenses WHERE id = $1").bind(id.to_string());
        let Some(row) = query.fetch_optional(&mut *self.tx).await? else { return Ok(()) };
        let username = normalize(&Columns(&row).text("agent_username")?);
        sqlx::query(
            "UPDATE license_search SET search_text = $2 WHERE number = (SELECT number FROM licenses WHERE id = $1)",
        )
        .bind(id.to_string())
        .bind(format!("{username}\n{id}"))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Cancels pending deliveries, or only the emails to one address. Those in flight end by themselves.
    async fn cancel_pending(&mut self, id: LicenseId, address: Option<&str>) -> Result<()> {
        sqlx::query(
            "UPDATE deliveries SET state = 'failed', last_error = $2 WHERE license_id = $1 AND state = 'pending' \
             AND lease_holder IS NULL AND ($3 = '' OR LOWER(recipient) = $3)",
        )
        .bind(id.to_string())
        .bind(CANCELLED)
        .bind(address.unwrap_or_default().to_owned())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The keys stay used.
    async fn erase_responses(&mut self, id: LicenseId) -> Result<()> {
        sqlx::query("UPDATE idempotency_keys SET body = $2 WHERE license_id = $1")
            .bind(id.to_string())
            .bind(format!(r#"{{"id":"{id}","erased":true}}"#))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn list_ids(&mut self, query: Query<'_, Any, AnyArguments>) -> Result<Vec<LicenseId>> {
        let rows = query.fetch_all(&mut *self.tx).await?;
        rows.iter().map(|row| Columns(row).license_id()).collect()
    }
}

async fn truncate_wal(connection: &mut AnyConnection) -> Result<()> {
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await?;
    if row.try_get::<i64, _>("busy")? == 0 { Ok(()) } else { Err(Error::WalInUse) }
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;

    #[tokio::test]
    async fn a_wal_that_is_read_from_is_not_truncated_and_that_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stopgap.db");
        let url = format!("sqlite:{}", file.display());
        let _store = Store::open(&url).await.unwrap();
        let wal_bytes = || folder.path().join("stopgap.db-wal").metadata().unwrap().len();
        let mut reader = AnyConnection::connect(&url).await.unwrap();
        let mut reading = reader.begin().await.unwrap();
        sqlx::query("SELECT COUNT(*) FROM licenses").fetch_one(&mut *reading).await.unwrap();
        let mut connection = AnyConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("PRAGMA busy_timeout = 0").execute(&mut connection).await.unwrap();
        assert!(matches!(truncate_wal(&mut connection).await, Err(Error::WalInUse)));
        assert!(wal_bytes() > 0);
        reading.rollback().await.unwrap();
        truncate_wal(&mut connection).await.unwrap();
        assert_eq!(wal_bytes(), 0);
    }
}
