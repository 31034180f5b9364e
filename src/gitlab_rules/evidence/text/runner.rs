//! Scripts that were run with `gitlab-rails runner`, and what they printed.

use super::{
    commands::{is_related, note, unprinted},
    lines::{clean, plain_quotes, with_possible_term},
};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// A bare number means nothing without its command, so only what stands below a script is read.
pub(super) fn runner(text: &str, _: &Context<'_>) -> Option<Reading> {
    if !text.contains("runner") {
        return None;
    }
    let text = plain_quotes(clean(text));
    let mut reading = Reading::default();
    let mut is_related_at_all = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(script) = script(line) else { continue };
        is_related_at_all |= is_related(script);
        let mut output = Vec::new();
        while let Some(line) = lines.next_if(|line| !begins_command(line)) {
            // Warnings may stand before the values, and prose behind them.
            if is_value(line) {
                output.push(line);
            } else if !output.is_empty() {
                break;
            }
        }
        let printed: Vec<&str> = script.split(';').filter_map(unprinted).collect();
        if printed.len() <= output.len() {
            printed.iter().zip(output).for_each(|(command, value)| note(command, value, &mut reading));
        }
    }
    is_related_at_all.then(|| with_possible_term(reading))
}

/// The quoted text behind `rails runner`, or its first line.
fn script(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("runner ")?;
    let begin = rest.find(['\'', '"']).filter(|_| before.contains("rails"))?;
    let quote = char::from(rest.as_bytes()[begin]);
    let inside = &rest[begin + 1..];
    Some(inside.rfind(quote).map_or(inside, |end| &inside[..end]))
}

/// Whether a shell's prompt stands before it, or it is a script again.
fn begins_command(line: &str) -> bool {
    let is_prompt = line.split_once(['#', '$']).is_some_and(|(before, rest)| {
        let is_place = before.is_empty() || before.starts_with('[') || !before.contains(' ') && before.contains('@');
        is_place && (rest.is_empty() || rest.starts_with(' '))
    });
    is_prompt || script(line).is_some()
}

/// Whether the line is one value: a word, a quoted text, a hash, or a date.
fn is_value(line: &str) -> bool {
    let line = line.trim();
    let is_word = !line.is_empty() && !line.contains(char::is_whitespace);
    is_word || line.starts_with(['"', '{']) || super::ruby::date(line).is_some()
}
