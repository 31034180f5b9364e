//! The lines of a copied page: its details, and the cards with counts of users.

use jiff::civil::Date;

use super::{
    labels::{Label, is_colon, label},
    lines::{iso_date, number, usable},
};
use crate::license::Plan;

/// A line with something on it.
struct Line<'a> {
    text: &'a str,
    /// What it is the label of, and the value on the same line.
    label: Option<(Label, &'a str)>,
}

/// A label with a colon, and its value on the same line or on the next one. Rows of the history have no colons.
pub(super) struct Detail<'a> {
    pub label: Option<Label>,
    pub value: &'a str,
}

pub(super) struct Page<'a> {
    lines: Vec<Line<'a>>,
    /// In order.
    details: Vec<Detail<'a>>,
}

/// More than a page with a long history has, also with other things before it.
const MAX_LINES: usize = 2_000;

/// Two pages in one text have the same labels, so each is read on its own.
const HEADINGS: [&str; 2] = ["Subscription details", "License overview"];
const MAX_SECTIONS: usize = 8;

/// The parts of a cleaned text that begin with a page's heading, and what stands before the first.
pub(super) fn sections(text: &str) -> Vec<&str> {
    let mut begins = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_heading = HEADINGS.iter().any(|heading| line.trim().eq_ignore_ascii_case(heading));
        if is_heading && begins.len() < MAX_SECTIONS {
            begins.push(at);
        }
        at += line.len();
    }
    begins.push(text.len());
    begins.windows(2).map(|range| &text[range[0]..range[1]]).collect()
}

/// What the cards of a page count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub seats: Option<u32>,
    pub billable_users: Option<u32>,
    pub maximum_users: Option<u32>,
}

/// Where a card's number stands: it changed twice between versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    SameLine,
    Below,
    Above,
}

impl<'a> Page<'a> {
    /// Takes a cleaned text.
    pub(super) fn parse(text: &'a str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_LINES);
        let lines: Vec<Line<'a>> = lines.map(|text| Line { text, label: labelled(text) }).collect();
        let details = lines.iter().enumerate().filter_map(|(at, line)| detail(line, lines.get(at + 1))).collect();
        Self { lines, details }
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &'a str> {
        self.lines.iter().map(|line| line.text)
    }

    fn position(&self, of: Label) -> Option<usize> {
        self.lines.iter().position(|line| line.label.is_some_and(|(label, _)| label == of))
    }

    /// The texts between the labels of two cards.
    pub(super) fn between(&self, begin: Label, end: Label) -> impl Iterator<Item = &'a str> {
        let range = self.position(begin).zip(self.position(end)).and_then(|(b, e)| self.lines.get(b..e));
        range.unwrap_or_default().iter().map(|line| line.text)
    }

    pub(super) fn details(&self) -> &[Detail<'a>] {
        &self.details
    }

    /// The first value of that label that can be read.
    pub(super) fn detail<T>(&self, of: Label, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.details.iter().filter(|detail| detail.label == Some(of)).find_map(|detail| read(detail.value))
    }

    /// The counts on the cards; empty where the page has none. `None` if they contradict each other, for then it is not
    /// clear which number belongs to which label.
    pub(super) fn counts(&self, is_trial: bool) -> Option<Counts> {
        if self.position(Label::Maximum).is_none() {
            return Some(Counts::default());
        }
        let sides = [Side::SameLine, Side::Below, Side::Above];
        let mut read: Vec<Counts> = sides.iter().filter_map(|side| self.counts_on(*side, is_trial)).collect();
        if read.len() > 1 {
            read.retain(|counts| counts.seats.is_some());
        }
        read.pop().filter(|_| read.is_empty())
    }

    fn counts_on(&self, side: Side, is_trial: bool) -> Option<Counts> {
        let card = |label: Label| self.position(label).map(|at| self.number_of(at, side));
        let maximum = card(Label::Maximum)??;
        // Unlimited seats are a word, in any language.
        let seats = card(Label::Seats).flatten();
        let billable = match card(Label::Billable) {
            Some(number) => Some(number?),
            None => None,
        };
        if let (Some(over), true) = (card(Label::Over), self.position(Label::Seats).is_some()) {
            let expected = seats.filter(|seats| *seats > 0).map_or(0, |seats| maximum.saturating_sub(seats));
            let over = over?;
            if over != expected && !(is_trial && over == 0) {
                return None;
            }
        }
        Some(Counts {
            seats: seats.and_then(usable),
            billable_users: billable.and_then(usable),
            maximum_users: usable(maximum),
        })
    }

    fn number_of(&self, at: usize, side: Side) -> Option<u32> {
        let (_, value) = self.lines[at].label?;
        match side {
            Side::SameLine => number(value),
            Side::Below if value.is_empty() => number(self.lines.get(at + 1)?.text),
            Side::Above if value.is_empty() => number(self.lines.get(at.checked_sub(1)?)?.text),
            Side::Below | Side::Above => None,
        }
    }

    /// The number of a row in a table.
    pub(super) fn row(&self, of: Label) -> Option<u32> {
        let at = self.position(of)?;
        let number = self.number_of(at, Side::SameLine).or_else(|| self.number_of(at, Side::Below));
        number.and_then(usable)
    }

    /// The term in a sentence such as *valid from 2025-11-01 to 2026-11-01*: words stand between its dates, unlike in a
    /// row of the history, and no label before them.
    pub(super) fn term(&self) -> Option<(Date, Date)> {
        self.texts().filter(|text| !text.contains(is_colon)).find_map(|text| {
            let mut parts = text.split(|c: char| !c.is_ascii_digit() && c != '-').filter(|part| part.len() == 10);
            let (start, end) = (parts.next()?, parts.next()?);
            let between = text.split_once(start)?.1.split_once(end)?.0;
            let term = (iso_date(start)?, iso_date(end)?);
            (parts.next().is_none() && between.contains(char::is_alphabetic)).then_some(term)
        })
    }
}

/// A label alone, with a colon, or with its value behind a colon, a tab or a space. A row of a table has more cells.
fn labelled(text: &str) -> Option<(Label, &str)> {
    if let Some(label) = label(text) {
        return Some((label, ""));
    }
    let (key, value) = text.split_once(|c| is_colon(c) || c == '\t').or_else(|| {
        let at = text.find(|c: char| c.is_ascii_digit())?;
        Some(text.split_at(at)).filter(|(_, value)| number(value).is_some())
    })?;
    let value = value.trim();
    Some((label(key)?, value)).filter(|_| !value.contains('\t'))
}

fn detail<'a>(line: &Line<'a>, next: Option<&Line<'a>>) -> Option<Detail<'a>> {
    let (_, value) = line.text.split_once(is_colon)?;
    let value = value.trim();
    let next = next.filter(|next| value.is_empty() && !next.text.ends_with(is_colon) && next.label.is_none());
    Some(Detail { label: line.label.map(|(label, _)| label), value: next.map_or(value, |next| next.text) })
}

/// `2026-11-01` or `Nov 1, 2026 12:00am`; no relative one.
pub(super) fn date(text: &str) -> Option<Date> {
    let written = || {
        let words: Vec<&str> = text.split_whitespace().take(3).collect();
        Date::strptime("%b %d, %Y", words.join(" ")).ok()
    };
    iso_date(text).or_else(written)
}

/// `Premium`, also `Premium with GitLab Credits`.
pub(super) fn plan(text: &str) -> Option<Plan> {
    text.split_whitespace().take(3).find_map(|word| Plan::parse(word).ok())
}
