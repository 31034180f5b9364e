//! The mailer against a scripted mail server, and the mail as a mail program reads it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use mail_parser::{MessageParser, MimeHeaders as _};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{Mailer, connection::Timeouts, message::Mail};
use crate::{
    config::{Smtp, SmtpTls},
    delivery::testing::{delivery, license, line, links},
    license::{Channel, Delivery, Email, License, LicenseFile, Outcome, Purpose},
    sealing::envelope::decode64,
};

const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_millis(300),
    step: Duration::from_millis(300),
    courtesy: Duration::from_millis(100),
    mail: Duration::from_millis(300),
};

#[derive(Debug, Clone, Copy)]
enum Act {
    Say(&'static str),
    /// The same, one byte at a time: each comes within [`TIMEOUTS`], the whole does not.
    Trickle(&'static str),
    Drop,
    Hang,
}

/// A mail server that takes everything, but for its one-shot faults: the step they are for, and what happens there.
struct MailServer {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    faults: Arc<Mutex<Vec<(&'static str, Act)>>>,
}

impl MailServer {
    async fn start(faults: &[(&'static str, Act)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, faults) = (Arc::default(), Arc::new(Mutex::new(faults.to_vec())));
        let server = Self { port, heard: Arc::clone(&heard), faults: Arc::clone(&faults) };
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (heard, faults) = (Arc::clone(&heard), Arc::clone(&faults));
                tokio::spawn(async move { talk(socket, &heard, &faults).await });
            }
        });
        server
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn mailer(&self, tls: SmtpTls, login: bool) -> Mailer {
        let credentials = login.then(|| ("stopgap".to_owned(), "open sesame".to_owned().into()));
        let from = "GitLab Support <support@gitlab.example>".parse().unwrap();
        let smtp = Smtp { host: "127.0.0.1".into(), port: self.port, tls, credentials, from };
        Mailer::with_timeouts(&smtp, links(), TIMEOUTS).unwrap()
    }
}

async fn talk(socket: TcpStream, heard: &Mutex<Vec<String>>, faults: &Mutex<Vec<(&'static str, Act)>>) -> Option<()> {
    let mut socket = BufReader::new(socket);
    let mut in_mail = false;
    let mut said = String::from("GREETING");
    loop {
        let step = match said.trim_end() {
            "." if in_mail => "DOT",
            _ if in_mail => "BODY",
            command => command.split(' ').next().unwrap_or_default(),
        };
        if step != "BODY" {
            heard.lock().unwrap().push(step.to_owned());
        }
        let fault = {
            let mut faults = faults.lock().unwrap();
            faults.iter().position(|(at, _)| *at == step).map(|at| faults.remove(at).1)
        };
        let usual = match step {
            "GREETING" => "220 mx.example",
            "EHLO" => "250-mx.example\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        match fault.unwrap_or(Act::Say(usual)) {
            Act::Drop => return None,
            Act::Hang => tokio::time::sleep(Duration::from_mins(1)).await,
            Act::Trickle(words) => {
                for byte in words.bytes() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    socket.get_mut().write_u8(byte).await.ok()?;
                }
            }
            Act::Say(_) if step == "BODY" => {}
            Act::Say(words) => {
                in_mail = step == "DATA" && words.starts_with("354");
                socket.get_mut().write_all(format!("{words}\r\n").as_bytes()).await.ok()?;
            }
        }
        said.clear();
        if socket.read_line(&mut said).await.ok()? == 0 {
            return None;
        }
    }
}

fn email() -> Delivery {
    delivery(Channel::Email, Purpose::First, None)
}

fn compose(license: &License, delivery: &Delivery) -> Mail {
    Mail::compose(license, delivery, &"GitLab Support <support@gitlab.example>".parse().unwrap(), &links()).unwrap()
}

/// `sent`, `refused`, `retry` or `uncertain`, and the words.
fn read(outcome: Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Sent { reference } => ("sent", reference.unwrap_or_default()),
        Outcome::Refused { error } => ("refused", error),
        Outcome::Retry { error, uncertain: true, .. } => ("uncertain", error),
        Outcome::Retry { error, .. } => ("retry", error),
    }
}

#[tokio::test]
async fn each_fault_of_the_mail_server_has_its_outcome() {
    use Act::{Drop, Hang, Say, Trickle};
    for (step, act, outcome, words) in [
        ("GREETING", Say("421 too busy"), "retry", "refused our connection for now: 421 too busy"),
        ("GREETING", Say("554 blocked"), "retry", "refused our connection: 554 blocked"),
        ("GREETING", Say("HTTP/1.1 400 Bad Request"), "retry", "broke at the greeting"),
        ("GREETING", Drop, "retry", "broke at the greeting"),
        ("GREETING", Hang, "retry", "kept silent for 300ms at the greeting"),
        ("GREETING", Trickle("220 mx.example\r\n"), "retry", "kept silent for 300ms at the greeting"),
        ("EHLO", Say("502 no"), "retry", "refused our connection: 502 no"),
        ("AUTH", Say("535 5.7.8 bad credentials"), "retry", "refused our login: 535 5.7.8 bad credentials"),
        ("AUTH", Say("454 later"), "retry", "refused our login for now: 454"),
        ("AUTH", Say("235-ehlo_name\r\n235 welcome"), "sent", ""),
        ("MAIL", Say("451 try again"), "retry", "refused our sender address for now: 451 try again"),
        ("MAIL", Say("550 unknown sender"), "retry", "refused our sender address: 550"),
        ("MAIL", Drop, "retry", "broke at the sender address"),
        ("RCPT", Say("450 greylisted"), "retry", "refused the recipient for now: 450 greylisted"),
        ("RCPT", Say("550 5.1.1 no such user"), "refused", "refused the recipient: 550 5.1.1 no such user"),
        ("RCPT", Hang, "retry", "kept silent for 300ms at the recipient"),
        ("RCPT", Trickle("250 ok\r\n"), "retry", "kept silent for 300ms at the recipient"),
        ("DATA", Say("451 disk full"), "retry", "451 disk full"),
        ("DATA", Say("503 bad sequence"), "retry", "503 bad sequence"),
        ("DATA", Say("554 no valid recipients"), "refused", "554 no valid recipients"),
        ("DATA", Drop, "retry", "broke at the start of the mail"),
        ("DOT", Say("451 later"), "retry", "refused the mail for now: 451 later"),
        ("DOT", Say("554 spam"), "refused", "refused the mail: 554 spam"),
        ("DOT", Say("552-5.2.2 mailbox\r\n552 5.2.2 full"), "refused", "552 5.2.2 mailbox full"),
        ("DOT", Drop, "uncertain", "broke after the mail was handed over"),
        ("DOT", Hang, "uncertain", "kept silent for 300ms after the mail was handed over"),
        ("DOT", Trickle("250 kept\r\n"), "uncertain", "kept silent for 300ms after the mail was handed over"),
        ("DOT", Say("gibberish"), "uncertain", "broke after the mail was handed over"),
    ] {
        let server = MailServer::start(&[(step, act)]).await;
        let (got, error) = read(server.mailer(SmtpTls::None, true).send(&license(), &email()).await);
        assert_eq!(got, outcome, "{step} {act:?}: {error}");
        assert!(error.contains(words), "{step} {act:?}: {error}");
    }
}

#[tokio::test]
async fn a_server_without_encryption_gets_nothing_where_encryption_is_asked_for() {
    for tls in [SmtpTls::Starttls, SmtpTls::Implicit] {
        let server = MailServer::start(&[]).await;
        let (got, error) = read(server.mailer(tls, true).send(&license(), &email()).await);
        assert_eq!(got, "retry", "{error}");
        let heard = server.heard();
        assert!(!heard.iter().any(|step| step == "AUTH" || step == "MAIL"), "{heard:?}");
    }
    let server = MailServer::start(&[("EHLO", Act::Say("250-mx\r\n250 STARTTLS")), ("STARTTLS", Act::Drop)]).await;
    let (got, error) = read(server.mailer(SmtpTls::Starttls, true).send(&license(), &email()).await);
    assert_eq!(got, "retry", "{error}");
    assert!(error.contains("STARTTLS"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server =
        MailServer { port: listener.local_addr().unwrap().port(), heard: Arc::default(), faults: Arc::default() };
    drop(listener);
    let (got, error) = read(server.mailer(SmtpTls::None, false).send(&license(), &email()).await);
    assert_eq!((got, error.contains("while connecting")), ("retry", true), "{error}");
}

#[tokio::test]
async fn a_server_that_repeats_what_it_was_sent_leaks_nothing() {
    let echo = "535 no: open sesame AHN0b3BnYXAAb3BlbiBzZXNhbWU= b3BlbiBzZXNhbWU=";
    let server = MailServer::start(&[("AUTH", Act::Say(echo))]).await;
    let (_, error) = read(server.mailer(SmtpTls::None, true).send(&license(), &email()).await);
    assert!(error.ends_with("535 no: […] […] […]"), "{error}");
    let echo = "554 spam: eyJkYXRhIjoieyJkYXRhIjoieyJkYXRhIjoieyJkYXRhIjoieyJkYXRhIjoi";
    let server = MailServer::start(&[("DOT", Act::Say(echo))]).await;
    let (_, error) = read(server.mailer(SmtpTls::None, false).send(&license(), &email()).await);
    assert!(error.ends_with("554 spam: […]"), "{error}");
}

#[tokio::test]
async fn a_second_mail_goes_over_the_same_connection() {
    let server = MailServer::start(&[]).await;
    let mailer = server.mailer(SmtpTls::None, true);
    for _ in 0..2 {
        assert_eq!(read(mailer.send(&license(), &email()).await).0, "sent");
    }
    let one = ["GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"];
    let two = ["RSET", "MAIL", "RCPT", "DATA", "DOT"];
    assert_eq!(server.heard(), [one.as_slice(), two.as_slice()].concat());
}

#[tokio::test]
async fn a_kept_connection_that_broke_costs_no_attempt() {
    for fault in [("RSET", Act::Drop), ("RSET", Act::Hang), ("RSET", Act::Say("421 bye")), ("MAIL", Act::Drop)] {
        let server = MailServer::start(&[]).await;
        let mailer = server.mailer(SmtpTls::None, false);
        assert_eq!(read(mailer.send(&license(), &email()).await).0, "sent");
        server.faults.lock().unwrap().push(fault);
        assert_eq!(read(mailer.send(&license(), &email()).await).0, "sent", "{fault:?}");
        assert_eq!(server.heard().iter().filter(|step| *step == "GREETING").count(), 2, "{fault:?}");
    }
    let server = MailServer::start(&[]).await;
    let mailer = server.mailer(SmtpTls::None, false);
    assert_eq!(read(mailer.send(&license(), &email()).await).0, "sent");
    server.faults.lock().unwrap().push(("RCPT", Act::Drop));
    assert_eq!(read(mailer.send(&license(), &email()).await).0, "retry", "past MAIL, the attempt is over");
}

#[tokio::test]
async fn without_a_license_file_nothing_is_mailed() {
    let server = MailServer::start(&[]).await;
    let unsealed = License { file: None, ..license() };
    let (got, error) = read(server.mailer(SmtpTls::None, false).send(&unsealed, &email()).await);
    assert_eq!((got, error.as_str()), ("refused", "there is no license file to send"));
    assert!(server.heard().is_empty());
}

#[test]
fn the_mail_has_text_html_and_the_license_attached() {
    let license = license();
    let mail = compose(&license, &email());
    let file = license.file.as_ref().unwrap().expose();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert!(parsed.content_type().unwrap().c_type == "multipart");
    assert_eq!(parsed.content_type().unwrap().c_subtype.as_deref(), Some("mixed"));
    assert_eq!(parsed.message_id(), Some(mail.message_id.as_str()));
    assert_eq!(mail.message_id, format!("{}@gitlab.example", email().id));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2026-11-21T23:14:05Z");
    assert_eq!(parsed.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("support+id4711@acme.zendesk.com"));
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Jane Roe"), Some("jane.roe@acme.example")));
    let attachment = parsed.attachment(0).unwrap();
    assert_eq!(attachment.attachment_name(), Some("AcmeGmbHCoKG.gitlab-license"));
    assert_eq!(attachment.content_type().unwrap().c_type, "application");
    assert_eq!(attachment.contents(), file.as_bytes());
    let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
    for body in [&text, &html] {
        for words in [
            "10-day",
            "Ultimate",
            "286",
            "Monday, 30 November 2026",
            "00:00",
            "2026-12-01",
            "Add License",
            "Upload New License",
        ] {
            assert!(body.contains(words), "{words} in {body}");
        }
        assert!(body.replace("\r\n", "\n").contains(file.trim_end()), "{body}");
        assert!(!body.contains("BEGIN GITLAB LICENSE"));
        assert!(body.contains("grace period") && body.contains("Free") && body.contains("hand"));
    }
    assert!(text.contains("Acme GmbH & Co. KG"), "the plain text is not escaped: {text}");
    assert!(mail.bytes.is_ascii() && mail.bytes.split(|b| *b == b'\n').all(|line| line.len() < 998));
}

#[test]
fn a_key_copied_with_the_rules_around_it_is_still_read() {
    let license = license();
    let mail = compose(&license, &email());
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    let text = parsed.body_text(0).unwrap();
    let from_rule = text.find("-----").unwrap();
    let to_rule = text.rfind("-----").unwrap();
    let file = license.file.as_ref().unwrap().expose();
    assert_eq!(decode64(&text[from_rule..to_rule]), decode64(file));
}

#[test]
fn each_attempt_of_a_delivery_sends_the_same_bytes() {
    let first = compose(&license(), &email());
    let later = Delivery { attempts: 7, uncertain: true, late: true, ..email() };
    assert_eq!(first.bytes, compose(&license(), &later).bytes);
}

#[test]
fn hostile_names_stay_names() {
    for name in
        ["<script>alert(1)</script>", "Bob\" <evil@x.example>, \"", "Jürgen 日本 🦊", "a, b; c: <>@", &"ü".repeat(200)]
    {
        let mut license = license();
        license.customer.name = line(name);
        license.customer.company = line(name);
        let mail = compose(&license, &email());
        let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
        let to: Vec<_> = parsed.to().unwrap().iter().map(|to| (to.name(), to.address())).collect();
        assert_eq!(to, [(Some(name), Some("jane.roe@acme.example"))]);
        assert_eq!(parsed.attachments().count(), 1);
        let html = parsed.body_html(0).unwrap();
        assert!(!html.contains("<script>") && !html.contains("<evil"), "{html}");
        assert!(parsed.body_text(0).unwrap().contains(&format!("Hello {name},")));
        assert!(mail.bytes.is_ascii() && mail.bytes.split(|b| *b == b'\n').all(|line| line.len() < 998));
    }
}

#[test]
fn an_attachment_is_named_by_the_letters_of_the_company() {
    for (company, name) in [
        (Some("../../etc/passwd"), "etcpasswd.gitlab-license"),
        (Some("日本株式会社"), "GitLab.gitlab-license"),
        (None, "GitLab.gitlab-license"),
    ] {
        let mut license = license();
        license.customer.company = company.and_then(line);
        let mail = compose(&license, &email());
        let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
        assert_eq!(parsed.attachment(0).unwrap().attachment_name(), Some(name));
    }
}

#[test]
fn a_forwarded_license_does_not_greet_its_new_reader_with_the_customers_name() {
    let forwarded = Delivery { purpose: Purpose::Forward, recipient: Some("ops@other.example".into()), ..email() };
    let mail = compose(&license(), &forwarded);
    assert_eq!(mail.recipient.to_string(), "ops@other.example");
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert!(parsed.body_text(0).unwrap().starts_with("Hello,"));
    assert!(!String::from_utf8_lossy(&mail.bytes).contains("Jane"));
}

#[test]
fn every_address_of_the_house_can_be_mailed() {
    for address in ["o'neil@x-y.example", "a!#$%&'*+/=?^_`{|}~-z@acme.example", "1@2.io"] {
        let mut license = license();
        license.customer.email = Email::parse(address).unwrap();
        license.file = Some(LicenseFile::new("eyJk\n".into()));
        let to = Delivery { recipient: Some(address.into()), ..email() };
        assert_eq!(compose(&license, &to).recipient.to_string(), address);
    }
}
