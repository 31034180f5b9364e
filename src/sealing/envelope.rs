//! The text layers of a license file: Ruby's Base64 and the tolerance of GitLab's reader.

use std::ops::Range;

use base64::{Engine as _, engine::GeneralPurpose, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// The line length of Ruby's `encode64`.
const LINE_CHARS: usize = 60;

/// The first characters of every license file: Base64 of `{"data":"`.
pub(crate) const BEGINNING: &str = "eyJkYXRhIjoi";

/// The shortest piece that counts as a line of a truncated license file.
const MIN_PIECE_CHARS: usize = 20;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The encoded parts of a license file, in output order.
#[derive(Serialize, Deserialize)]
pub(super) struct Envelope {
    pub(super) data: String,
    pub(super) key: String,
    pub(super) iv: String,
}

/// Ruby's `Base64.encode64`: 60 characters a line, `\n` after every line, the last included.
pub fn encode64(bytes: &[u8]) -> String {
    let plain = STANDARD.encode(bytes);
    let mut text = String::with_capacity(plain.len() + plain.len() / LINE_CHARS + 1);
    for (i, c) in plain.chars().enumerate() {
        if i > 0 && i % LINE_CHARS == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Ruby's `Base64.decode64`: characters outside of the alphabet are skipped, padding ends the text.
///
/// Skipping is what makes a file survive quoting (`> `), indenting, CRLF and re-wrapping in a mail.
/// Returns `None` if the rest has an impossible length.
pub fn decode64(text: &str) -> Option<Vec<u8>> {
    let alphabet: String = text
        .chars()
        .take_while(|c| *c != '=')
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'))
        .collect();
    LENIENT.decode(alphabet).ok()
}

/// The text behind the last BEGIN line and before the next END line, as GitLab's reader takes it: either line may be
/// missing. Lines may also be quoted or indented, which that reader does not know.
pub(crate) fn strip_boundary(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut is_cut = false;
    if let Some(begin) = lines.iter().rposition(|line| is_boundary(line, "BEGIN ")) {
        lines.drain(..=begin);
        is_cut = true;
    }
    if let Some(end) = lines.iter().position(|line| is_boundary(line, "END ")) {
        lines.truncate(end);
        is_cut = true;
    }
    if is_cut { lines.join("\n") } else { text.to_owned() }
}

/// `BEGIN GITLAB LICENSE`, of any product, with any number of hyphens around it.
fn is_boundary(line: &str, word: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ', '\t', '\u{feff}']).trim_end().trim_matches('-');
    let product = line.strip_prefix(word).and_then(|rest| rest.strip_suffix(" LICENSE"));
    // A file on one line has both boundaries on it, and is not to be dropped as one of them.
    product.is_some_and(|product| !product.is_empty() && !product.contains(" LICENSE"))
}

/// Finds a license file in a longer text without boundary lines: from its beginning to the end of its envelope or, if it
/// is truncated, to the last piece that looks like a part of it. GitLab's reader does not do this.
pub(crate) fn find(text: &str) -> Option<Range<usize>> {
    let begin = text.find(BEGINNING)?;
    let mut encoded = String::new();
    // For the end of each piece: the Base64 characters so far, and the position in the text.
    let mut ends = Vec::new();
    let mut last_long_end = begin + BEGINNING.len();
    let mut at = begin;
    for piece in text[begin..].split_inclusive(char::is_whitespace) {
        let end = at + piece.trim_end().len();
        at += piece.len();
        let chars = piece.trim_end().trim_start_matches('>').trim_end_matches("=3D").trim_end_matches('=');
        if !chars.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')) {
            break;
        }
        encoded.push_str(chars);
        ends.push((encoded.len(), end));
        if chars.len() >= MIN_PIECE_CHARS {
            last_long_end = end;
        }
    }
    // What follows the envelope may be prose, so the last group may be incomplete.
    let tail = if encoded.len() % 4 == 1 { encoded.len() - 1 } else { encoded.len() };
    let outer = LENIENT.decode(&encoded[..tail]).ok()?;
    let mut values = serde_json::Deserializer::from_slice(&outer).into_iter::<serde::de::IgnoredAny>();
    let end = match values.next() {
        Some(Ok(_)) => {
            let needed = (values.byte_offset() * 4).div_ceil(3);
            ends.iter().find(|(count, _)| *count >= needed).map_or(last_long_end, |(_, end)| *end)
        }
        _ => last_long_end,
    };
    Some(begin..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encode64_is_rubys() {
        assert_eq!(encode64(b""), "");
        assert_eq!(encode64(b"abc"), "YWJj\n");
        let two_lines = encode64(&[0; 46]);
        assert_eq!(two_lines.lines().map(str::len).collect::<Vec<_>>(), [60, 4]);
        assert!(two_lines.ends_with("==\n"));
    }

    #[test]
    fn decode64_skips_what_mail_programs_add() {
        for text in ["YWJj\n", "> YWJj", "\u{feff}YW\r\nJj", "  YW Jj  ", "YWI=", "YWI=3D", "YWI"] {
            assert!(matches!(decode64(text).as_deref(), Some(b"abc" | b"ab")), "{text:?}");
        }
        assert_eq!(decode64("Y"), None);
    }

    #[test]
    fn boundary_lines_of_any_product_count_and_either_may_be_missing() {
        for (begin, end) in [
            ("--BEGIN GITLAB LICENSE--", "--END GITLAB LICENSE--"),
            ("-----BEGIN GITLAB EE LICENSE", "END ACME LICENSE-----"),
            ("BEGIN GITLAB LICENSE", "END GITLAB LICENSE"),
        ] {
            let whole = format!("Hi\r\n{begin}\r\nabc\r\n{end}\r\nBye");
            assert_eq!(strip_boundary(&whole), "abc");
            assert_eq!(strip_boundary(&format!("{begin}\nabc\nBye")), "abc\nBye");
            assert_eq!(strip_boundary(&format!("abc\n{end}\nBye")), "abc");
            assert_eq!(strip_boundary(&format!("{whole}\n{begin}\ndef\n{end}\n{end}")), "def", "the last one counts");
        }
        for text in ["abc\nBEGIN LICENSE\n", "abc\nBEGIN  LICENSES\n", "abc\n-- END GITLAB LICENSE\n"] {
            assert_eq!(strip_boundary(text), text);
        }
    }

    #[test]
    fn boundary_lines_count_only_on_lines_of_their_own() {
        assert_eq!(strip_boundary("Hi\n> --BEGIN GITLAB LICENSE--\n> abc\n> --END GITLAB LICENSE--\nBye"), "> abc");
        let flat = "--BEGIN GITLAB LICENSE-- abc --END GITLAB LICENSE--";
        assert_eq!(strip_boundary(flat), flat);
    }
}
