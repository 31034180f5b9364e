//! What an opened license says.

use serde_json::Value;

use super::{
    Evidence, LicenseSummary,
    reading::{Kind, Piece, Reading, Sure},
};
use crate::{
    license::{LicenseFile, Seats},
    sealing::Attributes,
};

/// `text` is the license alone, without quoting or boundary lines: its digests are those that GitLab reports.
pub(super) fn reading_of_license(attributes: &Attributes, text: &str) -> Reading {
    let digests = LicenseFile::new(text.to_owned()).digests();
    Reading {
        license_md5: Some(digests.md5),
        license_sha256: Some(digests.sha256),
        ..reading_of_attributes(attributes)
    }
}

pub(super) fn reading_of_attributes(attributes: &Attributes) -> Reading {
    let evidence = Evidence::from_license(attributes);
    let summary = LicenseSummary::from(attributes);
    let restriction = |key: &str| match attributes.restrictions.as_ref()?.get(key)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    Reading {
        plan: evidence.plan,
        trial: evidence.trial,
        seats: evidence.seats.filter(|seats| Seats::parse((*seats).into()).is_ok()),
        starts_on: attributes.issued_at,
        expires_on: attributes.expires_at,
        blocks_on: attributes.block_changes_at,
        company: summary.company,
        name: summary.name,
        email: summary.email,
        subscription_name: restriction("subscription_name"),
        license_id: restriction("id"),
        ..Reading::default()
    }
}

impl Piece {
    pub(super) fn of_license(attributes: &Attributes, text: &str) -> Self {
        Self { kind: Kind::LicenseFile, sure: Sure::Source, reading: reading_of_license(attributes, text) }
    }
}
