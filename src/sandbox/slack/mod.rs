//! A Slack with one channel, behind an incoming webhook and an app's bot token. It keeps messages and misbehaves on
//! demand.

mod api;
mod blocks;
#[cfg(test)]
mod tests;

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

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
/// The one bot token that is let in.
pub const TOKEN: &str = "xoxb-sandbox-nothing-here-is-real";
/// The one channel's id.
pub const CHANNEL: &str = "C0SANDBOX";
/// The user group that may be mentioned.
pub const GROUP: &str = "S0SANDBOX";

/// One message of the channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    pub received_at: Timestamp,
    pub ts: String,
    /// The message that it replies to.
    pub thread_ts: Option<String>,
    /// A reply that shows in the channel, too.
    pub is_broadcast: bool,
    pub is_edited: bool,
    /// The text for notifications, and for readers without blocks.
    pub text: String,
    pub blocks: Vec<Value>,
    pub attachments: Vec<Value>,
    #[serde(skip)]
    pub metadata: Option<Value>,
}

/// What the app may do, and how its channel is.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "Slack's own fields")]
pub struct Access {
    pub scopes: Vec<String>,
    pub is_member: bool,
    pub is_archived: bool,
    pub is_private: bool,
    pub is_read_only: bool,
    pub is_thread_only: bool,
    pub is_non_threadable: bool,
}

/// A fault of one method of the API, such as `chat.update`.
#[derive(Debug, Clone)]
pub struct MethodFault {
    pub method: &'static str,
    pub fault: Fault,
}

/// A stateful Slack on loopback.
#[derive(Debug)]
pub struct Slack {
    listener: Listener,
    channel: Arc<Channel>,
    /// Of every request.
    pub faults: Arc<Faults<Fault>>,
    /// Of single methods, once nothing is wrong with every request.
    pub method_faults: Arc<Faults<MethodFault>>,
}

#[derive(Debug)]
struct Channel {
    clock: Clock,
    access: Mutex<Access>,
    messages: MessageLog<Vec<Message>>,
    /// The number of the next one; a deleted one's is not used again.
    posted: AtomicU32,
    faults: Arc<Faults<Fault>>,
    method_faults: Arc<Faults<MethodFault>>,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            scopes: ["chat:write", "channels:history", "channels:read", "users:read", "users:read.email"]
                .map(str::to_owned)
                .to_vec(),
            is_member: true,
            is_archived: false,
            is_private: false,
            is_read_only: false,
            is_thread_only: false,
            is_non_threadable: false,
        }
    }
}

impl Message {
    /// All that a reader sees, as JSON.
    pub fn shown(&self) -> String {
        serde_json::json!([self.blocks, self.attachments]).to_string()
    }
}

impl Slack {
    /// Starts it on 127.0.0.1; port 0 takes any free one.
    pub(crate) async fn start(port: u16, clock: Clock) -> io::Result<Self> {
        let (faults, method_faults) = (Arc::<Faults<Fault>>::default(), Arc::<Faults<MethodFault>>::default());
        let channel = Arc::new(Channel {
            clock,
            access: Mutex::default(),
            messages: MessageLog::default(),
            posted: AtomicU32::new(1),
            faults: Arc::clone(&faults),
            method_faults: Arc::clone(&method_faults),
        });
        let listener = web::serve(port, Arc::clone(&channel)).await?;
        Ok(Self { listener, channel, faults, method_faults })
    }

    /// The webhook: `http://127.0.0.1:PORT/services/T…/B…/SECRET`.
    pub fn url(&self) -> String {
        format!("{}/services/{TEAM}/{BOT}/{SECRET}", self.root())
    }

    /// In place of `https://slack.com`.
    pub fn root(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// Every message so far, as it is now.
    pub fn messages(&self) -> Vec<Message> {
        self.channel.messages.read(Clone::clone)
    }

    /// Waits until `count` messages have arrived in all, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        self.until(|messages| (messages.len() >= count).then(|| messages.to_vec())).await
    }

    /// Waits until `look` finds what it looks for.
    pub async fn until<R>(&self, look: impl Fn(&[Message]) -> Option<R>) -> R {
        self.channel.messages.until(|messages| look(messages)).await
    }

    /// Somebody deletes a message. Replies to it stay.
    pub fn delete(&self, ts: &str) {
        self.channel.messages.change(|messages| messages.retain(|message| message.ts != ts));
    }

    /// Changes what the app may do.
    pub fn set_access(&self, change: impl FnOnce(&mut Access)) {
        change(&mut self.channel.access.lock().unwrap_or_else(PoisonError::into_inner));
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
        let fault = self.faults.take(|_| true).or_else(|| {
            let is_asked = |one: &MethodFault| request.path.get(1).is_some_and(|method| method == one.method);
            self.method_faults.take(is_asked).map(|one| one.fault)
        });
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
            (_, path) => match path[..] {
                ["api", method] => self.call(method, request),
                _ => Answer::text(404, "no_service"),
            },
        }
    }

    fn keep(&self, request: &Request) -> Result<(), &'static str> {
        let payload: Value = request.json().map_err(|_| "invalid_payload")?;
        let payload = payload.as_object().ok_or("invalid_payload")?;
        let mut message = Message::parse(payload)?;
        message.received_at = self.clock.now();
        self.push(message);
        Ok(())
    }

    /// Keeps `message` under a `ts` that no other has, and returns it.
    fn push(&self, mut message: Message) -> Message {
        let number = self.posted.fetch_add(1, Ordering::Relaxed);
        message.ts = format!("{}.{number:06}", message.received_at.as_second());
        self.messages.change(|messages| messages.push(message.clone()));
        message
    }

    fn access(&self) -> Access {
        self.access.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Message {
    /// The parts of a message that webhooks and API share. Neither its time nor its `ts`.
    fn parse(payload: &Map<String, Value>) -> Result<Self, &'static str> {
        let text = payload.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = |name: &str, error| match payload.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items.clone()),
            Some(_) => Err(error),
        };
        let (blocks, attachments) = (list("blocks", "invalid_blocks")?, list("attachments", "invalid_attachments")?);
        if text.trim().is_empty() && blocks.is_empty() {
            return Err("no_text");
        }
        blocks::check(&blocks).ok_or("invalid_blocks")?;
        blocks::check_attachments(&attachments).ok_or("invalid_blocks")?;
        let (ts, thread_ts, metadata) = (String::new(), None, None);
        let received_at = Timestamp::UNIX_EPOCH;
        Ok(Self {
            received_at,
            ts,
            thread_ts,
            is_broadcast: false,
            is_edited: false,
            text,
            blocks,
            attachments,
            metadata,
        })
    }
}
