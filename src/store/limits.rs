//! What the limits ask: when the license was made that fills a limit.
//!
//! Each answers when the `limit`th newest license after `since` was made: nothing where there are fewer, and one more is
//! within the limit. Drills count for nothing. Asked inside the transaction that would make one more.

use jiff::Timestamp;
use sqlx::{Any, AnyConnection, any::AnyArguments, query::Query};

use super::{Result, Transaction, ms, rows::Columns, search::like};
use crate::license::Email;

impl Transaction {
    /// Of one agent. Served by `licenses_by_agent`.
    pub async fn filled_by_agent(&mut self, user_id: u64, since: Timestamp, limit: u32) -> Result<Option<Timestamp>> {
        let sql = "SELECT created_at FROM licenses WHERE created_at > $1 AND drill = 0 AND agent_user_id = $3 \
                   ORDER BY created_at DESC LIMIT 1 OFFSET $2";
        time(asked(sql, since, limit).bind(user_id.cast_signed()), &mut self.tx).await
    }

    /// Of one mailbox: `jane+2@…` is `jane@…`. Served by `licenses_by_time`, of which a day holds few.
    pub async fn filled_by_customer(
        &mut self,
        customer: &Email,
        since: Timestamp,
        limit: u32,
    ) -> Result<Option<Timestamp>> {
        let (mailbox, domain) = (like(&customer.mailbox()), like(&customer.domain()));
        self.filled_by_address([format!("{mailbox}@{domain}"), format!("{mailbox}+%@{domain}")], since, limit).await
    }

    /// Of one mail domain. Served by `licenses_by_time`, of which a day holds few.
    pub async fn filled_by_domain(
        &mut self,
        customer: &Email,
        since: Timestamp,
        limit: u32,
    ) -> Result<Option<Timestamp>> {
        let pattern = format!("%@{}", like(&customer.domain()));
        self.filled_by_address([pattern.clone(), pattern], since, limit).await
    }

    async fn filled_by_address(
        &mut self,
        [one, other]: [String; 2],
        since: Timestamp,
        limit: u32,
    ) -> Result<Option<Timestamp>> {
        let sql = "SELECT created_at FROM licenses WHERE created_at > $1 AND drill = 0 \
                   AND (customer_folded LIKE $3 ESCAPE '\\' OR customer_folded LIKE $4 ESCAPE '\\') \
                   ORDER BY created_at DESC LIMIT 1 OFFSET $2";
        time(asked(sql, since, limit).bind(one).bind(other), &mut self.tx).await
    }

    /// Of everyone together. Served by `licenses_by_time`.
    pub async fn filled_by_all(&mut self, since: Timestamp, limit: u32) -> Result<Option<Timestamp>> {
        let sql = "SELECT created_at FROM licenses WHERE created_at > $1 AND drill = 0 \
                   ORDER BY created_at DESC LIMIT 1 OFFSET $2";
        time(asked(sql, since, limit), &mut self.tx).await
    }
}

/// `sql` with its first two parameters. No limit is below 1.
fn asked(sql: &'static str, since: Timestamp, limit: u32) -> Query<'static, Any, AnyArguments> {
    sqlx::query(sql).bind(ms(since)).bind(i64::from(limit.saturating_sub(1)))
}

async fn time(query: Query<'static, Any, AnyArguments>, connection: &mut AnyConnection) -> Result<Option<Timestamp>> {
    let row = query.fetch_optional(connection).await?;
    row.map(|row| Columns(&row).time("created_at")).transpose()
}
