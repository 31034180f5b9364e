//! Reading an event: the same in a webhook's report, the logs and the events.

use jiff::{Timestamp, fmt::rfc2822};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    delivery::sanitize,
    license::{Arrival, ArrivalState, DeliveryId, SuppressionList},
};

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The delivery that the Message-ID is made of.
    pub delivery: DeliveryId,
    /// The whole Message-ID, without angle brackets.
    pub message_id: String,
    pub arrival: Arrival,
}

/// `None` for other events, such as clicks, and for mails that are not ours.
pub(crate) fn news(event: &Value, at: Timestamp) -> Option<News> {
    let message_id = event["message"]["headers"]["message-id"].as_str()?.trim_matches(['<', '>', ' ']).to_owned();
    let delivery = Uuid::try_parse(message_id.split_once('@')?.0).map(DeliveryId).ok()?;
    let list = list(event);
    let state = match event["event"].as_str()? {
        "delivered" => ArrivalState::Delivered,
        "complained" => ArrivalState::Complained,
        "failed" if list.is_some() => ArrivalState::Suppressed,
        "failed" if event["severity"] == "permanent" => ArrivalState::Failed,
        "failed" if event["severity"] == "temporary" => ArrivalState::Delayed,
        _ => return None,
    };
    let reason = if matches!(state, ArrivalState::Delivered | ArrivalState::Complained) { None } else { reason(event) };
    let list = list.filter(|_| state == ArrivalState::Suppressed);
    Some(News { delivery, message_id, arrival: Arrival { state, list, reason, at } })
}

/// When it happened: seconds since 1970, or in the logs a date.
pub(super) fn time(event: &Value) -> Option<Timestamp> {
    match (&event["timestamp"], &event["@timestamp"]) {
        (Value::Number(seconds), _) => {
            let ms = seconds.as_f64()? * 1000.0;
            #[expect(clippy::cast_possible_truncation, reason = "saturates, and is then refused as out of range")]
            Timestamp::from_millisecond(ms as i64).ok()
        }
        (Value::String(text), _) | (_, Value::String(text)) => {
            text.parse().ok().or_else(|| rfc2822::parse(text).ok().map(|at| at.timestamp()))
        }
        _ => None,
    }
}

fn list(event: &Value) -> Option<SuppressionList> {
    match (event["reason"].as_str(), code(event)) {
        (Some("suppress-bounce"), _) | (_, Some(605)) => Some(SuppressionList::Bounces),
        (Some("suppress-unsubscribe"), _) | (_, Some(606)) => Some(SuppressionList::Unsubscribes),
        (Some("suppress-complaint"), _) | (_, Some(607)) => Some(SuppressionList::Complaints),
        _ => None,
    }
}

fn code(event: &Value) -> Option<i64> {
    let code = &event["delivery-status"]["code"];
    code.as_i64().or_else(|| code.as_str()?.parse().ok())
}

/// `550: No such mailbox here`, as the provider has it; for an address that it does not send to, which list that is.
fn reason(event: &Value) -> Option<String> {
    let status = &event["delivery-status"];
    let mut texts = [&status["message"], &status["description"], &event["reason"]].into_iter();
    let text = texts.find_map(|text| text.as_str().filter(|text| !text.trim().is_empty())).map(ToOwned::to_owned);
    let list = list(event).map(|list| list.meaning().to_owned());
    let code = code(event).map(|code| code.to_string());
    let parts: Vec<String> = [list, code, text].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| sanitize::error_text(&parts.join(": ")))
}
