//! Finding a wording in a row of words.
//!
//! A wording is written as the message is read, in lower case and without punctuation: `#` stands for a number, `@` for
//! a date, `a|b` for either word, `word?` for a word that may be missing, and `...` for up to six words of any kind.

use super::tokens::Token;

/// How many words `...` leaps over at most.
const MAX_GAP_WORDS: usize = 6;

/// A place where a wording stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match {
    pub begin: usize,
    /// The place after the last word.
    pub end: usize,
    /// The numbers that stood for `#`, in order.
    pub numbers: Vec<i64>,
    /// The date that stood for `@`.
    pub date: Option<String>,
}

/// Every place where `wording` stands in `words`, none overlapping another.
pub(crate) fn matches(wording: &str, words: &[Token]) -> Vec<Match> {
    let pattern: Vec<&str> = wording.split(' ').collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match match_at(&pattern, words, at) {
            Some(found_here) => {
                at = found_here.end.max(at + 1);
                found.push(found_here);
            }
            None => at += 1,
        }
    }
    found
}

fn match_at(pattern: &[&str], words: &[Token], begin: usize) -> Option<Match> {
    let mut found = Match { begin, end: begin, numbers: Vec::new(), date: None };
    fits(pattern, words, &mut found).then_some(found)
}

/// Whether the rest of the pattern fits at `found.end`. Gaps and missing words are the only choices, so the work at one
/// place is bounded by the pattern alone.
fn fits(pattern: &[&str], words: &[Token], found: &mut Match) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return true };
    if *first == "..." {
        return (0..=MAX_GAP_WORDS).any(|gap| continues(rest, words, found, gap));
    }
    if let Some(optional) = first.strip_suffix('?') {
        let is_there = words.get(found.end).is_some_and(|word| is_word(optional, word));
        return (is_there && continues(rest, words, found, 1)) || continues(rest, words, found, 0);
    }
    let Some(word) = words.get(found.end) else { return false };
    match (*first, word) {
        ("#", Token::Number(number)) => found.numbers.push(*number),
        ("@", Token::Date(date)) => found.date = Some(date.clone()),
        (expected, word) if is_word(expected, word) => {}
        _ => return false,
    }
    found.end += 1;
    fits(rest, words, found)
}

/// Whether the rest fits after `leap` more words; leaves `found` as it was where it does not.
fn continues(rest: &[&str], words: &[Token], found: &mut Match, leap: usize) -> bool {
    let mut next = found.clone();
    next.end += leap;
    let is_fit = next.end <= words.len() && fits(rest, words, &mut next);
    if is_fit {
        *found = next;
    }
    is_fit
}

fn is_word(expected: &str, word: &Token) -> bool {
    matches!(word, Token::Text(text) if expected.split('|').any(|choice| choice == text))
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn numbers(wording: &str, text: &str) -> Vec<Vec<i64>> {
        matches(wording, &tokens(text)).into_iter().map(|found| found.numbers).collect()
    }

    #[test]
    fn a_wording_is_found_wherever_it_stands() {
        let wording = "had # active? user|users";
        assert_eq!(numbers(wording, "It had 5 active users; we had 1 user."), [[5], [1]]);
        assert_eq!(numbers(wording, "It had five active users. It had 5"), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn a_gap_is_short_and_dates_are_kept() {
        let gap = "cannot ... group";
        assert_eq!(matches(gap, &tokens("I cannot see any group")).len(), 1);
        assert_eq!(matches(gap, &tokens("I cannot one two three four five six seven group")).len(), 0);
        assert_eq!(matches("from @", &tokens("from 2026-11-21"))[0].date.as_deref(), Some("2026-11-21"));
    }
}
