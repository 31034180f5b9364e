//! Whatever arrives is answered: no panic, no endless work.
//!
//! Each target runs over its corpus in `tests/__fuzz__` and then for a second on random input, or for as long as
//! `BOLERO_RANDOM_TEST_TIME_MS` says.

use bolero::check;
use jiff::civil::date;
use serde_json::{Map, Value};
use stopgap::license::{
    Scope, diagnosis,
    eligibility::judge,
    evidence::{open_old_license, receive},
    file::open,
};

use crate::license_file::{public_key, vector};

/// Bytes that begin as a license file does, so that the layers below are reached.
fn as_envelope(bytes: &[u8]) -> String {
    stopgap::license::envelope::encode64(&[b"{\"data\":\"", bytes].concat())
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
    let fields =
        ["plan", "trial", "expires_on", "seats", "billable_users", "maximum_users", "gitlab_version", "license_file"];
    let scope = Scope { grace_days: 14, window_days: 3 };
    check!().with_type::<(u8, Vec<u8>, i64, u16)>().for_each(|(chosen, bytes, number, day)| {
        let text = String::from_utf8_lossy(bytes);
        let field = fields[usize::from(*chosen) % fields.len()];
        let date = format!("{:04}-{:02}-{:02}", day % 9999, day % 14, day % 33);
        for value in [Value::from(*number), Value::from(text.as_ref()), Value::from(date)] {
            let body = Map::from_iter([(field.to_owned(), value), (text.to_string(), Value::Null)]);
            if let Ok(received) = receive(&body, &key) {
                assert!(!judge(&received.evidence, jiff::civil::date(2026, 11, 21), &scope).reason.is_empty());
            }
        }
        if let Ok(Value::Object(body)) = serde_json::from_slice(bytes) {
            let _ = receive(&body, &key);
        }
    });
}
