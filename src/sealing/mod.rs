//! The license file that GitLab reads: seal it with the private key, open it with the public one.
//!
//! - [`attributes`]: what a license file says
//! - [`envelope`]: its text layers
//! - [`mod@file`]: seal and open

pub mod attributes;
pub mod envelope;
pub mod file;

pub use attributes::Attributes;
pub use file::SealingKey;
