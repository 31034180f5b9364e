//! What a lookup by words reads: the words of 64 licenses in one row, because most of a search's time is each row's own.

use super::{Result, Store, Transaction, rows::Columns};
use crate::license::LicenseId;

/// Licenses that no lookup finds, oldest first.
const UNNUMBERED: &str = "SELECT id FROM licenses WHERE number IS NULL ORDER BY id";

impl Store {
    /// Gives every license without a number the next one: while replicas are replaced one by one, those of a version
    /// that knew no numbers go on writing, and lookups go by numbers alone.
    pub(super) async fn number_the_rest(&self) -> Result<()> {
        if sqlx::query(UNNUMBERED).fetch_optional(&self.pool).await?.is_none() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for row in sqlx::query(UNNUMBERED).fetch_all(&mut *tx.tx).await? {
            let id = LicenseId(Columns(&row).uuid("id")?);
            sqlx::query(
                "UPDATE licenses SET number = (SELECT COALESCE(MAX(number), 0) + 1 FROM licenses) WHERE id = $1",
            )
            .bind(id.to_string())
            .execute(&mut *tx.tx)
            .await?;
            tx.add_to_block(id).await?;
        }
        tx.commit().await
    }
}

impl Transaction {
    /// Appends the license's words to those of its block.
    pub(super) async fn add_to_block(&mut self, id: LicenseId) -> Result<()> {
        sqlx::query(
            "INSERT INTO search_blocks (block, words) SELECT number / 64, search || '\n' FROM licenses WHERE id = $1 \
             ON CONFLICT (block) DO UPDATE SET words = search_blocks.words || excluded.words",
        )
        .bind(id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Puts the license's block together anew: what was taken out of the license goes from there as well.
    pub(super) async fn rebuild_block(&mut self, id: LicenseId) -> Result<()> {
        sqlx::query(
            "UPDATE search_blocks SET words = (SELECT string_agg(search || '\n', '') FROM licenses \
             WHERE number BETWEEN block * 64 AND block * 64 + 63) \
             WHERE block = (SELECT number / 64 FROM licenses WHERE id = $1)",
        )
        .bind(id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

/// `words` as they are kept for searching.
pub(super) fn fold(words: &str) -> String {
    words.trim().to_lowercase()
}

/// A `LIKE` pattern that finds `words` anywhere, with its wildcards taken literally.
pub(super) fn pattern(words: &str) -> String {
    format!("%{}%", like(words))
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

/// What names, addresses and ids are made of, the most common first. What is missing is rare.
const COMMON: &str = "eanoirstlmcd.p0-b1hu23456789gfy";
/// An anchor of fewer characters would be found everywhere.
const ANCHOR_MIN_CHARS: usize = 3;

/// The end of the folded `words` from the rarest character of their first word on. SQLite's `LIKE` stops at each
/// occurrence of a pattern's first character, so that looking for this part first passes over most blocks in a fraction
/// of the time. Not from a later word on: a domain or a legal form is in every block.
pub(super) fn anchor(words: &str) -> &str {
    let first_word = words.find([' ', '@']).unwrap_or(words.len());
    let last = words.char_indices().rev().nth(ANCHOR_MIN_CHARS - 1).map_or(0, |(at, _)| at);
    let starts = words.char_indices().take_while(|(at, _)| *at < first_word && *at <= last);
    // Over characters beyond ASCII, SQLite goes one by one.
    let commonness = |c: char| if c.is_ascii() { COMMON.find(c).map_or(0, |at| COMMON.len() - at) } else { usize::MAX };
    let rarest = starts.min_by_key(|(_, c)| commonness(*c)).map_or(0, |(at, _)| at);
    &words[rarest..]
}

#[cfg(test)]
mod tests {
    use super::{anchor, fold, pattern};

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(pattern(&fold(" 50%_Off\\ ")), "%50\\%\\_off\\\\%");
    }

    #[test]
    fn an_anchor_begins_at_the_rarest_character() {
        for (words, expected) in [
            ("jane.doe@acme.example", "jane.doe@acme.example"),
            ("miller@web.example", "miller@web.example"),
            ("person39999@company", "9999@company"),
            ("zoe.newman@acme", "zoe.newman@acme"),
            ("robert kowalski", "bert kowalski"),
            ("company 4711 gmbh", "y 4711 gmbh"),
            ("100%_sure", "%_sure"),
            ("@acme.example", "@acme.example"),
        ] {
            assert_eq!(anchor(words), expected, "{words}");
        }
    }

    #[test]
    fn an_anchor_is_the_end_of_its_words_and_long_enough_to_tell() {
        for words in ["", "a", "az", "aez", "eeqz", "müllerß", "ßßzß", "100%_sure", "日本語", "x@y"] {
            let anchor = anchor(words);
            assert!(words.ends_with(anchor), "{words}: {anchor}");
            assert!(anchor.chars().count() >= words.chars().count().min(3), "{words}: {anchor}");
        }
    }
}
