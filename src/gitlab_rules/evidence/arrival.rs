//! Undoes what mail programs, editors and browsers do to a text on its way.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::sealing::envelope::decode64;

/// The text as it was before it was quoted, indented by a mail program or copied off a page: no `> ` before its lines, plain
/// spaces and line ends, no invisible characters.
pub(super) fn as_sent(text: &str) -> String {
    let mut sent = String::with_capacity(text.len());
    for line in text.split('\n') {
        let visible =
            line.trim_end_matches('\r').chars().filter(|c| !matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}'));
        let line: String =
            visible.map(|c| if matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}') { ' ' } else { c }).collect();
        sent.push_str(unquoted(&line));
        sent.push('\n');
    }
    sent.pop();
    sent
}

/// The line without the marks of quoted mail.
fn unquoted(line: &str) -> &str {
    let mut rest = line;
    while let Some(inner) = rest.trim_start_matches([' ', '\t']).strip_prefix('>') {
        rest = inner.strip_prefix(' ').unwrap_or(inner);
    }
    rest
}

/// The texts of the ZIP archives in `text`, which are Base64 as in the source of a mail.
pub(super) fn unzipped(text: &str) -> Vec<String> {
    let mut left = MAX_UNZIPPED_BYTES;
    let archives = text.match_indices(ZIP_BASE64).take(MAX_ARCHIVES);
    archives.flat_map(|(begin, _)| entries(&text[begin..], &mut left)).collect()
}

/// The texts of the archive at the beginning of `text`; all its entries have at most `left` bytes.
fn entries(text: &str, left: &mut u64) -> Vec<String> {
    let is_base64 = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let base64: String = text.chars().filter(|c| !c.is_whitespace()).take_while(is_base64).collect();
    let whole = base64.len() - usize::from(base64.len() % 4 == 1);
    let Some(bytes) = decode64(&base64[..whole]) else { return Vec::new() };
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let mut texts = Vec::new();
    for i in 0..archive.len().min(MAX_ENTRIES) {
        let mut bytes = Vec::new();
        let read = archive.by_index(i).is_ok_and(|entry| entry.take(*left).read_to_end(&mut bytes).is_ok());
        *left = left.saturating_sub(bytes.len() as u64);
        texts.extend(read.then(|| String::from_utf8_lossy(&bytes).into_owned()));
    }
    texts
}

/// JSON that was cut off, closed after its last whole value; `None` if it is not cut off.
pub(super) fn closed(json: &str) -> Option<String> {
    let mut open = Vec::new();
    // Where the last whole value ends, and what is open there.
    let mut last_whole = (0, Vec::new());
    let (mut in_string, mut is_escaped) = (false, false);
    for (at, byte) in json.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'}' | b']' => {
                open.pop();
                if open.is_empty() {
                    return None;
                }
            }
            b',' => {
                last_whole.0 = at;
                last_whole.1.clone_from(&open);
            }
            _ => {}
        }
        if open.len() > MAX_DEPTH {
            return None;
        }
    }
    let (end, open) = last_whole;
    (end > 0).then(|| json[..end].chars().chain(open.into_iter().rev()).collect())
}

/// The signature of a ZIP archive, in Base64.
const ZIP_BASE64: &str = "UEsDB";
const MAX_ARCHIVES: usize = 4;
/// Of one archive.
const MAX_ENTRIES: usize = 8;
/// Of all archives together: a small archive may hold gigabytes.
const MAX_UNZIPPED_BYTES: u64 = 1024 * 1024;

/// Deeper JSON is no artefact, and what is open is copied at each comma.
const MAX_DEPTH: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_lines_plain_spaces_and_line_ends_are_restored() {
        assert_eq!(as_sent("\u{feff}> > {\r\n> >   \"a\":\u{a0}1\r\n>\r\n> > }"), "{\n  \"a\": 1\n\n}");
        assert_eq!(as_sent("a > b\nirb(main):001:0> x"), "a > b\nirb(main):001:0> x");
    }

    #[test]
    fn json_that_was_cut_off_is_closed_after_its_last_whole_value() {
        for (cut, expected) in [
            (r#"{"a":1,"b":{"c":[1,2"#, Some(r#"{"a":1,"b":{"c":[1]}}"#)),
            (r#"{"a":"x, \"y","b":"half"#, Some(r#"{"a":"x, \"y"}"#)),
            (r#"[{"a":1},{"b":"#, Some(r#"[{"a":1}]"#)),
            (r#"{"a":1}"#, None),
            (r#"{"a"#, None),
        ] {
            assert_eq!(closed(cut).as_deref(), expected, "{cut}");
        }
    }
}
