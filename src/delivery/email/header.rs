//! Header fields as RFC 5322 and RFC 2047 want them. lettre leaves a dot in a display name unquoted, and lets lines with
//! encoded words grow beyond 76 characters.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// RFC 5322, section 2.1.1, and for lines with encoded words RFC 2047, section 2.
const MAX_LINE_CHARS: usize = 76;

const WORD_START: &str = "=?utf-8?B?";
const WORD_END: &str = "?=";

/// Bytes of text per encoded word: 52 characters of Base64, so that a word fits behind `Reply-To: `.
const WORD_BYTES: usize = 39;

/// `Name: text`, folded, with a line break at its end.
pub(super) fn text(name: &str, text: &str) -> String {
    let is_plain = is_printable(text) && !text.contains("=?");
    let words = if is_plain { text.split(' ').map(ToOwned::to_owned).collect() } else { encoded_words(text) };
    field(name, &words)
}

/// `Name: display name <address>`, or the bare address.
pub(super) fn mailbox(name: &str, display_name: Option<&str>, address: &str) -> String {
    let Some(display_name) = display_name.map(str::trim).filter(|name| !name.is_empty()) else {
        return field(name, &[address.to_owned()]);
    };
    let mut words = phrase(display_name);
    words.push(format!("<{address}>"));
    field(name, &words)
}

/// Atoms, one quoted string (which may be folded at its spaces), or encoded words.
fn phrase(text: &str) -> Vec<String> {
    // Many readers decode encoded words even within quotes.
    if !is_printable(text) || text.contains("=?") {
        return encoded_words(text);
    }
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    if text.split(' ').all(|word| !word.is_empty() && word.chars().all(is_atom)) {
        return text.split(' ').map(ToOwned::to_owned).collect();
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"").split(' ').map(ToOwned::to_owned).collect()
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

fn encoded_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.floor_char_boundary(WORD_BYTES));
        words.push(format!("{WORD_START}{}{WORD_END}", STANDARD.encode(now)));
        rest = later;
    }
    words
}

/// Joins words by spaces, and folds before the one that would exceed the line.
fn field(name: &str, words: &[String]) -> String {
    let mut field = format!("{name}:");
    let mut line_chars = field.len();
    for (i, word) in words.iter().enumerate() {
        // The first word stays: some readers do not take a field whose first line is empty. An empty word is a space, and
        // a line of spaces alone is not allowed.
        if i > 0 && !word.is_empty() && line_chars + 1 + word.len() > MAX_LINE_CHARS {
            field.push_str("\r\n");
            line_chars = 0;
        }
        field.push(' ');
        field.push_str(word);
        line_chars += 1 + word.len();
    }
    field + "\r\n"
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;

    use super::*;

    #[test]
    fn a_display_name_is_quoted_if_it_has_specials() {
        for (name, field) in [
            ("Jane Roe", "To: Jane Roe <a@b.example>\r\n"),
            (".NET", "To: \".NET\" <a@b.example>\r\n"),
            ("J.Doe", "To: \"J.Doe\" <a@b.example>\r\n"),
            ("Dr. No", "To: \"Dr. No\" <a@b.example>\r\n"),
            ("Bob\" <evil@x.example>, \"", "To: \"Bob\\\" <evil@x.example>, \\\"\" <a@b.example>\r\n"),
            ("a  b", "To: \"a  b\" <a@b.example>\r\n"),
            ("=?utf-8?q?x?=", "To: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?= <a@b.example>\r\n"),
            ("Jürgen", "To: =?utf-8?B?SsO8cmdlbg==?= <a@b.example>\r\n"),
            (" ", "To: a@b.example\r\n"),
        ] {
            assert_eq!(mailbox("To", Some(name), "a@b.example"), field);
        }
    }

    #[test]
    fn names_come_out_of_a_mail_program_as_they_went_in_and_lines_stay_short() {
        let address = format!("{}@acme.example", "a".repeat(52));
        for name in [
            "Jürgen 日本 🦊",
            &"ü".repeat(200),
            &"日本 ".repeat(60),
            &"Dr. No, ".repeat(25),
            "\\ \" \\\"",
            "a, b; c: <>@",
        ] {
            for header in ["From", "To", "Reply-To"] {
                let field = mailbox(header, Some(name), &address);
                assert!(field.lines().all(|line| line.len() <= MAX_LINE_CHARS && !line.trim().is_empty()), "{field}");
                let mail = format!("{field}{}\r\ntext\r\n", text("Subject", name.trim()));
                let parsed = MessageParser::default().parse(&mail).unwrap();
                let found = parsed.header(header).unwrap().as_address().unwrap().first().unwrap();
                assert_eq!((found.name(), found.address()), (Some(name.trim()), Some(address.as_str())), "{field}");
                assert_eq!(parsed.subject(), Some(name.trim()), "{mail}");
            }
        }
    }
}
