//! What is known of the customer's instance and old license: typed by the agent, or read off the old license file.

mod arrival;
mod csv;
mod json;
pub(super) mod license;
mod old_license;
pub mod reading;
pub mod recognise;
mod text;
mod zendesk;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use self::{
    old_license::open_whole,
    reading::{Context, Piece, Reading},
    recognise::{Merged, merge, recognise, words},
};
use super::GitlabVersion;
use crate::license::{FieldError, Plan, Seats, TakenFrom, field_error::whole_number, seats};

pub use old_license::Unreadable;
pub use old_license::open_old_license;
pub use old_license::{ACTIVATION_CODE_CHARS, find_activation_code};

/// What is known; each part is there or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The plan of the license that ran out.
    pub plan: Option<Plan>,
    /// Whether that license is a trial.
    pub trial: Option<bool>,
    /// Its first day; the license before it counts until then.
    pub starts_on: Option<Date>,
    /// The day from whose beginning it is expired.
    pub expires_on: Option<Date>,
    /// The day from whose beginning GitLab blocks changes, if the license says.
    pub blocks_on: Option<Date>,
    pub seats: Option<u32>,
    pub billable_users: Option<u32>,
    /// The highest number of billable users during its term.
    pub maximum_users: Option<u32>,
    pub gitlab_version: Option<GitlabVersion>,
}

impl Evidence {
    /// What was read, as far as it decides.
    pub(crate) fn from_reading(read: &Reading) -> Self {
        Self {
            plan: read.plan,
            trial: read.trial,
            starts_on: read.starts_on,
            expires_on: read.expires_on,
            blocks_on: read.blocks_on,
            seats: read.seats,
            billable_users: read.billable_users,
            maximum_users: read.maximum_users,
            gitlab_version: read.gitlab_version.as_deref().and_then(|text| GitlabVersion::parse(text).ok()),
        }
    }

    /// Those of the fields that can be typed.
    fn only(self, keep: impl Fn(&str) -> bool) -> Self {
        Self {
            plan: self.plan.filter(|_| keep("plan")),
            trial: self.trial.filter(|_| keep("trial")),
            expires_on: self.expires_on.filter(|_| keep("expires_on")),
            seats: self.seats.filter(|_| keep("seats")),
            billable_users: self.billable_users.filter(|_| keep("billable_users")),
            maximum_users: self.maximum_users.filter(|_| keep("maximum_users")),
            gitlab_version: self.gitlab_version.filter(|_| keep("gitlab_version")),
            ..Self::default()
        }
    }

    /// What the agent typed, as a reading.
    pub(crate) fn into_reading(self) -> Reading {
        Reading {
            plan: self.plan,
            trial: self.trial,
            expires_on: self.expires_on,
            seats: self.seats,
            billable_users: self.billable_users,
            maximum_users: self.maximum_users,
            gitlab_version: self.gitlab_version.map(|version| version.to_string()),
            ..Reading::default()
        }
    }

    /// The seats that an emergency license needs. Unknown without the billable users; the peak counts where it is known.
    pub(crate) fn recommended_seats(&self) -> Option<u32> {
        let billable = self.billable_users?;
        let seats = seats::recommended_seats(billable.into(), self.maximum_users.unwrap_or(0).into());
        seats.try_into().ok()
    }

    /// `None` without recommended seats.
    pub(crate) fn recommended_from(&self) -> Option<SeatsSource> {
        let is_peak = self.maximum_users.unwrap_or(0) > self.billable_users?;
        Some(if is_peak { SeatsSource::MaximumUsers } else { SeatsSource::BillableUsers })
    }
}

/// Which number the recommended seats come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, strum::EnumIter, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SeatsSource {
    BillableUsers,
    MaximumUsers,
}

/// Evidence as it arrived, checked and read.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// What is known, as far as it decides.
    pub evidence: Evidence,
    pub pieces: Vec<Piece>,
    pub merged: Merged,
    /// The pasted text in plain words, for the diagnosis.
    pub words: Option<String>,
}

/// Checks the API's evidence object, opens the license file in it, and reads the pasted text. A null counts as absent.
///
/// # Errors
/// Every field that cannot be used: unknown names, wrong types, numbers out of range, dates that do not exist, an
/// unreadable file.
pub fn receive(object: &Map<String, Value>, context: &Context<'_>) -> Result<Received, Vec<FieldError>> {
    let mut typed = Evidence::default();
    let mut pieces = Vec::new();
    let mut pasted = None;
    let mut mistakes = Vec::new();
    let organization = zendesk::organization(object).unwrap_or_else(|errors| {
        mistakes.extend(errors);
        None
    });
    let taken_from = zendesk::sources(object).unwrap_or_else(|errors| {
        mistakes.extend(errors);
        BTreeMap::new()
    });
    for (field, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let taken = match field.as_str() {
            "zendesk" | "sources" => Ok(()),
            "plan" => text(value).and_then(Plan::parse).map(|plan| typed.plan = Some(plan)),
            "trial" => flag(value).map(|trial| typed.trial = Some(trial)),
            "expires_on" => text(value).and_then(date).map(|day| typed.expires_on = Some(day)),
            "seats" => number(value, Seats::MIN).map(|seats| typed.seats = Some(seats)),
            "billable_users" => number(value, 0).map(|users| typed.billable_users = Some(users)),
            "maximum_users" => number(value, 0).map(|users| typed.maximum_users = Some(users)),
            "gitlab_version" => text(value).and_then(GitlabVersion::parse).map(|v| typed.gitlab_version = Some(v)),
            "license_file" => text(value).and_then(|text| file(text, context)).map(|file| pieces.extend(file)),
            "text" => text(value).map(|text| pasted = Some(text)),
            _ => Err("is not a field of the evidence".to_owned()),
        };
        if let Err(detail) = taken {
            mistakes.push(FieldError { field: field.chars().take(MAX_FIELD_CHARS).collect(), detail });
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    pieces.extend(pasted.iter().flat_map(|text| recognise(text, context)));
    let taken = [TakenFrom::Comment, TakenFrom::Zendesk]
        .map(|from| (from, typed.only(|field| taken_from.get(field) == Some(&from)).into_reading()));
    let typed = typed.only(|field| !taken_from.contains_key(field));
    let mut merged = merge(&typed.into_reading(), &pieces, &taken, context.today);
    merged.record.zendesk = organization;
    let mut evidence = Evidence::from_reading(&merged.record.read);
    if typed.trial.is_none() && pieces.iter().any(|piece| merged.record.read.extends(&piece.reading)) {
        evidence.trial = Some(false);
    }
    Ok(Received { evidence, pieces, merged, words: pasted.map(words) })
}

/// A license file, or whatever else the customer sent in its place.
fn file(text: &str, context: &Context<'_>) -> Result<Vec<Piece>, String> {
    let pieces = recognise(text, context);
    if !pieces.is_empty() {
        return Ok(pieces);
    }
    let opened = open_whole(text, context.key).map_err(|error| format!("cannot be read: {error}"));
    opened.map(|(attributes, file)| vec![Piece::of_license(&attributes, &file)])
}

/// How much of an unknown field's name is repeated.
const MAX_FIELD_CHARS: usize = 60;

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "must be text".to_owned())
}

fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}

fn number(value: &Value, min: u32) -> Result<u32, String> {
    let number = whole_number(value).and_then(|n| u32::try_from(n).ok());
    number
        .filter(|n| (min..=Seats::MAX).contains(n))
        .ok_or_else(|| format!("must be a whole number from {min} to {}", Seats::MAX))
}

/// A civil date and nothing beside it.
fn date(text: &str) -> Result<Date, String> {
    let text = text.trim();
    let is_plain = text.len() == 10;
    text.parse().ok().filter(|_| is_plain).ok_or_else(|| "must be a date that exists, as YYYY-MM-DD".to_owned())
}

#[cfg(test)]
mod tests;
