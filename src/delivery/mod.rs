//! The three clients that tell the outside of a license, and the words they say.
//!
//! Each client makes one delivery when it is asked to, and answers with an [`Outcome`](crate::license::delivery::Outcome),
//! never with an error: what becomes of a retry is the outbox's business. The clients do not know each other.
//!
//! - [`email`]: the license to the customer, by SMTP
//! - [`gitlab`]: the issue that every license ends in
//! - [`slack`]: the message to the licensing team
//! - [`sanitize`]: words of strangers, made fit to be repeated
//! - [`http_client`]: what the GitLab and the Slack client have in common

pub mod email;
pub mod gitlab;
pub mod http_client;
pub mod sanitize;
pub mod slack;
#[cfg(test)]
mod testing;

use crate::license::Ticket;

/// Where the ticket of a license is found, for people and for their answers.
#[derive(Debug, Clone)]
pub struct Links {
    /// Zendesk's origin without a slash at its end, such as `https://acme.zendesk.com`.
    pub zendesk_origin: String,
    /// Zendesk's subdomain, such as `acme`.
    pub subdomain: String,
}

impl Links {
    /// The page of `ticket`, for agents.
    pub fn ticket(&self, ticket: &Ticket) -> String {
        format!("{}/agent/tickets/{}", self.zendesk_origin, ticket.id)
    }

    /// The address at which an answer lands on `ticket`.
    pub fn reply_address(&self, ticket: &Ticket) -> String {
        format!("support+id{}@{}.zendesk.com", ticket.id, self.subdomain)
    }
}
