//! What the mail provider (Mailgun) reports about mails after they were accepted.
//!
//! A report is believed for its signature alone: HMAC-SHA256 over timestamp and token, under the account's key.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    delivery::sanitize,
    license::{Arrival, ArrivalState, DeliveryId},
};

/// How far a report's timestamp may be from now: Mailgun repeats what was not taken for about eight hours.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(12);

/// The provider's tokens have 50 characters; nothing much longer is looked at.
const MAX_TOKEN_CHARS: usize = 200;

/// The provider's code for mail that it dropped, because an earlier one to the address bounced.
const SUPPRESSED: i64 = 605;

/// A report whose signature held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Used once in its life.
    pub token: String,
    /// Until when the token could be used again.
    pub usable_until: Timestamp,
    /// The mail it speaks of and what became of it; nothing where it is of no interest here.
    pub news: Option<News>,
}

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The delivery that the Message-ID is made of.
    pub delivery: DeliveryId,
    /// The whole Message-ID, without angle brackets.
    pub message_id: String,
    pub arrival: Arrival,
}

/// Why a report is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookError {
    /// It is no JSON, or not of the form that reports have.
    Malformed,
    /// Another key signed it, or nobody.
    Unsigned,
    /// Its timestamp is more than [`WINDOW`] away.
    TooOld,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is no report of the mail provider",
            Self::Unsigned => "its signature does not hold; check STOPGAP_MAILGUN_SIGNING_KEY",
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

/// Reads a report and checks its signature at `now`, in constant time, before anything else of it is looked at.
///
/// # Errors
/// Why it is not believed.
pub fn read(body: &[u8], key: &SecretString, now: Timestamp) -> Result<Report, WebhookError> {
    let Envelope { signature, event } = serde_json::from_slice(body).map_err(|_| WebhookError::Malformed)?;
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
    Ok(Report { token, usable_until, news: news(&event, at) })
}

/// Opens, clicks and the like tell nothing about arrival.
fn news(event: &Value, at: Timestamp) -> Option<News> {
    let message_id = event["message"]["headers"]["message-id"].as_str()?.trim_matches(['<', '>', ' ']).to_owned();
    let delivery = Uuid::try_parse(message_id.split_once('@')?.0).map(DeliveryId).ok()?;
    let state = match event["event"].as_str()? {
        "delivered" => ArrivalState::Delivered,
        "complained" => ArrivalState::Complained,
        "failed" if is_suppressed(event) => ArrivalState::Suppressed,
        "failed" if event["severity"] == "permanent" => ArrivalState::Failed,
        "failed" if event["severity"] == "temporary" => ArrivalState::Delayed,
        _ => return None,
    };
    let reason = if matches!(state, ArrivalState::Delivered | ArrivalState::Complained) { None } else { reason(event) };
    Some(News { delivery, message_id, arrival: Arrival { state, reason, at } })
}

fn is_suppressed(event: &Value) -> bool {
    let by_reason = event["reason"].as_str().is_some_and(|reason| reason.starts_with("suppress-"));
    by_reason || code(event) == Some(SUPPRESSED)
}

fn code(event: &Value) -> Option<i64> {
    let code = &event["delivery-status"]["code"];
    code.as_i64().or_else(|| code.as_str()?.parse().ok())
}

/// `550: No such mailbox here`, in the provider's words.
fn reason(event: &Value) -> Option<String> {
    let status = &event["delivery-status"];
    let mut texts = [&status["message"], &status["description"], &event["reason"]].into_iter();
    let said = texts.find_map(|text| text.as_str().filter(|text| !text.trim().is_empty()));
    let code = code(event).map(|code| code.to_string());
    let words: Vec<String> = [code, said.map(ToOwned::to_owned)].into_iter().flatten().collect();
    (!words.is_empty()).then(|| sanitize::error_text(&words.join(": ")))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license::file::hex;
    use serde_json::json;

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
    fn each_kind_of_report_is_understood() {
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
        let said = "605: Not delivering to previously bounced address";
        assert_eq!(arrival(&suppressed), Some((ArrivalState::Suppressed, Some(said.into()))));
        for other in ["opened", "clicked", "accepted", "something-new"] {
            assert_eq!(arrival(&json!({ "event": other })), None);
        }
    }

    #[test]
    fn what_is_not_signed_by_our_key_within_twelve_hours_is_not_believed() {
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
    fn the_signature_is_the_one_that_openssl_makes() {
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
