//! Text as it is searched, as a `LIKE` pattern and as a query of FTS5.

use std::collections::BTreeSet;

/// Further trigrams would cost more time than they save by ruling out candidates.
pub(super) const MAX_TRIGRAMS: usize = 3;

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

/// Whether a trigram index can narrow down a search for `text`: `pg_trgm` has only trigrams of letters and digits.
pub(super) fn has_trigram(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.chars().nth(2).is_some())
}

/// The trigrams of `text` that are rarest in `sample`, at most [`MAX_TRIGRAMS`].
pub(super) fn rarest_trigrams(text: &str, sample: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let trigrams: BTreeSet<String> = chars.windows(3).map(|trigram| trigram.iter().collect()).collect();
    let mut trigrams: Vec<String> = trigrams.into_iter().collect();
    trigrams.sort_by_cached_key(|trigram| sample.matches(trigram.as_str()).count());
    trigrams.truncate(MAX_TRIGRAMS);
    trigrams
}

/// The FTS5 query for rows that have all of `trigrams`.
pub(super) fn fts_query(trigrams: &[String]) -> String {
    let terms = trigrams.iter().map(|trigram| format!("\"{}\"", trigram.replace('"', "\"\"")));
    terms.collect::<Vec<_>>().join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::{contains, fts_query, has_trigram, normalize, rarest_trigrams};

    #[test]
    fn wildcards_are_literal() {
        assert_eq!(contains(&normalize(" 50%_Off\\ ")), "%50\\%\\_off\\\\%");
    }

    #[test]
    fn the_rarest_trigrams_are_few_and_distinct() {
        let sample = "jane@acme.example\njoe@acme.example\n";
        for (text, trigrams) in [
            ("abc", &["abc"] as &[_]),
            ("aaaa", &["aaa"]),
            ("müß", &["müß"]),
            ("jane@acme", &["ane", "jan", "ne@"]),
            ("q@acme.example", &["q@a", ".ex", "@ac"]),
        ] {
            assert_eq!(rarest_trigrams(text, sample), trigrams, "{text}");
        }
    }

    #[test]
    fn an_fts_query_is_quoted() {
        assert_eq!(fts_query(&[r#"a"*"#.into(), " OR".into()]), r#""a""*" AND " OR""#);
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
