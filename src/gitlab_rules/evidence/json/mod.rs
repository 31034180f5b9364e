//! Artefacts in JSON: Service Ping, Seat Link, the REST and GraphQL APIs, the Duo health check.

mod api;
mod duo;
mod graphql;
mod seat_link;
mod service_ping;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value};

use super::{
    arrival,
    reading::{Context, Kind, Piece, Reading, Sure},
};
use crate::license::{Email, Plan, Seats, SingleLine, customer::MAX_NAME_CHARS};

type Recogniser = fn(&Value, &Context<'_>) -> Option<Reading>;

/// In the order in which they are tried; the first that recognises a text names it.
#[rustfmt::skip]
const RECOGNISERS: &[(Kind, Sure, Recogniser)] = &[
    (Kind::ServicePing, Sure::Source, service_ping::service_ping),
    (Kind::SeatLink, Sure::Source, seat_link::seat_link),
    (Kind::ApiLicense, Sure::Source, api::license),
    (Kind::ApiLicenses, Sure::Source, api::licenses),
    (Kind::GraphqlCurrentLicense, Sure::Source, graphql::current_license),
    (Kind::DuoHealthCheck, Sure::Inference, duo::health_check),
    (Kind::ApiMetadata, Sure::Source, api::metadata),
    (Kind::NotAnAdministrator, Sure::Source, api::not_an_administrator),
    (Kind::NoLicense, Sure::Guess, api::no_license),
    (Kind::Message, Sure::Source, api::message),
];

/// How many places of a text are tried as the beginning of JSON.
const MAX_BEGINNINGS: usize = 16;

/// What a text is that is JSON as a whole; `None` for other texts and for JSON of something else.
pub(super) fn whole(text: &str, context: &Context<'_>) -> Option<Piece> {
    recognise(&serde_json::from_str(text.trim()).ok()?, context)
}

/// The artefacts in JSON within a longer text, such as a mail, the first of each line; the last may be cut off.
pub(super) fn within(text: &str, context: &Context<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut end = 0;
    let lines = text.split_inclusive('\n').scan(0, |at, line| {
        let begin = line.find('{').into_iter().chain(line.find('[')).min().map(|begin| *at + begin);
        *at += line.len();
        Some(begin)
    });
    for at in lines.flatten().take(MAX_BEGINNINGS) {
        if at < end {
            continue;
        }
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        let value = match values.next() {
            Some(Ok(value)) => {
                end = at + values.byte_offset();
                Some(value)
            }
            Some(Err(error)) if error.is_eof() => {
                arrival::closed(&text[at..]).and_then(|closed| serde_json::from_str(&closed).ok())
            }
            _ => None,
        };
        let piece = value.and_then(|value| recognise(&value, context));
        pieces.extend(piece.filter(|piece| piece.kind != Kind::NoLicense));
    }
    pieces
}

fn recognise(value: &Value, context: &Context<'_>) -> Option<Piece> {
    let found = RECOGNISERS.iter().find_map(|(kind, sure, read)| Some((*kind, *sure, read(value, context)?)));
    found.map(|(kind, sure, reading)| Piece { kind, sure, reading })
}

/// Every string in it, one a line: messages of GitLab are found among them.
pub(super) fn strings(text: &str) -> Option<String> {
    fn collect(value: &Value, lines: &mut String) {
        match value {
            Value::String(text) => {
                lines.push_str(text);
                lines.push('\n');
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, lines)),
            Value::Object(fields) => fields.values().for_each(|value| collect(value, lines)),
            _ => {}
        }
    }
    let value: Value = serde_json::from_str(text.trim()).ok()?;
    let mut lines = String::new();
    collect(&value, &mut lines);
    Some(lines)
}

/// A count of users. Zero, failed counts (-1, -3) and SQL are none.
fn users(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| (1..=Seats::MAX).contains(n))
}

/// A number of seats. Zero and null are unlimited.
fn seats(value: &Value) -> Option<u32> {
    users(value)
}

fn plan(value: &Value) -> Option<Plan> {
    value.as_str().and_then(|text| Plan::parse(text).ok())
}

/// A date, or the day of a timestamp in UTC.
fn day(value: &Value) -> Option<Date> {
    let text = value.as_str()?.trim();
    match text.len() {
        10 => text.parse().ok(),
        _ => text.parse::<Timestamp>().ok().map(|at| at.to_zoned(TimeZone::UTC).date()),
    }
}

fn line(value: &Value) -> Option<String> {
    value.as_str().and_then(|text| SingleLine::parse(text, MAX_NAME_CHARS).ok()).map(|line| line.to_string())
}

fn email(value: &Value) -> Option<String> {
    value.as_str().and_then(|text| Email::parse(text).ok()).map(|email| email.to_string())
}

/// A text, or a number as one.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        _ => line(value),
    }
}

/// `Name`, `Company` and `Email`, in any order, each of which may be missing.
fn licensee(reading: &mut Reading, licensee: &Value) {
    reading.name = line(&licensee["Name"]);
    reading.company = line(&licensee["Company"]);
    reading.email = email(&licensee["Email"]);
}

fn has(object: &Map<String, Value>, names: &[&str]) -> bool {
    names.iter().any(|name| object.contains_key(*name))
}
