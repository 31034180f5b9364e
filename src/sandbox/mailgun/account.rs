//! What the account holds: events, and lists of suppressed addresses.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::DOMAIN;
use crate::sandbox::smtp::Mail;

#[derive(Debug)]
pub(super) struct Account {
    /// The entry as the API shows it, by address.
    pub(super) bounces: BTreeMap<String, Value>,
    pub(super) complaints: BTreeSet<String>,
    /// Oldest first.
    pub(super) events: Vec<Value>,
    pub(super) calls: Vec<String>,
    pub(super) has_logs: bool,
    pub(super) page_size: usize,
    pub(super) next_at: Option<String>,
    /// Its own address.
    pub(super) url: String,
    /// How many mails have events.
    taken_in: usize,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            bounces: BTreeMap::new(),
            complaints: BTreeSet::new(),
            events: Vec::new(),
            calls: Vec::new(),
            has_logs: true,
            page_size: usize::MAX,
            next_at: None,
            url: String::new(),
            taken_in: 0,
        }
    }
}

impl Account {
    pub(super) fn block(&mut self, address: &str, now: Timestamp) {
        let entry = json!({
            "address": address, "code": "550", "error": format!("5.1.1 <{address}>: No such mailbox"),
            "created_at": now.strftime("%a, %d %b %Y %H:%M:%S UTC").to_string(),
        });
        self.bounces.insert(address.to_owned(), entry);
    }

    /// Sends each mail on, or holds it back.
    pub(super) fn take_in(&mut self, mails: &[Mail]) {
        for mail in mails.iter().skip(self.taken_in) {
            for recipient in &mail.envelope_to {
                let fate = self.fate(recipient);
                self.report(mail.message_id.trim_matches(['<', '>']), recipient, &fate, mail.received_at);
            }
        }
        self.taken_in = self.taken_in.max(mails.len());
    }

    pub(super) fn report(&mut self, message_id: &str, recipient: &str, event: &Value, at: Timestamp) {
        let mut event = event.clone();
        event["id"] = format!("event-{}", self.events.len()).into();
        event["recipient"] = recipient.into();
        event["domain"] = json!({ "name": DOMAIN });
        event["message"] = json!({ "headers": { "message-id": message_id } });
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this century fit")]
        let seconds = at.as_millisecond() as f64 / 1000.0;
        event["timestamp"] = seconds.into();
        self.events.push(event);
    }

    fn fate(&self, recipient: &str) -> Value {
        let held_back = |code: u16, reason, description| {
            json!({ "event": "failed", "severity": "permanent", "reason": reason,
                "delivery-status": { "code": code, "message": "", "description": description } })
        };
        if self.complaints.contains(recipient) {
            held_back(607, "suppress-complaint", "Not delivering to a user who marked your messages as spam")
        } else if self.bounces.contains_key(recipient) {
            held_back(605, "suppress-bounce", "Not delivering to previously bounced address")
        } else {
            json!({ "event": "delivered", "delivery-status": { "code": 250, "message": "OK" } })
        }
    }
}
