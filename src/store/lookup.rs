//! Finding licenses.

use sqlx::{AssertSqlSafe, any::AnyRow};

use super::{Dossier, Result, Store, rows::Columns};
use crate::license::{LicenseId, TicketId};

/// What to look for. Every given part must fit.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// Part of an address, name, company, GitLab username or license id, or a whole ticket number.
    pub words: Option<String>,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// Only licenses older than this one: where the page before ended.
    pub before: Option<LicenseId>,
    /// How many at most.
    pub limit: u32,
}

/// One page of licenses, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The licenses, with everything about them.
    pub dossiers: Vec<Dossier>,
    /// Where the next page begins; nothing on the last one.
    pub next: Option<LicenseId>,
}

/// Above every id, in the order of their text.
const NEWEST: &str = "g";

const NEWEST_FIRST: &str = "SELECT * FROM licenses WHERE id < $1 ORDER BY id DESC LIMIT $2";
const BY_TICKET: &str = "SELECT * FROM licenses WHERE id < $1 AND ticket_id = $3 ORDER BY id DESC LIMIT $2";
/// Each half stops as soon as its page is full: the first walks the words from the newest license on, the second knows
/// its licenses from the index.
const BY_WORDS: &str = "SELECT * FROM licenses WHERE id IN (\
    SELECT id FROM (SELECT id FROM licenses WHERE id < $1 AND search LIKE $3 ESCAPE '\\' ORDER BY id DESC LIMIT $2) AS w \
    UNION SELECT id FROM (SELECT id FROM licenses WHERE id < $1 AND ticket_id = $4 ORDER BY id DESC LIMIT $2) AS t) \
    ORDER BY id DESC LIMIT $2";
const BY_WORDS_IN_TICKET: &str = "SELECT * FROM licenses WHERE id < $1 AND ticket_id = $3 \
    AND (search LIKE $4 ESCAPE '\\' OR ticket_id = $5) ORDER BY id DESC LIMIT $2";

impl Store {
    /// Finds licenses, newest first. Ids grow with time, so paging by them neither skips nor repeats while new
    /// licenses arrive. Served by `licenses_by_ticket` or `licenses_by_search`.
    ///
    /// # Errors
    /// [`super::Error`].
    pub async fn lookup(&self, lookup: &Lookup) -> Result<Page> {
        let before = lookup.before.map_or_else(|| NEWEST.to_owned(), |id| id.to_string());
        let limit = i64::from(lookup.limit) + 1;
        // PostgreSQL refuses a text with this character, and nothing that is kept has it.
        if lookup.words.as_ref().is_some_and(|words| words.contains('\0')) {
            return Ok(Page { dossiers: Vec::new(), next: None });
        }
        let words = lookup.words.as_ref().map(|words| (pattern(words), number(words)));
        let ticket = lookup.ticket.map(|id| id.get().cast_signed());
        let sql = match (&words, ticket) {
            (None, None) => NEWEST_FIRST,
            (None, Some(_)) => BY_TICKET,
            (Some(_), None) => BY_WORDS,
            (Some(_), Some(_)) => BY_WORDS_IN_TICKET,
        };
        let mut query = sqlx::query(sql).bind(before).bind(limit);
        if let Some(ticket) = ticket {
            query = query.bind(ticket);
        }
        if let Some((pattern, number)) = words {
            query = query.bind(pattern).bind(number);
        }
        let rows = query.fetch_all(&self.pool).await?;
        let mut dossiers = rows.iter().map(|row| Columns(row).bare_dossier()).collect::<Result<Vec<_>>>()?;
        let more = dossiers.len() > lookup.limit as usize;
        dossiers.truncate(lookup.limit as usize);
        let next = if more { dossiers.last().map(|dossier| dossier.license.id) } else { None };
        self.complete(&mut dossiers).await?;
        Ok(Page { dossiers, next })
    }

    /// Adds what hangs on the licenses of a page: three statements, however long the page is.
    async fn complete(&self, dossiers: &mut [Dossier]) -> Result<()> {
        if dossiers.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = dossiers.iter().map(|dossier| dossier.license.id.to_string()).collect();
        let deliveries = self.hanging_on(&ids, "SELECT * FROM deliveries d", "d.created_at, d.id").await?;
        let events = self.hanging_on(&ids, "SELECT * FROM events d", "d.number").await?;
        let attempts = "SELECT a.*, d.license_id FROM attempts a JOIN deliveries d ON d.id = a.delivery_id";
        let attempts = self.hanging_on(&ids, attempts, "a.delivery_id, a.number").await?;
        for dossier in dossiers {
            let id = dossier.license.id;
            let is_its = |row: &&AnyRow| Columns(row).license_id().is_ok_and(|of| of == id);
            let its = |rows| <[AnyRow]>::iter(rows).filter(is_its);
            dossier.deliveries = its(&deliveries).map(|row| Columns(row).delivery()).collect::<Result<_>>()?;
            dossier.events = its(&events).map(|row| Columns(row).event()).collect::<Result<_>>()?;
            dossier.attempts = its(&attempts).map(|row| Columns(row).attempt()).collect::<Result<_>>()?;
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
fn number(words: &str) -> i64 {
    words.trim().trim_start_matches('#').parse().unwrap_or(0)
}

/// A `LIKE` pattern that finds `words` anywhere, with its wildcards taken literally.
pub(super) fn pattern(words: &str) -> String {
    format!("%{}%", like(&words.trim().to_lowercase()))
}

/// `text` for a `LIKE … ESCAPE '\'`, with its wildcards taken literally.
pub(super) fn like(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(pattern(" 50%_Off\\ "), "%50\\%\\_off\\\\%");
    }
}
