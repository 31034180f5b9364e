//! Text as it is searched, as a `LIKE` pattern and as a query of FTS5.

use std::collections::BTreeSet;

/// Further terms would cost more time than they save by ruling out candidates.
const MAX_FTS_TERMS: usize = 3;

/// Searches ignore case.
pub(super) fn normalize(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A `LIKE … ESCAPE '\'` pattern that finds `text` anywhere.
pub(super) fn contains(text: &str) -> String {
    format!("%{}%", escape(text))
}

/// `text` as a literal part of a `LIKE … ESCAPE '\'` pattern.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Whether a trigram index can narrow a search for `text` down: `pg_trgm` knows trigrams of letters and digits only.
pub(super) fn has_trigram(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.chars().nth(2).is_some())
}

/// An FTS5 query for the rows that may contain `text`, which must have three characters or more: those with its rarest
/// trigrams, by how often these are in `sample`.
pub(super) fn fts_query(text: &str, sample: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let trigrams: BTreeSet<String> = chars.windows(3).map(|trigram| trigram.iter().collect()).collect();
    let mut trigrams: Vec<String> = trigrams.into_iter().collect();
    trigrams.sort_by_cached_key(|trigram| sample.matches(trigram.as_str()).count());
    trigrams.truncate(MAX_FTS_TERMS);
    let terms = trigrams.iter().map(|trigram| format!("\"{}\"", trigram.replace('"', "\"\"")));
    terms.collect::<Vec<_>>().join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::{contains, fts_query, has_trigram, normalize};

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(contains(&normalize(" 50%_Off\\ ")), "%50\\%\\_off\\\\%");
    }

    #[test]
    fn an_fts_query_has_the_rarest_trigrams_quoted() {
        let sample = "jane@acme.example\njoe@acme.example\n";
        for (text, query) in [
            ("abc", r#""abc""#),
            ("aaaa", r#""aaa""#),
            ("müß", r#""müß""#),
            ("jane@acme", r#""ane" AND "jan" AND "ne@""#),
            ("acme.ex", r#"".ex" AND "acm" AND "cme""#),
            ("q@acme.example", r#""q@a" AND ".ex" AND "@ac""#),
            (r#"a"* OR"#, r##"" OR" AND """* " AND "* O""##),
        ] {
            assert_eq!(fts_query(text, sample), query, "{text}");
        }
    }

    #[test]
    fn a_trigram_has_three_letters_or_digits() {
        for (text, expected) in
            [("abc", true), ("a.b2c", true), ("日本語", true), ("ab", false), ("a@b.c", false), ("", false)]
        {
            assert_eq!(has_trigram(text), expected, "{text}");
        }
    }
}
