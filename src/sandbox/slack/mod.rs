//! A Slack with one channel behind an incoming webhook. It keeps messages and misbehaves on demand.

mod blocks;
#[cfg(test)]
mod tests;

use std::{io, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    faults::Faults,
    listener::Listener,
    message_log::MessageLog,
    web::{self, Answer, Fault, Reply, Request, Site},
};
use crate::clock::Clock;

const TEAM: &str = "T0SANDBOX";
const BOT: &str = "B0SANDBOX";
const SECRET: &str = "nothingHereIsReal0000000";

/// One message of the channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    pub received_at: Timestamp,
    /// The text for notifications, and for readers without blocks.
    pub text: String,
    pub blocks: Vec<Value>,
}

/// A stateful Slack on loopback.
#[derive(Debug)]
pub struct Slack {
    listener: Listener,
    channel: Arc<Channel>,
    pub faults: Arc<Faults<Fault>>,
}

#[derive(Debug)]
struct Channel {
    clock: Clock,
    messages: MessageLog<Vec<Message>>,
    faults: Arc<Faults<Fault>>,
}

impl Slack {
    /// Starts it on 127.0.0.1; port 0 takes any free one.
    pub(crate) async fn start(port: u16, clock: Clock) -> io::Result<Self> {
        let faults = Arc::<Faults<Fault>>::default();
        let channel = Arc::new(Channel { clock, messages: MessageLog::default(), faults: Arc::clone(&faults) });
        let listener = web::serve(port, Arc::clone(&channel)).await?;
        Ok(Self { listener, channel, faults })
    }

    /// The webhook: `http://127.0.0.1:PORT/services/T…/B…/SECRET`.
    pub fn url(&self) -> String {
        format!("http://{}/services/{TEAM}/{BOT}/{SECRET}", self.listener.address())
    }

    /// Every message so far.
    pub fn messages(&self) -> Vec<Message> {
        self.channel.messages.read(Clone::clone)
    }

    /// Waits until `count` messages have arrived in all, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        self.until(|messages| (messages.len() >= count).then(|| messages.to_vec())).await
    }

    /// Waits until `look` finds what it looks for.
    pub(crate) async fn until<R>(&self, look: impl Fn(&[Message]) -> Option<R>) -> R {
        self.channel.messages.until(|messages| look(messages)).await
    }

    /// Closes the socket and every connection.
    pub(crate) async fn stop(&self) {
        self.listener.stop().await;
    }

    pub(super) fn revision(&self) -> u64 {
        self.channel.messages.revision()
    }

    pub(super) async fn newer_than(&self, revision: u64) {
        self.channel.messages.newer_than(revision).await;
    }
}

impl Site for Channel {
    async fn reply(&self, request: Request) -> Reply {
        let fault = self.faults.take(|_| true);
        Fault::spoil(fault, async { self.answer(&request) }).await
    }
}

impl Channel {
    fn answer(&self, request: &Request) -> Answer {
        match request.route() {
            ("POST", path) if path == ["services", TEAM, BOT, SECRET] => match self.keep(request) {
                Ok(()) => Answer::text(200, "ok"),
                Err(refusal) => Answer::text(400, refusal),
            },
            (_, path) if path.starts_with(&["services", TEAM, BOT]) => Answer::text(403, "invalid_token"),
            _ => Answer::text(404, "no_service"),
        }
    }

    fn keep(&self, request: &Request) -> Result<(), &'static str> {
        let payload: Value = request.json().map_err(|_| "invalid_payload")?;
        let payload = payload.as_object().ok_or("invalid_payload")?;
        let text = payload.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
        let blocks = match payload.get("blocks") {
            None => Vec::new(),
            Some(Value::Array(blocks)) => blocks.clone(),
            Some(_) => return Err("invalid_blocks"),
        };
        if text.trim().is_empty() && blocks.is_empty() {
            return Err("no_text");
        }
        blocks::check(&blocks).ok_or("invalid_blocks")?;
        let message = Message { received_at: self.clock.now(), text, blocks };
        self.messages.change(|messages| messages.push(message));
        Ok(())
    }
}
