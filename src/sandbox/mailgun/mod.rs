//! A Mailgun behind the mail server: it reports what became of each mail, and keeps its lists of suppressed addresses.

mod account;
mod api;
mod webhook;

use std::{io, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    faults::Faults,
    listener::Listener,
    message_log::MessageLog,
    smtp::MailServer,
    web::{self, Fault, Reply, Request, Site},
};
use crate::clock::Clock;
use account::Account;
pub use webhook::SIGNING_KEY;

/// The one key that is let in.
pub const API_KEY: &str = "key-sandbox-nothing-here-is-real";
/// The one sending domain.
pub const DOMAIN: &str = "mg.stopgap.example";
/// Whom the page's switch is about: the first ticket's customer.
pub(crate) const CUSTOMER: &str = "jane@acme.example";

/// A stateful Mailgun on loopback.
#[derive(Debug)]
pub struct Mailgun {
    listener: Listener,
    shared: Arc<Shared>,
    pub faults: Arc<Faults<Fault>>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    mail: Arc<MailServer>,
    account: MessageLog<Account>,
    faults: Arc<Faults<Fault>>,
}

/// What the page's switch offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trouble {
    BouncedBefore,
    MarkedAsSpam,
    Down,
}

impl Trouble {
    pub(crate) const ALL: [(Self, &str); 3] = [
        (Self::BouncedBefore, "jane@acme.example bounced before"),
        (Self::MarkedAsSpam, "jane@acme.example marked a mail as spam"),
        (Self::Down, "The API is down"),
    ];
}

impl Mailgun {
    /// Starts it on 127.0.0.1; port 0 takes any free one.
    pub(crate) async fn start(port: u16, clock: Clock, mail: Arc<MailServer>) -> io::Result<Self> {
        let faults = Arc::<Faults<Fault>>::default();
        let shared = Arc::new(Shared { clock, mail, account: MessageLog::default(), faults: Arc::clone(&faults) });
        let listener = web::serve(port, Arc::clone(&shared)).await?;
        shared.account.change(|account| account.url = format!("http://{}", listener.address()));
        Ok(Self { listener, shared, faults })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.shared.account.read(|account| account.url.clone())
    }

    /// The settings of a service that asks it.
    pub fn settings(&self) -> [(&'static str, String); 3] {
        [("MAILGUN_API_KEY", API_KEY.to_owned()), ("MAILGUN_DOMAIN", DOMAIN.to_owned()), ("MAILGUN_URL", self.url())]
    }

    /// From now on no mail is sent to `address`: one bounced.
    pub fn block(&self, address: &str) {
        self.shared.change(|account, now| account.block(address, now));
    }

    /// From now on no mail is sent to `address`: its reader marked one as spam.
    pub fn complain(&self, address: &str) {
        self.shared.change(|account, _| account.complaints.insert(address.to_owned()));
    }

    /// The addresses on the list of bounces.
    pub fn blocked(&self) -> Vec<String> {
        self.shared.account.read(|account| account.bounces.keys().cloned().collect())
    }

    /// The addresses on the list of spam complaints.
    pub fn complaints(&self) -> Vec<String> {
        self.shared.account.read(|account| account.complaints.iter().cloned().collect())
    }

    /// The Message-IDs of the mails that it did not send.
    pub(crate) fn held_back(&self) -> Vec<Value> {
        let is_held_back =
            |event: &&Value| event["reason"].as_str().is_some_and(|reason| reason.starts_with("suppress"));
        let id = |event: &Value| event["message"]["headers"]["message-id"].clone();
        self.shared.account.read(|account| account.events.iter().filter(is_held_back).map(id).collect())
    }

    /// The calls so far: `GET /v3/…`.
    pub fn calls(&self) -> Vec<String> {
        self.shared.account.read(|account| account.calls.clone())
    }

    /// An account without logs, as on older plans: it has events alone.
    pub fn without_logs(&self) {
        self.shared.change(|account, _| account.has_logs = false);
    }

    /// At most `size` events on a page.
    pub fn page_by(&self, size: usize) {
        self.shared.change(|account, _| account.page_size = size);
    }

    /// Names the next page of events at `url` in place of its own.
    pub fn next_page_at(&self, url: &str) {
        self.shared.change(|account, _| account.next_at = Some(url.to_owned()));
    }

    /// Adds an event of the mail with `message_id` to `recipient`; `event` holds what is special of it.
    pub fn report(&self, message_id: &str, recipient: &str, event: &Value) {
        self.shared.change(|account, now| account.report(message_id, recipient, event, now));
    }

    /// What the page's switch shows.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let of_customer = |addresses: Vec<String>| addresses.iter().any(|address| address == CUSTOMER);
        if self.faults.standing().is_some() {
            Some(Trouble::Down)
        } else if of_customer(self.complaints()) {
            Some(Trouble::MarkedAsSpam)
        } else {
            of_customer(self.blocked()).then_some(Trouble::BouncedBefore)
        }
    }

    /// Throws the page's switch.
    pub(crate) fn set_trouble(&self, trouble: Option<Trouble>) {
        self.faults.set_fault((trouble == Some(Trouble::Down)).then(|| Fault::status(503, "Service Unavailable")));
        self.shared.change(|account, now| {
            account.bounces.remove(CUSTOMER);
            account.complaints.remove(CUSTOMER);
            match trouble {
                Some(Trouble::BouncedBefore) => account.block(CUSTOMER, now),
                Some(Trouble::MarkedAsSpam) => drop(account.complaints.insert(CUSTOMER.to_owned())),
                Some(Trouble::Down) | None => {}
            }
        });
    }

    /// Closes the socket and every connection.
    pub(crate) async fn stop(&self) {
        self.listener.stop().await;
    }

    pub(super) fn revision(&self) -> u64 {
        self.shared.account.revision()
    }

    pub(super) async fn newer_than(&self, revision: u64) {
        self.shared.account.newer_than(revision).await;
    }
}

impl Shared {
    /// Changes the account, once the mails so far have met it as it was.
    fn change<R>(&self, change: impl FnOnce(&mut Account, jiff::Timestamp) -> R) -> R {
        let mails = self.mail.mails();
        let now = self.clock.now();
        self.account.change(|account| {
            account.take_in(&mails);
            change(account, now)
        })
    }
}

impl Site for Shared {
    async fn reply(&self, request: Request) -> Reply {
        let fault = self.faults.take(|_| true);
        self.change(|account, _| account.calls.push(format!("{} /{}", request.method, request.path.join("/"))));
        Fault::spoil(fault, async { self.answer(&request) }).await
    }
}
