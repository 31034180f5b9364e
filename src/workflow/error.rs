//! Why an operation was refused.

use std::time::Duration;

use super::actions::Obstacle;
use crate::{
    license::{LicenseDetails, Limit},
    store,
};

/// Nothing was changed, and nothing is stored under the idempotency key. After [`Error::Store`] it is unknown whether
/// the operation took place: repeat it with the same key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("this Idempotency-Key was used for another request; use a new one")]
    KeyReused,
    #[error(
        "your Zendesk user may look up licenses, but not generate or download them; the setting \
         ZENDESK_ALLOWED_AGENTS says who may"
    )]
    NotAllowed,
    #[error("this customer already has a running license")]
    Duplicate(Box<LicenseDetails>),
    #[error(
        "Zendesk shows this customer's account as restricted, so no license may be generated; if the ticket's \
         organization is wrong, correct it there and reload the app"
    )]
    RestrictedAccount,
    /// Holds the reason of the verdict.
    #[error("this is out of scope: {0}")]
    OutOfScope(String),
    #[error("more than {usual} seats need a reason")]
    UnusualSeats { usual: u32 },
    #[error("{}", .0.message)]
    Limited(Limited),
    #[error("there is no such license")]
    NotFound,
    #[error("{detail}")]
    Unavailable { obstacle: Obstacle, detail: String },
    /// The HSM that holds the license key makes no signature for now.
    #[error("no license can be generated for now: {0}; repeat the request with the same key")]
    SignerUnavailable(String),
    #[error("the address cannot be taken off the mail provider's list for now: {0}; nothing was mailed")]
    ProviderUnavailable(String),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A limit that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Limited {
    pub limit: Limit,
    pub message: String,
    pub retry_after: Duration,
}
