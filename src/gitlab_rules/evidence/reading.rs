//! What a piece of evidence is, and what it says.
#![expect(dead_code, reason = "each recogniser is added on its own")]

use jiff::civil::Date;
use rsa::PublicKey;
use serde::Serialize;
use utoipa::ToSchema;

use crate::license::Plan;

/// What a piece of evidence was recognised as.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema, strum::IntoStaticStr, strum::EnumIter, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Kind {
    UsageCsv,
    LicenseFile,
    ApiLicense,
    ApiLicenses,
    ApiMetadata,
    GraphqlCurrentLicense,
    ServicePing,
    SeatLink,
    DuoHealthCheck,
    RakeLicenseInfo,
    RakeEnvInfo,
    RailsConsole,
    RailsRunner,
    SubscriptionPage,
    Dashboard,
    UsersStatistics,
    HelpPage,
    /// The instance has no license: it runs as Free.
    NoLicense,
    CommunityEdition,
    /// The API refused a token that is no administrator's.
    NotAnAdministrator,
    /// Messages of GitLab, which the diagnosis explains.
    Message,
}

/// How the format is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sure {
    /// From GitLab's own code or documentation.
    Source,
    /// Copied from a browser off a page with GitLab's structure.
    Measured,
    /// Follows from code that was read.
    Inference,
    /// No proof was found.
    Guess,
}

/// What one piece of evidence says; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Reading {
    pub plan: Option<Plan>,
    pub trial: Option<bool>,
    pub seats: Option<u32>,
    pub starts_on: Option<Date>,
    /// The day from whose beginning it is expired.
    pub expires_on: Option<Date>,
    /// The day from whose beginning the instance is read-only.
    pub blocks_on: Option<Date>,
    pub billable_users: Option<u32>,
    /// The day of that count.
    pub billable_as_of: Option<Date>,
    /// The highest number of billable users during the term.
    pub maximum_users: Option<u32>,
    /// As GitLab writes it: `18.2.1-ee`.
    pub gitlab_version: Option<String>,
    pub company: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub subscription_name: Option<String>,
    /// The license system's number.
    pub license_id: Option<String>,
    pub license_md5: Option<String>,
    pub license_sha256: Option<String>,
    /// Of the customer's instance.
    pub hostname: Option<String>,
}

/// What recognisers need to know besides the text.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// Opens license files.
    pub key: &'a PublicKey,
    /// In UTC.
    pub today: Date,
}

/// One piece of evidence, recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub kind: Kind,
    pub sure: Sure,
    pub reading: Reading,
}
