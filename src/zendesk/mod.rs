//! Zendesk: the signed URL's token → an agent.

pub mod token;
