//! A pasted text without what terminals, browsers and mail programs add, and the values that stand in it.

use jiff::civil::Date;

use crate::gitlab_rules::evidence::reading::Reading;
use crate::license::{Email, Seats, SingleLine, customer::MAX_NAME_CHARS};

/// A version such as `18.10.12-rc42-ee` is not longer.
const MAX_VERSION_CHARS: usize = 30;

/// Far more than any of these texts has, also with another one before it.
const MAX_TEXT_BYTES: usize = 256 * 1024;

/// Unifies line ends and spaces; drops empty lines, colour codes, invisible characters and the marks of quoted mail.
/// Takes the beginning of a long text.
pub(super) fn clean(text: &str) -> String {
    let mut rest = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let mut cleaned = String::with_capacity(rest.len());
    let mut line_begins = true;
    while !rest.is_empty() {
        if line_begins {
            rest = rest.trim_start_matches([' ', '\t', '>', '\n', '\r']);
        }
        // Most of a text is plain, so it is taken in pieces.
        let end =
            rest.bytes().position(|b| !matches!(b, b' '..=b'Z' | b'\\'..=b'_' | b'a'..=b'~')).unwrap_or(rest.len());
        let (plain, behind) = rest.split_at(end);
        cleaned.push_str(plain);
        line_begins &= plain.is_empty();
        let Some(c) = behind.chars().next() else { break };
        rest = &behind[c.len_utf8()..];
        let shown = match c {
            '\r' if rest.starts_with('\n') => None,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '[' | '\u{1b}' | '\u{9b}' => match skip_colour(behind) {
                Some(behind) => {
                    rest = behind;
                    None
                }
                None => (c == '[').then_some(c),
            },
            _ if is_noise(c) => None,
            '\t' => Some('\t'),
            _ if c.is_whitespace() => Some(' '),
            _ => Some(c).filter(|c| !c.is_control()),
        };
        if let Some(c) = shown.filter(|c| !(line_begins && matches!(c, ' ' | '\t' | '\n'))) {
            cleaned.push(c);
            line_begins = c == '\n';
        }
    }
    cleaned
}

/// What shows nothing, and the mark of the ticket system around code.
fn is_noise(c: char) -> bool {
    matches!(c, '`' | '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text behind `ESC[1;33m`, also where the way here lost the escape character.
fn skip_colour(text: &str) -> Option<&str> {
    let is_escaped = text.starts_with(['\u{1b}', '\u{9b}']);
    let inner = text.strip_prefix('\u{1b}').unwrap_or(text).strip_prefix(['[', '\u{9b}'])?;
    let end = inner.bytes().take(16).position(|b| !(b.is_ascii_digit() || b == b';' || b == b'?'))?;
    let is_known = inner.as_bytes()[end] == b'm' && end > 0;
    (is_known || is_escaped && inner.as_bytes()[end].is_ascii_alphabetic()).then(|| &inner[end + 1..])
}

/// Mail programs make quotation marks typographic.
pub(super) fn plain_quotes(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let plain = text.chars().map(|c| match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' => '"',
        _ => c,
    });
    plain.collect()
}

/// The longest value that is looked at, in bytes.
const MAX_VALUE_BYTES: usize = 300;

/// What stands behind each place of the label, to the end of the line.
pub(super) fn after<'a>(text: &'a str, label: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(label).map(move |(at, _)| {
        let rest = &text[at + label.len()..];
        let rest = &rest[..rest.floor_char_boundary(MAX_VALUE_BYTES)];
        rest[..rest.find('\n').unwrap_or(rest.len())].trim()
    })
}

pub(super) fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// A number that is not negative, its thousands apart or not: `1250`, `1,250`, `1.250`, `1 250`.
pub(super) fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() || text.len() > 12 || !text.bytes().next()?.is_ascii_digit() {
        return None;
    }
    let Some(separator) = text.chars().find(|c| !c.is_ascii_digit()) else { return text.parse().ok() };
    let mut groups = text.split(separator);
    let first = groups.next()?;
    let is_grouped = matches!(separator, ',' | '.' | '\'' | '\u{2019}' | ' ')
        && first.len() <= 3
        && groups.all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()));
    is_grouped.then(|| text.replace(separator, "").parse().ok()).flatten()
}

/// A count of users or seats. Zero is none: GitLab prints it where it does not know, and for unlimited seats.
pub(super) fn count(text: &str) -> Option<u32> {
    number(text).and_then(usable)
}

pub(super) fn usable(number: u32) -> Option<u32> {
    Seats::parse(number.into()).ok().map(Seats::get)
}

/// `2026-11-01`, also with a time behind it.
pub(super) fn iso_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let is_apart = text.as_bytes().get(10).is_none_or(|b| !b.is_ascii_digit());
    let is_plain = text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-');
    text.get(..10).filter(|_| is_apart && is_plain)?.parse().ok()
}

/// `18.2.1-ee`, off the beginning of a text and with or without a `v`; what is glued to it is left out.
pub(super) fn version(text: &str) -> Option<String> {
    let text = text.trim_start().trim_start_matches('v');
    let end = text.find(|c: char| !matches!(c, '0'..='9' | 'a'..='z' | '.' | '-')).unwrap_or(text.len());
    let text = &text[..end];
    let text = text.find("-ee").map_or(text, |at| &text[..at + 3]).trim_end_matches(['.', '-']);
    let mut parts = text.splitn(3, '.');
    let is_number = |part: Option<&str>| part.is_some_and(|p| matches!(p.len(), 1..=3) && p.parse::<u16>().is_ok());
    let is_version = is_number(parts.next()) && is_number(parts.next()) && parts.next().is_some();
    (is_version && text.len() <= MAX_VERSION_CHARS).then(|| text.to_owned())
}

pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['<', '>', '(', ')', ',', ';', '"']);
    Email::parse(text.strip_prefix("mailto:").unwrap_or(text)).ok().map(|email| email.to_string())
}

/// A name of a person or a company. A hyphen alone is GitLab's sign for none.
pub(super) fn name(text: &str) -> Option<String> {
    let line = SingleLine::parse(text, MAX_NAME_CHARS).ok()?.to_string();
    (line != "-").then_some(line)
}

/// A name of a subscription or a number of a license.
pub(super) fn identifier(text: &str) -> Option<String> {
    let text = text.trim();
    let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (is_plain && (1..=64).contains(&text.len()) && text.bytes().any(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

/// The host of a URL, or a host alone.
pub(super) fn hostname(text: &str) -> Option<String> {
    let text = first_word(text).trim_matches(['<', '>', '"']);
    let address = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let host = url::Url::parse(&address).ok()?.host_str()?.to_owned();
    let is_plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    (is_plain && host.len() <= 253).then_some(host)
}

/// Without a term that ends before it begins.
pub(super) fn with_possible_term(reading: Reading) -> Reading {
    match (reading.starts_on, reading.expires_on) {
        (Some(start), Some(end)) if start > end => Reading { starts_on: None, expires_on: None, ..reading },
        _ => reading,
    }
}
