//! Finding licenses.

use super::{Result, Store, rows::Columns};
use crate::license::{License, LicenseId, TicketId};

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
    /// The licenses.
    pub licenses: Vec<License>,
    /// Where the next page begins; nothing on the last one.
    pub next: Option<LicenseId>,
}

/// Above every id, in the order of their text.
const NEWEST: &str = "g";

impl Store {
    /// Finds licenses, newest first. Ids grow with time, so paging by them neither skips nor repeats while new
    /// licenses arrive. Served by `licenses_by_ticket` or `licenses_by_search`.
    ///
    /// # Errors
    /// [`super::Error`].
    pub async fn lookup(&self, lookup: &Lookup) -> Result<Page> {
        let before = lookup.before.map_or_else(|| NEWEST.to_owned(), |id| id.to_string());
        let ticket = lookup.ticket.map(|id| id.get().cast_signed());
        let limit = i64::from(lookup.limit) + 1;
        let rows = match &lookup.words {
            None => {
                let sql =
                    "SELECT * FROM licenses WHERE id < $1 AND ($2 = 0 OR ticket_id = $2) ORDER BY id DESC LIMIT $3";
                let by_ticket = "SELECT * FROM licenses WHERE id < $1 AND ticket_id = $2 ORDER BY id DESC LIMIT $3";
                let query = sqlx::query(if ticket.is_some() { by_ticket } else { sql });
                query.bind(before).bind(ticket.unwrap_or(0)).bind(limit).fetch_all(&self.pool).await?
            }
            Some(words) => {
                let sql = "SELECT * FROM licenses WHERE id IN (SELECT id FROM licenses WHERE id < $1 \
                           AND search LIKE $2 ESCAPE '\\' UNION SELECT id FROM licenses WHERE ticket_id = $3 AND id < $1) \
                           AND ($4 = 0 OR ticket_id = $4) ORDER BY id DESC LIMIT $5";
                sqlx::query(sql)
                    .bind(before)
                    .bind(pattern(words))
                    .bind(words.trim().parse::<i64>().unwrap_or(0))
                    .bind(ticket.unwrap_or(0))
                    .bind(limit)
                    .fetch_all(&self.pool)
                    .await?
            }
        };
        let mut licenses = rows.iter().map(|row| Columns(row).license()).collect::<Result<Vec<_>>>()?;
        let more = licenses.len() > lookup.limit as usize;
        licenses.truncate(lookup.limit as usize);
        let next = if more { licenses.last().map(|license| license.id) } else { None };
        Ok(Page { licenses, next })
    }
}

/// A `LIKE` pattern that finds `words` anywhere, with its wildcards taken literally.
fn pattern(words: &str) -> String {
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
