//! Zendesk: verifies signed tokens and packages the app.

pub(crate) mod package;
pub mod token;
mod unique;
