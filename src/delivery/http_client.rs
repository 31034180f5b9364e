//! What the HTTP clients have in common: timeouts, bounded bodies, error texts.

use std::{error::Error, time::Duration};

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{
    Client, Response,
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};

use super::sanitize;

/// For a connection, TLS included.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client that follows no redirects (a token or a license must not go to another host). A call times out after `total`,
/// its answer's body included.
pub(crate) fn client(total: Duration) -> Result<Client, String> {
    Client::builder()
        .user_agent(concat!("stopgap/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT.min(total))
        .timeout(total)
        .redirect(Policy::none())
        .build()
        .map_err(|error| format!("the HTTP client cannot be built: {}", describe(error)))
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("{0}")]
    BrokeOff(String),
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

/// The whole body. Returns an error if it is longer than `max_bytes`.
pub(crate) async fn body(answer: &mut Response, max_bytes: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| BodyError::BrokeOff(describe(e)))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(BodyError::TooLong(max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The wait that the server asks for, in seconds or as an HTTP date (RFC 9110, section 10.2.3). Not bounded; zero for a
/// date in the past.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// The error with its causes, without the URL: a webhook's URL is a secret.
pub(crate) fn describe(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    sanitize::error_text(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-11-21T23:14:05Z".parse().unwrap();
        for (value, wait) in [
            ("30", Some(30)),
            (" 0 ", Some(0)),
            ("Sat, 21 Nov 2026 23:15:05 GMT", Some(60)),
            ("Sat, 21 Nov 2026 23:00:00 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), wait.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
