//! Whatever arrives is answered: no panic, no endless work.
//!
//! Each target runs over its corpus in `tests/__fuzz__` and then for a second on random input, or for as long as
//! `BOLERO_RANDOM_TEST_TIME_MS` says: `make fuzz` gives each ten minutes.

mod strangers;

use std::panic::AssertUnwindSafe;

use bolero::check;
use jiff::civil::date;
use reqwest::Method;
use serde_json::{Map, Value, json};
use stopgap::{
    gitlab_rules::{
        Scope, diagnosis,
        eligibility::judge,
        evidence::{open_old_license, reading::Context, receive},
    },
    sealing::file::open,
};

use crate::{
    license_file::{public_key, vector},
    world::{World, fresh_key, order, read},
};

/// Bytes that begin as a license file does, so that the layers below are reached.
fn as_envelope(bytes: &[u8]) -> String {
    stopgap::sealing::envelope::encode64(&[b"{\"data\":\"", bytes].concat())
}

#[test]
fn open_answers_any_text() {
    let key = public_key();
    let plain = vector("paid-plain.gitlab-license");
    check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let _ = open(&text, &key);
        let _ = open_old_license(&as_envelope(bytes), &key);
        let place = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % plain.len();
        let _ = open_old_license(&format!("{}{text}{}", &plain[..place], &plain[place..]), &key);
    });
}

/// What messages are made of, and what mails do to them.
const PIECES: &[&str] = &[
    "had ",
    "1,286",
    " active users, ",
    "exceeding this license's limit of ",
    "5",
    " by ",
    "-5",
    " users",
    " user",
    "\n> ",
    "=\r\n",
    "&nbsp;",
    "&lt;b&gt;",
    "<b>",
    "</b>",
    "<",
    ">",
    "’",
    "\u{a0}",
    "\u{202f}",
    ",",
    ".",
    "999",
    "1 ",
    "currently ",
    "You have applied a True-up for ",
    " but you need one for ",
    "license key is invalid",
    "will be active from ",
    "2026-11-21",
    "GitLab.com ",
    "@gitlab.com ",
    "cannot ",
    "see ",
    "group ",
    "no account ",
    "subscription ",
    "still ",
    "free ",
    "bought ",
    "eyJkYXRhIjoi",
    "-----BEGIN GITLAB LICENSE-----\n",
    "aB3dE5gH7jK9mN1pQ_sT-vX2",
    "99999999999999999999",
    "\u{202e}",
    "{0}",
];

/// Each byte a piece, or else a character.
fn as_message(bytes: &[u8]) -> String {
    let piece = |byte: &u8| {
        PIECES.get(usize::from(*byte) % 64).map_or_else(|| char::from(*byte).to_string(), ToString::to_string)
    };
    bytes.iter().map(piece).collect()
}

#[test]
fn diagnosis_answers_any_text() {
    let key = public_key();
    check!().with_max_len(300).for_each(|bytes: &[u8]| {
        for text in [String::from_utf8_lossy(bytes).to_string(), as_message(bytes)] {
            match diagnosis::diagnose(&text, &key, date(2026, 11, 21)) {
                Ok(findings) => assert!((1..=diagnosis::MAX_FINDINGS).contains(&findings.len())),
                Err(_) => assert!(text.trim().is_empty()),
            }
        }
    });
}

#[test]
fn evidence_answers_any_body() {
    let key = public_key();
    let context = Context { key: &key, today: date(2026, 11, 21) };
    let fields = [
        "plan",
        "trial",
        "expires_on",
        "seats",
        "billable_users",
        "maximum_users",
        "gitlab_version",
        "license_file",
        "text",
    ];
    let scope = Scope { grace_days: 14, window_days: 3 };
    check!().with_type::<(u8, Vec<u8>, i64, u16)>().for_each(|(chosen, bytes, number, day)| {
        let text = String::from_utf8_lossy(bytes);
        let field = fields[usize::from(*chosen) % fields.len()];
        let date = format!("{:04}-{:02}-{:02}", day % 9999, day % 14, day % 33);
        for value in [Value::from(*number), Value::from(text.as_ref()), Value::from(date)] {
            let body = Map::from_iter([(field.to_owned(), value), (text.to_string(), Value::Null)]);
            if let Ok(received) = receive(&body, &context) {
                assert!(!judge(&received.evidence, jiff::civil::date(2026, 11, 21), &scope).reason.is_empty());
            }
        }
        if let Ok(Value::Object(body)) = serde_json::from_slice(bytes) {
            let _ = receive(&body, &context);
        }
    });
}

/// Where a body is changed, as JSON pointers into an order.
const PLACES: &[&str] = &[
    "/ticket",
    "/ticket/id",
    "/ticket/subject",
    "/agent/username",
    "/customer",
    "/customer/email",
    "/customer/company",
    "/seats",
    "/confirm_duplicate",
    "/override_reason",
    "/evidence",
    "/evidence/plan",
    "/evidence/trial",
    "/evidence/expires_on",
    "/evidence/seats",
    "/evidence/billable_users",
    "/evidence/maximum_users",
    "/evidence/gitlab_version",
    "/evidence/license_file",
];

/// What stands there then.
fn value(byte: u8, text: &str) -> Value {
    let values = [
        Value::Null,
        json!(true),
        json!(0),
        json!(286),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!({ "billable_users": 5, "maximum_users": 9 }),
        json!("premium"),
        json!("free"),
        json!("2026-11-01"),
        json!("9999-12-31"),
        json!("-009999-01-01"),
        json!("16.7.2-ee"),
        json!("a".repeat(500)),
        json!(vector("paid-plain.gitlab-license")),
        json!(vector("signed-by-another-key.gitlab-license")),
        json!(as_envelope(text.as_bytes())),
        json!(text),
    ];
    values[usize::from(byte) % values.len()].clone()
}

/// An order with each pair of bytes a change.
fn as_order(bytes: &[u8], text: &str) -> Value {
    let mut order = order();
    order["evidence"] = json!({});
    for pair in bytes.chunks_exact(2) {
        let (parent, field) = PLACES[usize::from(pair[0]) % PLACES.len()].rsplit_once('/').unwrap();
        if let Some(parent) = order.pointer_mut(parent).and_then(Value::as_object_mut) {
            parent.insert(field.to_owned(), value(pair[1], text));
        }
    }
    order
}

#[test]
fn the_service_answers_any_body() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_world, agent) = runtime.block_on(async {
        let world = World::start().await;
        let agent = world.agent().await;
        (world, agent)
    });
    // The client is not torn by a panic in the service, which is what is looked for.
    let ask = AssertUnwindSafe(|path: &str, body: Vec<u8>| {
        let request = agent.request(Method::POST, &format!("/api/v1/{path}")).body(body);
        let request = request.header("Content-Type", "application/json").header("Idempotency-Key", fresh_key());
        runtime.block_on(read(request))
    });
    check!().with_max_len(40).for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let order = as_order(bytes, &text);
        for (path, body) in [
            ("evidence", order["evidence"].to_string().into_bytes()),
            ("evidence", bytes.to_vec()),
            ("diagnosis", json!({ "text": as_message(bytes) }).to_string().into_bytes()),
            ("diagnosis", bytes.to_vec()),
            ("licenses", order.to_string().into_bytes()),
            ("licenses", bytes.to_vec()),
        ] {
            let answer = (*ask)(path, body);
            assert!(answer.status.as_u16() < 500, "{path}: {} {}", answer.status, answer.body);
            assert!(answer.status.is_success() || answer.body["detail"].is_string(), "{path}: {}", answer.body);
        }
    });
}

/// A verifier of the sandbox's own tokens, without a world around it.
fn verifier() -> stopgap::zendesk::token::Verifier {
    let zendesk = stopgap::config::Zendesk {
        fields: stopgap::config::ZendeskFields::default(),
        subdomain: stopgap::sandbox::SUBDOMAIN.into(),
        origin: "https://sandbox.zendesk.com".into(),
        sdk_url: "https://static.zdassets.com/sdk.js".into(),
        installation_ids: vec![stopgap::sandbox::INSTALLATION_ID],
        public_keys: vec![crate::world::keys().zendesk_public_pem],
        allowed_agents: stopgap::config::AllowedAgents::Everyone,
    };
    stopgap::zendesk::token::Verifier::new(&zendesk).unwrap()
}

/// Anything as a token, anything in the place of one of its parts, and, signed, any claims: refused in our own words.
#[test]
fn token_refuses_any_text() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let verifier = verifier();
    let now: jiff::Timestamp = "2026-11-21T23:14:05Z".parse().unwrap();
    let random = stopgap::random::Random;
    let token = stopgap::sandbox::Token::of(42, now, random.id(now));
    let good = token.sign(&crate::world::keys().zendesk_private_pem);
    assert!(verifier.verify(&good, now).is_ok());
    let parts: Vec<&str> = good.split('.').collect();
    check!().for_each(|bytes: &[u8]| {
        let (text, encoded) = (String::from_utf8_lossy(bytes), URL_SAFE_NO_PAD.encode(bytes));
        for attempt in [
            text.to_string(),
            format!("{encoded}.{}.{}", parts[1], parts[2]),
            format!("{}.{encoded}.{}", parts[0], parts[2]),
            format!("{}.{}.{encoded}", parts[0], parts[1]),
            format!("{good}{text}"),
        ] {
            if let Err(refused) = verifier.verify(&attempt, now) {
                assert!(refused.to_string().is_ascii());
            } else {
                assert_eq!(attempt, good, "only the signed text itself is believed");
            }
        }
    });
}

/// Any claims under a good signature: believed only where they name this Zendesk, this installation and this time.
#[test]
fn token_believes_no_claims_but_fitting_ones() {
    let verifier = verifier();
    let now: jiff::Timestamp = "2026-11-21T23:14:05Z".parse().unwrap();
    let names = ["iss", "aud", "sub", "iat", "nbf", "exp", "context"];
    let pem = crate::world::keys().zendesk_private_pem;
    check!().with_type::<(u8, i64, Vec<u8>)>().for_each(|(chosen, number, bytes)| {
        let name = names[usize::from(*chosen) % names.len()];
        let value = match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => value,
            Err(_) if bytes.is_empty() => Value::from(*number),
            Err(_) => Value::from(String::from_utf8_lossy(bytes)),
        };
        let mut token = stopgap::sandbox::Token::of(42, now, stopgap::random::Random.id(now));
        token.claims[name] = value;
        if let Ok(verified) = verifier.verify(&token.sign(&pem), now) {
            assert_eq!(verified.installation_id, stopgap::sandbox::INSTALLATION_ID);
            assert!(verified.usable_until > now);
            assert!(name == "sub" || verified.agent_user_id == 42);
        }
    });
}

/// The texts of a request: taken as they are or refused, and what is taken can do no harm on a line.
#[test]
fn names_addresses_and_usernames_are_plain_or_refused() {
    use stopgap::license::{Email, SingleLine, Username, single_line::breaks_line};
    check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(line) = SingleLine::parse(&text, 200) {
            assert!(!line.as_str().contains(breaks_line) && (1..=200).contains(&line.as_str().chars().count()));
        }
        for text in [text.to_string(), format!("{text}@acme.example"), format!("jane@{text}.example")] {
            if let Ok(email) = Email::parse(&text) {
                let email = email.as_str();
                assert!(email.is_ascii() && email.matches('@').count() == 1 && email.len() <= Email::MAX_CHARS);
                assert!(!email.contains(|c: char| c.is_ascii_control() || " <>()[],;:\\\"".contains(c)), "{email}");
            }
        }
        if let Ok(username) = Username::parse(&text) {
            assert!(!username.as_str().contains(['@', '/', ' ', '\n']) && username.as_str().is_ascii());
        }
    });
}
