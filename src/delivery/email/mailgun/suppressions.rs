//! The addresses that Mailgun does not send to: it bounced before, or its reader marked a mail as spam.

use jiff::{Timestamp, civil::Date, fmt::rfc2822, tz::TimeZone};
use reqwest::Method;
use serde::Deserialize;

use super::{Answer, Error, Mailgun, segment};
use crate::delivery::sanitize;

/// Why and since when an address is on the list of bounces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounce {
    /// Such as `550: No such mailbox`, without addresses; empty if Mailgun does not say.
    pub reason: String,
    /// The day in UTC.
    pub since: Option<Date>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    code: Code,
    #[serde(default)]
    error: String,
    #[serde(default)]
    created_at: String,
}

/// A string by its documentation; elsewhere Mailgun writes codes as numbers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Text(String),
    Number(i64),
}

impl Default for Code {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Mailgun {
    /// `None` if the address is not on the list of bounces.
    pub(crate) async fn bounce(&self, address: &str) -> Result<Option<Bounce>, Error> {
        let Some(answer) = self.entry(Method::GET, "bounces", address).await? else { return Ok(None) };
        let Entry { code, error, created_at } = answer.json()?;
        let code = match code {
            Code::Text(code) => code,
            Code::Number(code) => code.to_string(),
        };
        let parts: Vec<_> = [code, error].into_iter().filter(|part| !part.trim().is_empty()).collect();
        let reason = sanitize::mask_addresses(&sanitize::error_text(&parts.join(": ")));
        Ok(Some(Bounce { reason, since: date(&created_at) }))
    }

    /// Whether the address is on the list of spam complaints.
    pub(crate) async fn has_complained(&self, address: &str) -> Result<bool, Error> {
        match self.entry(Method::GET, "complaints", address).await? {
            Some(answer) if answer.status.is_success() => Ok(true),
            Some(answer) => Err(answer.error()),
            None => Ok(false),
        }
    }

    /// Takes the address off the list of bounces. One that is not on it is free already.
    pub(crate) async fn delete_bounce(&self, address: &str) -> Result<(), Error> {
        match self.entry(Method::DELETE, "bounces", address).await? {
            Some(answer) if !answer.status.is_success() => Err(answer.error()),
            _ => Ok(()),
        }
    }

    /// `None` if the address is not on the list.
    async fn entry(&self, method: Method, list: &str, address: &str) -> Result<Option<Answer>, Error> {
        let path = format!("v3/{}/{list}/{}", segment(&self.domain), segment(address));
        let answer = self.send(self.request(method, &path)).await?;
        match answer.status.as_u16() {
            404 if answer.is_about_domain() => Err(Error::UnknownDomain),
            404 => Ok(None),
            _ => Ok(Some(answer)),
        }
    }
}

/// `Fri, 20 Nov 2026 10:00:00 UTC`, which RFC 2822 spells `+0000`.
fn date(text: &str) -> Option<Date> {
    let at: Option<Timestamp> = rfc2822::parse(&text.replace("UTC", "+0000")).ok().map(|at| at.timestamp());
    at.or_else(|| text.parse().ok()).map(|at| at.to_zoned(TimeZone::UTC).date())
}
