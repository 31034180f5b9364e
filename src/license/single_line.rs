//! Text that is safe on a single line.

use std::fmt;

/// One line of text from outside: trimmed, not empty, bounded, free of control and direction-changing characters.
///
/// Names and companies end up in mail headers, issue titles and logs, where a line break or a change of direction could
/// forge or disguise text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleLine(String);

impl SingleLine {
    /// Accepts at most `max_chars` characters after trimming.
    pub fn parse(text: &str, max_chars: usize) -> Result<Self, String> {
        let text = text.trim();
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

/// Control characters, line and paragraph separators, and the bidirectional overrides (Unicode TR 9).
pub fn breaks_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

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
