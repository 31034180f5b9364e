//! The license to the customer, by SMTP.
//!
//! - `message`: the mail, the same bytes at each attempt; `header`: its header fields
//! - `connection`: one conversation with the mail server, step by step, each bounded; `transport`: TCP and TLS below it
//! - `classify`: what a failed step means for the delivery; `refusal`: whom a refusal is about
//! - [`webhook`]: what the mail provider reports afterwards; `mailgun`: what it says when asked

mod classify;
mod connection;
mod header;
mod letter;
pub(crate) mod mailgun;
mod message;
mod refusal;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
mod transport;
pub mod webhook;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use lettre::message::Mailbox;
use tokio::task::AbortHandle;
use uuid::Uuid;

use self::{
    classify::SmtpError,
    connection::{Connection, Server, Timeouts},
    message::Mail,
};
use super::Links;
use crate::{
    config,
    license::{Delivery, Email, License, Outcome},
};

/// Sends licenses by mail. Keeps one idle connection for the next mail; sends at the same time open their own.
pub struct Mailer {
    server: Server,
    from: Mailbox,
    emergency_contact: Option<String>,
    links: Links,
    timeouts: Timeouts,
    idle: Arc<Mutex<Option<Idle>>>,
}

/// An idle connection, and the task that will close it.
struct Idle {
    connection: Connection,
    closing: AbortHandle,
}

/// How far a check came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    Accepted,
    /// Login and sender are accepted, but the server does not know this recipient; its error.
    RecipientRefused(String),
}

impl Mailer {
    pub fn new(smtp: &config::Smtp, links: Links) -> Result<Self, String> {
        Self::with_timeouts(smtp, links, Timeouts::DEFAULT)
    }

    fn with_timeouts(smtp: &config::Smtp, links: Links, timeouts: Timeouts) -> Result<Self, String> {
        let server = Server::new(smtp, timeouts)?;
        Ok(Self {
            server,
            from: smtp.from.clone(),
            emergency_contact: smtp.emergency_contact.clone(),
            links,
            timeouts,
            idle: Arc::default(),
        })
    }

    /// Mails the file of `license` to the recipient of `delivery`: the same bytes and Message-ID at each attempt.
    ///
    /// Takes the sum of all timeouts at most, some six minutes. `Sent` means that the mail server accepted the mail, and
    /// refers to the Message-ID without its angle brackets.
    pub(crate) async fn send(&self, license: &License, delivery: &Delivery) -> Outcome {
        let mail = match Mail::compose(license, delivery, &self.from, &self.links, self.emergency_contact.as_deref()) {
            Ok(mail) => mail,
            Err(error) => return Outcome::Refused { error },
        };
        match self.converse(&mail).await {
            Ok((connection, reply)) => {
                self.keep(connection);
                Outcome::Sent { reference: Some(mail.message_id), reply: Some(reply) }
            }
            Err(error) => error.outcome(),
        }
    }

    /// Goes as far as RCPT and resets, for the configuration check: many servers refuse sender, client and HELO only there.
    pub(crate) async fn check(&self, recipient: &Email) -> Result<Checked, String> {
        let recipient =
            recipient.as_str().parse().map_err(|error| format!("{recipient} cannot be mailed to: {error}"))?;
        let mut connection = self.server.open().await.map_err(|error| error.to_string())?;
        let result = match connection.mail(&self.from.email).await {
            Ok(()) => connection.rcpt(&recipient).await,
            refused => refused,
        };
        let reset = connection.reset().await;
        connection.quit().await;
        match result {
            Ok(()) => reset.map(|()| Checked::Accepted).map_err(|error| error.to_string()),
            Err(error) if error.is_final() => Ok(Checked::RecipientRefused(error.to_string())),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Sends a mail without a license, once.
    pub(crate) async fn send_test(&self, to: &Email, id: Uuid, now: Timestamp) -> Result<(), String> {
        let mail = Mail::test(to, &self.from, id, now)?;
        let (connection, _) = self.converse(&mail).await.map_err(|error| error.to_string())?;
        connection.quit().await;
        Ok(())
    }

    /// Sends one mail, and returns the connection for the next, and the reply that accepted this one.
    async fn converse(&self, mail: &Mail) -> Result<(Connection, String), SmtpError> {
        let mut connection = self.begin(mail).await?;
        match connection.transmit(mail).await {
            Ok(reply) => Ok((connection, reply)),
            Err(error) => {
                if error.is_reply() {
                    connection.quit().await;
                }
                Err(error)
            }
        }
    }

    /// A connection on which MAIL was accepted: the idle one if it is still usable, else a new one.
    async fn begin(&self, mail: &Mail) -> Result<Connection, SmtpError> {
        if let Some(mut idle) = self.take_idle()
            && idle.reset().await.is_ok()
            && idle.mail(&mail.sender).await.is_ok()
        {
            return Ok(idle);
        }
        let mut fresh = self.server.open().await?;
        match fresh.mail(&mail.sender).await {
            Ok(()) => Ok(fresh),
            Err(error) => {
                if error.is_reply() {
                    fresh.quit().await;
                }
                Err(error)
            }
        }
    }

    fn take_idle(&self) -> Option<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        idle.closing.abort();
        Some(idle.connection)
    }

    /// Keeps `connection` for a while, instead of one that is kept already.
    fn keep(&self, connection: Connection) {
        let place = Arc::clone(&self.idle);
        let wait = self.timeouts.idle;
        let closing = tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            let idle = place.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(idle) = idle {
                idle.connection.quit().await;
            }
        })
        .abort_handle();
        let before = self.idle.lock().unwrap_or_else(PoisonError::into_inner).replace(Idle { connection, closing });
        if let Some(before) = before {
            before.closing.abort();
            tokio::spawn(before.connection.quit());
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("server", &self.server).field("from", &self.from).finish_non_exhaustive()
    }
}
