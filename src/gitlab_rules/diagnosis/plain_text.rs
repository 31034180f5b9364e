//! The text that a customer pasted, without what mail programs, terminals, logs and browsers added to it.
//!
//! GitLab.com by name is the word `gitlabcom`, a link into it `gitlabcomlink`. Its other hosts (`about.gitlab.com`),
//! addresses at them, and links to GitLab's own projects say nothing about the customer: they are `gitlabhost`.

use std::borrow::Cow;

/// Decodes escapes and entities, and removes tags, soft line breaks and line prefixes.
pub(crate) fn plain_text(text: &str) -> String {
    let decoded = decode_quoted_printable(text);
    let unescaped = unescape_json(&decoded);
    let untagged = strip_tags(&unescaped);
    let decoded: Cow<'_, str> = htmlize::unescape(untagged.as_ref());
    // The source of a page may itself be escaped, so that its tags appear only now.
    let untagged = strip_tags(&decoded);
    let lines: Vec<_> = untagged.lines().map(strip_prefixes).collect();
    name_hosts(&lines.join("\n"))
}

/// Joins soft line breaks, and decodes `=E2=80=99` and the like.
fn decode_quoted_printable(text: &str) -> Cow<'_, str> {
    if !text.contains('=') {
        return Cow::Borrowed(text);
    }
    let joined = text.replace("=\r\n", "").replace("=\n", "");
    let mut decoded = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match (first, after) {
            (b'=', [high, low, after @ ..]) if is_upper_hex(*high) && is_upper_hex(*low) => {
                decoded.push(hex(*high) * 16 + hex(*low));
                rest = after;
            }
            _ => {
                decoded.push(first);
                rest = after;
            }
        }
    }
    // An equals sign of another kind gave bytes that are no text.
    String::from_utf8(decoded).map_or(Cow::Owned(joined), Cow::Owned)
}

fn is_upper_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'F')
}

fn hex(digit: u8) -> u8 {
    if digit.is_ascii_digit() { digit - b'0' } else { digit - b'A' + 10 }
}

/// Decodes `\n`, `\"`, `\u0027` and the like, however many backslashes they have.
fn unescape_json(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let escape = after.trim_start_matches('\\');
        let code = escape.strip_prefix('u').and_then(|code| code.get(..4));
        let decoded = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        rest = match (decoded, escape.chars().next()) {
            (Some(c), _) => {
                plain.push(c);
                &escape[5..]
            }
            (None, Some('n' | 'r' | 't')) => {
                plain.push('\n');
                &escape[1..]
            }
            _ => escape,
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// Replaces what looks like an HTML tag with a space; a lone `<` stays.
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
        // Stopping at the next < keeps many lone ones from costing a search to the end each.
        let end = inside.find(['<', '>']).filter(|end| is_tag && inside[*end..].starts_with('>'));
        plain.push(if end.is_some() { ' ' } else { '<' });
        rest = end.map_or(inside, |end| &inside[end + 1..]);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// Removes what quoting, lists, git and logs put in front of a line: `> `, `* `, `remote: `, `[12:00:00] INFO: `.
fn strip_prefixes(line: &str) -> &str {
    let mut rest = line;
    loop {
        let shorter = strip_prefix(rest.trim_start());
        if shorter.len() == rest.len() {
            return rest;
        }
        rest = shorter;
    }
}

/// `line` without its first prefix, if it has one.
fn strip_prefix(line: &str) -> &str {
    const SPEAKERS: [&str; 9] = ["remote", "gitlab", "fatal", "error", "warning", "warn", "info", "debug", "stderr"];
    /// Only the beginning of a line is searched, so that many prefixes on a long line stay cheap.
    const MAX_PREFIX_BYTES: usize = 64;
    let head = &line[..line.floor_char_boundary(MAX_PREFIX_BYTES)];
    if let Some(rest) = line.strip_prefix(['>', '|', '│', '#']) {
        return rest;
    }
    if let Some(rest) = line.strip_prefix(['*', '•', '·', '+', '-', '–']) {
        // A hyphen without a space is a minus sign.
        return if rest.starts_with([' ', '\t']) || rest.is_empty() { rest } else { line };
    }
    if let Some((label, _)) = head.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_label = !label.contains('"') && (!label.contains(' ') || label.contains(|c: char| c.is_ascii_digit()));
        return if is_label { &line[label.len() + 2..] } else { line };
    }
    if let Some((process, _)) = head.split_once("]: ")
        && process.rsplit_once('[').is_some_and(|(_, id)| id.bytes().all(|b| b.is_ascii_digit()))
    {
        return &line[process.len() + 3..];
    }
    let word = head.split(char::is_whitespace).next().unwrap_or_default();
    let next = head[word.len()..].trim_start();
    let is_date = word.parse::<jiff::civil::Date>().is_ok();
    let is_dated = is_date && is_time(next.split(char::is_whitespace).next().unwrap_or_default());
    if is_time(word) || is_dated || next.starts_with('|') && !word.is_empty() {
        return &line[word.len()..];
    }
    match word.split_once(':') {
        Some((label, _)) if SPEAKERS.iter().any(|speaker| label.eq_ignore_ascii_case(speaker)) => {
            &line[label.len() + 1..]
        }
        _ => line,
    }
}

/// Whether `word` is a time of day, with or without its date: `10:00:00`, `2026-11-21T10:00:00.123Z`.
fn is_time(word: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',' | '-' | '+' | '_' | 'T' | 'Z');
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.trim_end_matches(':').contains(':')
        && word.chars().all(digits)
}

/// Tells GitLab.com, links into it, and its other hosts apart.
fn name_hosts(text: &str) -> String {
    const SITE: &str = "gitlab.com";
    /// How much of a link is read.
    const MAX_PATH_CHARS: usize = 200;
    let is_in_url = |c: char| !c.is_whitespace() && !matches!(c, '"' | ')' | '>');
    // Only ASCII changes its case, so that the positions stay the same.
    let lower = text.to_ascii_lowercase();
    let signature = signature_at(text);
    let mut named = String::with_capacity(text.len());
    let mut at = 0;
    for (place, _) in lower.match_indices(SITE) {
        let path: String =
            lower[place + SITE.len()..].chars().take(MAX_PATH_CHARS).take_while(|c| is_in_url(*c)).collect();
        let is_other_host = text[..place]
            .ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '@' | '-' | '_'))
            || path.starts_with(|c: char| c.is_alphanumeric() || c == '-');
        let is_link = text[..place].ends_with("://") || path.len() > 1 && path.starts_with('/');
        let is_gitlabs = path.contains("/-/") || path.starts_with("/gitlab-");
        named.push_str(&text[at..place]);
        named.push_str(match () {
            () if is_other_host || is_gitlabs || place > signature => " gitlabhost ",
            () if is_link => " gitlabcomlink ",
            () => " gitlabcom ",
        });
        at = place + SITE.len();
    }
    named.push_str(&text[at..]);
    named
}

/// Where the signature of a mail begins; the end of the text without one.
fn signature_at(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "--" {
            return at;
        }
        at += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tests::shown;

    #[test]
    fn the_site_is_told_from_its_other_hosts() {
        for (text, expected) in [
            ("GitLab.com", "gitlabcom"),
            ("https://gitlab.com/acme", "https gitlabcomlink acme"),
            ("https://gitlab.com/gitlab-org/gitlab", "https gitlabhost gitlab org gitlab"),
            ("https://gitlab.com/acme/app/-/issues/1", "https gitlabhost acme app issues #1"),
            ("on GitLab.com\n-- \nJane, GitLab.com", "on gitlabcom jane gitlabhost"),
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
