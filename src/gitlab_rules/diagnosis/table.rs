//! The row that explains one message.

use jiff::{ToSpan, civil::Date};

use super::{Finding, Kind, Values, pattern::Match};
use crate::{gitlab_rules::acceptance::delimited, license::Seats};

/// How long GitLab lets a paid license be used after its expiry before it blocks changes.
pub(crate) const GRACE_DAYS: i64 = 14;

/// One message: how it is recognised and what it means.
///
/// Placeholders in the texts: `{0}`, `{1}` … are the message's numbers in order, `{0 users}` is a number with its noun,
/// `{date}` is the first date, and `{expires_on}` and `{blocks_on}` are the days in [`Values`].
pub(crate) struct Row {
    pub kind: Kind,
    /// See [`super::pattern`] for the syntax.
    pub wordings: &'static [&'static str],
    /// Whether its numbers make sense for this row.
    pub holds: fn(&[i64]) -> bool,
    /// The findings beside which it adds nothing: it is a part of their message, or less precise.
    pub yields_to: fn(Kind) -> bool,
    /// Whether GitLab.com prints it too, where it means something else.
    pub is_on_gitlab_com: bool,
    /// The seats to generate a license for.
    pub seats: fn(&[i64]) -> Option<i64>,
    /// What the message says about the instance, on a given day.
    pub values: fn(&Match, Date) -> Values,
    pub meaning: &'static str,
    pub steps: &'static [&'static str],
    pub reply: &'static str,
}

/// The defaults of a row.
pub(crate) const PLAIN: Row = Row {
    kind: Kind::Unknown,
    wordings: &[],
    holds: |_| true,
    yields_to: |_| false,
    is_on_gitlab_com: false,
    seats: |_| None,
    values: |_, _| Values::NONE,
    meaning: "",
    steps: &[],
    reply: "",
};

impl Row {
    /// Whether `found` repeats `known`: the same message with the same numbers and dates.
    pub(crate) fn repeats(&self, found: &Match, other: &Self, known: &Match) -> bool {
        self.kind == other.kind && found.numbers == known.numbers && found.dates == known.dates
    }

    pub(crate) fn explain(&self, found: &Match, today: Date) -> Finding {
        let seats = (self.seats)(&found.numbers).and_then(|n| u64::try_from(n).ok()).and_then(|n| Seats::parse(n).ok());
        let values = (self.values)(found, today);
        let fill = |text| fill(text, found, &values);
        Finding {
            kind: self.kind,
            meaning: fill(self.meaning),
            steps: self.steps.iter().map(|step| fill(step)).collect(),
            seats: seats.map(Seats::get),
            reply: fill(self.reply),
            values,
        }
    }
}

/// A number of users or seats, if it can be one.
pub(crate) fn count(number: Option<i64>) -> Option<u32> {
    number.and_then(|number| number.try_into().ok())
}

/// The day `days` after `today`, if the number can be a term.
pub(crate) fn day_after(today: Date, days: Option<i64>) -> Option<Date> {
    days.filter(|days| (0..=3660).contains(days)).and_then(|days| today.checked_add(days.days()).ok())
}

/// The expiry of a license whose grace period ends when changes are blocked on `blocks_on`.
pub(crate) fn expiry_before(blocks_on: Option<Date>) -> Option<Date> {
    blocks_on.and_then(|day| day.checked_sub(GRACE_DAYS.days()).ok())
}

/// Replaces the placeholders in `text`.
fn fill(text: &str, found: &Match, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(&value(name, found, values));
        rest = after;
    }
    filled + rest
}

fn value(name: &str, found: &Match, values: &Values) -> String {
    let day = match name {
        "date" => found.dates.first().copied(),
        "expires_on" => values.expires_on,
        "blocks_on" => values.blocks_on,
        _ => return number(name, found).unwrap_or_default(),
    };
    day.map_or_else(|| "an unknown day".to_owned(), |day| day.to_string())
}

/// A number of the message by its index, with its noun if one follows.
fn number(name: &str, found: &Match) -> Option<String> {
    let (index, noun) = name.split_once(' ').map_or((name, None), |(index, noun)| (index, Some(noun)));
    let number = *found.numbers.get(index.parse::<usize>().ok()?)?;
    Some(match noun {
        Some(noun) if number == 1 => format!("1 {}", noun.trim_end_matches('s')),
        Some(noun) => format!("{} {noun}", signed(number)),
        None => signed(number),
    })
}

fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", delimited(number.unsigned_abs()))
}
