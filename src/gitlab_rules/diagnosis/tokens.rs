//! Splits what a customer pasted into plain words.

use jiff::civil::Date;

use super::plain_text::plain_text;

/// One word of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Letters and digits in lower case, without apostrophes. For GitLab.com see [`super::plain_text`].
    Text(String),
    /// A number, without thousands separators.
    Number(i64),
    /// `2026-11-21`, `November 21, 2026` or `21 Nov 2026`.
    Date(Date),
}

/// Splits `text` into words. Markup, line prefixes, typographic quotes, case and punctuation make no difference.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let plain = plain_text(text);
    let chars: Vec<char> = plain.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let (word, len) = match chars[at] {
            c if c.is_ascii_digit() => number_or_date(&chars, at),
            c if c.is_alphabetic() => text_word(&chars, at),
            _ => (None, 1),
        };
        words.extend(word);
        at += len;
    }
    join_dates(words)
}

/// Joins a month's English name with the day and year beside it.
fn join_dates(words: Vec<Token>) -> Vec<Token> {
    let mut joined = Vec::with_capacity(words.len());
    for word in words {
        joined.push(word);
        if let Some(date) = joined.last_chunk::<3>().and_then(date_in_words) {
            joined.truncate(joined.len() - 3);
            joined.push(Token::Date(date));
        }
    }
    joined
}

fn date_in_words(words: &[Token; 3]) -> Option<Date> {
    let (month, day, year) = match words {
        [Token::Text(month), Token::Number(day), Token::Number(year)]
        | [Token::Number(day), Token::Text(month), Token::Number(year)] => (month_number(month)?, *day, *year),
        _ => return None,
    };
    Date::new(year.try_into().ok().filter(|year| (2000..2200).contains(year))?, month, day.try_into().ok()?).ok()
}

fn month_number(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_named =
        |month: &&str| name.len() >= 3 && month.starts_with(name) || name == "sept" && **month == *"september";
    MONTHS.iter().position(is_named).and_then(|index| i8::try_from(index + 1).ok())
}

/// Whether `c` may stand between groups of three digits: `1,234`, `1.234`, `1 234`, `1'234`.
fn is_separator(c: char) -> bool {
    matches!(c, ',' | '.' | '\'' | '’' | '_') || c.is_whitespace()
}

/// The number or date at `start`, and its length.
fn number_or_date(chars: &[char], start: usize) -> (Option<Token>, usize) {
    if let Some(date) = date(chars, start) {
        return (Some(Token::Date(date)), 10);
    }
    let mut digits = String::new();
    let mut at = start;
    while chars.get(at).is_some_and(char::is_ascii_digit) {
        digits.push(chars[at]);
        at += 1;
    }
    if digits.len() <= 3 {
        while let Some(group) = thousands_group(chars, at) {
            digits.extend(group);
            at += 1 + group.len();
        }
    }
    if chars.get(at).is_some_and(|c| c.is_alphanumeric()) {
        // A word that begins with digits, such as a commit.
        return text_word(chars, start);
    }
    let word = match digits.parse::<i64>() {
        Ok(number) => Token::Number(if is_negative(chars, start) { -number } else { number }),
        Err(_) => Token::Text(digits),
    };
    (Some(word), at - start)
}

/// A separator and exactly three digits after it.
fn thousands_group(chars: &[char], at: usize) -> Option<&[char]> {
    let group = chars.get(at + 1..at + 4)?;
    let is_group = is_separator(chars[at])
        && group.iter().all(char::is_ascii_digit)
        && !chars.get(at + 4).is_some_and(|c| c.is_alphanumeric());
    is_group.then_some(group)
}

/// Whether a minus sign, and no hyphen between words or digits, stands before `start`.
fn is_negative(chars: &[char], start: usize) -> bool {
    let is_minus = start > 0 && matches!(chars[start - 1], '-' | '−' | '–');
    is_minus && !(start > 1 && chars[start - 2].is_alphanumeric())
}

/// An ISO date; a time may follow it.
fn date(chars: &[char], start: usize) -> Option<Date> {
    let text: String = chars.get(start..start + 10)?.iter().collect();
    let next = chars.get(start + 10).copied();
    let is_followed_by_time = next == Some('T') && chars.get(start + 11).is_some_and(char::is_ascii_digit);
    (is_followed_by_time || !next.is_some_and(char::is_alphanumeric)).then(|| text.parse().ok()).flatten()
}

/// Letters and digits; apostrophes and invisible characters inside are skipped.
fn text_word(chars: &[char], start: usize) -> (Option<Token>, usize) {
    let mut word = String::new();
    let mut at = start;
    while let Some(&c) = chars.get(at) {
        let is_inside = || is_apostrophe(c) && chars.get(at + 1).is_some_and(|next| next.is_alphabetic());
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if !is_invisible(c) && !is_inside() {
            break;
        }
        at += 1;
    }
    (Some(Token::Text(word)), at - start)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '\u{fffd}')
}

/// Soft hyphens, zero-width characters and the byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The words in one line: `#` before a number, `@` before a date.
    pub(in super::super) fn shown(text: &str) -> String {
        let words = tokens(text).into_iter().map(|word| match word {
            Token::Text(text) => text,
            Token::Number(number) => format!("#{number}"),
            Token::Date(date) => format!("@{date}"),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn dress_makes_no_difference() {
        for text in [
            "This license's limit",
            "THIS LICENSE’S LIMIT",
            "> this license&#39;s\r\n> limit",
            "this <b>license&rsquo;s</b><br>limit",
            "&lt;p&gt;this license&#x27;s limit&lt;/p&gt;",
            "> > this licen=\r\nse's limit",
            "| this\u{a0}license's\u{200b} limit",
            "\u{feff}this, (license's): \"limit\".",
        ] {
            assert_eq!(shown(text), "this licenses limit", "{text:?}");
        }
    }

    #[test]
    fn numbers_lose_their_separators_and_keep_their_sign() {
        for (text, expected) in [
            ("1234 1,234 1.234 1'234 1\u{a0}234 1\u{202f}234", "#1234 #1234 #1234 #1234 #1234 #1234"),
            ("1,234,567 users", "#1234567 users"),
            ("12,34 1,2345", "#12 #34 #1 #2345"),
            ("of 5 by -5 users", "of #5 by #-5 users"),
            ("by −5", "by #-5"),
            ("3-5 a-5", "#3 #5 a #5"),
            ("on 2026-11-21.", "on @2026-11-21"),
            ("on 2026-13-21", "on #2026 #13 #21"),
            ("4abc 99999999999999999999", "4abc 99999999999999999999"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }
}
