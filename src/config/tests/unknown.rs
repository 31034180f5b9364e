//! Unknown variables are reported as likely typos.

use super::*;

use crate::config::Environment;

fn environment(extra: &[(&str, &str)]) -> Environment {
    let given = Given::enough().0.into_iter();
    let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::of(given.chain(extra).map(|(name, value)| (name.into(), value.into())))
}

fn message(name: &str) -> String {
    let errors = environment(&[(name, "canary")]).config().expect_err(name);
    assert_eq!(errors.iter().count(), 1, "{errors}");
    errors.to_string()
}

#[test]
fn an_unknown_variable_is_an_error_that_suggests_the_closest_setting() {
    for (typo, meant) in [
        ("STOPGAP_LICENCE_DAYS", "STOPGAP_LICENSE_DAYS"),
        ("STOPGAP_PUBLIC_ADDRESS_URL", "STOPGAP_PUBLIC_URL"),
        ("STOPGAP_SLACK_WEBHOOK", "STOPGAP_SLACK_WEBHOOK_URL"),
        ("STOPGAP_GITLAB_TOKEN_FIL", "STOPGAP_GITLAB_TOKEN"),
    ] {
        let message = message(typo);
        assert!(message.contains(&format!("{typo} is not a setting: did you mean {meant}?")), "{message}");
        assert!(!message.contains("canary"), "{message}");
    }
    assert!(message("STOPGAP_XYZZY").contains("STOPGAP_XYZZY is not a setting: remove it"));
    assert!(message("STOPGAP_BIND_FILE").contains("STOPGAP_BIND cannot be given as a file"));
}

#[test]
fn unknown_variables_are_reported_together_with_the_other_errors() {
    let environment = environment(&[("STOPGAP_LICENCE_DAYS", "5"), ("STOPGAP_LICENSE_DAYS", "50")]);
    let text = environment.config().unwrap_err().to_string();
    assert!(text.contains("STOPGAP_LICENSE_DAYS must be") && text.contains("STOPGAP_LICENCE_DAYS is no"), "{text}");
}

#[test]
fn variables_that_kubernetes_sets_are_ignored() {
    let added = [
        ("STOPGAP_SERVICE_HOST", "10.0.0.1"),
        ("STOPGAP_SERVICE_PORT", "8080"),
        ("STOPGAP_SERVICE_PORT_HTTP", "8080"),
        ("STOPGAP_PORT", "tcp://10.0.0.1:8080"),
        ("STOPGAP_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("STOPGAP_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("PATH", "/bin"),
    ];
    assert!(environment(&added).config().is_ok());
    assert!(environment(&[("STOPGAP_PORT", "8080")]).config().is_err());
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_an_error() {
    use std::os::unix::ffi::OsStringExt as _;
    let garbage = std::ffi::OsString::from_vec(vec![0xff]);
    let text = Environment::of([("STOPGAP_BIND".into(), garbage)]).config().unwrap_err().to_string();
    assert!(text.contains("STOPGAP_BIND is not UTF-8"), "{text}");
}

#[test]
fn a_flag_overrides_the_environment_and_its_files() {
    let environment = environment(&[("STOPGAP_BIND", "127.0.0.1:1")])
        .with("STOPGAP_BIND", "127.0.0.1:2".into())
        .with("STOPGAP_GITLAB_TOKEN_FILE", "/nowhere".into());
    assert_eq!(environment.get("STOPGAP_BIND").as_deref(), Some("127.0.0.1:2"));
    assert_eq!(environment.get("STOPGAP_GITLAB_TOKEN"), None);
}
