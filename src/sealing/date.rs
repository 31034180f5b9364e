//! Dates as Ruby's `Date.parse` takes them, as far as a license file may have them.

use jiff::civil::Date;

/// Ruby gives up on longer texts, too.
const MAX_BYTES: usize = 128;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Takes `2026-11-05`, `2026/11/5`, `20261105`, `5 Nov 2026` and `November 5th, 2026`, each with a weekday before it or a
/// time after it. Returns `None` for other texts.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let (year, month, day) = if let Some(at) = words.iter().position(|word| month(word).is_some()) {
        let before = at.checked_sub(1).and_then(|before| day(words[before]));
        let after = words.get(at + 1).and_then(|word| day(word));
        let year = words[at + 1..].iter().find(|word| word.len() == 4 && is_number(word))?;
        (*year, month(words[at])?, before.or(after)?)
    } else {
        // ISO's T stands between date and time.
        let first = words.first()?.split('T').next()?;
        match first.len() {
            8 if is_number(first) => (&first[..4], first[4..6].parse().ok()?, first[6..].parse().ok()?),
            4 if is_number(first) => (first, words.get(1)?.parse().ok()?, day(words.get(2)?.split('T').next()?)?),
            _ => return None,
        }
    };
    Date::new(year.parse().ok()?, month, day).ok()
}

/// `Nov` or `November`.
fn month(word: &str) -> Option<i8> {
    let begin = word.get(..3)?.to_ascii_lowercase();
    let month = (1..).zip(MONTHS).find(|(_, name)| *name == begin)?.0;
    word.bytes().all(|b| b.is_ascii_alphabetic()).then_some(month)
}

/// `5` or `5th`.
fn day(word: &str) -> Option<i8> {
    ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word).parse().ok()
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_date_may_be_written_in_several_ways() {
        for text in [
            "2026-11-05",
            " 2026-11-05 ",
            "2026-11-5",
            "2026/11/05",
            "20261105",
            "2026-11-05T00:00:00.000Z",
            "20261105T000000Z",
            "2026-11-05 00:00:00 UTC",
            "5 Nov 2026",
            "05-Nov-2026",
            "Nov 5, 2026",
            "November 5th, 2026",
            "Thu, 05 Nov 2026 00:00:00 +0000",
            "Thu Nov  5 00:00:00 UTC 2026",
        ] {
            assert_eq!(parse_date(text), Some(date(2026, 11, 5)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_date() {
        let long = format!("2026-11-05{}", " ".repeat(MAX_BYTES));
        for text in
            ["", "someday", "never", "2026", "2026-11", "2026-02-30", "20261305", "Nov 2026", "5 Nov", "é", &long]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
