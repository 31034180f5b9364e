//! The row that explains one message.

use super::{Finding, Kind, pattern::Match};
use crate::{gitlab_rules::acceptance::delimited, license::Seats};

/// One message: how it is recognised, and what is said about it.
///
/// In the texts, `{0}`, `{1}` … are the message's numbers in order, `{0 users}` is a number with its noun, and `{date}`
/// is its date.
pub(crate) struct Row {
    pub kind: Kind,
    /// Its wordings over the years, as [`super::wording`] reads them.
    pub wordings: &'static [&'static str],
    /// What must hold of its numbers besides.
    pub holds: fn(&[i64]) -> bool,
    /// Whether it counts only where nothing was recognised before it: a part of a message, or a mere topic.
    pub is_weak: bool,
    /// In what texts it counts.
    pub about: About,
    /// The seats that its numbers ask for.
    pub seats: fn(&[i64]) -> Option<i64>,
    /// For the agent: what it means.
    pub meaning: &'static str,
    /// For the agent: what to do.
    pub steps: &'static [&'static str],
    pub reply: &'static str,
}

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Site,
    /// Not GitLab.com: what both print would be explained wrongly there.
    SelfManaged,
    /// Either: only a self-managed GitLab prints it.
    Either,
}

/// What most rows do not need to say.
pub(crate) const PLAIN: Row = Row {
    kind: Kind::Unknown,
    wordings: &[],
    holds: |_| true,
    is_weak: false,
    about: About::Either,
    seats: |_| None,
    meaning: "",
    steps: &[],
    reply: "",
};

impl Row {
    /// Whether `found` repeats what `other` said: the same message with the same numbers. A topic is told once.
    pub(crate) fn says_the_same(&self, found: &Match, other: &Row, known: &Match) -> bool {
        self.kind == other.kind
            && found.numbers == known.numbers
            && (found.date == known.date || self.about == About::Site)
    }

    /// What is said about the message where it was found.
    pub(crate) fn explain(&self, found: &Match) -> Finding {
        let seats = (self.seats)(&found.numbers).and_then(|n| u64::try_from(n).ok()).and_then(|n| Seats::parse(n).ok());
        Finding {
            kind: self.kind,
            meaning: fill(self.meaning, found),
            steps: self.steps.iter().map(|step| fill(step, found)).collect(),
            seats: seats.map(Seats::get),
            reply: fill(self.reply, found),
        }
    }
}

/// Puts the message's numbers and date into a text.
fn fill(text: &str, found: &Match) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(&value(name, found));
        rest = after;
    }
    filled + rest
}

fn value(name: &str, found: &Match) -> String {
    let (place, noun) = name.split_once(' ').map_or((name, None), |(place, noun)| (place, Some(noun)));
    let number = place.parse::<usize>().ok().and_then(|place| found.numbers.get(place).copied());
    match (number, noun) {
        (Some(1), Some(noun)) => format!("1 {}", noun.trim_end_matches('s')),
        (Some(number), Some(noun)) => format!("{} {noun}", signed(number)),
        (Some(number), None) => signed(number),
        (None, _) => found.date.clone().unwrap_or_default(),
    }
}

fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{}", delimited(number.unsigned_abs()))
}
