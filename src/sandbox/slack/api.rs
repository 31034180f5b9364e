//! The methods of Slack's Web API that the service calls.

use serde_json::{Map, Value, json};

use super::{Access, BOT, CHANNEL, Channel, Message, TEAM, TOKEN};
use crate::sandbox::web::{Answer, Request};

/// Of the text of an edit.
const MAX_EDITED_CHARS: usize = 4000;
/// Of a new message's text; longer ones are cut.
const MAX_TEXT_CHARS: usize = 40_000;
const MAX_EVENT_TYPE_CHARS: usize = 50;
/// The end of the addresses of the workspace's members.
const STAFF: &str = "@gitlab.example";
const USUAL_PER_PAGE: usize = 100;

/// A refusal: its code, and the scope that is needed.
struct Refusal(&'static str, Option<&'static str>);

impl From<&'static str> for Refusal {
    fn from(code: &'static str) -> Self {
        Self(code, None)
    }
}

type Answered = Result<Value, Refusal>;

impl Channel {
    pub(super) fn call(&self, method: &str, request: &Request) -> Answer {
        let access = self.access();
        let answered = authorized(request).and_then(|()| match method {
            "auth.test" => Ok(json!({"url": "https://sandbox.slack.com/", "team": "Sandbox", "user": "stopgap",
                "team_id": TEAM, "user_id": "U0SANDBOX", "bot_id": BOT})),
            "chat.postMessage" => self.post(&access, &object(request)?),
            "chat.update" => self.update(&access, &object(request)?),
            "conversations.history" => self.history(&access, request),
            "conversations.replies" => self.replies(&access, request),
            "conversations.info" => info(&access, request),
            "users.lookupByEmail" => member(&access, request),
            _ => Err("unknown_method".into()),
        });
        let body = match answered {
            Ok(mut body) => {
                body["ok"] = true.into();
                body
            }
            Err(Refusal(code, None)) => json!({"ok": false, "error": code}),
            Err(Refusal(code, Some(needed))) => {
                json!({"ok": false, "error": code, "needed": needed, "provided": access.scopes.join(",")})
            }
        };
        Answer::json(200, &body).with("X-OAuth-Scopes", access.scopes.join(","))
    }

    fn post(&self, access: &Access, payload: &Map<String, Value>) -> Answered {
        access.demand("chat:write")?;
        in_channel(payload.get("channel").and_then(Value::as_str))?;
        if access.is_archived {
            return Err("is_archived".into());
        }
        if !access.is_member && !access.has("chat:write.public") {
            return Err(if access.is_private { "channel_not_found" } else { "not_in_channel" }.into());
        }
        let wanted = payload.get("thread_ts").and_then(Value::as_str);
        if access.is_non_threadable && wanted.is_some() {
            return Err("restricted_action_non_threadable_channel".into());
        }
        let mut message = Message::parse(payload)?;
        message.text = message.text.chars().take(MAX_TEXT_CHARS).collect();
        message.metadata = payload.get("metadata").cloned();
        if message.metadata.as_ref().is_some_and(|metadata| !is_metadata(metadata)) {
            return Err("invalid_metadata_format".into());
        }
        // A reply to what is gone becomes a message of its own, and no error says so.
        let is_root = |one: &Message| Some(one.ts.as_str()) == wanted && one.thread_ts.is_none();
        let is_reply = self.messages.read(|messages| messages.iter().any(is_root));
        message.thread_ts = wanted.filter(|_| is_reply).map(str::to_owned);
        message.is_broadcast = is_reply && payload.get("reply_broadcast") == Some(&Value::Bool(true));
        message.received_at = self.clock.now();
        let kept = self.push(message);
        Ok(json!({"channel": CHANNEL, "ts": kept.ts, "message": listed(&kept, true)}))
    }

    fn update(&self, access: &Access, payload: &Map<String, Value>) -> Answered {
        access.demand("chat:write")?;
        in_channel(payload.get("channel").and_then(Value::as_str))?;
        if access.is_archived {
            return Err("is_inactive".into());
        }
        let new = Message::parse(payload)?;
        if new.text.chars().count() > MAX_EDITED_CHARS {
            return Err("msg_too_long".into());
        }
        let ts = payload.get("ts").and_then(Value::as_str).unwrap_or_default();
        let keeps_attachments = !payload.contains_key("attachments");
        let is_edited = self.messages.change(|messages| {
            let message = messages.iter_mut().find(|message| message.ts == ts)?;
            (message.text, message.blocks, message.is_edited) = (new.text, new.blocks, true);
            if !keeps_attachments {
                message.attachments = new.attachments;
            }
            Some(())
        });
        is_edited.ok_or("message_not_found")?;
        Ok(json!({"channel": CHANNEL, "ts": ts}))
    }

    /// Newest first; of the replies only those that show in the channel.
    fn history(&self, access: &Access, request: &Request) -> Answered {
        readable(access, request)?;
        let mut found = self.messages.read(Clone::clone);
        found.retain(|message| message.thread_ts.is_none() || message.is_broadcast);
        found.reverse();
        Ok(page(&found, request))
    }

    fn replies(&self, access: &Access, request: &Request) -> Answered {
        readable(access, request)?;
        let root = request.parameter("ts").unwrap_or_default();
        let mut found = self.messages.read(Clone::clone);
        found.retain(|message| message.ts == root || message.thread_ts.as_deref() == Some(root));
        if found.iter().all(|message| message.ts != root) {
            return Err("thread_not_found".into());
        }
        Ok(page(&found, request))
    }
}

impl Access {
    fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    fn demand(&self, scope: &'static str) -> Result<(), Refusal> {
        if self.has(scope) { Ok(()) } else { Err(Refusal("missing_scope", Some(scope))) }
    }
}

/// Everyone with an address at [`STAFF`] is a member.
fn member(access: &Access, request: &Request) -> Answered {
    access.demand("users:read.email")?;
    let name = request.parameter("email").and_then(|email| email.strip_suffix(STAFF));
    let name = name.ok_or("users_not_found")?;
    Ok(json!({"user": {"id": format!("U0{}", name.to_uppercase()), "deleted": false, "is_bot": false}}))
}

fn readable(access: &Access, request: &Request) -> Result<(), Refusal> {
    access.demand(if access.is_private { "groups:history" } else { "channels:history" })?;
    in_channel(request.parameter("channel"))?;
    if access.is_member { Ok(()) } else { Err("not_in_channel".into()) }
}

fn authorized(request: &Request) -> Result<(), Refusal> {
    match request.header("authorization") {
        None => Err("not_authed".into()),
        Some(header) if header.strip_prefix("Bearer ") == Some(TOKEN) => Ok(()),
        Some(_) => Err("invalid_auth".into()),
    }
}

fn in_channel(channel: Option<&str>) -> Result<(), Refusal> {
    if channel == Some(CHANNEL) { Ok(()) } else { Err("channel_not_found".into()) }
}

fn object(request: &Request) -> Result<Map<String, Value>, Refusal> {
    request.json().map_err(|_| "invalid_json".into())
}

fn is_metadata(metadata: &Value) -> bool {
    let is_type = metadata["event_type"].as_str().is_some_and(|kind| (1..=MAX_EVENT_TYPE_CHARS).contains(&kind.len()));
    is_type && metadata["event_payload"].is_object()
}

fn info(access: &Access, request: &Request) -> Answered {
    access.demand(if access.is_private { "groups:read" } else { "channels:read" })?;
    in_channel(request.parameter("channel"))?;
    let Access { is_member, is_archived, is_private, is_read_only, is_thread_only, is_non_threadable, .. } = access;
    Ok(json!({"channel": {"id": CHANNEL, "name": "support_licensing-subscription", "is_member": is_member,
        "is_archived": is_archived, "is_private": is_private, "is_read_only": is_read_only,
        "is_thread_only": is_thread_only, "is_non_threadable": is_non_threadable}}))
}

fn listed(message: &Message, with_metadata: bool) -> Value {
    let mut shown = json!({"type": "message", "bot_id": BOT, "ts": message.ts, "text": message.text,
        "blocks": message.blocks, "attachments": message.attachments});
    if let Some(thread) = &message.thread_ts {
        shown["thread_ts"] = thread.as_str().into();
    }
    if let Some(metadata) = message.metadata.as_ref().filter(|_| with_metadata) {
        shown["metadata"] = metadata.clone();
    }
    shown
}

/// Those that are asked for, as far as they fit on a page.
fn page(messages: &[Message], request: &Request) -> Value {
    let number = |name: &str| request.parameter(name).and_then(|text| text.parse::<usize>().ok());
    let oldest: f64 = request.parameter("oldest").and_then(|ts| ts.parse().ok()).unwrap_or(0.0);
    let with_metadata = request.parameter("include_all_metadata") == Some("true");
    let is_young = |message: &&Message| message.ts.parse::<f64>().is_ok_and(|ts| ts >= oldest);
    let (start, limit) = (number("cursor").unwrap_or(0), number("limit").unwrap_or(USUAL_PER_PAGE));
    let young: Vec<_> = messages.iter().filter(is_young).collect();
    let shown: Vec<_> = young.iter().skip(start).take(limit).map(|one| listed(one, with_metadata)).collect();
    let end = start + shown.len();
    let next = if end < young.len() { end.to_string() } else { String::new() };
    json!({"messages": shown, "has_more": !next.is_empty(), "response_metadata": {"next_cursor": next}})
}
