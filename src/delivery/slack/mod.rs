//! The message in the licensing team's channel, by an incoming webhook.
//!
//! A webhook returns no message id, so a message cannot be withdrawn and a repeated attempt may show twice.

mod blocks;
mod message;
#[cfg(all(test, feature = "sandbox"))]
mod tests;

use std::{fmt, time::Duration};

use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};

use self::blocks::Message;
use super::{Links, http_client, http_client::BodyError, sanitize};
use crate::{
    clock::Clock,
    config, crash,
    license::{Delivery, License, Outcome},
};

/// How long Slack may take to answer.
const POST_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest answer that is read: Slack's is one word.
const MAX_ANSWER_BYTES: usize = 4 * 1024;

pub struct Slack {
    client: Client,
    webhook: SecretString,
    links: Links,
    clock: Clock,
}

impl Slack {
    /// `clock` reads what a `Retry-After` with a date means.
    pub fn new(slack: &config::Slack, links: Links, clock: Clock) -> Result<Self, String> {
        Self::with_timeout(slack, links, clock, POST_TIMEOUT)
    }

    fn with_timeout(slack: &config::Slack, links: Links, clock: Clock, total: Duration) -> Result<Self, String> {
        Ok(Self { client: http_client::client(total)?, webhook: slack.webhook.clone(), links, clock })
    }

    /// Posts the notice of `delivery`, with the issue's link where it is known. `Sent` refers to that link.
    pub async fn post(&self, license: &License, delivery: &Delivery, issue_url: Option<&str>) -> Outcome {
        let message = message::message(license, delivery, issue_url, &self.links);
        crash::point("slack_before_post");
        let posted = self.deliver(&message).await;
        crash::point("slack_after_post");
        match posted {
            Ok(()) => Outcome::Sent { reference: issue_url.map(ToOwned::to_owned) },
            Err(outcome) => outcome,
        }
    }

    /// Posts a message about no license.
    pub async fn send_test(&self) -> Result<(), String> {
        match self.deliver(&message::test()).await {
            Ok(()) | Err(Outcome::Sent { .. }) => Ok(()),
            Err(Outcome::Retry { error, .. } | Outcome::Refused { error }) => Err(error),
        }
    }

    async fn deliver(&self, message: &Message) -> Result<(), Outcome> {
        let request = self.client.post(self.webhook.expose_secret()).json(message);
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
            accepted(body)
        } else {
            Err(refused(status.as_u16(), &body.unwrap_or_default(), after))
        }
    }
}

/// Slack's answer to a success is `ok`. A proxy's own page may have the same status.
fn accepted(body: Result<Vec<u8>, BodyError>) -> Result<(), Outcome> {
    let text = match body {
        Ok(body) => sanitize::error_text(&String::from_utf8_lossy(&body)),
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
fn refused(status: u16, body: &[u8], after: Option<Duration>) -> Outcome {
    let text = sanitize::error_text(&String::from_utf8_lossy(body));
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

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slack(redacted)")
    }
}
