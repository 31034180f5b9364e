//! What customers send is read through what mail programs, editors and terminals do to it on the way.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::{
    eligibility::turn_to,
    world::{World, fresh_key, post},
};

type Wrapping = (&'static str, fn(&str) -> String);

/// Ways in which a text arrives. Each keeps what the text says.
const WRAPPINGS: [Wrapping; 12] = [
    ("after a prompt", |text| format!("root@gitlab:~# cat it; echo\n{text}\nroot@gitlab:~# ")),
    ("within a mail", |text| format!("Hello,\n\nhere it is:\n\n{text}\n\nKind regards\nJane Doe\nAcme GmbH")),
    ("in a code block", |text| format!("```\n{}\n```\n", text.trim_end())),
    ("in a named code block", |text| format!("```json\n{}\n```\n", text.trim_end())),
    ("quoted", |text| lines(text, |line| format!("> {line}"))),
    ("quoted twice", |text| lines(text, |line| format!("> > {line}"))),
    ("with CRLF", |text| text.replace('\n', "\r\n")),
    ("with a byte order mark", |text| format!("\u{feff}{text}")),
    ("indented", |text| lines(text, |line| format!("    {line}"))),
    ("with no-break spaces", |text| text.replace(' ', "\u{a0}")),
    ("with blank lines between", |text| text.replace('\n', "\n\n")),
    ("with spaces at the ends", |text| lines(text, |line| format!("{line}  "))),
];

fn lines(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(change).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_archive_is_read_entry_by_entry_and_a_bomb_to_its_bound() {
    let world = World::start().await;
    turn_to(&world, date(2026, 11, 17));
    let agent = world.agent().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evidence");
    let read = |name: &str| fs::read(format!("{folder}/{name}")).unwrap();
    let archive = zipped(&[("usage.csv", read("usage-15-to-19.csv")), ("info.txt", read("rake-env-info.txt"))]);
    let mail = format!("Content-Transfer-Encoding: base64\n\n{}\n--x--", lined(&archive));
    let answer = post(&agent, "/api/v1/evidence", &fresh_key(), &json!({ "text": mail })).await.body;
    let kinds: Vec<_> = answer["pieces"].as_array().unwrap().iter().map(|piece| &piece["kind"]).collect();
    assert_eq!(kinds, ["usage_csv", "rake_env_info"]);

    let bomb = zipped(&[("a", vec![b'a'; 64 * 1024 * 1024]), ("info.txt", read("rake-env-info.txt"))]);
    let answer = post(&agent, "/api/v1/evidence", &fresh_key(), &json!({ "text": lined(&bomb) })).await;
    assert_eq!((answer.status.as_u16(), &answer.body["pieces"]), (200, &json!([])));
}

/// Base64 in lines of 76 characters, as mail has it.
fn lined(bytes: &[u8]) -> String {
    let whole = STANDARD.encode(bytes);
    let lines = whole.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

pub fn zipped(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn json_that_was_cut_off_says_what_it_has() {
    let world = World::start().await;
    turn_to(&world, date(2026, 11, 17));
    let agent = world.agent().await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evidence/api-license.json");
    let whole = fs::read_to_string(path).unwrap();
    let cut = &whole[..whole.find("licensee").unwrap() + 20];
    let answer = post(&agent, "/api/v1/evidence", &fresh_key(), &json!({ "text": cut })).await.body;
    assert_eq!(answer["read"]["expires_on"], "2026-11-01", "{answer}");
}

#[tokio::test]
async fn every_artefact_is_read_the_same_however_it_is_wrapped() {
    let world = World::start().await;
    turn_to(&world, date(2026, 11, 17));
    let agent = world.agent().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evidence");
    let sample = |name: &str| fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let index: Value = serde_json::from_str(&sample("index.json")).unwrap();
    let mut wrong = Vec::new();
    for entry in index["samples"].as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let text = sample(file);
        let ask =
            async |text: &str| post(&agent, "/api/v1/evidence", &fresh_key(), &json!({ "text": text })).await.body;
        let plain = ask(&text).await;
        // `null` alone says something only where nothing else is said.
        for (name, wrap) in WRAPPINGS.iter().filter(|_| text.trim() != "null") {
            let wrapped = ask(&wrap(&text)).await;
            if wrapped["read"] != plain["read"] || wrapped["pieces"][0]["kind"] != plain["pieces"][0]["kind"] {
                wrong.push(format!("{file} {name}: {} {}", wrapped["pieces"], wrapped["read"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
