//! A typo must not pass silently.

use super::*;

use crate::config::Environment;

fn environment(extra: &[(&str, &str)]) -> Environment {
    let given = Given::enough().0.into_iter();
    let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::of(given.chain(extra).map(|(name, value)| (name.into(), value.into())))
}

fn words(name: &str) -> String {
    let mistakes = environment(&[(name, "canary")]).config().expect_err(name);
    assert_eq!(mistakes.iter().count(), 1, "{mistakes}");
    mistakes.to_string()
}

#[test]
fn an_unknown_variable_is_a_mistake_that_names_the_closest_setting() {
    for (typo, meant) in [
        ("STOPGAP_LICENCE_DAYS", "STOPGAP_LICENSE_DAYS"),
        ("STOPGAP_PUBLIC_ADDRESS_URL", "STOPGAP_PUBLIC_URL"),
        ("STOPGAP_SLACK_WEBHOOK", "STOPGAP_SLACK_WEBHOOK_URL"),
        ("STOPGAP_GITLAB_TOKEN_FIL", "STOPGAP_GITLAB_TOKEN"),
    ] {
        let words = words(typo);
        assert!(words.contains(&format!("{typo} is no setting: did you mean {meant}?")), "{words}");
        assert!(!words.contains("canary"), "{words}");
    }
    assert!(words("STOPGAP_XYZZY").contains("STOPGAP_XYZZY is no setting: remove it"));
    assert!(words("STOPGAP_BIND_FILE").contains("STOPGAP_BIND cannot be given as a file"));
}

#[test]
fn unknown_variables_are_told_together_with_the_other_mistakes() {
    let environment = environment(&[("STOPGAP_LICENCE_DAYS", "5"), ("STOPGAP_LICENSE_DAYS", "50")]);
    let text = environment.config().unwrap_err().to_string();
    assert!(text.contains("STOPGAP_LICENSE_DAYS must be") && text.contains("STOPGAP_LICENCE_DAYS is no"), "{text}");
}

#[test]
fn what_kubernetes_adds_is_no_typo() {
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
fn a_value_that_is_no_text_is_a_mistake() {
    use std::os::unix::ffi::OsStringExt as _;
    let garbage = std::ffi::OsString::from_vec(vec![0xff]);
    let text = Environment::of([("STOPGAP_BIND".into(), garbage)]).config().unwrap_err().to_string();
    assert!(text.contains("STOPGAP_BIND is not UTF-8"), "{text}");
}

#[test]
fn a_flag_is_stronger_than_the_environment_and_its_files() {
    let environment = environment(&[("STOPGAP_BIND", "127.0.0.1:1")])
        .with("STOPGAP_BIND", "127.0.0.1:2".into())
        .with("STOPGAP_GITLAB_TOKEN_FILE", "/nowhere".into());
    assert_eq!(environment.get("STOPGAP_BIND").as_deref(), Some("127.0.0.1:2"));
    assert_eq!(environment.get("STOPGAP_GITLAB_TOKEN"), None);
}
