//! What the mail provider (Mailgun) reports about mails after they were accepted.
//!
//! Only the signature makes a report credible: HMAC-SHA256 over timestamp and token, under the account's key.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::mailgun::event;
pub use super::mailgun::event::News;

/// How far a report's timestamp may be from now: Mailgun repeats a report for about eight hours.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_hours(12);

/// The provider's tokens have 50 characters.
const MAX_TOKEN_CHARS: usize = 200;

/// A report with a valid signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Accepted once.
    pub token: String,
    /// Until when the token could be used again.
    pub usable_until: Timestamp,
    /// `None` for other events, such as clicks, and for mails that are not ours.
    pub news: Option<News>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookError {
    Malformed,
    /// Mailgun's format before 2018: a form, or the signature's parts at the root.
    Legacy,
    Unsigned,
    TooOld,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is not a report of the mail provider",
            Self::Legacy => {
                "it has the format of Mailgun's legacy webhooks: remove the legacy webhook, and add one under Sending > \
                 Webhooks"
            }
            Self::Unsigned => "its signature is invalid; check STOPGAP_MAILGUN_SIGNING_KEY",
            Self::TooOld => "its timestamp is more than twelve hours away",
        })
    }
}

#[derive(Deserialize)]
struct Envelope {
    signature: Signature,
    #[serde(rename = "event-data", default)]
    event: Value,
}

#[derive(Deserialize)]
struct Signature {
    timestamp: String,
    token: String,
    #[serde(rename = "signature")]
    hex: String,
}

/// Verifies the signature, in constant time, before anything else of the report is used.
pub fn read(body: &[u8], key: &SecretString, now: Timestamp) -> Result<Report, WebhookError> {
    let Envelope { signature, event: data } = serde_json::from_slice(body).map_err(|_| not_a_report(body))?;
    let Signature { timestamp, token, hex } = signature;
    if token.is_empty() || token.len() > MAX_TOKEN_CHARS {
        return Err(WebhookError::Malformed);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).map_err(|_| WebhookError::Unsigned)?;
    mac.update(timestamp.as_bytes());
    mac.update(token.as_bytes());
    let given = unhex(&hex).ok_or(WebhookError::Unsigned)?;
    mac.verify_slice(&given).map_err(|_| WebhookError::Unsigned)?;
    let at = timestamp.parse().ok().and_then(|at| Timestamp::from_second(at).ok()).ok_or(WebhookError::Malformed)?;
    if now.duration_since(at).abs() > WINDOW {
        return Err(WebhookError::TooOld);
    }
    let usable_until = at.checked_add(WINDOW).unwrap_or(Timestamp::MAX);
    Ok(Report { token, usable_until, news: event::news(&data, at) })
}

/// Why a body has no signature where it should be.
fn not_a_report(body: &[u8]) -> WebhookError {
    let text = String::from_utf8_lossy(body);
    // A form, urlencoded or multipart, or JSON.
    let names = |field: &str| {
        [format!("{field}="), format!("name=\"{field}\""), format!("\"{field}\":\"")].iter().any(|at| text.contains(at))
    };
    let is_legacy = ["timestamp", "token", "signature"].into_iter().all(names) && !text.contains("event-data");
    if is_legacy { WebhookError::Legacy } else { WebhookError::Malformed }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license::{ArrivalState, file::hex};
    use serde_json::json;
    use uuid::Uuid;

    const NOW: i64 = 1_795_000_000;

    fn key() -> SecretString {
        "key-of-the-tests".into()
    }

    /// The signature that `openssl dgst -sha256 -hmac key-of-the-tests` gives for timestamp and token.
    fn signed(at: i64) -> Value {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"key-of-the-tests").unwrap();
        mac.update(format!("{at}token").as_bytes());
        let signature = hex(&mac.finalize().into_bytes());
        json!({ "timestamp": at.to_string(), "token": "token", "signature": signature })
    }

    fn report(signature: &Value, event: &Value) -> Result<Report, WebhookError> {
        let body = json!({ "signature": signature, "event-data": event }).to_string();
        read(body.as_bytes(), &key(), Timestamp::from_second(NOW).unwrap())
    }

    fn arrival(event: &Value) -> Option<(ArrivalState, Option<String>)> {
        let mut event = event.clone();
        event["message"] = json!({ "headers": { "message-id": format!("{}@stopgap.example", Uuid::from_u128(7)) } });
        report(&signed(NOW), &event).unwrap().news.map(|news| (news.arrival.state, news.arrival.reason))
    }

    #[test]
    fn each_kind_of_report_has_its_state() {
        let status = |code: Value, message: &str| json!({ "code": code, "message": message });
        assert_eq!(arrival(&json!({ "event": "delivered" })), Some((ArrivalState::Delivered, None)));
        assert_eq!(arrival(&json!({ "event": "complained" })), Some((ArrivalState::Complained, None)));
        let permanent = json!({ "event": "failed", "severity": "permanent", "delivery-status": status(550.into(), "No such user") });
        assert_eq!(arrival(&permanent), Some((ArrivalState::Failed, Some("550: No such user".into()))));
        let temporary =
            json!({ "event": "failed", "severity": "temporary", "delivery-status": status("451".into(), "Later") });
        assert_eq!(arrival(&temporary), Some((ArrivalState::Delayed, Some("451: Later".into()))));
        let suppressed = json!({ "event": "failed", "severity": "permanent", "reason": "suppress-bounce",
            "delivery-status": { "code": 605, "description": "Not delivering to previously bounced address" } });
        let (state, reason) = arrival(&suppressed).unwrap();
        assert_eq!(state, ArrivalState::Suppressed);
        assert!(reason.unwrap().ends_with(": 605: Not delivering to previously bounced address"));
        for (code, reason, list) in [
            (605, "generic", "bounces"),
            (0, "suppress-bounce", "bounces"),
            (606, "generic", "unsubscribes"),
            (0, "suppress-unsubscribe", "unsubscribes"),
            (607, "generic", "spam complaints"),
            (0, "suppress-complaint", "spam complaints"),
        ] {
            let event = json!({ "event": "failed", "severity": "permanent", "reason": reason,
                "delivery-status": { "code": code } });
            let (state, reason) = arrival(&event).unwrap();
            assert_eq!(state, ArrivalState::Suppressed);
            assert!(reason.as_ref().unwrap().contains(&format!("list of {list}:")), "{reason:?}");
        }
        for other in ["opened", "clicked", "accepted", "something-new"] {
            assert_eq!(arrival(&json!({ "event": other })), None);
        }
    }

    #[test]
    fn a_report_without_our_signature_of_the_last_twelve_hours_is_refused() {
        let event = json!({ "event": "delivered" });
        assert!(report(&signed(NOW - 43_200), &event).is_ok() && report(&signed(NOW + 43_200), &event).is_ok());
        assert_eq!(report(&signed(NOW - 43_201), &event), Err(WebhookError::TooOld));
        assert_eq!(report(&signed(NOW + 43_201), &event), Err(WebhookError::TooOld));
        for (field, value) in
            [("timestamp", (NOW + 1).to_string()), ("token", "other".into()), ("signature", "00".into())]
        {
            let mut forged = signed(NOW);
            forged[field] = value.into();
            assert_eq!(report(&forged, &event), Err(WebhookError::Unsigned), "{field}");
        }
        for signature in ["", "zz", "abc", "äää"] {
            let mut forged = signed(NOW);
            forged["signature"] = signature.into();
            assert_eq!(report(&forged, &event), Err(WebhookError::Unsigned), "{signature}");
        }
        assert_eq!(report(&json!({}), &event), Err(WebhookError::Malformed));
        assert_eq!(read(b"", &key(), Timestamp::UNIX_EPOCH), Err(WebhookError::Malformed));
    }

    #[test]
    fn a_legacy_webhook_is_named_as_the_cause() {
        for body in [
            "timestamp=1795756218&token=92&signature=0a64&event=dropped&code=605&recipient=a%40acme.example",
            "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n92\r\n--b\r\nContent-Disposition: form-data; \
             name=\"timestamp\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"signature\"\r\n\r\n0a\r\n--b--",
            r#"{"event":"dropped","timestamp":"1795756218","token":"92","signature":"0a64"}"#,
        ] {
            assert_eq!(read(body.as_bytes(), &key(), Timestamp::UNIX_EPOCH), Err(WebhookError::Legacy), "{body}");
        }
        assert!(WebhookError::Legacy.to_string().contains("legacy webhook"));
    }

    #[test]
    fn the_signature_is_the_one_that_openssl_computes() {
        // printf 1795000000token | openssl dgst -sha256 -hmac key-of-the-tests
        let openssl = "9df44851d5105e355bb8d65eea3d856d3574b5ccf7ee0edc7a515947a289f1de";
        assert_eq!(signed(NOW)["signature"], openssl);
    }

    #[test]
    fn a_mail_that_is_not_ours_is_no_news() {
        for id in ["", "x", "x@y.example", "<not-a-uuid@stopgap.example>"] {
            let event = json!({ "event": "delivered", "message": { "headers": { "message-id": id } } });
            assert_eq!(report(&signed(NOW), &event).unwrap().news, None, "{id}");
        }
        assert_eq!(report(&signed(NOW), &json!([1, 2])).unwrap().news, None);
    }
}
