use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::{Attachment as Part, MultiPart, header::ContentType},
    transport::smtp::{Error, authentication::Credentials},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::*;

const PATIENCE: Duration = Duration::from_millis(700);

fn letter() -> lettre::Message {
    let attachment = Part::new("AcmeGmbH.gitlab-license".to_owned())
        .body("S0VZ".to_owned(), ContentType::parse("application/octet-stream").unwrap());
    lettre::Message::builder()
        .from("GitLab Support <support@stopgap.example>".parse().unwrap())
        .reply_to("support+id4711@sandbox.zendesk.com".parse().unwrap())
        .to("Jäne Doe <jane@acme.example>".parse().unwrap())
        .message_id(Some("<one@stopgap.example>".to_owned()))
        .subject("Your license: 286 Plätze")
        .multipart(
            MultiPart::mixed()
                .multipart(MultiPart::alternative_plain_html(
                    ".starts with a dot\r\nend".to_owned(),
                    "<p>html</p>".to_owned(),
                ))
                .singlepart(attachment),
        )
        .unwrap()
}

async fn post(server: &MailServer) -> Result<(), Option<Error>> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(server.address().port())
        .credentials(Credentials::new("user".to_owned(), "password".to_owned()))
        .build();
    timeout(PATIENCE, transport.send(letter())).await.map_err(|_| None)?.map(|_| ()).map_err(Some)
}

async fn server() -> MailServer {
    MailServer::start(0, Clock::system()).await.unwrap()
}

#[tokio::test]
async fn a_mail_is_kept_and_read_as_a_mail_program_reads_it() {
    let server = server().await;
    post(&server).await.unwrap();
    let mail = server.wait_for(1).await.remove(0);
    assert_eq!(mail.envelope_from, "support@stopgap.example");
    assert_eq!(mail.envelope_to, ["jane@acme.example"]);
    assert_eq!(mail.from, "GitLab Support <support@stopgap.example>");
    assert_eq!(mail.to, "Jäne Doe <jane@acme.example>");
    assert_eq!(mail.reply_to, "support+id4711@sandbox.zendesk.com");
    assert_eq!(mail.subject, "Your license: 286 Plätze");
    assert_eq!(mail.message_id, "<one@stopgap.example>");
    assert_eq!(mail.text.trim_end(), ".starts with a dot\r\nend");
    assert_eq!(mail.html.trim_end(), "<p>html</p>");
    assert_eq!(mail.header("message-id"), Some("<one@stopgap.example>"));
    let attachment = &mail.attachments[0];
    assert_eq!(attachment.filename, "AcmeGmbH.gitlab-license");
    assert_eq!(attachment.content_type, "application/octet-stream");
    assert_eq!(attachment.content.trim_end(), "S0VZ");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn each_fault_leaves_the_mail_where_its_name_says() {
    for (fault, _) in Fault::ALL {
        let server = server().await;
        server.faults.fail_next(fault);
        let refused = post(&server).await.expect_err(&format!("{fault:?}"));
        let kept = usize::from(matches!(fault, Fault::DropAfterDot | Fault::HangAfterDot));
        assert_eq!(server.mails().len(), kept, "{fault:?}");
        let hangs = matches!(fault, Fault::HangAtGreeting | Fault::HangAfterDot | Fault::Slow | Fault::Trickle);
        assert_eq!(refused.is_none(), hangs, "{fault:?}");
        let code = refused.and_then(|error| error.status()).map(|code| code.to_string());
        let name = serde_json::to_string(&fault).unwrap();
        match code {
            Some(code) => assert!(name.contains(&code), "{name}: {code}"),
            None => assert!(!name.contains(char::is_numeric), "{name}"),
        }
        assert_eq!(server.faults.queued(), 0, "{fault:?} was made");
        post(&server).await.unwrap_or_else(|error| panic!("once only, {fault:?}: {error:?}"));
        assert_eq!(server.mails().len(), kept + 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_scripted_reply_takes_the_place_of_the_usual_one() {
    let server = server().await;
    for (at, text) in [(Stage::Rcpt, "554 5.7.1 no relay"), (Stage::Dot, "550 no"), (Stage::Greeting, "421 later")] {
        server.script.fail_next(Scripted::say(at, text));
        let code = post(&server).await.unwrap_err().unwrap().status().unwrap();
        assert!(text.starts_with(&code.to_string()), "{text}: {code}");
        assert!(server.mails().is_empty());
    }
    server.script.fail_next(Scripted { at: Stage::Mail, act: Act::Drop });
    assert!(post(&server).await.is_err());
    post(&server).await.unwrap();
    assert_eq!(server.commands()[..4], ["EHLO", "AUTH", "MAIL", "RCPT"]);
}

#[tokio::test]
async fn a_standing_fault_stays_until_it_is_switched_off() {
    let server = server().await;
    server.faults.set_fault(Some(Fault::Rcpt550));
    assert!(post(&server).await.is_err());
    assert!(post(&server).await.is_err());
    server.faults.set_fault(None);
    post(&server).await.unwrap();
}

#[tokio::test]
async fn a_raw_dialogue_keeps_the_order_and_unstuffs_dots() {
    let server = server().await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let script = "HELO me\r\nRCPT TO:<a@b.example>\r\nMAIL FROM:<>\r\nDATA\r\nRCPT TO:<a@b.example>\r\nRSET\r\n\
                  MAIL FROM:<x@y.example> SIZE=1\r\nRCPT TO:<a@b.example>\r\nDATA\r\nSubject: s\r\n\r\n..\r\n...x\r\n.\r\n\
                  NOOP\r\nVRFY x\r\nQUIT\r\n";
    stream.write_all(script.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let codes: Vec<&str> = answers.lines().map(|line| &line[..3]).collect();
    let expected = "220 250 503 250 503 250 250 250 250 354 250 250 502 221";
    assert_eq!(codes.join(" "), expected);
    let mail = server.mails().remove(0);
    assert_eq!(mail.raw, b"Subject: s\r\n\r\n.\r\n..x\r\n");
    assert_eq!(mail.envelope_from, "x@y.example");
}
