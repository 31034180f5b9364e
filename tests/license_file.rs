//! License files: ours are read by GitLab's reader, and we read what it reads.

mod written;

use std::{fs, path::PathBuf, process::Command, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::civil::date;
use proptest::prelude::*;
use rand::rngs::SysRng;
use rsa::PublicKey;
use secrecy::SecretString;
use serde_json::Value;
use stopgap::{
    gitlab_rules::evidence::{Unreadable, open_old_license},
    license::{Customer, Email, Language, Seats, SingleLine, Terms},
    sealing::{
        Attributes, SealingKey,
        envelope::encode64,
        file::{OpenError, open, parse_public_key},
    },
};

/// How long reading takes at most in a build without optimisation, even of a hostile text.
const QUICK: Duration = Duration::from_secs(2);

pub fn vector_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

pub fn vector(name: &str) -> String {
    fs::read_to_string(vector_path(name)).unwrap()
}

pub fn public_key() -> PublicKey {
    parse_public_key(&vector("test_key.pub.pem")).unwrap()
}

fn sealing_key() -> SealingKey {
    SealingKey::parse(&SecretString::from(vector("test_key.pem"))).unwrap()
}

fn emergency() -> Attributes {
    let customer = Customer {
        email: Email::parse("jane@acme.example").unwrap(),
        name: Some(SingleLine::parse("Jane \"Ünï\" Doe", 100).unwrap()),
        company: Some(SingleLine::parse("日本株式会社 <A&B>", 100).unwrap()),
        language: Language::En,
    };
    Attributes::emergency(&customer, Seats::parse(286).unwrap(), Terms::of(date(2026, 11, 21), 10))
}

fn sealed() -> String {
    sealing_key().seal(&emergency(), &mut SysRng).unwrap().expose().to_owned()
}

/// Seals any payload with the test key.
fn seal_raw(json: &[u8]) -> String {
    // The library only seals attributes of a license, so OpenSSL does this.
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("key"), [7; 16]).unwrap();
    fs::write(path("json"), json).unwrap();
    let hex = "07".repeat(16);
    run(Command::new("openssl")
        .args(["enc", "-aes-128-cbc", "-K", &hex, "-iv", &hex, "-in"])
        .arg(path("json"))
        .arg("-out")
        .arg(path("data")));
    run(Command::new("openssl")
        .args(["pkeyutl", "-sign", "-pkeyopt", "rsa_padding_mode:pkcs1", "-inkey"])
        .arg(vector_path("test_key.pem"))
        .arg("-in")
        .arg(path("key"))
        .arg("-out")
        .arg(path("sealed")));
    let part = |bytes: Vec<u8>| Value::from(encode64(&bytes));
    let outer = serde_json::json!({
        "data": part(fs::read(path("data")).unwrap()), "key": part(fs::read(path("sealed")).unwrap()), "iv": part(vec![7; 16]),
    });
    encode64(outer.to_string().as_bytes())
}

fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Base64 of any layer, with its line breaks.
fn decode(text: &str) -> Vec<u8> {
    STANDARD.decode(text.replace('\n', "")).unwrap()
}

#[test]
fn files_of_gitlabs_own_gem_are_read_as_it_reads_them() {
    let index: Vec<Value> = serde_json::from_str(&vector("index.json")).unwrap();
    assert_eq!(index.len(), 8);
    for row in index {
        let name = row["file"].as_str().unwrap();
        let read = open(&vector(name), &public_key());
        if row["reads"] == true {
            let read = serde_json::to_string(&read.unwrap()).unwrap();
            assert_eq!(read, row["attributes"].to_string(), "{name}");
        } else {
            assert!(read.is_err(), "{name}");
        }
    }
    let refusal = |name: &str| open(&vector(name), &public_key()).unwrap_err();
    assert_eq!(refusal("signed-by-another-key.gitlab-license"), OpenError::OtherKey);
    assert!(matches!(refusal("truncated.gitlab-license"), OpenError::NotALicense(_)));
    assert!(matches!(refusal("garbage.gitlab-license"), OpenError::NotALicense(_)));
}

#[test]
fn a_license_survives_every_way_it_may_be_wrapped_again() {
    for plain in [sealed(), vector("paid-plain.gitlab-license")] {
        let expected = open(&plain, &public_key()).unwrap();
        let line = plain.replace('\n', "");
        let at = |width: usize, end: &str, prefix: &str| -> String {
            let lines = line.as_bytes().chunks(width).map(|c| format!("{prefix}{}{end}", str::from_utf8(c).unwrap()));
            lines.collect::<Vec<_>>().concat()
        };
        let boundary = |body: &str| format!("{:-^60}\n{body}{:-^60}\n", "BEGIN GITLAB LICENSE", "END GITLAB LICENSE");
        let mut texts: Vec<String> = (1..=100).map(|width| at(width, "\n", "")).collect();
        texts.extend([
            line.clone(),
            plain.trim_end().to_owned(),
            plain.replace('\n', "\r\n"),
            plain.replace('\n', "\r"),
            at(60, "\n", "    "),
            at(76, "\r\n", "\t"),
            at(60, "\n", "> "),
            at(60, "\n", "> > "),
            at(60, " ", ""),
            format!("\u{feff}{plain}"),
            format!("\n\n  \r\n{plain}\n\n"),
            plain.replace('=', "=3D"),
            boundary(&plain),
            boundary(&plain).replace('\n', "\r\n"),
            format!("Dear Jane,\nhere it is:\n\n{}\nRegards, 42 = 42\n", boundary(&plain)),
            boundary(&plain).lines().map(|line| format!("> {line}\n")).collect::<Vec<_>>().concat(),
            format!("BEGIN ACME EE LICENSE\n{plain}END ACME EE LICENSE\nRegards, 42 = 42\n"),
            format!("Dear Jane,\n-----BEGIN GITLAB LICENSE-----\n{plain}"),
            format!("{plain}-----END GITLAB LICENSE-----\nRegards, 42 = 42\n"),
        ]);
        for text in texts {
            assert_eq!(open(&text, &public_key()).as_ref(), Ok(&expected), "{text}");
        }
    }
}

#[test]
fn unwrapped_base64_inside_is_read_too() {
    let envelope: Value = serde_json::from_slice(&decode(&sealed())).unwrap();
    let unwrapped = envelope.to_string().replace("\\n", "");
    let text = STANDARD.encode(unwrapped);
    assert!(open(&text, &public_key()).is_ok());
}

#[test]
fn half_a_license_is_refused_wherever_it_is_cut() {
    let plain = vector("paid-plain.gitlab-license");
    // The last characters may be padding or the end of the envelope, which are not needed.
    let needed = plain.trim_end().len() - 4;
    for cut in 0..needed {
        for half in [&plain[..cut], &plain[plain.len() - cut..]] {
            assert!(open(half, &public_key()).is_err(), "cut at {cut}");
            assert!(open_old_license(half, &public_key()).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn a_damaged_character_is_distinguished_from_another_key() {
    let plain = vector("paid-plain.gitlab-license");
    let envelope: Value = serde_json::from_slice(&decode(&plain)).unwrap();
    let spoil = |part: &str, at: usize| {
        let mut spoiled = envelope.clone();
        let mut bytes = decode(envelope[part].as_str().unwrap());
        let at = if at == usize::MAX { bytes.len() - 1 } else { at };
        bytes[at] ^= 0x80;
        spoiled[part] = Value::from(encode64(&bytes));
        open_old_license(&encode64(spoiled.to_string().as_bytes()), &public_key())
    };
    assert_eq!(spoil("key", 100), Err(Unreadable::OtherKey));
    assert_eq!(spoil("data", usize::MAX), Err(Unreadable::Damaged));
    assert_eq!(spoil("data", 0), Err(Unreadable::Damaged));
    assert_eq!(spoil("iv", 0), Err(Unreadable::Damaged));
}

#[test]
fn what_gitlab_calls_invalid_is_refused_with_the_reason() {
    let whole = r#"{"version":1,"licensee":{"Name":"J"},"issued_at":"2026-11-01","expires_at":"2026-11-11"}"#;
    assert_eq!(open(&seal_raw(whole.as_bytes()), &public_key()).unwrap().restrictions, None);
    let flags = whole.replace(r#""version":1,"#, r#""cloud_licensing_enabled":1,"auto_renew_enabled":true,"#);
    let flags = open(&seal_raw(flags.as_bytes()), &public_key()).unwrap().flags;
    assert_eq!((flags.cloud_licensing_enabled, flags.auto_renew_enabled), (false, true), "only true counts");
    for (json, reason) in [
        (whole.replace(r#""version":1,"#, r#""version":2,"#), "version"),
        (whole.replace(r#"{"Name":"J"}"#, "{}"), "licensee"),
        (whole.replace(r#"{"Name":"J"}"#, "\"J\""), "licensee"),
        (whole.replace(r#""licensee":{"Name":"J"},"#, ""), "licensee"),
        (whole.replace("issued_at", "starts_at"), "issued_at"),
        (whole.replace("2026-11-11", "someday"), "expires_at"),
        (whole.replace(r#""2026-11-11""#, "null"), "expires_at"),
        (whole.replace(r#""version":1,"#, r#""offline_cloud_licensing_enabled":true,"#), "offline cloud"),
        ("[]".to_owned(), "attributes"),
        ("\"text\"".to_owned(), "attributes"),
    ] {
        match open(&seal_raw(json.as_bytes()), &public_key()) {
            Err(OpenError::Invalid(words)) => assert!(words.contains(reason), "{json}: {words}"),
            other => panic!("{json}: {other:?}"),
        }
    }
    for (json, is_read) in [
        (whole.replace(r#""version":1,"#, ""), true),
        (whole.replace(r#""version":1,"#, r#""offline_cloud_licensing_enabled":"true","#), true),
        (whole.replace(r#""version":1,"#, r#""add_ons":{"x":[1]},"notify_users_at":"never","restrictions":7,"#), true),
        ("{\"version\":1".to_owned(), false),
        (String::new(), false),
    ] {
        let read = open(&seal_raw(json.as_bytes()), &public_key());
        assert_eq!(read.is_ok(), is_read, "{json}: {read:?}");
        assert!(is_read || read == Err(OpenError::Damaged));
    }
}

#[test]
fn a_license_bomb_is_refused_quickly() {
    let mut nested = vector("paid-plain.gitlab-license");
    while nested.len() < 40_000 {
        nested = encode64(nested.as_bytes());
    }
    let deep = format!("{{\"data\":{}", "[".repeat(40_000));
    let wide = format!("{{\"data\":\"a\",\"key\":\"a\",\"iv\":\"a\"{}}}", ",\"x\":0".repeat(6_000));
    let inner = format!("{{\"licensee\":{}1{}}}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let huge = format!("{{\"version\":1,\"licensee\":{{{}\"a\":1}}}}", "\"a\":1,".repeat(3_000));
    for text in [
        nested,
        encode64(deep.as_bytes()),
        encode64(wide.as_bytes()),
        seal_raw(inner.as_bytes()),
        seal_raw(huge.as_bytes()),
        "eyJkYXRhIjoi ".repeat(5_000),
        "-----BEGIN GITLAB LICENSE-----\n".repeat(2_000),
        "=".repeat(64 * 1024),
        "A".repeat(5 * 1024 * 1024),
    ] {
        #[expect(clippy::disallowed_methods, reason = "the duration is the promise")]
        let started = std::time::Instant::now();
        assert!(open_old_license(&text, &public_key()).is_err(), "{text:.60}");
        assert!(started.elapsed() < QUICK, "{:?} for {text:.60}", started.elapsed());
    }
}

proptest! {
    #[test]
    fn a_text_changed_anywhere_opens_to_the_same_or_not_at_all(at in 0_usize..1500, to in "[A-Za-z0-9+/= >\n-]") {
        let plain = vector("paid-plain.gitlab-license");
        let at = at % plain.len();
        let changed = format!("{}{to}{}", &plain[..at], &plain[at + 1..]);
        if let Ok(read) = open(&changed, &public_key()) {
            // A change damages 16 bytes of the payload, which may be inside of a text.
            prop_assert_eq!(read.version, 1);
        }
    }
}
