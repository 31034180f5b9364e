use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::*;
use crate::license::Seats;

/// What every text of this kind is made of.
const PIECES: [&str; 40] = [
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u{a0}",
    "> ",
    ":",
    "\u{ff1a}",
    "\"",
    "\\",
    "{",
    "}",
    "=>",
    " + ",
    "(",
    ")",
    "#",
    "$ ",
    "\u{1b}[33m",
    "irb(main):001:0> ",
    "License.current",
    "License.current.restrictions",
    ".plan",
    "User.billable.count",
    "gitlab-rails runner 'p ",
    "'",
    "eyJkYXRhIjoi",
    "#<License:0x1 data: ",
    "License valid from: 2025-11-01 to 2026-11-01",
    "Max Users in License: 250",
    "GitLab information",
    "Version: 18.2.1-ee",
    "URL: https://a.example",
    "Maximum users",
    "Users in subscription",
    "Users over subscription",
    "End date:",
    "Plan: Premium",
    "-1",
    "291",
];

/// Bytes as a text: some stand for pieces, so that chance makes texts of these kinds.
fn text_of(bytes: &[u8]) -> String {
    let piece =
        |byte: &u8| PIECES.get(usize::from(*byte)).map_or_else(|| char::from(*byte).to_string(), |p| (*p).to_owned());
    bytes.iter().map(piece).collect()
}

#[test]
fn fuzz_recognisers_read_nothing_impossible_off_any_text() {
    let key = key();
    let context = Context { key: &key, today: date(2026, 11, 17) };
    bolero::check!().for_each(|bytes: &[u8]| {
        for text in [String::from_utf8_lossy(bytes).into_owned(), text_of(bytes)] {
            for (kind, _, recogniser) in RECOGNISERS {
                let Some(reading) = recogniser(&text, &context) else { continue };
                for count in [reading.seats, reading.billable_users, reading.maximum_users].into_iter().flatten() {
                    assert!((Seats::MIN..=Seats::MAX).contains(&count), "{kind}: {count}");
                }
                if let (Some(start), Some(end)) = (reading.starts_on, reading.expires_on) {
                    assert!(start <= end, "{kind}");
                }
                let Value::Object(values) = serde_json::to_value(&reading).unwrap() else { panic!("not an object") };
                for text in values.values().filter_map(Value::as_str) {
                    assert!(!text.is_empty() && text.chars().count() <= 254, "{kind}");
                    assert!(!text.contains(char::is_control) && !text.contains("eyJkYXRhIjoi"), "{kind}");
                }
            }
        }
    });
}

const TEXT_BYTES: usize = 256 * 1024;
/// Far above what is needed even without optimisation, and below what a square of the length takes.
const LIMIT: Duration = Duration::from_secs(3);

/// Of this thread, so that a busy machine changes nothing.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

#[test]
fn a_long_text_of_anything_is_read_in_time_that_grows_with_its_length() {
    let key = key();
    let context = Context { key: &key, today: date(2026, 11, 17) };
    let kinds_in_one = "License User GitLab information Edition runner HistoricalData GitLab: ";
    let combinations = [
        "irb(main):001:0> License.current\n=> ",
        "irb(main):001:0> License.current.restrictions\n=> {",
        "=> \"eyJkYXRhIjoi\" +\n",
        "$ gitlab-rails runner 'p User.billable.count'\n291\n",
        "User.billable.count\n=> 291\n",
        "Plan: Premium\nEnd date: 2026-11-01\nMaximum users\n",
        "\u{1b}[",
        "[9;",
        "License valid from:",
        "a:\n",
        "know how to build task ",
        "GitLab version\n",
        "uninitialized constant License",
    ];
    for piece in PIECES.iter().chain(&combinations) {
        let text = format!("{kinds_in_one}{}", piece.repeat(TEXT_BYTES / piece.len()));
        let started = cpu_time();
        for (_, _, recogniser) in RECOGNISERS {
            recogniser(&text, &context);
        }
        let elapsed = cpu_time().saturating_sub(started);
        assert!(elapsed < LIMIT, "{elapsed:?} for {piece:?}");
    }
}
