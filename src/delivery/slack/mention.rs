//! Whom a message mentions: the engineer, by the address that Zendesk knows them under.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::api::Api;
use crate::license::Email;

/// How long an answer is kept: people rarely change their address.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Far more than there are engineers.
const MAX_KEPT: usize = 1000;

/// Slack's ids of people, by address.
#[derive(Debug, Default)]
pub(super) struct Members(Mutex<HashMap<String, (Timestamp, Option<String>)>>);

impl Members {
    /// The id of the member with this address; `None` if there is none, or Slack does not say. Never an error: a message
    /// without a mention says the same.
    pub(super) async fn id(&self, api: &Api, email: &Email, now: Timestamp) -> Option<String> {
        let address = email.folded();
        if let Some((until, id)) = self.known(&address)
            && now < until
        {
            return id;
        }
        // An answer that was lost is asked for again with the next message.
        let id = api.member(&address).await.ok()?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        let until = now.checked_add(KEPT).unwrap_or(now);
        kept.insert(address, (until, id.clone()));
        id
    }

    fn known(&self, address: &str) -> Option<(Timestamp, Option<String>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(address).cloned()
    }
}
