//! Commands, what they print, and their exit codes.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
};

use secrecy::SecretString;
use stopgap::{
    license::{Customer, Email, Language, Seats, Terms},
    random::Random,
    sealing::{Attributes, SealingKey},
};

const PUBLIC_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/license.pub.pem");
const OTHER_PUBLIC_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/other.pub.pem");

fn stopgap() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stopgap"));
    command.env_clear();
    command
}

/// Standard output of a program that succeeded.
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The error of a program that failed and printed nothing else.
fn refused(output: &Output) -> String {
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    stderr(output)
}

fn license_file() -> String {
    let pem = SecretString::from(include_str!("keys/license.pem"));
    let customer = Customer {
        email: Email::parse("jane@acme.example").unwrap(),
        name: None,
        company: None,
        language: Language::En,
    };
    let terms = Terms::of(jiff::civil::date(2026, 11, 21), 10);
    let attributes = Attributes::emergency(&customer, Seats::parse(286).unwrap(), terms);
    let sealed = SealingKey::parse(&pem).unwrap().seal(&attributes, &mut Random.for_rsa()).unwrap();
    sealed.expose().to_owned()
}

fn open(file: &Path, more: &[&str]) -> Output {
    stopgap().arg("open").arg(file).args(more).output().unwrap()
}

#[test]
fn open_prints_a_license_as_text_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("acme.gitlab-license");
    fs::write(&file, license_file()).unwrap();

    let text = printed(&open(&file, &["--public-key", PUBLIC_KEY]));
    assert!(text.contains("expires on      2026-12-01\n") && text.contains("seats           286\n"), "{text}");

    let json: serde_json::Value =
        serde_json::from_str(&printed(&open(&file, &["--public-key", PUBLIC_KEY, "--json"]))).unwrap();
    assert_eq!(json["licensee"]["Email"], "jane@acme.example");
    assert_eq!(json["restrictions"]["active_user_count"], 286);
}

#[test]
fn open_reads_standard_input_and_takes_its_key_from_the_settings() {
    for (variable, value) in [
        ("STOPGAP_LICENSE_PUBLIC_KEY_FILE", PUBLIC_KEY),
        ("STOPGAP_LICENSE_PUBLIC_KEY", include_str!("keys/license.pub.pem")),
    ] {
        let mut command = stopgap();
        command.args(["open", "-"]).env(variable, value).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(license_file().as_bytes()).unwrap();
        assert!(printed(&child.wait_with_output().unwrap()).contains("jane@acme.example"));
    }
}

#[test]
fn open_finds_a_license_in_whatever_it_was_pasted_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mail.html");
    fs::write(&file, format!("<p>Hello</p><pre>{}</pre>", license_file().replace('\n', "<br>\n"))).unwrap();
    let output = open(&file, &["--public-key", PUBLIC_KEY]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("jane@acme.example"));
}

#[test]
fn open_reports_errors_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it");
    let with = |text: &[u8], key: &str| {
        fs::write(&file, text).unwrap();
        refused(&open(&file, &["--public-key", key]))
    };
    assert!(with(license_file().as_bytes(), OTHER_PUBLIC_KEY).contains("made with another key"));
    assert!(with(b"", PUBLIC_KEY).contains("is empty"));
    assert!(with(b"\xff\xfe\0", PUBLIC_KEY).contains("no license file"));
    assert!(with(&vec![b'A'; 10 << 20], PUBLIC_KEY).contains("longer than 64 KiB"));
    assert!(with(license_file().as_bytes(), "/nowhere.pem").contains("cannot read /nowhere.pem"));

    let missing = folder.path().join("missing");
    assert!(refused(&open(&missing, &["--public-key", PUBLIC_KEY])).contains("cannot read"));
    assert!(refused(&open(&file, &[])).contains("STOPGAP_LICENSE_PUBLIC_KEY is missing"));
}

#[test]
fn serve_refuses_to_start_and_reports_all_errors_together() {
    let output = stopgap()
        .args(["serve", "--license-days", "31"])
        .env("STOPGAP_SMTP_URL", "smtp://canary:canary@mail.acme.example")
        .env("STOPGAP_LICENCE_DAYS", "10")
        .output()
        .unwrap();
    let error = refused(&output);
    for expected in [
        "STOPGAP_PUBLIC_URL is missing",
        "STOPGAP_LICENSE_DAYS must be a whole number from 1 to 30",
        "STOPGAP_SMTP_URL must say how it is encrypted",
        "STOPGAP_LICENCE_DAYS is not a setting: did you mean STOPGAP_LICENSE_DAYS?",
    ] {
        assert!(error.contains(expected), "{error}");
    }
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn the_exit_code_of_health_is_the_services_readiness() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let health = |status: &'static str| {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (mut socket, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let length = socket.read(&mut request).unwrap();
                assert!(request[..length].starts_with(b"GET /health/ready HTTP/1.1\r\n"));
                write!(socket, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
            });
            stopgap().args(["health", "--bind", &address]).output().unwrap()
        })
    };
    printed(&health("200 OK"));
    assert!(refused(&health("503 Service Unavailable")).contains("not ready"));
    drop(listener);
    assert!(refused(&stopgap().arg("health").env("STOPGAP_BIND", &address).output().unwrap()).contains("no response"));
}
