//! What we write, byte for byte, with OpenSSL as the judge.

use std::{io::Write as _, process::Command};

use serde_json::Value;
use stopgap::sealing::envelope::encode64;

use super::{decode, run, sealed, vector_path};

#[test]
fn the_envelope_is_gitlabs_byte_for_byte() {
    let text = sealed();
    assert!(
        text.starts_with("eyJkYXRhIjoi") && text.ends_with('\n') && (1_200..=1_900).contains(&text.len()),
        "{}",
        text.len()
    );
    let lines: Vec<&str> = text.lines().collect();
    let (last, full) = lines.split_last().unwrap();
    assert!(full.iter().all(|line| line.len() == 60) && (1..=60).contains(&last.len()));
    let outer = String::from_utf8(decode(&text)).unwrap();
    let envelope: serde_json::Map<String, Value> = serde_json::from_str(&outer).unwrap();
    assert_eq!(envelope.keys().collect::<Vec<_>>(), ["data", "key", "iv"]);
    let parts: Vec<&str> = envelope.values().map(|part| part.as_str().unwrap()).collect();
    let expected = format!(
        r#"{{"data":"{}","key":"{}","iv":"{}"}}"#,
        parts[0].replace('\n', "\\n"),
        parts[1].replace('\n', "\\n"),
        parts[2].replace('\n', "\\n")
    );
    assert_eq!(outer, expected);
    for part in parts {
        assert_eq!(part, encode64(&decode(part)));
    }
    assert_ne!(text, sealed(), "key and iv are fresh each time");
}

#[test]
fn openssl_opens_what_we_seal_and_finds_the_attributes_in_order() {
    let envelope: Value = serde_json::from_slice(&decode(&sealed())).unwrap();
    let part = |name: &str| decode(envelope[name].as_str().unwrap());
    let mut sealed_key = tempfile::NamedTempFile::new().unwrap();
    sealed_key.write_all(&part("key")).unwrap();
    let mut data = tempfile::NamedTempFile::new().unwrap();
    data.write_all(&part("data")).unwrap();
    let aes_key = run(Command::new("openssl")
        .args(["pkeyutl", "-verifyrecover", "-pubin", "-pkeyopt", "rsa_padding_mode:pkcs1", "-inkey"])
        .arg(vector_path("test_key.pub.pem"))
        .arg("-in")
        .arg(sealed_key.path()));
    assert_eq!(aes_key.len(), 16);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let json = run(Command::new("openssl")
        .args(["enc", "-d", "-aes-128-cbc", "-K", &hex(&aes_key), "-iv", &hex(&part("iv")), "-in"])
        .arg(data.path()));
    assert_eq!(
        String::from_utf8(json).unwrap(),
        "{\"version\":1,\"licensee\":{\"Name\":\"Jane \\\"Ünï\\\" Doe\",\"Company\":\"日本株式会社 <A&B>\",\
         \"Email\":\"jane@acme.example\"},\"issued_at\":\"2026-11-19\",\"expires_at\":\"2026-12-01\",\
         \"cloud_licensing_enabled\":false,\"offline_cloud_licensing_enabled\":false,\"auto_renew_enabled\":false,\
         \"seat_reconciliation_enabled\":false,\"operational_metrics_enabled\":false,\
         \"generated_from_customers_dot\":false,\"generated_from_cancellation\":false,\
         \"restrictions\":{\"plan\":\"ultimate\",\"active_user_count\":286,\"previous_user_count\":286,\"trial\":true}}"
    );
}
