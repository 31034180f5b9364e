//! Taking out what may no longer be kept. The license and its history stay, without text and people.

use jiff::{Timestamp, civil::Date};
use sqlx::{Any, query::Query};

use super::{Result, Transaction, ms, rows::Columns};
use crate::license::{Email, LicenseId, file::Digests};

/// What stands where a customer's address was: a domain that no mail can reach (RFC 2606).
pub const ERASED_ADDRESS: &str = "erased@erased.invalid";

/// What a pending delivery that is not made any more says of itself.
const CANCELLED: &str = "given up: the customer's data were erased";

impl Transaction {
    /// Licenses that stopped before `day` and whose text is still kept. Served by `licenses_with_text`.
    pub async fn expired_with_text(&mut self, day: Date, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT id AS license_id FROM licenses WHERE file IS NOT NULL AND expires_on < $1 \
                   ORDER BY expires_on LIMIT $2";
        self.ids(sqlx::query(sql).bind(day.to_string()).bind(i64::from(limit))).await
    }

    /// Licenses made before `before` whose customer is still named. Served by `licenses_with_people`.
    pub async fn made_before(&mut self, before: Timestamp, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT id AS license_id FROM licenses WHERE erased_at IS NULL AND created_at < $1 \
                   ORDER BY created_at LIMIT $2";
        self.ids(sqlx::query(sql).bind(ms(before)).bind(i64::from(limit))).await
    }

    /// Licenses of that customer who are still named. Served by `licenses_by_customer`.
    pub async fn of_customer(&mut self, customer: &Email, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT id AS license_id FROM licenses WHERE customer_folded = $1 AND erased_at IS NULL LIMIT $2";
        self.ids(sqlx::query(sql).bind(customer.folded()).bind(i64::from(limit))).await
    }

    /// Licenses that were mailed to that address. Reads all deliveries: for the command line.
    pub async fn mailed_to(&mut self, address: &Email, limit: u32) -> Result<Vec<LicenseId>> {
        let sql = "SELECT DISTINCT license_id FROM deliveries WHERE LOWER(recipient) = $1 LIMIT $2";
        self.ids(sqlx::query(sql).bind(address.folded()).bind(i64::from(limit))).await
    }

    /// Takes the license's text out; its `digests` stay.
    pub async fn erase_text(&mut self, id: LicenseId, digests: Option<&Digests>) -> Result<()> {
        sqlx::query("UPDATE licenses SET file = NULL, file_md5 = $2, file_sha256 = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(digests.map(|digests| digests.md5.clone()))
            .bind(digests.map(|digests| digests.sha256.clone()))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Takes the customer out of the license and everything kept of it. What is pending and not under way is given up.
    pub async fn erase_people(&mut self, id: LicenseId, now: Timestamp) -> Result<()> {
        sqlx::query(
            "UPDATE licenses SET customer_email = $2, customer_folded = $2, customer_name = NULL, \
             customer_company = NULL, ticket_subject = NULL, override_reason = NULL, \
             seal_error = CASE WHEN seal_error IS NULL THEN NULL ELSE 'erased' END, \
             search = LOWER(agent_username) || $3 || id, erased_at = $4 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(ERASED_ADDRESS)
        .bind("\n")
        .bind(ms(now))
        .execute(&mut *self.tx)
        .await?;
        self.rebuild_block(id).await?;
        self.give_up(id, None).await?;
        for sql in [
            "DELETE FROM attempts WHERE delivery_id IN (SELECT id FROM deliveries WHERE license_id = $1)",
            "UPDATE deliveries SET recipient = NULL, last_error = NULL, arrival_reason = NULL, notice = NULL \
             WHERE license_id = $1 AND state <> 'pending'",
            "UPDATE events SET detail = NULL WHERE license_id = $1",
        ] {
            sqlx::query(sql).bind(id.to_string()).execute(&mut *self.tx).await?;
        }
        self.erase_responses(id).await
    }

    /// Takes one recipient out of a license that is another customer's.
    pub async fn erase_recipient(&mut self, id: LicenseId, address: &Email) -> Result<()> {
        let folded = address.folded();
        self.give_up(id, Some(&folded)).await?;
        for sql in [
            "DELETE FROM attempts WHERE delivery_id IN \
             (SELECT id FROM deliveries WHERE license_id = $1 AND LOWER(recipient) = $2)",
            "UPDATE deliveries SET recipient = NULL, last_error = NULL, arrival_reason = NULL \
             WHERE license_id = $1 AND LOWER(recipient) = $2",
        ] {
            sqlx::query(sql).bind(id.to_string()).bind(folded.clone()).execute(&mut *self.tx).await?;
        }
        let pattern = super::search::pattern(&folded);
        for sql in [
            "UPDATE deliveries SET notice = NULL \
             WHERE license_id = $1 AND LOWER(notice) LIKE $2 ESCAPE '\\' AND state <> 'pending'",
            "UPDATE events SET detail = NULL WHERE license_id = $1 AND LOWER(detail) LIKE $2 ESCAPE '\\'",
        ] {
            sqlx::query(sql).bind(id.to_string()).bind(pattern.clone()).execute(&mut *self.tx).await?;
        }
        self.erase_responses(id).await
    }

    /// Gives up what is pending: all of it, or the mails to one address. One that is under way ends by itself.
    async fn give_up(&mut self, id: LicenseId, address: Option<&str>) -> Result<()> {
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

    async fn ids(&mut self, query: Query<'_, Any, sqlx::any::AnyArguments>) -> Result<Vec<LicenseId>> {
        let rows = query.fetch_all(&mut *self.tx).await?;
        rows.iter().map(|row| Columns(row).license_id()).collect()
    }
}
