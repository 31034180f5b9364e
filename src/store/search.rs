//! Searching licenses.
//!
//! Text is matched by `LIKE`, so both databases find the same. A search looks through the newest licenses first, which
//! fills the page if the text is common. Otherwise the trigram index finds the licenses that have the text's rarest
//! trigrams, and these are matched. The common trigrams would cost most of the time: an address took 40 ms (SQLite) to
//! 60 ms (PostgreSQL) among 1,000,000 licenses with all of them, and takes 2 ms with three.

use sqlx::{
    Any, AssertSqlSafe,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use super::{
    Dialect, Result, Store,
    rows::Columns,
    text::{MAX_TRIGRAMS, contains, fts_query, has_trigram, normalize, rarest_trigrams},
};
use crate::license::{LicenseDetails, LicenseId, TicketId};

/// Newest licenses that are looked through before the index is used. Takes under 1 ms.
const RECENT_LICENSES: i64 = 2_000;
/// Licenses that are looked through if the text has no trigram; the next page goes on from there. Takes a few ms.
const SCAN_LICENSES: i64 = 10_000;
/// Newest licenses among which the frequency of trigrams is measured.
const SAMPLE_LICENSES: i64 = 200;

/// All given conditions must match.
#[derive(Debug, Clone, Default)]
pub struct SearchQuery {
    /// Part of an address, name, company, GitLab username or license id, or a whole ticket number.
    pub text: Option<String>,
    pub ticket: Option<TicketId>,
    /// Only licenses committed before this one: [`Page::next`] of the previous page.
    pub before: Option<LicenseId>,
    pub limit: u32,
}

/// One page of licenses, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    pub licenses: Vec<LicenseDetails>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<LicenseId>,
}

// $1 is the number below which licenses are returned, $2 how many.
const NEWEST: &str = "SELECT * FROM licenses WHERE number < $1 ORDER BY number DESC LIMIT $2";
const BY_TICKET: &str = "SELECT * FROM licenses WHERE number < $1 AND ticket_id = $3 ORDER BY number DESC LIMIT $2";
// $3 is the pattern, $4 the ticket that the text may be the number of. Both halves stop at a full page.
// $5 is the lowest number to look at.
const BY_SCAN: &str = "SELECT * FROM licenses WHERE number IN (\
    SELECT number FROM (SELECT number FROM license_search \
    WHERE number < $1 AND number >= $5 AND search_text LIKE $3 ESCAPE '\\' ORDER BY number DESC LIMIT $2) AS by_text \
    UNION SELECT number FROM (SELECT number FROM licenses WHERE number < $1 AND number >= $5 AND ticket_id = $4 \
    ORDER BY number DESC LIMIT $2) AS by_ticket) ORDER BY number DESC LIMIT $2";
// $5 is an FTS5 query.
const BY_INDEX_SQLITE: &str = "SELECT * FROM licenses WHERE number IN (\
    SELECT number FROM (SELECT rowid AS number FROM license_search_fts WHERE license_search_fts MATCH $5 \
    AND rowid < $1 AND search_text LIKE $3 ESCAPE '\\' ORDER BY rowid DESC LIMIT $2) AS by_text \
    UNION SELECT number FROM (SELECT number FROM licenses WHERE number < $1 AND ticket_id = $4 \
    ORDER BY number DESC LIMIT $2) AS by_ticket) ORDER BY number DESC LIMIT $2";
// $5 to $7 are patterns of trigrams. `|| ''` keeps the index from being used for all trigrams of $3.
const BY_INDEX_POSTGRES: &str = "SELECT * FROM licenses WHERE number IN (\
    SELECT number FROM (SELECT number FROM license_search WHERE number < $1 AND search_text LIKE $5 ESCAPE '\\' \
    AND search_text LIKE $6 ESCAPE '\\' AND search_text LIKE $7 ESCAPE '\\' \
    AND (search_text || '') LIKE $3 ESCAPE '\\' ORDER BY number DESC LIMIT $2) AS by_text \
    UNION SELECT number FROM (SELECT number FROM licenses WHERE number < $1 AND ticket_id = $4 \
    ORDER BY number DESC LIMIT $2) AS by_ticket) ORDER BY number DESC LIMIT $2";
const BY_TEXT_AND_TICKET: &str = "SELECT l.* FROM licenses l JOIN license_search s ON s.number = l.number \
    WHERE l.number < $1 AND l.ticket_id = $5 AND (s.search_text LIKE $3 ESCAPE '\\' OR l.ticket_id = $4) \
    ORDER BY l.number DESC LIMIT $2";

impl Store {
    /// Searches licenses, newest first. They are ordered by commit, so that paging neither skips nor repeats any while
    /// new ones arrive. A page may be short, or even empty, and still have a next one.
    pub async fn search(&self, query: &SearchQuery) -> Result<Page> {
        // PostgreSQL refuses text with this character, and no stored text has it.
        if query.text.as_ref().is_some_and(|text| text.contains('\0')) {
            return Ok(Page { licenses: Vec::new(), next: None });
        }
        let before = self.upper_bound(query.before).await?;
        let limit = i64::from(query.limit) + 1;
        let ticket = query.ticket.map(|id| id.get().cast_signed());
        let mut scanned_to = None;
        let rows = match (query.text.as_deref().map(normalize), ticket) {
            (None, None) => page(NEWEST, before, limit).fetch_all(&self.pool).await?,
            (None, Some(ticket)) => page(BY_TICKET, before, limit).bind(ticket).fetch_all(&self.pool).await?,
            (Some(text), Some(ticket)) => {
                page_by_text(BY_TEXT_AND_TICKET, before, limit, &text).bind(ticket).fetch_all(&self.pool).await?
            }
            (Some(text), None) if has_trigram(&text) => self.by_index(before, limit, &text).await?,
            (Some(text), None) => {
                let lowest = before.saturating_sub(SCAN_LICENSES);
                scanned_to = Some(lowest);
                page_by_text(BY_SCAN, before, limit, &text).bind(lowest).fetch_all(&self.pool).await?
            }
        };
        let mut licenses = rows.iter().map(|row| Columns(row).details()).collect::<Result<Vec<_>>>()?;
        let has_more = licenses.len() > query.limit as usize;
        licenses.truncate(query.limit as usize);
        let next = match scanned_to {
            _ if has_more => licenses.last().map(|details| details.license.id),
            Some(lowest) if lowest > 1 => self.id_of(lowest).await?,
            _ => None,
        };
        self.load_details(&mut licenses).await?;
        Ok(Page { licenses, next })
    }

    async fn by_index(&self, before: i64, limit: i64, text: &str) -> Result<Vec<AnyRow>> {
        let recent = page_by_text(BY_SCAN, before, limit, text).bind(before.saturating_sub(RECENT_LICENSES));
        let recent = recent.fetch_all(&self.pool).await?;
        if i64::try_from(recent.len()).is_ok_and(|found| found == limit) {
            return Ok(recent);
        }
        let trigrams = rarest_trigrams(text, &self.sample(before).await?);
        let query = match self.dialect {
            Dialect::Sqlite => page_by_text(BY_INDEX_SQLITE, before, limit, text).bind(fts_query(&trigrams)),
            Dialect::Postgres => (0..MAX_TRIGRAMS)
                .map(|n| trigrams.get(n).or(trigrams.last()).map_or(text, String::as_str))
                .fold(page_by_text(BY_INDEX_POSTGRES, before, limit, text), |query, trigram| {
                    query.bind(contains(trigram))
                }),
        };
        Ok(query.fetch_all(&self.pool).await?)
    }

    /// The number below which the page's licenses are. A license that does not exist counts as the next newer one.
    async fn upper_bound(&self, before: Option<LicenseId>) -> Result<i64> {
        let newest = "SELECT COALESCE(MAX(number), 0) + 1 AS number FROM licenses";
        if let Some(id) = before {
            let sql = "SELECT number FROM licenses WHERE id >= $1 ORDER BY id LIMIT 1";
            if let Some(row) = sqlx::query(sql).bind(id.to_string()).fetch_optional(&self.pool).await? {
                return Columns(&row).number("number");
            }
        }
        Columns(&sqlx::query(newest).fetch_one(&self.pool).await?).number("number")
    }

    /// The search text of the newest licenses, all in one.
    async fn sample(&self, before: i64) -> Result<String> {
        let sql = "SELECT COALESCE(string_agg(search_text, ' '), '') AS sample FROM \
                   (SELECT search_text FROM license_search WHERE number < $1 ORDER BY number DESC LIMIT $2) AS newest";
        let query = sqlx::query(sql).bind(before).bind(SAMPLE_LICENSES);
        Columns(&query.fetch_one(&self.pool).await?).text("sample")
    }

    async fn id_of(&self, number: i64) -> Result<Option<LicenseId>> {
        let query = sqlx::query("SELECT id FROM licenses WHERE number = $1").bind(number);
        let row = query.fetch_optional(&self.pool).await?;
        row.map(|row| Columns(&row).uuid("id").map(LicenseId)).transpose()
    }

    /// Loads deliveries, events and attempts of a page: three statements, however long the page is.
    async fn load_details(&self, licenses: &mut [LicenseDetails]) -> Result<()> {
        if licenses.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = licenses.iter().map(|details| details.license.id.to_string()).collect();
        let deliveries = self.rows_of(&ids, "SELECT * FROM deliveries d", "d.created_at, d.id").await?;
        let events = self.rows_of(&ids, "SELECT * FROM events d", "d.number").await?;
        let attempts = "SELECT a.*, d.license_id FROM attempts a JOIN deliveries d ON d.id = a.delivery_id";
        let attempts = self.rows_of(&ids, attempts, "a.delivery_id, a.number").await?;
        for details in licenses {
            let id = details.license.id;
            let belongs = |row: &&AnyRow| Columns(row).license_id().is_ok_and(|of| of == id);
            let own = |rows| <[AnyRow]>::iter(rows).filter(belongs);
            details.deliveries = own(&deliveries).map(|row| Columns(row).delivery()).collect::<Result<_>>()?;
            details.events = own(&events).map(|row| Columns(row).event()).collect::<Result<_>>()?;
            details.attempts = own(&attempts).map(|row| Columns(row).attempt()).collect::<Result<_>>()?;
        }
        Ok(())
    }

    async fn rows_of(&self, ids: &[String], select: &str, order: &str) -> Result<Vec<AnyRow>> {
        let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
        let sql = format!("{select} WHERE d.license_id IN ({}) ORDER BY {order}", places.join(", "));
        // Safe: made of constants and numbered placeholders.
        let query = ids.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, id| query.bind(id.clone()));
        Ok(query.fetch_all(&self.pool).await?)
    }
}

fn page(sql: &'static str, before: i64, limit: i64) -> Query<'static, Any, AnyArguments> {
    sqlx::query(sql).bind(before).bind(limit)
}

fn page_by_text(sql: &'static str, before: i64, limit: i64, text: &str) -> Query<'static, Any, AnyArguments> {
    // There is no ticket 0.
    let ticket: i64 = text.trim_start_matches('#').parse().unwrap_or(0);
    page(sql, before, limit).bind(contains(text)).bind(ticket)
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row as _};
    use tempfile::TempDir;

    use super::*;

    async fn store() -> (Store, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("stopgap.db").display())).await.unwrap();
        (store, folder)
    }

    #[tokio::test]
    async fn sqlite_finds_a_page_in_its_order_and_candidates_by_index() {
        let (store, _folder) = store().await;
        for (sql, step) in [
            (NEWEST, "SEARCH licenses USING INTEGER PRIMARY KEY"),
            (BY_TICKET, "SEARCH licenses USING INDEX licenses_by_ticket"),
            // 192: in descending order of rowid. M: by MATCH. <: below a rowid.
            (BY_INDEX_SQLITE, "SCAN license_search_fts VIRTUAL TABLE INDEX 192:M1<"),
            (BY_SCAN, "SEARCH license_search USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
            (BY_TEXT_AND_TICKET, "SEARCH l USING INDEX licenses_by_ticket"),
        ] {
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let steps = sqlx::query(explain).fetch_all(&store.pool).await.unwrap();
            let plan: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
            let plan = plan.join("\n");
            assert!(plan.contains(step) && !plan.contains("ORDER BY"), "{sql}:\n{plan}");
        }
    }

    #[tokio::test]
    async fn pages_without_an_index_are_bounded_and_neither_skip_nor_repeat() {
        let (store, _folder) = store().await;
        // Every 9,000th license matches: the first page has none of the oldest.
        for sql in [
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) \
             INSERT INTO licenses (number, id, created_at, ticket_id, agent_user_id, agent_username, customer_email, \
             customer_email_lower, customer_mailbox, seats, starts_on, expires_on, verdict, verdict_reason, drill) \
             SELECT i, printf('00000000-0000-7000-8000-%012x', i), i, i, 42, 'jdoe', 'jane@acme.example', \
             'jane@acme.example', 'jane@acme.example', 1, '2026-11-21', '2026-12-01', 'in_scope', '', 0 FROM n",
            "INSERT INTO license_search SELECT number, CASE WHEN number % 9000 = 0 THEN 'qx' ELSE 'other' END \
             FROM licenses",
        ] {
            sqlx::query(sql).execute(&store.pool).await.unwrap();
        }
        let mut query = SearchQuery { text: Some("QX".into()), limit: 20, ..SearchQuery::default() };
        let mut pages = Vec::new();
        loop {
            let page = store.search(&query).await.unwrap();
            let tickets = page.licenses.iter().map(|details| details.license.ticket.id.get());
            pages.push(tickets.collect::<Vec<_>>());
            query.before = page.next;
            if page.next.is_none() {
                break;
            }
        }
        assert_eq!(pages, [vec![18_000], vec![9_000], vec![]]);
    }
}
