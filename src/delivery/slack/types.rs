//! What Slack's Web API takes and says, as far as it is used.

use serde::{Deserialize, Serialize};

use super::blocks::Message;
use crate::license::{DeliveryId, SlackTs};

/// What our messages are marked with, for us to find them. Every app in the channel can read it.
const EVENT_TYPE: &str = "stopgap_delivery";

#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) ok: bool,
    pub(super) error: Option<String>,
    pub(super) needed: Option<String>,
    #[serde(default)]
    pub(super) response_metadata: ResponseMetadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ResponseMetadata {
    pub(super) messages: Vec<String>,
    pub(super) next_cursor: String,
}

#[derive(Serialize)]
pub(super) struct Post<'a> {
    pub(super) channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thread_ts: Option<&'a SlackTs>,
    pub(super) reply_broadcast: bool,
    pub(super) unfurl_links: bool,
    pub(super) unfurl_media: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<Metadata>,
    #[serde(flatten)]
    pub(super) message: &'a Message,
}

#[derive(Serialize)]
pub(super) struct Update<'a> {
    pub(super) channel: &'a str,
    pub(super) ts: &'a SlackTs,
    #[serde(flatten)]
    pub(super) message: &'a Message,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Metadata {
    pub(super) event_type: String,
    pub(super) event_payload: Payload,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) delivery: String,
}

#[derive(Deserialize)]
pub(super) struct Posted {
    pub(super) ts: SlackTs,
    pub(super) message: Option<PostedMessage>,
}

#[derive(Deserialize)]
pub(super) struct PostedMessage {
    pub(super) thread_ts: Option<SlackTs>,
}

#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) messages: Vec<Listed>,
}

#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) ts: SlackTs,
    pub(super) thread_ts: Option<SlackTs>,
    pub(super) bot_id: Option<String>,
    // Of other apps it may have any form.
    pub(super) metadata: Option<serde_json::Value>,
}

/// The token's owner.
#[derive(Debug, Deserialize)]
pub(crate) struct Identity {
    pub(crate) team: String,
    pub(crate) bot_id: String,
}

/// The channel, as far as posting to it goes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "Slack's own fields")]
pub(crate) struct Channel {
    pub(crate) name: String,
    pub(crate) is_archived: bool,
    pub(crate) is_member: bool,
    pub(crate) is_private: bool,
    pub(crate) is_read_only: bool,
    pub(crate) is_thread_only: bool,
    pub(crate) is_non_threadable: bool,
}

#[derive(Deserialize)]
pub(super) struct ChannelInfo {
    pub(super) channel: Channel,
}

#[derive(Deserialize)]
pub(super) struct Ignored {}

impl Metadata {
    pub(super) fn of(delivery: DeliveryId) -> Self {
        let payload = Payload { delivery: delivery.to_string() };
        Self { event_type: EVENT_TYPE.to_owned(), event_payload: payload }
    }
}

impl Listed {
    pub(super) fn is_marked_with(&self, delivery: DeliveryId) -> bool {
        let metadata = self.metadata.as_ref().and_then(|value| Metadata::deserialize(value).ok());
        metadata.is_some_and(|metadata| {
            metadata.event_type == EVENT_TYPE && metadata.event_payload.delivery == delivery.to_string()
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) user: User,
}

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    is_bot: bool,
}

impl User {
    /// A person with an id of Slack's form, which may stand in a message unescaped.
    pub(super) fn can_be_mentioned(&self) -> bool {
        let is_id = self.id.starts_with(['U', 'W']) && self.id.bytes().all(|b| b.is_ascii_alphanumeric());
        is_id && !self.deleted && !self.is_bot
    }
}
