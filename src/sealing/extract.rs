//! Finding license files in whatever they were pasted in: mail, HTML, JSON, a console's output, a Kubernetes secret.

use serde::de::IgnoredAny;

use super::{
    envelope::{BEGINNING, decode64, encode64},
    file::MAX_FILE_BYTES,
};

/// How many beginnings of one text are tried: a mail may quote a license several times.
const MAX_CANDIDATES: usize = 8;
/// [`BEGINNING`] in Base64 once more, as Kubernetes keeps secrets; what follows depends on the text behind it.
const TWICE: &str = "ZXlKa1lYUmhJam9p";
/// The longest markup that is taken for a tag or an entity.
const MAX_TAG_BYTES: usize = 200;

/// The license files in `text`, each as GitLab's own encoder writes it, in the order of the text. In time proportional to
/// the text.
pub(crate) fn extract(text: &str) -> Vec<String> {
    let plain = plain(text);
    let mut found = candidates(&plain, BEGINNING);
    if found.is_empty() {
        for inner in twice(&plain) {
            found.extend(candidates(&self::plain(&inner), BEGINNING));
        }
    }
    found
}

/// The text inside of each piece that is Base64 of a license.
fn twice(plain: &str) -> Vec<String> {
    let at = plain.match_indices(TWICE).take(MAX_CANDIDATES);
    at.filter_map(|(begin, _)| {
        let bytes = decode64(&trimmed(&plain[begin..]))?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    })
    .collect()
}

fn candidates(plain: &str, beginning: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut end = 0;
    for (begin, _) in plain.match_indices(beginning).take(MAX_CANDIDATES) {
        // A beginning inside of a file that was found is a part of it.
        if begin >= end
            && let Some((file, length)) = file(&plain[begin..])
        {
            end = begin + length;
            found.push(file);
        }
    }
    found
}

/// The file at the beginning of `text`, and how much of the text it takes at least.
fn file(text: &str) -> Option<(String, usize)> {
    let outer = decode64(&trimmed(text))?;
    let mut values = serde_json::Deserializer::from_slice(&outer).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    let length = values.byte_offset();
    Some((encode64(&outer[..length]), length))
}

/// The Base64 up to its padding, without an incomplete last group: prose may follow.
fn trimmed(text: &str) -> String {
    let is_base64 = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let text = text.chars().take_while(|c| *c != '=');
    let mut base64: String = text.filter(is_base64).take(MAX_FILE_BYTES).collect();
    if base64.len() % 4 == 1 {
        base64.pop();
    }
    base64
}

/// The text without what mail programs, HTML, JSON, Ruby and tables put between the lines of a file. What remains of other
/// text does not matter.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = skip(rest, c);
        if skipped > 0 {
            rest = &rest[skipped..];
            plain.push(' ');
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '=' | '+' | '/' => plain.push(c),
            _ if c.is_ascii_alphanumeric() => plain.push(c),
            _ if c.is_ascii() => plain.push(' '),
            // Invisible or not: no part of a file.
            _ => {}
        }
    }
    plain
}

/// How many bytes at the beginning of `rest` are markup, and no part of a file.
fn skip(rest: &str, first: char) -> usize {
    let until = |end: char| {
        let window = rest.as_bytes();
        let window = &window[..window.len().min(MAX_TAG_BYTES)];
        let length = window.iter().position(|b| char::from(*b) == end).map_or(0, |at| at + 1);
        // Ruby prints objects between the same brackets.
        if rest[..length].contains(BEGINNING) { 0 } else { length }
    };
    match first {
        '<' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => until('>'),
        '&' => {
            let end = rest.bytes().take(12).position(|b| b == b';');
            end.map_or(0, |at| at + 1)
        }
        '\\' => match rest.as_bytes().get(1) {
            Some(b'u') if rest.get(2..6).is_some_and(|code| code.eq_ignore_ascii_case("003d")) => 0,
            Some(b'u') if rest.is_char_boundary(6.min(rest.len())) => 6.min(rest.len()),
            Some(b'n' | b'r' | b't') => 2,
            _ => 0,
        },
        // A soft break of quoted-printable; `=3D` is its equals sign, which pads.
        '=' if rest[1..].starts_with('\n') => 2,
        '=' if rest[1..].starts_with("\r\n") => 3,
        // Ruby joins the lines of a long string.
        '"' | '\'' => {
            let joined = rest[1..].trim_start();
            if joined.starts_with('+') { rest.len() - joined.len() + 1 } else { 0 }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> String {
        encode64(br#"{"data":"QUJDRA==\n","key":"a2V5IGtleSBrZXkga2V5IGtleSBrZXk=\n","iv":"aXYgaXYgaXYgaXY=\n"}"#)
    }

    #[test]
    fn a_file_is_found_in_whatever_it_was_pasted_in() {
        let file = sample();
        let lines: Vec<&str> = file.lines().collect();
        let ruby = lines.iter().map(|line| format!("\"{line}\\n\"")).collect::<Vec<_>>().join(" +\n  ");
        let one_line = file.replace('\n', "");
        let quoted_printable = one_line
            .as_bytes()
            .chunks(75)
            .map(|c| String::from_utf8_lossy(c).into_owned())
            .collect::<Vec<_>>()
            .join("=\r\n");
        for text in [
            file.clone(),
            format!("Hi\n\n> {}\nBye", lines.join("\n> ")),
            format!("| {} |", lines.join(" |\n| ")),
            format!("<pre>{}<br>\n</pre>", lines.join("<br/>\n")),
            format!("Our license: `{one_line}`."),
            format!("{{\"license_key\":\"{}\"}}", file.replace('\n', "\\n")),
            format!("#<License:0x1 id: 7, data: {ruby}, cloud: false>"),
            quoted_printable.replace("\r\n", "\n") + "=3D",
            quoted_printable,
            lines.join("!\r\n "),
            lines.join("\u{200b}\n\u{feff}"),
            format!("license: {}", encode64(file.as_bytes()).replace('\n', "")),
            format!("license: {}", encode64(one_line.as_bytes())),
            format!("{file}\n{file}"),
        ] {
            assert_eq!(extract(&text).first(), Some(&file), "{text}");
        }
        assert_eq!(extract(&format!("first\n{file}\nsecond\n{file}")).len(), 2);
    }

    #[test]
    fn other_texts_hold_none() {
        let file = sample();
        for text in ["", "eyJkYXRhIjoi", &file[..file.len() / 2], "ZXlKa1lYUmhJam9p", "<<<<&&&&\\u\\"] {
            assert_eq!(extract(text), Vec::<String>::new(), "{text}");
        }
    }
}
