//! Text as it is searched, and as a `LIKE` pattern.

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

/// An FTS5 query for the rows that may contain `text`, which must have three characters or more.
///
/// Every third trigram and the last one: together they cover the text, and each further one costs more time than it
/// saves by ruling out candidates.
pub(super) fn fts_query(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let trigrams = chars.chunks_exact(3);
    let last = chars.last_chunk::<3>().filter(|_| !trigrams.remainder().is_empty());
    let trigrams = trigrams.chain(last.map(|last| &last[..]));
    let terms = trigrams.map(|trigram| format!("\"{}\"", trigram.iter().collect::<String>().replace('"', "\"\"")));
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
    fn an_fts_query_covers_the_whole_text_and_quotes_it() {
        for (text, query) in [
            ("abc", r#""abc""#),
            ("abcd", r#""abc" AND "bcd""#),
            ("abcdefg", r#""abc" AND "def" AND "efg""#),
            ("müßig", r#""müß" AND "ßig""#),
            (r#"a"* OR"#, r#""a""*" AND " OR""#),
        ] {
            assert_eq!(fts_query(text), query, "{text}");
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
