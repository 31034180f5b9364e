//! Where values come from, and how errors are reported.

use super::*;

use secrecy::ExposeSecret as _;

#[test]
fn all_errors_are_reported_together_and_each_names_its_variable() {
    let errors = Config::read(|_| None).unwrap_err();
    let text = errors.to_string();
    let required = SETTINGS.iter().filter(|setting| setting.default == crate::config::Unset::Required);
    // The private key may be in an HSM instead.
    assert!(
        text.contains("STOPGAP_LICENSE_PRIVATE_KEY is missing") && text.contains("STOPGAP_LICENSE_HSM_MODULE"),
        "{text}"
    );
    // Slack may be reached by a bot token instead of its webhook.
    assert!(text.contains("STOPGAP_SLACK_WEBHOOK_URL is missing"), "{text}");
    assert_eq!(required.clone().count() + 2, errors.iter().count());
    for setting in required {
        assert!(text.contains(&format!("{} is missing", setting.variable())), "{text}");
        assert!(text.contains(setting.description), "{text}");
    }
    assert!(text.starts_with("9 settings need attention:\n"), "{text}");
}

#[test]
fn errors_and_debug_show_no_secret() {
    let good = Given::enough()
        .with("DATABASE_URL", "postgres://user:canary@db.example/stopgap?sslmode=verify-full")
        .with("SMTP_URL", "smtps://canary:canary@mail.example")
        .with("GITLAB_TOKEN", "canary-token")
        .with("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/canary")
        .with("MAILGUN_SIGNING_KEY", "canary-key")
        .with("MAILGUN_API_KEY", "canary-key")
        .with("MAILGUN_DOMAIN", "mg.example.com")
        .with("METRICS_TOKEN", "canary-canary-canary");
    let app = good.clone().without("SLACK_WEBHOOK_URL").with("SLACK_CHANNEL", "C0123456789");
    let app = app.with("SLACK_BOT_TOKEN", "xoxb-canary");
    let shown = format!("{:?} {:#?} {:?}", good.config(), good.config(), app.config());
    assert!(!shown.contains("canary"), "{shown}");
    let key_body = PRIVATE_KEY.lines().nth(1).unwrap();
    assert!(!shown.contains(key_body), "{shown}");

    for setting in SETTINGS.iter().filter(|setting| setting.secret) {
        for bad in ["canary", "canary canary\n", "https://canary:canary@canary.example", "smtp://canary@canary"] {
            if let Err(errors) = good.clone().with(setting.name, bad).read() {
                let shown = format!("{errors} {errors:?}");
                assert!(!shown.contains("canary"), "{shown}");
            }
        }
    }
}

#[test]
fn a_blank_value_counts_as_not_set() {
    assert_eq!(Given::enough().with("LICENSE_DAYS", " ").config().sealing.days, 10);
    assert!(Given::enough().with("GITLAB_TOKEN", "").error("GITLAB_TOKEN").contains("is missing"));
    assert!(Given::enough().with("METRICS_TOKEN", "").config().metrics_token.is_none());
}

#[test]
fn white_space_around_a_value_is_ignored() {
    assert_eq!(Given::enough().with("GITLAB_TOKEN", " abc \r\n").config().gitlab.token.expose_secret(), "abc");
}

#[test]
fn secrets_and_keys_can_be_given_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let given = |path: &str| Given::enough().without("GITLAB_TOKEN").with("GITLAB_TOKEN_FILE", path);

    assert_eq!(given(&file("good", b"abc\n")).config().gitlab.token.expose_secret(), "abc");
    let key = file("key", PRIVATE_KEY.as_bytes());
    Given::enough().without("LICENSE_PRIVATE_KEY").with("LICENSE_PRIVATE_KEY_FILE", &key).config();

    let missing = folder.path().join("missing").to_str().unwrap().to_owned();
    let long = file("long", &vec![b'a'; 64 * 1024 + 1]);
    for (path, why) in [
        (&missing, "cannot be read"),
        (&file("empty", b"\n"), "is empty"),
        (&file("binary", b"\xff"), "cannot be read"),
        (&long, "is longer than 64 KiB"),
    ] {
        let message = given(path).error("GITLAB_TOKEN_FILE");
        assert!(message.contains(path.as_str()) && message.contains(why), "{message}");
    }
    let inside = given(&file("inside", b"a b")).error("GITLAB_TOKEN_FILE");
    assert!(inside.contains("white space"), "{inside}");
}

#[test]
fn a_secret_that_is_set_twice_is_an_error() {
    let message = Given::enough().with("GITLAB_TOKEN_FILE", "/nowhere").error("GITLAB_TOKEN");
    assert!(message.contains("STOPGAP_GITLAB_TOKEN_FILE are both set"), "{message}");
}

#[test]
fn one_setting_can_be_read_without_the_others() {
    let only = |variable: &str| (variable == "STOPGAP_LICENSE_PUBLIC_KEY").then(|| PUBLIC_KEY.to_owned());
    assert!(crate::config::license_public_key(only).is_ok());
    assert_eq!(crate::config::bind(|_| None).unwrap().port(), 8080);
    assert!(crate::config::license_public_key(|_| None).is_err());
}
