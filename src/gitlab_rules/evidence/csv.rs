//! The license usage file: the license, its licensee, and a count of billable users a day.

use jiff::civil::Date;

use super::{
    license::reading_of_license,
    old_license::find_license,
    reading::{Context, Reading},
};
use crate::license::Seats;

/// The license inside says more than the cells, and a spreadsheet may have rewritten them: of the rest only the counts
/// are taken, and of the dates only ISO ones.
pub(super) fn usage(text: &str, context: &Context<'_>) -> Option<Reading> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '"']);
    if !start.starts_with("License Key") && !text.contains("Billable User Count") && !text.contains("Active User Count")
    {
        return None;
    }
    let rows = rows(text);
    let table = rows.iter().position(|(first, last)| {
        first == "Date" && matches!(last.as_str(), "Billable User Count" | "Active User Count")
    });
    let is_usage = table.is_some() || start.starts_with("License Key");
    if !is_usage {
        return None;
    }
    let opened = find_license(text, context.key);
    let mut reading = opened.map(|(attributes, text)| reading_of_license(&attributes, &text)).unwrap_or_default();
    let counted = rows.iter().skip(table.map_or(rows.len(), |at| at + 1));
    let counts: Vec<(Option<Date>, u32)> = counted
        .filter_map(|(date, count)| {
            let count = count.parse().ok().filter(|n| (1..=Seats::MAX).contains(n))?;
            Some((iso_date(date), count))
        })
        .collect();
    if let Some((date, count)) = counts.iter().max_by_key(|(date, _)| *date).filter(|(date, _)| date.is_some()) {
        (reading.billable_users, reading.billable_as_of) = (Some(*count), *date);
    } else if let Some((_, count)) = counts.last() {
        reading.billable_users = Some(*count);
    }
    reading.maximum_users = counts.iter().map(|(_, count)| *count).max();
    if reading.expires_on.is_none() {
        let cell = |label: &str| rows.iter().find(|(first, _)| first == label).map(|(_, value)| value.as_str());
        reading.starts_on = cell("License Start Date").and_then(iso_date);
        reading.expires_on = cell("License End Date").and_then(iso_date);
        reading.company = cell("Company").filter(|text| !text.is_empty()).map(ToOwned::to_owned);
        reading.email = cell("Email").filter(|text| text.contains('@')).map(ToOwned::to_owned);
    }
    Some(reading)
}

/// The first and the second cell of each line, without quotes. The license spans lines, none of which matters here.
fn rows(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| {
        let (first, rest) = line.split_once([',', ';', '\t'])?;
        let rest = rest.trim_end_matches([',', ';', '\t']);
        let cell = |cell: &str| cell.trim().trim_matches(['"', '\'']).trim().to_owned();
        Some((cell(first.trim_start_matches('\u{feff}')), cell(rest)))
    });
    lines.collect()
}

/// The day of `2026-11-01` or `2026-11-01 12:00:06`.
fn iso_date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}
