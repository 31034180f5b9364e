//! The license file that GitLab reads: sealed with the private key, opened with the public one.
//!
//! - [`attributes`]: what a license file says
//! - [`envelope`]: its text layers
//! - [`mod@file`]: opening it. Pure, like the two above
//! - [`key`]: sealing with a private key in memory

pub mod attributes;
mod draft;
pub mod envelope;
pub mod file;
pub mod key;

pub use attributes::Attributes;
pub use key::SealingKey;
