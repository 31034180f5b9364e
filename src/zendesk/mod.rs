//! Zendesk: the signed URL's token → an agent; the app as a package that an administrator uploads.

pub mod manifest;
pub mod package;
pub mod token;
