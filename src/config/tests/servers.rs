//! The settings of the mail server, GitLab and Slack.

use super::*;

use secrecy::ExposeSecret as _;

use crate::config::SmtpTls;

#[test]
fn an_ehlo_name_is_a_full_host_name() {
    let with = |name: &str| Given::enough().with("SMTP_EHLO_NAME", name);
    assert_eq!(with("stopgap.acme.example").config().smtp.ehlo_name.as_deref(), Some("stopgap.acme.example"));
    assert_eq!(Given::enough().config().smtp.ehlo_name, None);
    for bad in ["stopgap", "a@b.example", "stopgap.acme.example QUIT", "192.0.2.7", "-a.example"] {
        assert!(with(bad).read().is_err(), "{bad:?}");
    }
}

#[test]
fn mailguns_api_takes_a_key_and_a_domain_or_none_of_its_settings() {
    assert!(Given::enough().config().mailgun.is_none());
    let both = Given::enough().with("MAILGUN_API_KEY", "key").with("MAILGUN_DOMAIN", "MG.example.com");
    let mailgun = both.config().mailgun.unwrap();
    assert_eq!((mailgun.domain.as_str(), mailgun.url.as_str()), ("mg.example.com", "https://api.mailgun.net/"));
    let eu = both.with("MAILGUN_URL", "https://api.eu.mailgun.net").config().mailgun.unwrap();
    assert_eq!(eu.url.as_str(), "https://api.eu.mailgun.net/");
    for (given, missing) in [
        ("MAILGUN_API_KEY", &["MAILGUN_DOMAIN"][..]),
        ("MAILGUN_DOMAIN", &["MAILGUN_API_KEY"]),
        ("MAILGUN_URL", &["MAILGUN_API_KEY", "MAILGUN_DOMAIN"]),
    ] {
        let value = if given == "MAILGUN_URL" { "https://api.mailgun.net" } else { "mg.example.com" };
        let errors = Given::enough().with(given, value).read().unwrap_err().to_string();
        for name in missing {
            assert!(errors.contains(&format!("STOPGAP_{name} is missing: STOPGAP_{given} is set")), "{errors}");
        }
    }
    let url = |url: &str| {
        Given::enough().with("MAILGUN_API_KEY", "k").with("MAILGUN_DOMAIN", "b.example").with("MAILGUN_URL", url)
    };
    for bad in
        ["http://api.mailgun.net", "https://api.mailgun.net/v3", "api.mailgun.net", "https://k:p@api.mailgun.net"]
    {
        assert!(url(bad).read().is_err(), "{bad}");
    }
}

#[test]
fn an_smtp_url_says_how_it_is_encrypted() {
    let smtp = |url: &str| Given::enough().with("SMTP_URL", url).config().smtp;
    for (url, host, port, tls) in [
        ("smtps://u:p@mail.acme.example", "mail.acme.example", 465, SmtpTls::Implicit),
        ("smtps://mail.acme.example:4650/?tls=required", "mail.acme.example", 4650, SmtpTls::Implicit),
        ("smtp://u:p@mail.acme.example?tls=required", "mail.acme.example", 587, SmtpTls::Starttls),
        ("smtp://mail.acme.example:2525?tls=none", "mail.acme.example", 2525, SmtpTls::None),
        ("smtp://localhost:1025", "localhost", 1025, SmtpTls::None),
        ("smtp://127.0.0.1", "127.0.0.1", 25, SmtpTls::None),
        ("smtp://[::1]:1025", "::1", 1025, SmtpTls::None),
    ] {
        let smtp = smtp(url);
        assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), (host, port, tls), "{url}");
    }
    assert_accepts(
        "SMTP_URL",
        &[],
        &[
            "smtp://mail.acme.example:587",
            "smtp://10.0.0.1",
            "smtps://mail.acme.example?tls=none",
            "smtp://mail.acme.example?tls=maybe",
            "smtp://mail.acme.example?tls=required&tls=none",
            "smtp://mail.acme.example?tls=required&timeout=5",
            "smtps://mail.acme.example?verify=off",
            "smtps://mail.acme.example/inbox",
            "smtps://mail.acme.example#x",
            "smtps://",
            "smtps:mail.acme.example",
            "mail.acme.example:465",
            "https://mail.acme.example",
        ],
    );
}

#[test]
fn smtp_credentials_are_percent_decoded_and_come_in_pairs() {
    let smtp = Given::enough().with("SMTP_URL", "smtps://a%40b.example:p%2Fq%25r+s@mail.acme.example").config().smtp;
    let (user, password) = smtp.credentials.unwrap();
    assert_eq!((user.as_str(), password.expose_secret()), ("a@b.example", "p/q%r+s"));
    assert!(Given::enough().with("SMTP_URL", "smtps://mail.acme.example").config().smtp.credentials.is_none());
    for login in
        ["user", "user:", ":password", "user:100%", "user:%zz", "user:%ff", "user:a%0d%0ab", "user:a/b", "user:a#b"]
    {
        assert!(!accepts("SMTP_URL", &format!("smtps://{login}@mail.acme.example")), "{login}");
    }
}

#[test]
fn the_sender_has_a_name_and_an_address() {
    assert_accepts(
        "MAIL_FROM",
        &["GitLab Support <support@acme.example>", "\"Support, GitLab\" <support@acme.example>"],
        &[
            "support@acme.example",
            "<support@acme.example>",
            "Support",
            "Support <support>",
            "A <a@b.example>, B <b@b.example>",
        ],
    );
}

#[test]
fn the_gitlab_url_may_have_a_path_but_nothing_else() {
    assert_accepts(
        "GITLAB_URL",
        &["https://gitlab.acme.example", "http://127.0.0.1:8082"],
        &[
            "http://gitlab.acme.example",
            "https://token@gitlab.acme.example",
            "https://gitlab.acme.example?x=y",
            "gitlab.com",
        ],
    );
    let gitlab = Given::enough().with("GITLAB_URL", "https://acme.example/gitlab").config().gitlab;
    assert_eq!(gitlab.url.join("api/v4/user").unwrap().as_str(), "https://acme.example/gitlab/api/v4/user");
}

#[test]
fn a_gitlab_project_is_a_number_or_a_path() {
    assert_accepts(
        "GITLAB_PROJECT",
        &["278964", "group/project", "group/sub-group/my.project_2"],
        &["project", "group/", "/group/project", "a//b", "https://gitlab.com/a/b", "a b/c", "a/b?x"],
    );
}

#[test]
fn labels_are_not_empty_and_keep_their_spaces_and_colons() {
    assert_accepts("GITLAB_LABELS", &["a", "a, b c::d"], &[",", "a,", "a,,b"]);
    assert_eq!(Given::enough().with("GITLAB_LABELS", "a, b c::d").config().gitlab.labels, ["a", "b c::d"]);
}

#[test]
fn tokens_fit_into_a_header() {
    assert_accepts("GITLAB_TOKEN", &["glpat-x_Y.1"], &["a b", "a\nb", "tökén"]);
    assert_accepts("MAILGUN_SIGNING_KEY", &["key-0"], &["a b"]);
    assert_accepts("METRICS_TOKEN", &["0123456789abcdef"], &["0123456789abcde", "0123456789abcde f"]);
}

#[test]
fn a_slack_webhook_is_a_whole_address() {
    assert_accepts(
        "SLACK_WEBHOOK_URL",
        &["https://hooks.slack.com/services/T/B/x", "http://127.0.0.1:8083/services/x"],
        &["https://hooks.slack.com", "http://hooks.slack.com/services/x", "hooks.slack.com/services/x", "#support"],
    );
}
