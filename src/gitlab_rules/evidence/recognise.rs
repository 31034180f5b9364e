//! From what a customer sent to what it says: one table of recognisers, and one reading out of all pieces.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    arrival, csv, json,
    old_license::find_license,
    reading::{Context, Kind, Piece, Reading, Sure},
    text,
};
use crate::license::{EvidenceRecord, TakenFrom};

/// The value of `sources` for what the agent typed.
pub(crate) const TYPED: &str = "typed";

/// What all evidence together says.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    pub record: EvidenceRecord,
    pub conflicts: Vec<Conflict>,
}

/// A field that pieces disagree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Conflict {
    pub field: String,
    /// The one that was taken comes first.
    pub values: Vec<Claim>,
}

/// What one piece says of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Claim {
    pub value: Value,
    /// The kind of the piece, `typed`, or where the agent took it from.
    pub source: &'static str,
}

/// What is not known yet, and would decide the case or the seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, strum::IntoStaticStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Missing {
    Plan,
    ExpiresOn,
    BillableUsers,
    MaximumUsers,
    GitlabVersion,
}

/// Everything that is recognised in `text`, in the order in which it is tried. A text that is JSON or a usage file as a
/// whole is nothing else besides.
pub(crate) fn recognise(text: &str, context: &Context<'_>) -> Vec<Piece> {
    let unzipped = arrival::unzipped(text);
    unzipped.iter().map(String::as_str).chain([text]).flat_map(|text| recognise_text(text, context)).collect()
}

fn recognise_text(text: &str, context: &Context<'_>) -> Vec<Piece> {
    let text = &arrival::as_sent(text);
    if let Some(piece) = json::whole(text, context) {
        return vec![piece];
    }
    if let Some(reading) = csv::usage(text, context) {
        return vec![Piece { kind: Kind::UsageCsv, sure: Sure::Source, reading }];
    }
    let mut pieces = json::within(text, context);
    let lines = text::RECOGNISERS.iter().filter_map(|(kind, sure, recognise)| {
        recognise(text, context).map(|reading| Piece { kind: *kind, sure: *sure, reading })
    });
    pieces.extend(lines);
    // A console prints the license that it also tells of.
    let is_printed = pieces.iter().any(|piece| piece.reading.license_md5.is_some());
    if !is_printed && let Some((attributes, file)) = find_license(text, context.key) {
        pieces.insert(0, Piece::of_license(&attributes, &file));
    }
    pieces
}

/// The text in which messages of GitLab are looked for: of JSON, its strings.
pub(crate) fn words(text: &str) -> String {
    json::strings(text).unwrap_or_else(|| text.to_owned())
}

/// One reading: what was typed wins, and a later count wins over an earlier one. A piece without a day was sent now. What
/// was taken over from Zendesk proves less than any piece.
pub(crate) fn merge(typed: &Reading, pieces: &[Piece], taken: &[(TakenFrom, Reading)], today: Date) -> Merged {
    let day = |piece: &Piece| piece.reading.billable_as_of.unwrap_or(today);
    let mut sorted: Vec<&Piece> = pieces.iter().collect();
    // Of several licenses, the one that began last.
    let began = |piece: &Piece| piece.reading.starts_on.filter(|day| *day <= today);
    sorted.sort_by_key(|piece| std::cmp::Reverse((day(piece), began(piece))));
    let pieces = sorted.iter().map(|piece| (<&str>::from(piece.kind), &piece.reading));
    let taken = taken.iter().map(|(from, reading)| (<&str>::from(from), reading));
    let all: Vec<(&'static str, &Reading)> = std::iter::once((TYPED, typed)).chain(pieces).chain(taken).collect();
    let read = all.iter().fold(Reading::default(), |read, (_, reading)| read.or(reading));
    let all: Vec<(&'static str, Map<String, Value>)> = all.iter().map(|(source, one)| (*source, fields(one))).collect();
    let mut merged = Merged { record: EvidenceRecord { read, ..EvidenceRecord::default() }, ..Merged::default() };
    for (field, _) in fields(&merged.record.read).into_iter().filter(|(_, value)| !value.is_null()) {
        let said = all.iter().filter(|(_, fields)| !fields[&field].is_null());
        let mut values: Vec<Claim> = Vec::new();
        for (source, fields) in said {
            if !values.iter().any(|known| known.value == fields[&field]) {
                values.push(Claim { value: fields[&field].clone(), source });
            }
        }
        if let Some(first) = values.first() {
            merged.record.sources.insert(field.clone(), first.source.to_owned());
        }
        // A day is part of its count.
        if values.len() > 1 && field != "billable_as_of" {
            merged.conflicts.push(Conflict { field, values });
        }
    }
    merged
}

fn fields(reading: &Reading) -> Map<String, Value> {
    match serde_json::to_value(reading) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// What to ask the customer for, the most important first.
pub(crate) fn missing(read: &Reading) -> Vec<Missing> {
    [
        (Missing::Plan, read.plan.is_none()),
        (Missing::ExpiresOn, read.expires_on.is_none()),
        (Missing::BillableUsers, read.billable_users.is_none()),
        (Missing::MaximumUsers, read.maximum_users.is_none()),
        (Missing::GitlabVersion, read.gitlab_version.is_none()),
    ]
    .into_iter()
    .filter_map(|(what, is_missing)| is_missing.then_some(what))
    .collect()
}
