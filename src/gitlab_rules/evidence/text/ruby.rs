//! Values as Ruby prints them.

use jiff::civil::Date;

/// The elements of a hash as `inspect` prints them, in every form: `:plan=>"premium"`, `"Name" => "Jane"`,
/// `plan: "premium"`. `None` if the text is cut off.
pub(super) fn hash(text: &str) -> Option<Vec<(String, &str)>> {
    let inside = text.trim_start().strip_prefix('{')?;
    let (mut pairs, mut begin, mut depth, mut in_string, mut is_escaped) = (Vec::new(), 0, 0_usize, false, false);
    for (at, c) in inside.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = in_string,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '{' | '[' | '(' => depth += 1,
            ',' | '}' if depth == 0 => {
                pairs.extend(pair(&inside[begin..at]));
                begin = at + 1;
                if c == '}' {
                    return Some(pairs);
                }
            }
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn pair(text: &str) -> Option<(String, &str)> {
    let text = text.trim();
    let (key, value) = if text.starts_with('"') {
        let (key, rest) = string(text)?;
        let rest = rest.trim_start();
        (key, rest.strip_prefix("=>").or_else(|| rest.strip_prefix(':'))?)
    } else if let Some(symbol) = text.strip_prefix(':') {
        let (key, value) = symbol.split_once("=>")?;
        (key.trim().to_owned(), value)
    } else {
        let (key, value) = text.split_once(':')?;
        (key.to_owned(), value)
    };
    Some((key, value.trim()))
}

/// A string literal at the beginning of the text, also in pieces: `"a\n" + "b\n"`; and what follows it.
/// Line breaks inside of it were added on the way here.
pub(super) fn string(text: &str) -> Option<(String, &str)> {
    let mut whole = String::new();
    let mut rest = text.strip_prefix('"')?;
    loop {
        let end = rest.find(['"', '\\', '\n'])?;
        whole.push_str(&rest[..end]);
        let special = rest.as_bytes()[end];
        rest = &rest[end + 1..];
        if special == b'\\' {
            let c = rest.chars().next()?;
            rest = &rest[c.len_utf8()..];
            whole.push(match c {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            });
        } else if special == b'"' {
            match rest.trim_start().strip_prefix('+').and_then(|next| next.trim_start().strip_prefix('"')) {
                Some(next) => rest = next,
                None => return Some((whole, rest)),
            }
        }
    }
}

/// `Sun, 01 Nov 2026`, as a date is inspected, also with a time behind it; and `2026-11-01`.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim().trim_matches('"');
    if let Some(date) = super::lines::iso_date(text) {
        return Some(date);
    }
    let (weekday, rest) = text.split_once(", ")?;
    let day: Vec<&str> = rest.split_whitespace().take(3).collect();
    (weekday.len() == 3).then(|| Date::strptime("%d %b %Y", day.join(" ")).ok()).flatten()
}
