//! The three clients (email, GitLab, Slack) and their texts.
//!
//! A client makes one delivery per call and returns an [`Outcome`](crate::license::Outcome), never an error: retries are
//! the outbox's task. The clients do not know each other.
//!
//! - [`email`]: the license to the customer, by SMTP
//! - [`gitlab`]: the issue that every license ends in
//! - [`slack`]: the message to the licensing team
//! - [`sanitize`]: makes untrusted text fit to be repeated
//! - [`http_client`]: what the GitLab and the Slack client have in common

pub mod email;
pub mod gitlab;
pub(crate) mod http_client;
pub mod sanitize;
pub mod slack;
#[cfg(all(test, feature = "sandbox"))]
mod testing;

use crate::license::Ticket;

/// The addresses of a license's ticket.
#[derive(Debug, Clone)]
pub struct Links {
    /// Without a trailing slash: `https://acme.zendesk.com`.
    pub zendesk_origin: String,
    pub subdomain: String,
}

impl Links {
    /// The page for agents.
    pub(crate) fn ticket(&self, ticket: &Ticket) -> String {
        format!("{}/agent/tickets/{}", self.zendesk_origin, ticket.id)
    }

    /// A reply to this address becomes a comment on the ticket.
    pub(crate) fn reply_address(&self, ticket: &Ticket) -> String {
        format!("support+id{}@{}.zendesk.com", ticket.id, self.subdomain)
    }
}
