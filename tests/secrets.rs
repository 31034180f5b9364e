//! Secrets do not show in `Debug`, to other users of the machine, or in a core dump.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use secrecy::{ExposeSecret as _, SecretString};
use stopgap::{
    clock::Clock,
    config::{Config, Environment},
    delivery::{Links, email::Mailer, gitlab::Gitlab, slack::Slack},
    license::{Customer, Email, Language, Seats, Terms},
    random::Random,
    sealing::{Attributes, SealingKey},
};

use crate::world::keys;

/// Part of every secret in the settings.
const CANARY: &str = "canaryCANARYcanary1234";

fn settings() -> Vec<(String, String)> {
    [
        ("PUBLIC_URL", "https://stopgap.acme.example".to_owned()),
        ("DATABASE_URL", format!("postgres://user:{CANARY}@db.acme.example/stopgap?sslmode=verify-full")),
        ("ZENDESK_SUBDOMAIN", "acme".into()),
        ("LICENSE_PRIVATE_KEY", keys().license_private_pem),
        ("LICENSE_PUBLIC_KEY", keys().license_public_pem),
        ("SMTP_URL", format!("smtps://user:{CANARY}@mail.acme.example")),
        ("MAIL_FROM", "GitLab Support <support@acme.example>".into()),
        ("GITLAB_TOKEN", format!("glpat-{CANARY}")),
        ("GITLAB_PROJECT", "support/internal-requests".into()),
        ("SLACK_WEBHOOK_URL", format!("https://hooks.slack.com/services/T0/B0/{CANARY}")),
        ("MAILGUN_SIGNING_KEY", CANARY.into()),
        ("MAILGUN_API_KEY", CANARY.into()),
        ("MAILGUN_DOMAIN", "mg.acme.example".into()),
        ("METRICS_TOKEN", CANARY.into()),
    ]
    .map(|(name, value)| (format!("STOPGAP_{name}"), value))
    .to_vec()
}

fn environment(settings: Vec<(String, String)>) -> Environment {
    Environment::of(settings.into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
}

fn config() -> Config {
    environment(settings()).config().expect("the settings are valid")
}

/// Whether the text contains the canary or a part of the private key.
fn leaks(shown: &str) -> bool {
    let pem = keys().license_private_pem;
    let key = pem.lines().nth(2).expect("a key has lines").to_owned();
    shown.contains(CANARY)
        || shown.contains(&key)
        || shown.contains("BEGIN RSA PRIVATE")
        || shown.contains("PRIVATE KEY")
}

#[test]
fn debug_shows_no_secret_of_the_settings_or_of_what_is_made_from_them() {
    let config = config();
    let links = || Links { zendesk_origin: "https://acme.zendesk.com".into(), subdomain: "acme".into() };
    let mailer = Mailer::new(&config.smtp, links()).unwrap();
    let gitlab = Gitlab::new(&config.gitlab, links(), Clock::system()).unwrap();
    let slack = Slack::new(&config.slack, links(), Clock::system()).unwrap();
    for shown in [
        format!("{config:?}"),
        format!("{config:#?}"),
        format!("{:?} {:?} {:?}", config.smtp, config.gitlab, config.slack),
        format!("{:?} {:?}", config.sealing, config.sealing.source),
        format!("{:?} {:?} {:?}", config.database_url, config.mailgun_signing_key, config.metrics_token),
        format!("{mailer:#?} {gitlab:#?} {slack:#?}"),
        format!("{:?}", SecretString::from(CANARY)),
    ] {
        assert!(!leaks(&shown), "{shown}");
    }
    assert!(config.database_url.expose_secret().contains(CANARY), "the canary is there to be found");
}

#[test]
fn debug_shows_no_license() {
    let key = SealingKey::parse(&SecretString::from(keys().license_private_pem)).unwrap();
    let customer = Customer {
        email: Email::parse("jane@acme.example").unwrap(),
        name: None,
        company: None,
        language: Language::En,
    };
    let terms = Terms::of(jiff::civil::date(2026, 11, 21), 10);
    let attributes = Attributes::emergency(&customer, Seats::parse(286).unwrap(), terms);
    let file = key.seal(&attributes, &mut Random.for_rsa()).unwrap();
    let shown = format!("{file:?} {file:#?} {:?}", Some(&file));
    let text = file.expose();
    assert!(text.len() > 500);
    for line in text.lines() {
        assert!(!shown.contains(line), "{shown}");
    }
}

#[test]
fn a_secrets_file_that_others_may_open_is_warned_about_by_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, format!("glpat-{CANARY}")).unwrap();
    let mut settings = settings();
    settings.retain(|(name, _)| name != "STOPGAP_GITLAB_TOKEN");
    settings.push(("STOPGAP_GITLAB_TOKEN_FILE".into(), path.to_str().unwrap().into()));
    for (mode, is_loose) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true), (0o666, true)]
    {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let environment = environment(settings.clone());
        assert!(environment.config().is_ok(), "a warning is not an error");
        let warnings = environment.warnings();
        assert_eq!(!warnings.is_empty(), is_loose, "{mode:o}: {warnings:?}");
        if let Some(warning) = warnings.first() {
            assert!(warning.contains("STOPGAP_GITLAB_TOKEN_FILE") && warning.contains("chmod 600"), "{warning}");
            assert!(!leaks(warning));
        }
    }
}

#[test]
fn a_database_that_others_may_open_is_warned_about() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stopgap.db");
    let url = format!("sqlite:{}", path.display());
    let warnings = || environment(vec![("STOPGAP_DATABASE_URL".into(), url.clone())]).warnings();
    assert!(warnings().is_empty(), "it does not exist yet");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(warnings()[0].contains("STOPGAP_DATABASE_URL"), "{:?}", warnings());
}

#[test]
fn an_hsm_module_that_others_may_change_is_warned_about() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("module.so");
    fs::write(&path, "").unwrap();
    let settings = vec![("STOPGAP_LICENSE_HSM_MODULE".to_owned(), path.to_str().unwrap().to_owned())];
    for (mode, is_loose) in [(0o755, false), (0o644, false), (0o664, true), (0o646, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let warnings = environment(settings.clone()).warnings();
        assert_eq!(!warnings.is_empty(), is_loose, "{mode:o}: {warnings:?}");
        assert!(warnings.iter().all(|warning| warning.contains("STOPGAP_LICENSE_HSM_MODULE")), "{warnings:?}");
    }
}

#[test]
fn commands_other_than_serve_leave_no_core_dump_either() {
    let mut sandbox = Command::new(env!("CARGO_BIN_EXE_stopgap"))
        .args(["sandbox", "--port", "0"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(sandbox.stdout.take().unwrap()).lines();
    let started = lines.map_while(Result::ok).any(|line| line.contains("Open"));
    let limits = fs::read_to_string(format!("/proc/{}/limits", sandbox.id())).unwrap();
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert!(started && core.split_whitespace().collect::<Vec<_>>()[4..6] == ["0", "0"], "{core}");
}

#[test]
fn the_released_program_is_built_without_the_sandbox() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let dockerfile = fs::read_to_string(root.join("Dockerfile")).unwrap();
    let build = dockerfile.lines().find(|line| line.contains("cargo build")).expect("the image builds it");
    assert!(build.contains("--release") && build.contains("--locked") && build.contains("--no-default-features"));
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--no-default-features",
            "--features",
            "hsm",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.lines().any(|line| line.starts_with("actix-web ")), "{tree}");
    assert!(!tree.lines().any(|line| line.starts_with("mail-parser ")), "the sandbox's mailbox is not linked");
    let rooms = fs::read_to_string(root.join("src/lib.rs")).unwrap();
    assert!(rooms.contains("#[cfg(feature = \"sandbox\")]\npub mod sandbox;"));
}

#[test]
fn no_build_has_crash_points_but_the_one_that_asks_for_them() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let features = metadata["packages"][0]["features"].as_object().unwrap();
    assert!(features.contains_key("crash-points"), "the canary is there to be found");
    for (feature, brings) in features {
        assert!(!brings.to_string().contains("crash-points"), "{feature} brings the crash points");
    }
    let dockerfile = fs::read_to_string(root.join("Dockerfile")).unwrap();
    for build in dockerfile.lines().filter(|line| line.contains("cargo build")) {
        let build = build.replace("--features hsm", "");
        let names_features = build.split_whitespace().any(|word| word.starts_with("--features") || word == "-F");
        assert!(!names_features && !build.contains("--all-features"), "{build}");
    }
}
