//! Text that is safe on a single line.

use std::fmt;

/// One line of text from outside: trimmed, not empty, bounded, free of control, direction-changing and invisible
/// characters.
///
/// Names and companies end up in mail headers, issue titles and logs, where a line break or a change of direction could
/// forge or disguise text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleLine(String);

impl SingleLine {
    /// Accepts at most `max_chars` characters after trimming. Removes invisible characters, which come along with copied
    /// names.
    pub fn parse(text: &str, max_chars: usize) -> Result<Self, String> {
        let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
        let text = visible.trim();
        if text.is_empty() {
            return Err("must not be empty".into());
        }
        if text.chars().count() > max_chars {
            return Err(format!("must have at most {max_chars} characters"));
        }
        if text.chars().any(breaks_line) {
            return Err("must not contain line breaks, control or direction-changing characters".into());
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SingleLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Characters that show nothing and that no script's spelling needs, unlike joiners and variation selectors: two names
/// that look the same must be the same.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
            | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Control characters, line and paragraph separators, and the bidirectional overrides (Unicode TR 9).
pub fn breaks_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_not_part_of_a_name() {
        for spelling in
            ["\u{feff}Jane", "Ja\u{200b}ne", "Jane\u{3164}", "J\u{ad}ane", "Jane\u{e0041}", " \u{2060} Jane"]
        {
            assert_eq!(SingleLine::parse(spelling, 20).unwrap().as_str(), "Jane", "{spelling:?}");
        }
        assert!(SingleLine::parse("\u{3164}\u{feff}", 20).is_err());
        for needed in ["नि\u{200d}त", "می\u{200c}خواهم", "葛\u{e0100}城"] {
            assert_eq!(SingleLine::parse(needed, 20).unwrap().as_str(), needed);
        }
    }

    #[test]
    fn a_line_is_trimmed_bounded_and_cannot_break_a_header() {
        assert_eq!(SingleLine::parse("  Acme GmbH ", 20).unwrap().as_str(), "Acme GmbH");
        assert!(SingleLine::parse("日本株式会社", 6).is_ok());
        for hostile in ["", "   ", "a\r\nBcc: x@y.example", "a\0b", "a\u{202e}b", "a\u{61c}b", "a\u{2028}b", "seven77"]
        {
            assert!(SingleLine::parse(hostile, 6).is_err(), "{hostile:?}");
        }
    }
}
