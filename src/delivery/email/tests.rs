//! The mailer against the sandbox's mail server.

mod message;

use std::time::Duration;

use super::{Checked, Mailer, connection::Timeouts};
use crate::{
    clock::Clock,
    config::{Smtp, SmtpTls},
    delivery::testing::{delivery, license, links},
    license::{Channel, Delivery, Email, License, Outcome, Purpose},
    sandbox::smtp::{Act, MailServer, Scripted, Stage},
};

const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_millis(300),
    step: Duration::from_millis(300),
    courtesy: Duration::from_millis(100),
    mail: Duration::from_millis(300),
    idle: Duration::from_secs(10),
};

async fn server() -> MailServer {
    MailServer::start(0, Clock::system()).await.unwrap()
}

fn smtp(server: &MailServer) -> Smtp {
    Smtp {
        host: "127.0.0.1".into(),
        port: server.address().port(),
        tls: SmtpTls::None,
        credentials: Some(("stopgap".into(), "open sesame".to_owned().into())),
        ehlo_name: Some("stopgap.acme.example".into()),
        from: "GitLab Support <support@gitlab.example>".parse().unwrap(),
        emergency_contact: None,
    }
}

fn mailer(server: &MailServer) -> Mailer {
    Mailer::with_timeouts(&smtp(server), links(), TIMEOUTS).unwrap()
}

fn email() -> Delivery {
    delivery(Channel::Email, Purpose::First, None)
}

async fn send(mailer: &Mailer) -> Outcome {
    mailer.send(&license(), &email()).await
}

#[tokio::test]
async fn a_server_that_breaks_off_or_never_replies_costs_a_retry_unless_it_may_have_the_mail() {
    let trickle = |text: &str| Act::Trickle(text.into());
    for (at, act, outcome, text) in [
        (Stage::Greeting, Act::Drop, "retry", "broke at the greeting"),
        (Stage::Greeting, Act::Say("HTTP/1.1 400 Bad Request".into()), "retry", "broke at the greeting"),
        (Stage::Greeting, Act::Hang, "retry", "no reply from the mail server within 300ms at the greeting"),
        (Stage::Greeting, trickle("220 mx.example"), "retry", "within 300ms at the greeting"),
        (Stage::Auth, Act::Say("235-hello\r\n235 welcome".into()), "sent", ""),
        (Stage::Mail, Act::Drop, "retry", "broke at the sender address"),
        (Stage::Rcpt, Act::Hang, "retry", "within 300ms at the recipient"),
        (Stage::Rcpt, trickle("250 ok"), "retry", "within 300ms at the recipient"),
        (Stage::Data, Act::Drop, "retry", "broke at the start of the mail"),
        (Stage::Dot, Act::Drop, "uncertain", "broke after the mail was handed over"),
        (Stage::Dot, Act::Hang, "uncertain", "within 300ms after the mail was handed over"),
        (Stage::Dot, trickle("250 kept"), "uncertain", "within 300ms after the mail was handed over"),
        (Stage::Dot, Act::Say("gibberish".into()), "uncertain", "broke after the mail was handed over"),
        (Stage::Dot, Act::Say("552-5.2.2 mailbox\r\n552 5.2.2 full".into()), "refused", "552 5.2.2 mailbox full"),
        (
            Stage::Rcpt,
            Act::Say("554 5.7.1 <a@b.example>: Relay access denied".into()),
            "needs_operator",
            "from us: 554",
        ),
        (Stage::Dot, Act::Say("550 5.7.1 sender not owned".into()), "needs_operator", "from us: 550 5.7.1"),
    ] {
        let server = server().await;
        server.script.fail_next(Scripted { at, act: act.clone() });
        let got = send(&mailer(&server)).await;
        let error = got.error().unwrap_or_default();
        assert_eq!(got.kind().as_str(), outcome, "{at:?} {act:?}: {error}");
        assert!(error.contains(text), "{at:?} {act:?}: {error}");
    }
}

#[tokio::test]
async fn a_server_without_encryption_gets_neither_login_nor_mail_if_encryption_is_required() {
    for (tls, text) in [(SmtpTls::Starttls, "does not offer STARTTLS"), (SmtpTls::Implicit, "encrypted")] {
        let server = server().await;
        let mailer = Mailer::with_timeouts(&Smtp { tls, ..smtp(&server) }, links(), TIMEOUTS).unwrap();
        let outcome = send(&mailer).await;
        let error = outcome.error().unwrap();
        assert_eq!(outcome.kind().as_str(), "needs_operator", "{error}");
        assert!(error.contains(text), "{error}");
        assert!(!server.commands().iter().any(|verb| verb == "AUTH" || verb == "MAIL"), "{:?}", server.commands());
    }
}

#[tokio::test]
async fn a_reply_to_starttls_with_more_behind_it_ends_the_connection() {
    for (starttls, text) in [
        ("220 go ahead\r\n250 injected", "more than its reply to STARTTLS"),
        ("454 not now", "refused to encrypt the connection (STARTTLS) for now: 454 not now"),
        ("220-no\r\n", "STARTTLS"),
        (&"220-endless\r\n".repeat(200), "a reply without end"),
        (&"2".repeat(10_000), "STARTTLS"),
    ] {
        let server = server().await;
        server.script.fail_next(Scripted::say(Stage::Ehlo, "250-mx.example\r\n250 STARTTLS"));
        server.script.fail_next(Scripted::say(Stage::Starttls, starttls));
        let smtp = Smtp { tls: SmtpTls::Starttls, ..smtp(&server) };
        let outcome = send(&Mailer::with_timeouts(&smtp, links(), TIMEOUTS).unwrap()).await;
        assert!(outcome.error().unwrap().contains(text), "{outcome:?}");
        assert_eq!(server.commands(), ["EHLO", "STARTTLS"]);
    }
}

#[tokio::test]
async fn a_server_that_is_down_gets_a_retry() {
    let server = server().await;
    server.stop().await;
    let outcome = send(&mailer(&server)).await;
    assert_eq!(outcome.kind().as_str(), "retry");
    assert!(outcome.error().unwrap().contains("while connecting"), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_repeats_what_it_was_sent_leaks_nothing() {
    let server = server().await;
    let echo = "535 no: open sesame AHN0b3BnYXAAb3BlbiBzZXNhbWU= b3BlbiBzZXNhbWU=";
    server.script.fail_next(Scripted::say(Stage::Auth, echo));
    let outcome = send(&mailer(&server)).await;
    assert!(outcome.error().unwrap().ends_with("535 no: […] […] […]"), "{outcome:?}");
    let echo = "554 spam: eyJkYXRhIjoieyJkYXRhIjoieyJkYXRhIjoieyJkYXRhIjoieyJkYXRhIjoi";
    server.script.fail_next(Scripted::say(Stage::Dot, echo));
    let outcome = send(&mailer(&server)).await;
    assert!(outcome.error().unwrap().ends_with("554 spam: […]"), "{outcome:?}");
}

#[tokio::test]
async fn a_second_mail_goes_over_the_same_connection() {
    let server = server().await;
    let mailer = mailer(&server);
    for _ in 0..2 {
        assert_eq!(send(&mailer).await.kind().as_str(), "sent");
    }
    let first = ["EHLO", "AUTH", "MAIL", "RCPT", "DATA"];
    let second = ["RSET", "MAIL", "RCPT", "DATA"];
    assert_eq!(server.commands(), [first.as_slice(), second.as_slice()].concat());
}

#[tokio::test]
async fn an_idle_connection_is_given_back() {
    let server = server().await;
    let timeouts = Timeouts { idle: Duration::from_millis(20), ..TIMEOUTS };
    let mailer = Mailer::with_timeouts(&smtp(&server), links(), timeouts).unwrap();
    assert_eq!(send(&mailer).await.kind().as_str(), "sent");
    tokio::time::timeout(Duration::from_secs(5), server.wait_for_command("QUIT")).await.expect("it is closed");
    assert_eq!(send(&mailer).await.kind().as_str(), "sent");
    assert_eq!(server.connections(), 2);
    assert!(Timeouts::DEFAULT.idle <= Duration::from_secs(5), "others may wait for their turn");
}

#[tokio::test]
async fn an_idle_connection_that_broke_costs_no_attempt() {
    for (at, act) in [
        (Stage::Reset, Act::Drop),
        (Stage::Reset, Act::Hang),
        (Stage::Reset, Act::Say("421 bye".into())),
        (Stage::Mail, Act::Drop),
    ] {
        let server = server().await;
        let mailer = mailer(&server);
        assert_eq!(send(&mailer).await.kind().as_str(), "sent");
        server.script.fail_next(Scripted { at, act: act.clone() });
        assert_eq!(send(&mailer).await.kind().as_str(), "sent", "{at:?} {act:?}");
        assert_eq!(server.connections(), 2, "{at:?} {act:?}");
    }
    let server = server().await;
    let mailer = mailer(&server);
    assert_eq!(send(&mailer).await.kind().as_str(), "sent");
    server.script.fail_next(Scripted { at: Stage::Rcpt, act: Act::Drop });
    assert_eq!(send(&mailer).await.kind().as_str(), "retry", "past MAIL, the attempt is over");
}

#[tokio::test]
async fn without_a_license_file_nothing_is_mailed() {
    let server = server().await;
    let unsealed = License { file: None, ..license() };
    let outcome = mailer(&server).send(&unsealed, &email()).await;
    assert_eq!(outcome, Outcome::Refused { error: "there is no license file to send".into() });
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_check_names_a_recipient_and_sends_nothing() {
    let to = Email::parse("ops@acme.example").unwrap();
    let server = server().await;
    assert_eq!(mailer(&server).check(&to).await, Ok(Checked::Accepted));
    assert_eq!(server.commands(), ["EHLO", "AUTH", "MAIL", "RCPT", "RSET", "QUIT"]);
    server.script.fail_next(Scripted::say(Stage::Rcpt, "554 5.7.1 Client host rejected: Access denied"));
    let error = mailer(&server).check(&to).await.unwrap_err();
    assert!(error.contains("refused mail from us: 554 5.7.1 Client host rejected"), "{error}");
    server.script.fail_next(Scripted::say(Stage::Rcpt, "550 5.1.1 User unknown"));
    let checked = mailer(&server).check(&to).await.unwrap();
    assert!(matches!(&checked, Checked::RecipientRefused(error) if error.contains("550 5.1.1")), "{checked:?}");
}
