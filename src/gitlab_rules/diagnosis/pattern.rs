//! Finds a wording in a list of words.
//!
//! A wording is the message in lower case, without punctuation. `#` is a number, `@` a date, `a|b` either word, `word?`
//! an optional word, and `...` up to six words of any kind.

use std::collections::HashSet;

use jiff::civil::Date;

use super::tokens::Token;

/// The most words that `...` skips.
const MAX_GAP_WORDS: usize = 6;

/// Where a wording was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match {
    pub begin: usize,
    /// After the last word.
    pub end: usize,
    /// The values of `#`, in order.
    pub numbers: Vec<i64>,
    /// The values of `@`, in order.
    pub dates: Vec<Date>,
}

/// The words of a text, to rule out most wordings without a search.
pub(crate) fn vocabulary(words: &[Token]) -> HashSet<&str> {
    words.iter().filter_map(|word| if let Token::Text(text) = word { Some(text.as_str()) } else { None }).collect()
}

/// Whether the text with this vocabulary has every word that the wording requires.
pub(crate) fn is_possible(wording: &str, vocabulary: &HashSet<&str>) -> bool {
    let is_required = |word: &&str| !matches!(*word, "#" | "@" | "...") && !word.ends_with('?');
    wording.split(' ').filter(is_required).all(|word| word.split('|').any(|choice| vocabulary.contains(choice)))
}

/// Every match of `wording` in `words`, without overlaps.
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
    let mut found = Match { begin, end: begin, numbers: Vec::new(), dates: Vec::new() };
    fits(pattern, words, &mut found).then_some(found)
}

/// Whether the rest of the pattern fits at `found.end`. Only gaps and optional words branch, so the work per position is
/// bounded by the pattern.
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
        ("@", Token::Date(date)) => found.dates.push(*date),
        (expected, word) if is_word(expected, word) => {}
        _ => return false,
    }
    found.end += 1;
    fits(rest, words, found)
}

/// Whether the rest fits after `skipped` more words; leaves `found` unchanged if not.
fn continues(rest: &[&str], words: &[Token], found: &mut Match, skipped: usize) -> bool {
    let mut next = found.clone();
    next.end += skipped;
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
    fn a_wording_is_found_anywhere() {
        let wording = "had # active? user|users";
        assert_eq!(numbers(wording, "It had 5 active users; we had 1 user."), [[5], [1]]);
        assert_eq!(numbers(wording, "It had five active users. It had 5"), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn a_gap_is_short_and_dates_are_kept() {
        let gap = "cannot ... group";
        assert_eq!(matches(gap, &tokens("I cannot see any group")).len(), 1);
        assert_eq!(matches(gap, &tokens("I cannot one two three four five six seven group")).len(), 0);
        assert_eq!(matches("from @", &tokens("from 2026-11-21"))[0].dates, [jiff::civil::date(2026, 11, 21)]);
    }
}
