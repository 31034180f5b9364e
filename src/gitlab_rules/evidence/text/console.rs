//! A session of GitLab's Rails console.

use std::collections::HashSet;

use super::{
    commands::{RECORD, canonical, is_related, note, prints_license, reading_of_printed, set, unprinted},
    lines::{clean, plain_quotes, version, with_possible_term},
};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// Consoles write a prompt in front of the command: `irb(main):001:0> `, `[1] pry(main)> `, `gitlab(prod):001> `.
fn command(line: &str) -> Option<&str> {
    let line = strip_counter(line);
    let end = line.find(['(', ' ']).filter(|at| line.as_bytes()[*at] == b'(')?;
    let is_name = end > 0 && line[..end].bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let (_, rest) = line[end..].split_once(')').filter(|_| is_name)?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    rest.strip_prefix(['>', '*', '"', '\'']).filter(|rest| rest.is_empty() || rest.starts_with(' ')).map(str::trim)
}

/// Pry counts its commands: `[1] `.
fn strip_counter(line: &str) -> &str {
    let behind = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    behind.filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit())).map_or(line, |(_, rest)| rest)
}

/// A command and what the console wrote until the next one.
struct Exchange<'a> {
    command: &'a str,
    output: &'a str,
}

/// Where the prompt is missing, for instance because a mail program took `>> ` for a quotation, the line before `=> ` is
/// the command.
fn exchanges(text: &str) -> Vec<Exchange<'_>> {
    let mut exchanges: Vec<Exchange<'_>> = Vec::new();
    let (mut at, mut output_begins, mut is_answered) = (0, 0, true);
    let mut previous = "";
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let is_value = line.starts_with("=>");
        let begun = match command(line.trim()) {
            Some(command) => Some((command, end)),
            None if is_value && is_answered && is_related(previous) => Some((previous, at)),
            None => None,
        };
        if let Some((command, begin)) = begun {
            if let Some(last) = exchanges.last_mut() {
                last.output = &text[output_begins..at];
            }
            exchanges.push(Exchange { command, output: "" });
            output_begins = begin;
            is_answered = is_value;
        }
        is_answered |= is_value;
        previous = line.trim();
        at = end;
    }
    if let Some(last) = exchanges.last_mut() {
        last.output = &text[output_begins..];
    }
    exchanges
}

/// With the names that were given to the current license.
fn resolved<'a>(exchanges: &[Exchange<'a>]) -> Vec<(String, &'a str)> {
    let mut names: HashSet<&str> = HashSet::new();
    let mut resolved = Vec::new();
    for Exchange { command, output } in exchanges {
        let printed = unprinted(command);
        let mut command = printed.unwrap_or(command);
        if let Some((name, value)) = command.split_once(" = ") {
            command = value;
            if canonical(value) == "License.current" {
                names.insert(name.trim());
            }
        }
        let of_name = command.split_once(['.', '&']).filter(|(name, _)| names.contains(name));
        let command = match of_name {
            Some((name, _)) => format!("License.current{}", &command[name.len()..]),
            None => command.to_owned(),
        };
        let value = if printed.is_some() { output } else { returned(output) };
        resolved.push((command, value.trim_start()));
    }
    resolved
}

/// What follows `=> `; log lines may stand before it.
fn returned(output: &str) -> &str {
    let begin = if output.starts_with("=>") { Some(0) } else { output.find("\n=>").map(|at| at + 1) };
    begin.map_or("", |begin| &output[begin + 2..])
}

/// Whether a method of the current license was called and there was none.
pub(super) fn shows_no_license(text: &str) -> bool {
    exchanges(text).iter().any(|Exchange { command, output }| {
        let command = canonical(unprinted(command).unwrap_or(command));
        let is_nil = first_line(returned(output)) == "nil" && returned(output).len() < output.len();
        let is_called_on_nil = || output.contains("undefined method") && output.contains("for nil");
        (command == "License.current" && is_nil) || (command.starts_with("License.current.") && is_called_on_nil())
    })
}

fn first_line(text: &str) -> &str {
    text.trim_start().lines().next().unwrap_or_default().trim_end()
}

/// ` GitLab:       17.5.1-ee (0a1b2c3d4e5) EE`
fn banner_version(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.strip_prefix("GitLab:").filter(|rest| rest.contains('(')).and_then(version))
}

/// Each value belongs to the command before it.
pub(super) fn console(text: &str, context: &Context<'_>) -> Option<Reading> {
    if !["License", "HistoricalData", "User", "GitLab:"].iter().any(|sign| text.contains(sign)) {
        return None;
    }
    let text = plain_quotes(clean(text));
    let exchanges = exchanges(&text);
    let commands = resolved(&exchanges);
    // The license alone, as the answer to what support asked for.
    let bare = || text.find(RECORD).filter(|_| exchanges.is_empty()).map(|at| &text[at..]);
    let printed = commands.iter().rev().find(|(command, value)| prints_license(command, value));
    let license = printed.map(|(_, value)| *value).or_else(bare);
    let mut reading = license.and_then(|value| reading_of_printed(value, context)).unwrap_or_default();
    set(&mut reading.gitlab_version, banner_version(&text));
    for (command, value) in &commands {
        note(command, value, &mut reading);
    }
    let is_read = reading != Reading::default() || commands.iter().any(|(command, _)| is_related(command));
    is_read.then(|| with_possible_term(reading))
}
