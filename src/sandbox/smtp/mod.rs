//! A mail server that keeps every mail it accepts and misbehaves on demand.

mod dialogue;
mod fault;
mod mail;
#[cfg(test)]
mod tests;
mod tls;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub use fault::Fault;
pub use fault::{Act, Scripted, Stage};
pub use mail::{Attachment, Mail};
pub use tls::Encryption;

use super::{faults::Faults, listener::Listener, message_log::MessageLog};
use crate::clock::Clock;

/// How long [`Fault::Slow`] waits before each answer.
pub(crate) const SLOW: Duration = Duration::from_secs(2);

/// A stateful SMTP server on loopback. It offers AUTH and takes any credentials, but asks for none.
#[derive(Debug)]
pub struct MailServer {
    listener: Listener,
    inbox: Arc<Inbox>,
    pub faults: Arc<Faults<Fault>>,
    /// Replies of the test's own, before the faults.
    pub script: Arc<Faults<Scripted>>,
}

/// What the server has seen, shared by its connections.
#[derive(Debug)]
pub(super) struct Inbox {
    clock: Clock,
    seen: MessageLog<Seen>,
    faults: Arc<Faults<Fault>>,
    script: Arc<Faults<Scripted>>,
    encryption: Mutex<Option<Encryption>>,
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    /// The verb of each command, in order.
    commands: Vec<String>,
    mails: Vec<Mail>,
}

impl MailServer {
    /// Starts the server on 127.0.0.1; port 0 takes any free one.
    pub async fn start(port: u16, clock: Clock) -> io::Result<Self> {
        let faults = Arc::<Faults<Fault>>::default();
        let script = Arc::<Faults<Scripted>>::default();
        let inbox = Arc::new(Inbox {
            clock,
            seen: MessageLog::default(),
            faults: Arc::clone(&faults),
            script: Arc::clone(&script),
            encryption: Mutex::default(),
        });
        let shared = Arc::clone(&inbox);
        let listener = Listener::start(port, move |stream| dialogue::serve(stream, Arc::clone(&shared))).await?;
        Ok(Self { listener, inbox, faults, script })
    }

    /// `smtp://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.listener.address())
    }

    /// Speaks TLS on every connection from now on.
    pub fn encrypt(&self, encryption: Encryption) {
        *self.inbox.encryption.lock().unwrap_or_else(PoisonError::into_inner) = Some(encryption);
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.listener.address()
    }

    /// Every mail so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.inbox.seen.read(|seen| seen.mails.clone())
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.inbox.seen.read(|seen| seen.connections)
    }

    /// The verbs of the commands so far, of all connections.
    pub fn commands(&self) -> Vec<String> {
        self.inbox.seen.read(|seen| seen.commands.clone())
    }

    /// Waits until `verb` was the last command.
    pub async fn wait_for_command(&self, verb: &str) {
        self.inbox.seen.until(|seen| (seen.commands.last().is_some_and(|last| last == verb)).then_some(())).await;
    }

    /// Waits until `count` mails have arrived in all, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Mail> {
        self.until(|mails| (mails.len() >= count).then(|| mails.to_vec())).await
    }

    /// Waits until `look` finds what it looks for.
    pub async fn until<R>(&self, look: impl Fn(&[Mail]) -> Option<R>) -> R {
        self.inbox.seen.until(|seen| look(&seen.mails)).await
    }

    pub(crate) async fn stop(&self) {
        self.listener.stop().await;
    }

    pub(super) fn revision(&self) -> u64 {
        self.inbox.seen.revision()
    }

    pub(super) async fn newer_than(&self, revision: u64) {
        self.inbox.seen.newer_than(revision).await;
    }
}

impl Inbox {
    fn encryption(&self) -> Option<Encryption> {
        self.encryption.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn scripted(&self, stage: Stage) -> Option<Act> {
        self.script.take(|scripted| scripted.at == stage).map(|scripted| scripted.act)
    }

    fn fault(&self, stage: Stage) -> Option<Fault> {
        self.faults.take(|fault| fault.stage() == stage)
    }
}
