//! Zendesk: verifies signed tokens and packages the app.

pub mod package;
pub mod token;
