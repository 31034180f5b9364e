//! Posting by an incoming webhook. It returns no message id, so a message cannot be changed and a repeated attempt may
//! show twice.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::blocks::Message;
use crate::{
    clock::Clock,
    delivery::{http_client, http_client::BodyError, sanitize},
    license::Outcome,
};

/// The longest answer that is read: Slack's is one word.
const MAX_ANSWER_BYTES: usize = 4 * 1024;

/// Shorter parts of a webhook's address are words such as `hooks`.
const MIN_SECRET_CHARS: usize = 6;

pub(super) struct Webhook {
    client: Client,
    url: SecretString,
    /// The webhook and its parts, longest first.
    secrets: Vec<SecretString>,
    clock: Clock,
}

impl Webhook {
    pub(super) fn new(url: &SecretString, clock: Clock, total: Duration) -> Result<Self, String> {
        Ok(Self { client: http_client::client(total)?, secrets: parts(url.expose_secret()), url: url.clone(), clock })
    }

    pub(super) async fn post(&self, message: &Message) -> Result<(), Outcome> {
        let request = self.client.post(self.url.expose_secret()).json(message);
        let mut answer = request.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                Outcome::retry(format!("Slack could not be reached: {}", http_client::describe(error)))
            } else {
                Outcome::uncertain(format!("Slack's answer was lost: {}", http_client::describe(error)))
            }
        })?;
        let status = answer.status();
        let after = http_client::retry_after(answer.headers(), self.clock.now());
        let body = http_client::body(&mut answer, MAX_ANSWER_BYTES).await;
        if status.is_success() {
            accepted(body.map(|body| self.error_text(&body)))
        } else {
            Err(refused(status.as_u16(), &self.error_text(&body.unwrap_or_default()), after))
        }
    }

    /// A server that repeats the webhook's address must not carry it into a history that people read.
    fn error_text(&self, body: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(body).into_owned();
        for secret in &self.secrets {
            text = text.replace(secret.expose_secret(), "[…]");
        }
        sanitize::error_text(&text)
    }
}

/// What must not be repeated of a webhook's address: all of it, its path, and the parts of its path and query, as they are
/// written and decoded.
fn parts(webhook: &str) -> Vec<SecretString> {
    let Ok(url) = Url::parse(webhook) else { return vec![webhook.into()] };
    let path = url.path();
    let segments = path.split('/').chain(url.query().unwrap_or_default().split(['&', '=']));
    let written = [url.as_str(), path].into_iter().chain(segments.filter(|part| part.len() >= MIN_SECRET_CHARS));
    let mut parts: Vec<String> =
        written.flat_map(|part| [part.to_owned(), percent_decode_str(part).decode_utf8_lossy().into_owned()]).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts.dedup();
    parts.into_iter().map(SecretString::from).collect()
}

/// Slack's answer to a success is `ok`. A proxy's own page may have the same status.
fn accepted(body: Result<String, BodyError>) -> Result<(), Outcome> {
    let text = match body {
        Ok(text) => text,
        // The status came, so Slack has the message: another try would show it twice.
        Err(BodyError::BrokeOff(_)) => return Ok(()),
        Err(e @ BodyError::TooLong(_)) => e.to_string(),
    };
    if text == "ok" {
        return Ok(());
    }
    Err(Outcome::uncertain(format!(
        "Slack's answer was not its `ok`; check what STOPGAP_SLACK_WEBHOOK_URL leads to: {text}"
    )))
}

/// Slack's 4xx other than 408 and 429 are permanent: the webhook or its channel is gone, or the message is malformed.
pub(super) fn refused(status: u16, text: &str, after: Option<Duration>) -> Outcome {
    let needs_operator = matches!(status, 300..=399);
    let retry = |error: String| Outcome::Retry { error, after, uncertain: false, needs_operator, reference: None };
    match status {
        300..=399 => retry(format!("Slack's webhook has moved ({status}); check STOPGAP_SLACK_WEBHOOK_URL")),
        408 | 429 | 500.. => retry(format!("Slack refused the message for now ({status}): {text}")),
        400 => Outcome::Refused { error: format!("Slack refused the message (400): {text}") },
        _ => Outcome::Refused {
            error: format!("Slack refused the message ({status}): {text}; check STOPGAP_SLACK_WEBHOOK_URL"),
        },
    }
}
