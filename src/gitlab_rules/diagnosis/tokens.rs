//! What a customer pasted, as a plain row of words: however a mail program, a browser or a human dressed it up.

use std::borrow::Cow;

/// One word of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// Letters and digits in lower case, apostrophes left out. The site GitLab.com is the word `gitlabcom`; its other
    /// hosts and addresses end in `gitlabhost`.
    Text(String),
    /// A number, its thousands separators left out.
    Number(i64),
    /// A date as GitLab prints it, `2026-11-21`.
    Date(String),
}

/// Splits `text` into words: HTML entities and tags, quote marks of mails, soft line breaks, typographic quotes, case
/// and punctuation make no difference.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let plain = undress(text);
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
    words
}

/// The text without its markup, its quote marks and its soft line breaks.
fn undress(text: &str) -> String {
    // Quoted-printable breaks a long line with a = at its end.
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let untagged = strip_tags(&joined);
    let decoded: Cow<'_, str> = htmlize::unescape(untagged.as_ref());
    // A page's source may be escaped itself, so that its tags appear only now.
    let untagged = strip_tags(&decoded);
    let unquoted = untagged.lines().map(|line| line.trim_start_matches(['>', '|', ' ', '\t']));
    name_hosts(&unquoted.collect::<Vec<_>>().join("\n"))
}

/// Tells the site GitLab.com from `about.gitlab.com`, `renewals@gitlab.com` and the like, which GitLab's messages to
/// self-managed customers name.
fn name_hosts(text: &str) -> String {
    const SITE: &str = "gitlab.com";
    // ASCII alone changes its case here, so that the places are the same.
    let lower = text.to_ascii_lowercase();
    let mut named = String::with_capacity(text.len());
    let mut at = 0;
    for (place, _) in lower.match_indices(SITE) {
        let after = &text[place + SITE.len()..];
        let is_under_another =
            text[..place].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '@' | '-' | '_'));
        let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || c == '-');
        named.push_str(&text[at..place]);
        named.push_str(if is_under_another || goes_on { " gitlabhost " } else { " gitlabcom " });
        at = place + SITE.len();
    }
    named.push_str(&text[at..]);
    named
}

/// Replaces what looks like an HTML tag by a space; a lone `<` stays.
fn strip_tags(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let is_tag = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        // A tag ends before the next one begins: without that, many lone < would cost a search to the end each.
        let end = inside.find(['<', '>']).filter(|end| is_tag && inside[*end..].starts_with('>'));
        plain.push(if end.is_some() { ' ' } else { '<' });
        rest = end.map_or(inside, |end| &inside[end + 1..]);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// Whether `c` may stand between groups of three digits: `1,234`, `1.234`, `1 234`, `1'234`.
fn is_separator(c: char) -> bool {
    matches!(c, ',' | '.' | '\'' | '’' | '_') || c.is_whitespace()
}

/// The number or date that begins at `start`, and how many characters it takes.
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

fn date(chars: &[char], start: usize) -> Option<String> {
    let text: String = chars.get(start..start + 10)?.iter().collect();
    let ends = !chars.get(start + 10).is_some_and(|c| c.is_alphanumeric());
    (ends && text.parse::<jiff::civil::Date>().is_ok()).then_some(text)
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
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
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

    #[test]
    fn the_site_is_told_from_its_other_hosts() {
        for (text, expected) in [
            ("GitLab.com", "gitlabcom"),
            ("https://gitlab.com/acme", "https gitlabcom acme"),
            ("on gitlab.com.", "on gitlabcom"),
            ("https://about.gitlab.com/sales/", "https about gitlabhost sales"),
            ("renewals@gitlab.com", "renewals gitlabhost"),
            ("my-gitlab.com", "my gitlabhost"),
            ("gitlab.community", "gitlabhost munity"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_lone_angle_bracket_is_no_tag() {
        assert_eq!(shown("1 < 2 and 3 > 2 <b"), "#1 #2 and #3 #2 b");
        assert_eq!(shown(&"<a".repeat(20_000)).len(), 40_000 - 1);
    }
}
