//! What reaches the service without a session: the mail provider's reports, and the form that loads the app.

use std::panic::AssertUnwindSafe;

use bolero::check;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use stopgap::delivery::{email::webhook, sanitize::MAX_ERROR_CHARS};

use crate::{
    webhook::{KEY, signature},
    world::{AGENT, World, fresh_key, keys, read},
};

const NOW: i64 = 1_795_000_000;

fn read_report(body: &[u8]) -> Result<webhook::Report, webhook::WebhookError> {
    webhook::read(body, &KEY.into(), Timestamp::from_second(NOW).unwrap())
}

/// Where a report is changed, as JSON pointers.
const PLACES: &[&str] = &[
    "/event",
    "/severity",
    "/reason",
    "/message",
    "/message/headers",
    "/message/headers/message-id",
    "/delivery-status",
    "/delivery-status/code",
    "/delivery-status/message",
    "/delivery-status/description",
];

/// A bounce with each pair of bytes a change.
fn as_event(bytes: &[u8], text: &str) -> Value {
    let mut event = json!({
        "event": "failed",
        "severity": "permanent",
        "message": { "headers": { "message-id": "00000000-0000-0000-0000-000000000007@stopgap.example" } },
        "delivery-status": { "code": 550, "message": text },
    });
    let values = [Value::Null, json!(605), json!("451"), json!([]), json!({}), json!("suppress-bounce"), json!(text)];
    for pair in bytes.chunks_exact(2) {
        let place = PLACES[usize::from(pair[0]) % PLACES.len()];
        if let Some(found) = event.pointer_mut(place) {
            *found = values[usize::from(pair[1]) % values.len()].clone();
        }
    }
    event
}

#[test]
fn a_report_is_believed_for_its_signature_alone() {
    check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        assert!(read_report(bytes).is_err(), "nobody signed it");
        let forged = json!({ "signature": { "timestamp": text, "token": text, "signature": text }, "event-data": {} });
        assert!(read_report(forged.to_string().as_bytes()).is_err(), "nobody signed it");
        for event in [as_event(bytes, &text), Value::from(text.as_ref()), json!({ "event": text })] {
            let signed = json!({ "signature": signature(KEY, NOW, "token"), "event-data": event });
            let report = read_report(signed.to_string().as_bytes()).expect("it is signed");
            assert!(report.usable_until >= Timestamp::from_second(NOW).unwrap() + SignedDuration::from_hours(12));
            if let Some(reason) = report.news.and_then(|news| news.arrival.reason) {
                assert!(reason.chars().count() <= MAX_ERROR_CHARS && !reason.contains(char::is_control), "{reason:?}");
            }
        }
    });
}

#[test]
fn the_service_answers_any_form_and_any_report() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::with(&[("MAILGUN_SIGNING_KEY", KEY)]));
    // The client is not torn by a panic in the service, which is what is looked for.
    let ask = AssertUnwindSafe(|path: &str, kind: &str, body: Vec<u8>| {
        let request = world.stranger().request(Method::POST, path).header("Content-Type", kind).body(body);
        runtime.block_on(read(request)).status.as_u16()
    });
    let (form, report) = ("application/x-www-form-urlencoded", "application/json");
    let token = AssertUnwindSafe(|| world.sandbox.token(AGENT).sign(&keys().zendesk_private_pem));
    check!().with_max_len(200).for_each(|bytes: &[u8]| {
        for path in ["/zendesk/sidebar", "/zendesk/lookup"] {
            assert_eq!((*ask)(path, form, bytes.to_vec()), 403, "{path}");
            assert_eq!((*ask)(path, form, [b"token=", bytes].concat()), 403, "{path}");
        }
        // What stands beside one good token is of no interest; a second token is refused.
        let beside = [(*token)().as_bytes(), b"&", bytes].concat();
        let status = (*ask)("/zendesk/sidebar", form, [&b"token="[..], &beside].concat());
        assert!(status == 200 || status == 403, "{status}");
        assert_eq!((*ask)("/webhooks/mailgun", report, bytes.to_vec()), 406);
        let text = String::from_utf8_lossy(bytes);
        let now = world.clock.now().as_second();
        let signed = json!({ "signature": signature(KEY, now, &fresh_key()), "event-data": as_event(bytes, &text) });
        assert_eq!((*ask)("/webhooks/mailgun", report, signed.to_string().into_bytes()), 200);
    });
}
