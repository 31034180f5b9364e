//! The license file that GitLab reads: sealed with the private key, opened with the public one.
//!
//! - [`attributes`]: what a license file says
//! - [`envelope`]: its text layers
//! - [`mod@file`]: opening it
//! - [`key`]: sealing with a private key in memory
//! - [`signer`]: sealing with the configured key, which may be in an HSM. With `hsm`, the only I/O here

pub mod attributes;
mod date;
mod draft;
pub mod envelope;
pub mod file;
#[cfg(feature = "hsm")]
mod hsm;
pub mod key;
pub mod key_uri;
pub mod signer;

pub use attributes::Attributes;
pub use key::SealingKey;
pub use signer::{HsmReport, HsmSettings, KeySource, SealError, Signer};
