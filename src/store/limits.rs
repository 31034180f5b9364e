//! Counting licenses and downloads for the limits.
//!
//! Each function returns when the `n`th newest license after `since` was created (or downloaded), or `None` if there are fewer: then one
//! more is within a limit of `n`. Drills do not count. Asked inside the transaction that would insert one more.

use jiff::Timestamp;
use sqlx::{Any, AnyConnection, any::AnyArguments, query::Query};

use super::{Result, Transaction, ms, rows::Columns, text::escape};
use crate::license::{Actor, Email};

impl Transaction {
    /// Served by `licenses_by_agent`.
    pub(crate) async fn nth_newest_by_agent(
        &mut self,
        user_id: u64,
        since: Timestamp,
        n: u32,
    ) -> Result<Option<Timestamp>> {
        let sql = "SELECT created_at FROM licenses WHERE created_at > $1 AND drill = 0 AND agent_user_id = $3 \
                   ORDER BY created_at DESC LIMIT 1 OFFSET $2";
        created_at(nth(sql, since, n).bind(user_id.cast_signed()), &mut self.tx).await
    }

    /// By [`Email::mailbox`]. Served by `licenses_by_time`: a day has few.
    pub(crate) async fn nth_newest_by_customer(
        &mut self,
        customer: &Email,
        since: Timestamp,
        n: u32,
    ) -> Result<Option<Timestamp>> {
        let sql = "SELECT created_at FROM licenses WHERE created_at > $1 AND drill = 0 AND customer_mailbox = $3 \
                   ORDER BY created_at DESC LIMIT 1 OFFSET $2";
        created_at(nth(sql, since, n).bind(customer.mailbox()), &mut self.tx).await
    }

    /// By the domain of the customer's address. Served by `licenses_by_time`: a day has few.
    pub(crate) async fn nth_newest_by_domain(
        &mut self,
        customer: &Email,
        since: Timestamp,
        n: u32,
    ) -> Result<Option<Timestamp>> {
        let sql = "SELECT created_at FROM licenses WHERE created_at > $1 AND drill = 0 \
                   AND customer_email_lower LIKE $3 ESCAPE '\\' ORDER BY created_at DESC LIMIT 1 OFFSET $2";
        let pattern = format!("%@{}", escape(&customer.domain()));
        created_at(nth(sql, since, n).bind(pattern), &mut self.tx).await
    }

    /// Served by `licenses_by_time`.
    pub(crate) async fn nth_newest(&mut self, since: Timestamp, n: u32) -> Result<Option<Timestamp>> {
        let sql = "SELECT created_at FROM licenses WHERE created_at > $1 AND drill = 0 \
                   ORDER BY created_at DESC LIMIT 1 OFFSET $2";
        created_at(nth(sql, since, n), &mut self.tx).await
    }

    /// Served by `events_of_downloads`.
    pub(crate) async fn nth_newest_download(
        &mut self,
        user_id: u64,
        since: Timestamp,
        n: u32,
    ) -> Result<Option<Timestamp>> {
        let sql = "SELECT at AS created_at FROM events WHERE at > $1 AND kind = 'downloaded' \
                   AND (actor = $3 OR actor LIKE $4) ORDER BY at DESC LIMIT 1 OFFSET $2";
        let [plain, pattern] = Actor::spellings(user_id);
        created_at(nth(sql, since, n).bind(plain).bind(pattern), &mut self.tx).await
    }
}

/// `sql` with its first two parameters.
fn nth(sql: &'static str, since: Timestamp, n: u32) -> Query<'static, Any, AnyArguments> {
    sqlx::query(sql).bind(ms(since)).bind(i64::from(n.saturating_sub(1)))
}

async fn created_at(
    query: Query<'static, Any, AnyArguments>,
    connection: &mut AnyConnection,
) -> Result<Option<Timestamp>> {
    let row = query.fetch_optional(connection).await?;
    row.map(|row| Columns(&row).time("created_at")).transpose()
}
