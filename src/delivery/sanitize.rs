//! Makes untrusted text fit to be repeated: one line, bounded, without license text and keys.

use crate::license::single_line::breaks_line;

/// The longest error text.
pub const MAX_ERROR_CHARS: usize = 500;

/// The longest reason of a scope check or an override: an override's has at most 500 characters, the longest verdict's
/// some more. Escaped for Slack it stays below the 3000 of a section.
pub(crate) const MAX_REASON_CHARS: usize = 540;

/// A longer run of Base64 characters is taken for a license or a credential: no queue id or status code is that long.
const MAX_RUN_CHARS: usize = 40;
const FIRST_CUT: usize = MAX_RUN_CHARS + 1;

/// A server's error text: one line of at most [`MAX_ERROR_CHARS`], without long runs of Base64, because servers repeat
/// what they were sent.
pub(crate) fn error_text(text: &str) -> String {
    bounded(text, MAX_ERROR_CHARS)
}

/// The same with at most `max_chars`.
pub(crate) fn bounded(text: &str, max_chars: usize) -> String {
    let one_line = one_line(text);
    let mut kept = String::with_capacity(one_line.len());
    let mut rest = one_line.as_str();
    while !rest.is_empty() {
        let run = rest.find(|c| !is_base64(c)).unwrap_or(rest.len());
        kept.push_str(if run > MAX_RUN_CHARS { "[…]" } else { &rest[..run] });
        let other = rest[run..].find(is_base64).unwrap_or(rest.len() - run);
        kept.push_str(&rest[run..run + other]);
        rest = &rest[run + other..];
    }
    shorten(&kept, max_chars)
}

/// The beginning of each long run of Base64 characters: enough to know a company by, too little of a license to matter.
pub(crate) fn cut_runs(text: &str) -> String {
    let mut run = 0;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        run = if is_base64(c) { run + 1 } else { 0 };
        match run {
            0..=MAX_RUN_CHARS => kept.push(c),
            FIRST_CUT => kept.push('…'),
            _ => {}
        }
    }
    kept
}

/// At most `max_chars` characters of `text`; an ellipsis marks a cut.
pub(crate) fn shorten(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => text.chars().take(max_chars.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Replaces the local part of every email address in `text`: `***@acme.example`.
pub(crate) fn mask_addresses(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(ends_an_address) {
        match piece.rsplit_once('@') {
            Some((_, domain)) => masked.extend(["***@", domain]),
            None => masked.push_str(piece),
        }
    }
    masked
}

/// What breaks a line or changes its direction becomes a space, and runs of spaces become one.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
}

fn ends_an_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"')
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};

    use super::*;
    use crate::{
        gitlab_rules::{Evidence, Scope, eligibility::judge},
        license::{Plan, verdict::OVERRIDE_REASON_CHARS},
    };

    #[test]
    fn a_servers_error_is_one_bounded_line() {
        assert_eq!(error_text(" 5.1.1\r\n no\tsuch\0 user\u{202e} "), "5.1.1 no such user");
        assert_eq!(error_text(&"é ".repeat(2000)).chars().count(), MAX_ERROR_CHARS);
        assert_eq!(error_text(""), "");
    }

    #[test]
    fn a_license_or_key_that_a_server_repeats_is_removed() {
        let key = "eyJkYXRhIjoi".repeat(5);
        assert_eq!(error_text(&format!("bad line: {key}\n{key} end")), "bad line: […] […] end");
        assert_eq!(error_text("queued as 4CqXrJ5b3Xz1"), "queued as 4CqXrJ5b3Xz1");
    }

    #[test]
    fn addresses_keep_only_their_domain() {
        let said = "<jane.doe@acme.example>: unknown; ask postmaster@mx.example, \"a@b\"@c.example x";
        let masked = "<***@acme.example>: unknown; ask ***@mx.example, \"***@b\"***@c.example x";
        assert_eq!(mask_addresses(said), masked);
        assert_eq!(mask_addresses("no address"), "no address");
    }

    #[test]
    fn no_reason_of_a_scope_check_is_cut_off() {
        let day = date(2026, 12, 31);
        for scope in [Scope { grace_days: 365, window_days: 365 }, Scope { grace_days: 14, window_days: 3 }] {
            for days in -800_i64..800 {
                let evidence =
                    Evidence { plan: Some(Plan::Premium), expires_on: Some(day + days.days()), ..Evidence::default() };
                let reason = judge(&evidence, day + (days % 7).days(), &scope).reason;
                assert_eq!(bounded(&format!("out of scope: {reason}"), MAX_REASON_CHARS).chars().last(), Some('.'));
            }
        }
        let (_, longest_override) = OVERRIDE_REASON_CHARS.into_inner();
        let by = format!("by {} because ", "a".repeat(255));
        assert!(longest_override <= MAX_REASON_CHARS && (by.len() + 20 + MAX_REASON_CHARS * 5) < 3000);
    }

    #[test]
    fn shortened_text_is_marked() {
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("abcd", 3), "ab…");
    }
}
