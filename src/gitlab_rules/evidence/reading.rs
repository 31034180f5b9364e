//! What a piece of evidence is, and what it says.

use jiff::civil::Date;
use rsa::PublicKey;
use serde::Serialize;
use utoipa::ToSchema;

pub use crate::license::Reading;

/// What a piece of evidence was recognised as.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema, strum::IntoStaticStr, strum::EnumIter, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
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
pub enum Sure {
    /// From GitLab's own code or documentation.
    Source,
    /// Copied from a browser off a page with GitLab's structure.
    Measured,
    /// Follows from code that was read.
    Inference,
    /// No proof was found.
    Guess,
}

/// What recognisers need to know besides the text.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Opens license files.
    pub key: &'a PublicKey,
    /// In UTC.
    pub today: Date,
}

/// One piece of evidence, recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub kind: Kind,
    pub sure: Sure,
    pub reading: Reading,
}
