//! The license file that GitLab reads: sealed with the private key, opened with the public one.
//!
//! - [`attributes`]: what a license file says
//! - [`envelope`]: its text layers
//! - [`extract`]: finding it in other text
//! - [`mod@file`]: opening it
//! - [`key`]: sealing with a private key in memory
//! - [`key_source`]: where the private key is
//! - [`signer`]: sealing with the configured key, which may be in an HSM. With `hsm`, the only I/O here

pub(crate) mod attributes;
mod date;
mod draft;
pub mod envelope;
pub(crate) mod extract;
pub mod file;
#[cfg(feature = "hsm")]
mod hsm;
pub(crate) mod key;
mod key_source;
pub(crate) mod key_uri;
pub(crate) mod signer;

pub use attributes::Attributes;
pub use key::SealingKey;
pub use key_source::KeySource;
pub(crate) use key_source::{HsmReport, HsmSettings};
pub(crate) use signer::{SealError, Signer};
