//! The calls of Slack's Web API that messages and the configuration check take. Waits and answers are bounded.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Client, RequestBuilder,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
};
use secrecy::ExposeSecret as _;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use super::{
    blocks::Message,
    error::{Cause, Error},
    types::{
        Channel, ChannelInfo, Envelope, Found, Identity, Ignored, Listed, Metadata, Page, Post, Posted, Update, User,
    },
};
use crate::{
    clock::Clock,
    config, crash,
    delivery::{http_client, sanitize},
    license::{DeliveryId, SlackTs},
};

/// The longest answer that is read. A page of messages has some 500 KB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Messages per page: Slack recommends at most 200.
const PER_PAGE: usize = 200;

/// The most pages that are searched: 2000 messages since one delivery was enqueued.
const MAX_PAGES: usize = 10;

/// One channel, seen through one bot token.
pub(crate) struct Api {
    client: Client,
    root: Url,
    authorization: HeaderValue,
    channel: String,
    clock: Clock,
}

impl Api {
    /// `clock` reads what a `Retry-After` with a date means.
    pub(crate) fn new(slack: &config::SlackApp, clock: Clock, total: Duration) -> Result<Self, String> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", slack.token.expose_secret()))
            .map_err(|_| "STOPGAP_SLACK_BOT_TOKEN has characters that no token has".to_owned())?;
        authorization.set_sensitive(true);
        let (client, root) = (http_client::client(total)?, slack.url.clone());
        Ok(Self { client, root, authorization, channel: slack.channel.clone(), clock })
    }

    /// The token's owner, and its scopes.
    pub(crate) async fn identity(&self) -> Result<(Identity, Vec<String>), Error> {
        let (identity, _, headers) = self.read::<Identity>("auth.test", &[]).await?;
        let scopes = headers.get("x-oauth-scopes").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok((identity, scopes.split(',').map(|scope| scope.trim().to_owned()).collect()))
    }

    pub(crate) async fn channel(&self) -> Result<Channel, Error> {
        let query = [("channel", self.channel.clone())];
        Ok(self.read::<ChannelInfo>("conversations.info", &query).await?.0.channel)
    }

    /// The id of the member with this address; `None` if there is none whom a mention would reach.
    pub(super) async fn member(&self, address: &str) -> Result<Option<String>, Error> {
        match self.read::<Found>("users.lookupByEmail", &[("email", address.to_owned())]).await {
            Ok((Found { user }, ..)) => Ok(Some(user).filter(User::can_be_mentioned).map(|user| user.id)),
            // Among them that nobody has this address, and that the app may not look.
            Err(Error { cause: Cause::Refused { after: None, .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Posts `message`, marked with `delivery`, as a reply to `thread`. Returns the message that holds its thread: Slack
    /// posts a reply to a deleted message as one of its own, and says so only by leaving `thread_ts` out.
    pub(super) async fn post(
        &self,
        message: &Message,
        delivery: Option<DeliveryId>,
        thread: Option<&SlackTs>,
        broadcast: bool,
    ) -> Result<SlackTs, Error> {
        let post = Post {
            channel: &self.channel,
            thread_ts: thread,
            reply_broadcast: broadcast && thread.is_some(),
            unfurl_links: false,
            unfurl_media: false,
            metadata: delivery.map(Metadata::of),
            message,
        };
        crash::point("slack_before_post");
        let posted = self.write::<Posted>("chat.postMessage", &post).await;
        crash::point("slack_after_post");
        let Posted { ts, message } = posted?;
        let is_reply = message.is_none_or(|message| message.thread_ts.is_some());
        Ok(thread.filter(|_| is_reply).cloned().unwrap_or(ts))
    }

    /// Replaces the text of the message `ts`. It keeps its marker.
    pub(super) async fn update(&self, message: &Message, ts: &SlackTs) -> Result<(), Error> {
        crash::point("slack_before_update");
        let update = Update { channel: &self.channel, ts, message };
        self.write::<Ignored>("chat.update", &update).await?;
        crash::point("slack_after_update");
        Ok(())
    }

    /// The message of the app `bot_id` that is marked with `delivery`, among those since `since`: the replies to `thread`,
    /// or the channel's own. Returns the message that holds its thread.
    pub(super) async fn find(
        &self,
        thread: Option<&SlackTs>,
        delivery: DeliveryId,
        bot_id: &str,
        since: Timestamp,
    ) -> Result<Option<SlackTs>, Error> {
        let method = if thread.is_some() { "conversations.replies" } else { "conversations.history" };
        let mut query = vec![
            ("channel", self.channel.clone()),
            ("include_all_metadata", "true".to_owned()),
            ("oldest", format!("{}.000000", since.as_second())),
            ("limit", PER_PAGE.to_string()),
        ];
        query.extend(thread.map(|ts| ("ts", ts.to_string())));
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let mut asked = query.clone();
            asked.extend((!cursor.is_empty()).then(|| ("cursor", cursor.clone())));
            let (page, envelope, _) = self.read::<Page>(method, &asked).await?;
            let is_ours = |one: &Listed| one.bot_id.as_deref() == Some(bot_id) && one.is_marked_with(delivery);
            if let Some(found) = page.messages.into_iter().find(is_ours) {
                return Ok(Some(found.thread_ts.unwrap_or(found.ts)));
            }
            cursor = envelope.response_metadata.next_cursor;
            if cursor.is_empty() {
                return Ok(None);
            }
        }
        Err(Error { method, cause: Cause::TooMany(MAX_PAGES * PER_PAGE) })
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: &'static str,
        query: &[(&str, String)],
    ) -> Result<(T, Envelope, HeaderMap), Error> {
        self.send(method, self.client.get(self.address(method)).query(query)).await
    }

    async fn write<T: DeserializeOwned>(&self, method: &'static str, body: &impl Serialize) -> Result<T, Error> {
        Ok(self.send(method, self.client.post(self.address(method)).json(body)).await?.0)
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: &'static str,
        request: RequestBuilder,
    ) -> Result<(T, Envelope, HeaderMap), Error> {
        let failed = |cause| Error { method, cause };
        let mut answer = request.header(AUTHORIZATION, &self.authorization).send().await.map_err(|error| {
            let is_unreachable = error.is_connect() || error.is_builder();
            let why = http_client::describe(error);
            failed(if is_unreachable { Cause::Unreachable(why) } else { Cause::Lost(why) })
        })?;
        let status = answer.status().as_u16();
        let after = http_client::retry_after(answer.headers(), self.clock.now());
        let body = http_client::body(&mut answer, MAX_ANSWER_BYTES).await;
        let envelope = body.as_ref().ok().and_then(|body| serde_json::from_slice::<Envelope>(body).ok());
        match envelope {
            // A 5xx leaves the outcome unknown whatever its body says.
            Some(Envelope { ok: false, error: Some(code), needed, response_metadata }) if status < 500 => {
                let needed = needed.map(|scope| format!("needs {scope}"));
                let detail = needed.into_iter().chain(response_metadata.messages).collect::<Vec<_>>().join("; ");
                let (code, detail) = (self.error_text(&code), self.error_text(&detail));
                Err(failed(Cause::Refused { code, detail, after }))
            }
            _ if !answer.status().is_success() => Err(failed(Cause::Status { status, after })),
            Some(envelope) if envelope.ok => {
                let value = serde_json::from_slice(&body.unwrap_or_default());
                let value = value.map_err(|_| failed(Cause::Lost("it is not what Slack would say".into())))?;
                Ok((value, envelope, answer.headers().clone()))
            }
            _ => {
                let why = match body {
                    Err(why) => why.to_string(),
                    Ok(_) => "it is not Slack's JSON; check what STOPGAP_SLACK_URL leads to".into(),
                };
                Err(failed(Cause::Lost(why)))
            }
        }
    }

    /// A server that repeats our header must not carry the token into a history that people read.
    fn error_text(&self, text: &str) -> String {
        let header = self.authorization.to_str().unwrap_or_default();
        let token = header.strip_prefix("Bearer ").filter(|token| !token.is_empty());
        let clean = token.map_or_else(String::new, |token| text.replace(token, "[…]"));
        sanitize::error_text(&clean)
    }

    fn address(&self, method: &str) -> Url {
        let mut url = self.root.clone();
        // An http(s) URL always has segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", method]);
        }
        url
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("root", &self.root.as_str()).field("channel", &self.channel).finish_non_exhaustive()
    }
}
