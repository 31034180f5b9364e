//! Mailgun's API.
//!
//! - `reports`: what became of a mail
//! - `suppressions`: the addresses that it does not send to
//! - `event`: how an event is read, whether asked for or sent by the webhook

pub(crate) mod event;
mod reports;
mod suppressions;
#[cfg(all(test, feature = "sandbox"))]
mod tests;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, RequestBuilder, StatusCode, header::HeaderMap};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

pub(crate) use reports::SentMail;
pub(crate) use suppressions::Bounce;

use crate::{
    clock::Clock,
    config,
    delivery::{http_client, sanitize},
};

/// For one call.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A page has at most 300 events.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// In a path: everything but what RFC 3986 calls unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The client. Never shows its key.
#[derive(Debug)]
pub(crate) struct Mailgun {
    http: Client,
    url: Url,
    domain: String,
    api_key: SecretString,
    clock: Clock,
}

/// Why a call gave no answer. Names no address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("Mailgun cannot be reached: {0}")]
    Unreachable(String),
    #[error(
        "Mailgun refuses the key ({0}): wrong key, or the other region; check STOPGAP_MAILGUN_API_KEY and \
         STOPGAP_MAILGUN_URL"
    )]
    KeyRefused(u16),
    #[error("Mailgun does not let the key do this (403); it needs the role Support, Developer or Admin")]
    Forbidden,
    #[error(
        "Mailgun does not know the domain (404): wrong domain or key, or the other region; check \
         STOPGAP_MAILGUN_DOMAIN, STOPGAP_MAILGUN_API_KEY and STOPGAP_MAILGUN_URL"
    )]
    UnknownDomain,
    /// With the wait that it asks for.
    #[error("Mailgun takes no more requests for now (429)")]
    RateLimited(Option<Duration>),
    #[error("Mailgun answered {0}: {1}")]
    Status(u16, String),
    #[error("Mailgun's answer is not understood: {0}")]
    Unreadable(String),
}

/// Anything but a refused key, too many requests, or an error of the server.
struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Mailgun {
    pub(crate) fn new(config: &config::Mailgun, clock: Clock) -> Result<Self, String> {
        Self::with_timeout(config, clock, TIMEOUT)
    }

    fn with_timeout(config: &config::Mailgun, clock: Clock, timeout: Duration) -> Result<Self, String> {
        let config::Mailgun { api_key, domain, url } = config.clone();
        Ok(Self { http: http_client::client(timeout)?, url, domain, api_key, clock })
    }

    /// A request for `path`, whose segments are escaped already.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, Error> {
        let request = request.basic_auth("api", Some(self.api_key.expose_secret()));
        let mut response = request.send().await.map_err(|e| Error::Unreachable(http_client::describe(e)))?;
        let status = response.status();
        match status.as_u16() {
            401 => return Err(Error::KeyRefused(401)),
            429 => return Err(Error::RateLimited(wait(response.headers(), self.clock.now()))),
            _ => {}
        }
        let body = http_client::body(&mut response, MAX_BODY_BYTES).await;
        let body = body.map_err(|e| Error::Unreachable(e.to_string()))?;
        if status.is_success() || status.is_client_error() {
            Ok(Answer { status, body })
        } else {
            Err(Error::Status(status.as_u16(), sanitize::mask_addresses(&text(&body))))
        }
    }
}

impl Answer {
    fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.status.is_success() {
            serde_json::from_slice(&self.body).map_err(|e| Error::Unreadable(e.to_string()))
        } else {
            Err(self.error())
        }
    }

    fn error(&self) -> Error {
        match self.status.as_u16() {
            403 => Error::Forbidden,
            404 => Error::UnknownDomain,
            status => Error::Status(status, sanitize::mask_addresses(&text(&self.body))),
        }
    }

    /// A 404 that is not about the address: `Domain not found: mg.example.com`.
    fn is_about_domain(&self) -> bool {
        let text = text(&self.body).to_ascii_lowercase();
        text.contains("domain") && text.contains("not found")
    }
}

fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

fn text(body: &[u8]) -> String {
    sanitize::bounded(&String::from_utf8_lossy(body), 200)
}

/// `Retry-After`, or else Mailgun's own `X-RateLimit-Reset`: when it takes requests again, in seconds or milliseconds
/// since 1970.
fn wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    /// In seconds this is the year 5138.
    const MILLISECONDS_FROM: i64 = 100_000_000_000;
    let reset = || {
        let at: i64 = headers.get("X-RateLimit-Reset")?.to_str().ok()?.trim().parse().ok()?;
        let at = if at >= MILLISECONDS_FROM { Timestamp::from_millisecond(at) } else { Timestamp::from_second(at) };
        let wait: SignedDuration = at.ok()?.duration_since(now);
        Some(Duration::try_from(wait).unwrap_or_default())
    };
    http_client::retry_after(headers, now).or_else(reset)
}
