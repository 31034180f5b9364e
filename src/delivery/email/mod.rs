//! The license to the customer, by SMTP.
//!
//! - [`message`]: the mail, the same bytes each time
//! - [`connection`]: one conversation with the mail server, step by step and each step bounded
//! - [`classify`]: what a broken step means for the delivery
//! - [`webhook`]: what the mail provider reports afterwards

pub mod classify;
pub mod connection;
mod header;
pub mod message;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
pub mod webhook;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use lettre::message::Mailbox;
use tokio::task::AbortHandle;
use uuid::Uuid;

use self::{
    classify::Fault,
    connection::{Connection, Server, Timeouts},
    message::Mail,
};
use super::Links;
use crate::{
    config,
    license::{Delivery, Email, License, delivery::Outcome},
};

/// How long a connection waits for the next mail before it is closed. Servers close theirs after minutes
/// (RFC 5321, section 4.5.3.2.7, asks for five), so within this time it is most likely still there.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// Sends licenses by mail. Keeps one idle connection for the next mail; sends at the same time open their own.
pub struct Mailer {
    server: Server,
    from: Mailbox,
    links: Links,
    kept: Arc<Mutex<Option<Kept>>>,
}

/// An idle connection, and the task that will close it.
struct Kept {
    connection: Connection,
    closing: AbortHandle,
}

impl Mailer {
    pub fn new(smtp: &config::Smtp, links: Links) -> Result<Self, String> {
        Self::with_timeouts(smtp, links, Timeouts::DEFAULT)
    }

    fn with_timeouts(smtp: &config::Smtp, links: Links, timeouts: Timeouts) -> Result<Self, String> {
        let server = Server::new(smtp, timeouts)?;
        Ok(Self { server, from: smtp.from.clone(), links, kept: Arc::default() })
    }

    /// Mails the file of `license` to the recipient of `delivery`: the same bytes, with the same Message-ID, each time.
    ///
    /// Takes [`Timeouts::DEFAULT`]'s sum at the worst, some six minutes. `Sent` refers to the Message-ID, without its
    /// angle brackets, and says that the mail server accepted the mail.
    pub async fn send(&self, license: &License, delivery: &Delivery) -> Outcome {
        let mail = match Mail::compose(license, delivery, &self.from, &self.links) {
            Ok(mail) => mail,
            Err(error) => return Outcome::Refused { error },
        };
        match self.converse(&mail).await {
            Ok(connection) => {
                self.keep(connection);
                Outcome::Sent { reference: Some(mail.message_id) }
            }
            Err(fault) => fault.outcome(),
        }
    }

    /// Logs in, names the sender, takes it back and hangs up: for the configuration check. No mail is sent.
    ///
    /// # Errors
    /// What the mail server said, or what broke.
    pub async fn check(&self) -> Result<(), String> {
        let mut connection = self.server.open().await.map_err(|fault| fault.to_string())?;
        let accepted = match connection.mail(&self.from.email).await {
            Ok(()) => connection.reset().await,
            refused => refused,
        };
        connection.quit().await;
        accepted.map_err(|fault| fault.to_string())
    }

    /// Really sends a mail that holds no license to `to`, once.
    ///
    /// # Errors
    /// What the mail server said, or what broke.
    pub async fn send_test(&self, to: &Email, id: Uuid, now: Timestamp) -> Result<(), String> {
        let mail = Mail::test(to, &self.from, id, now)?;
        let connection = self.converse(&mail).await.map_err(|fault| fault.to_string())?;
        connection.quit().await;
        Ok(())
    }

    /// One mail over one connection, which is handed back for the next.
    async fn converse(&self, mail: &Mail) -> Result<Connection, Fault> {
        let mut connection = self.begin(mail).await?;
        match connection.transmit(mail).await {
            Ok(()) => Ok(connection),
            Err(fault) => {
                if fault.is_reply() {
                    connection.quit().await;
                }
                Err(fault)
            }
        }
    }

    /// A connection on which MAIL was accepted: the kept one if it is still good, else a fresh one.
    async fn begin(&self, mail: &Mail) -> Result<Connection, Fault> {
        if let Some(mut kept) = self.take()
            && kept.reset().await.is_ok()
            && kept.mail(&mail.sender).await.is_ok()
        {
            return Ok(kept);
        }
        let mut fresh = self.server.open().await?;
        match fresh.mail(&mail.sender).await {
            Ok(()) => Ok(fresh),
            Err(fault) => {
                if fault.is_reply() {
                    fresh.quit().await;
                }
                Err(fault)
            }
        }
    }

    fn take(&self) -> Option<Connection> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        kept.closing.abort();
        Some(kept.connection)
    }

    /// Keeps `connection` for [`KEPT_FOR`]. One that was kept already is dropped.
    fn keep(&self, connection: Connection) {
        let place = Arc::clone(&self.kept);
        let closing = tokio::spawn(async move {
            tokio::time::sleep(KEPT_FOR).await;
            let kept = place.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(kept) = kept {
                kept.connection.quit().await;
            }
        })
        .abort_handle();
        let before = self.kept.lock().unwrap_or_else(PoisonError::into_inner).replace(Kept { connection, closing });
        if let Some(before) = before {
            before.closing.abort();
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("server", &self.server).field("from", &self.from).finish_non_exhaustive()
    }
}
