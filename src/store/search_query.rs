//! Finding licenses.

use sqlx::{
    Any, AssertSqlSafe, Row as _,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use super::{
    Result, Store,
    rows::Columns,
    search::{anchor, fold, pattern},
};
use crate::license::{LicenseDetails, LicenseId, TicketId};

/// What to look for. Every given part must fit.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Part of an address, name, company, GitLab username or license id, or a whole ticket number.
    pub words: Option<String>,
    pub ticket: Option<TicketId>,
    /// Only licenses that were committed before this one: where the page before ended.
    pub before: Option<LicenseId>,
    pub limit: u32,
}

/// One page of licenses, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The licenses, with everything about them.
    pub licenses: Vec<LicenseDetails>,
    /// Where the next page begins; nothing on the last one.
    pub next: Option<LicenseId>,
}

const NEWEST_FIRST: &str = "SELECT * FROM licenses WHERE number < $1 ORDER BY number DESC LIMIT $2";
const BY_TICKET: &str = "SELECT * FROM licenses WHERE number < $1 AND ticket_id = $3 ORDER BY number DESC LIMIT $2";
/// Each half stops as soon as its page is full: the first walks the blocks from the newest on and looks into those that
/// have the words, the second knows its licenses from the index. SQLite keeps to the order of a `CROSS JOIN`; the `+`
/// keeps it from walking an index down from the cursor instead of down the block.
const BY_WORDS: &str = "SELECT * FROM licenses WHERE number IN (\
    SELECT number FROM (SELECT l.number FROM search_blocks b CROSS JOIN licenses l \
    WHERE b.block <= $1 / 64 AND b.words LIKE $5 ESCAPE '\\' AND b.words LIKE $3 ESCAPE '\\' \
    AND l.number BETWEEN b.block * 64 AND b.block * 64 + 63 AND +l.number < $1 AND l.search LIKE $3 ESCAPE '\\' \
    ORDER BY b.block DESC, l.number DESC LIMIT $2) AS w \
    UNION SELECT number FROM (\
    SELECT number FROM licenses WHERE number < $1 AND ticket_id = $4 ORDER BY number DESC LIMIT $2) AS t) \
    ORDER BY number DESC LIMIT $2";
const BY_WORDS_IN_TICKET: &str = "SELECT * FROM licenses WHERE number < $1 AND ticket_id = $5 \
    AND (search LIKE $3 ESCAPE '\\' OR ticket_id = $4) ORDER BY number DESC LIMIT $2";

impl Store {
    /// Finds licenses, newest first: in the order in which they were committed, so that paging neither skips nor repeats
    /// while new licenses arrive. Served by `licenses_by_number`, `licenses_by_ticket`,
    /// `licenses_by_search` and the blocks of [`super::search`].
    pub async fn search(&self, query: &SearchQuery) -> Result<Page> {
        // PostgreSQL refuses a text with this character, and nothing that is kept has it.
        if query.words.as_ref().is_some_and(|words| words.contains('\0')) {
            return Ok(Page { licenses: Vec::new(), next: None });
        }
        let before = self.number(query.before).await?;
        let limit = i64::from(query.limit) + 1;
        let ticket = query.ticket.map(|id| id.get().cast_signed());
        let words = query.words.as_deref().map(fold);
        let sql = match (&words, ticket) {
            (None, None) => NEWEST_FIRST,
            (None, Some(_)) => BY_TICKET,
            (Some(_), None) => BY_WORDS,
            (Some(_), Some(_)) => BY_WORDS_IN_TICKET,
        };
        let mut statement = sqlx::query(sql).bind(before).bind(limit);
        if let Some(words) = &words {
            statement = statement.bind(pattern(words)).bind(ticket_in(words));
        }
        if let Some(ticket) = ticket {
            statement = statement.bind(ticket);
        } else if let Some(words) = &words {
            statement = statement.bind(pattern(anchor(words)));
        }
        let rows = if words.is_some() { self.walk(statement).await? } else { statement.fetch_all(&self.pool).await? };
        let mut licenses = rows.iter().map(|row| Columns(row).details()).collect::<Result<Vec<_>>>()?;
        let more = licenses.len() > query.limit as usize;
        licenses.truncate(query.limit as usize);
        let next = if more { licenses.last().map(|details| details.license.id) } else { None };
        self.complete(&mut licenses).await?;
        Ok(Page { licenses, next })
    }

    /// All rows of a query that walks over many megabytes.
    async fn walk(&self, query: Query<'_, Any, AnyArguments>) -> Result<Vec<AnyRow>> {
        let Some([before, after]) = self.dialect.walk() else { return Ok(query.fetch_all(&self.pool).await?) };
        let mut connection = self.pool.acquire().await?;
        sqlx::raw_sql(before).execute(&mut *connection).await?;
        let rows = query.fetch_all(&mut *connection).await;
        sqlx::raw_sql(after).execute(&mut *connection).await?;
        Ok(rows?)
    }

    /// Above which number nothing is looked for. A license that is not there has the place of the next newer one.
    async fn number(&self, before: Option<LicenseId>) -> Result<i64> {
        let Some(id) = before else { return Ok(i64::MAX) };
        let sql = "SELECT number FROM licenses WHERE id >= $1 ORDER BY id LIMIT 1";
        let row = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.pool).await?;
        Ok(row.map_or(Ok(i64::MAX), |row| row.try_get("number"))?)
    }

    /// Adds what hangs on the licenses of a page: three statements, however long the page is.
    async fn complete(&self, licenses: &mut [LicenseDetails]) -> Result<()> {
        if licenses.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = licenses.iter().map(|details| details.license.id.to_string()).collect();
        let deliveries = self.hanging_on(&ids, "SELECT * FROM deliveries d", "d.created_at, d.id").await?;
        let events = self.hanging_on(&ids, "SELECT * FROM events d", "d.number").await?;
        let attempts = "SELECT a.*, d.license_id FROM attempts a JOIN deliveries d ON d.id = a.delivery_id";
        let attempts = self.hanging_on(&ids, attempts, "a.delivery_id, a.number").await?;
        for details in licenses {
            let id = details.license.id;
            let is_its = |row: &&AnyRow| Columns(row).license_id().is_ok_and(|of| of == id);
            let its = |rows| <[AnyRow]>::iter(rows).filter(is_its);
            details.deliveries = its(&deliveries).map(|row| Columns(row).delivery()).collect::<Result<_>>()?;
            details.events = its(&events).map(|row| Columns(row).event()).collect::<Result<_>>()?;
            details.attempts = its(&attempts).map(|row| Columns(row).attempt()).collect::<Result<_>>()?;
        }
        Ok(())
    }

    async fn hanging_on(&self, ids: &[String], select: &str, order: &str) -> Result<Vec<AnyRow>> {
        let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let sql = format!("{select} WHERE d.license_id IN ({}) ORDER BY {order}", places.join(", "));
        // Made of our own words and numbered places alone.
        let query = ids.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, id| query.bind(id.clone()));
        Ok(query.fetch_all(&self.pool).await?)
    }
}

/// The ticket that `words` may name; there is no ticket 0.
fn ticket_in(words: &str) -> i64 {
    words.trim_start_matches('#').parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row as _};

    use super::{BY_TICKET, BY_WORDS, BY_WORDS_IN_TICKET, NEWEST_FIRST, Store};

    /// How SQLite goes about it, step by step.
    async fn plan(sql: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("stopgap.db").display())).await.unwrap();
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps = sqlx::query(explain).fetch_all(&store.pool).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
        steps.join("\n")
    }

    #[tokio::test]
    async fn a_page_comes_in_its_order_without_sorting() {
        for sql in [NEWEST_FIRST, BY_TICKET, BY_WORDS, BY_WORDS_IN_TICKET] {
            let plan = plan(sql).await;
            assert!(!plan.contains("ORDER BY"), "{sql}:\n{plan}");
        }
    }

    #[tokio::test]
    async fn words_are_looked_for_in_blocks_and_then_in_the_index_alone() {
        let plan = plan(BY_WORDS).await;
        for step in ["SEARCH b USING INTEGER PRIMARY KEY", "SEARCH l USING COVERING INDEX licenses_by_search"] {
            assert!(plan.contains(step), "{plan}");
        }
    }
}
