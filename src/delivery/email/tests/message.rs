//! The mail as a mail program reads it.

use mail_parser::{MessageParser, MimeHeaders as _};

use super::email;
use crate::{
    delivery::{
        email::message::Mail,
        testing::{license, line, links},
    },
    license::{Delivery, Email, Language, License, LicenseFile, Purpose},
    sealing::envelope::decode64,
};

fn compose(license: &License, delivery: &Delivery) -> Mail {
    Mail::compose(license, delivery, &"GitLab Support <support@gitlab.example>".parse().unwrap(), &links(), None)
        .unwrap()
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
        for part in [
            "10-day",
            "Ultimate",
            "286",
            "Monday, 30 November 2026",
            "00:00",
            "2026-12-01",
            "Add License",
            "Upload New License",
        ] {
            assert!(body.contains(part), "{part} in {body}");
        }
        assert!(body.replace("\r\n", "\n").contains(file.trim_end()), "{body}");
        assert!(!body.contains("BEGIN GITLAB LICENSE"));
        assert!(body.contains("grace period") && body.contains("Free") && body.contains("hand"));
    }
    assert!(text.contains("Acme GmbH & Co. KG"), "the plain text is not escaped: {text}");
    assert!(mail.bytes.is_ascii() && mail.bytes.split(|b| *b == b'\n').all(|line| line.len() < 998));
}

#[test]
fn a_mail_without_attachment_holds_the_whole_license_in_text_and_html_and_says_how_to_paste_it() {
    let bare = Delivery { without_attachment: true, ..email() };
    for (language, says, never) in [
        (Language::En, ["no attachment", "paste the key", "Save the key from the end of this mail"], "attached file"),
        (Language::De, ["keinen Anhang", "den ganzen Schlüssel", "Speichern Sie den Schlüssel"], "angehängte Datei"),
    ] {
        let mut license = license();
        license.customer.language = language;
        let mail = compose(&license, &bare);
        let file = license.file.as_ref().unwrap().expose();
        let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
        assert_eq!(parsed.attachments().count(), 0);
        assert!(!String::from_utf8_lossy(&mail.bytes).contains("Content-Disposition"), "no part is a file");
        assert_eq!(parsed.content_type().unwrap().c_subtype.as_deref(), Some("alternative"));
        let (text, html) = (parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap());
        let text = text.replace("\r\n", "\n");
        let block = text.split(&"-".repeat(60)).nth(1).unwrap().trim_start();
        assert_eq!(block.strip_suffix('\n').unwrap(), file, "the block between the rules is the file");
        assert!(html.replace("\r\n", "\n").contains(&format!(">{}</pre>", file.trim_end())), "{html}");
        for body in [text.replace('\n', " "), html.into_owned()] {
            let plain = body.replace("<strong style=\"overflow-wrap:anywhere;\">", "").replace("</strong>", "");
            for part in says {
                assert!(plain.contains(part), "{part} in {plain}");
            }
            assert!(!plain.contains(never), "{plain}");
        }
    }
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
fn an_attachment_is_named_after_the_company() {
    let long = "a".repeat(200);
    for (company, name) in [
        (Some("../../etc/passwd"), "etcpasswd.gitlab-license"),
        (Some(long.as_str()), &format!("{}.gitlab-license", "a".repeat(100))),
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
fn a_forwarded_license_names_who_asked_for_it_and_greets_nobody_by_another_name() {
    let forwarded = Delivery { purpose: Purpose::Forward, recipient: Some("ops@other.example".into()), ..email() };
    let mail = compose(&license(), &forwarded);
    assert_eq!(mail.recipient.to_string(), "ops@other.example");
    let text = text_of(&mail);
    assert!(text.starts_with("Hello,") && text.contains("Jane Roe asked GitLab Support to send it to you."), "{text}");
    assert!(!text_of(&compose(&license(), &email())).contains("asked GitLab Support"));
}

#[test]
fn a_german_customer_reads_german() {
    let mut license = license();
    license.customer.language = Language::De;
    let mail = compose(&license, &email());
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    assert_eq!(parsed.subject(), Some("Ihre vorläufige GitLab-Lizenz (Ticket #4711)"));
    let html = parsed.body_html(0).unwrap();
    assert!(html.contains("<html lang=\"de\">"), "{html}");
    for body in [&parsed.body_text(0).unwrap(), &html] {
        for part in ["Guten Tag Jane Roe,", "Montag, 30. November 2026", "286", "Nachfrist", "LDAP-Server", "10 Tage"] {
            assert!(body.contains(part), "{part} in {body}");
        }
        assert!(!body.contains("Hello") && !body.contains("grace"), "{body}");
    }
}

#[test]
fn an_emergency_contact_is_named_if_there_is_one() {
    let from = "GitLab Support <support@gitlab.example>".parse().unwrap();
    let with = |contact| text_of(&Mail::compose(&license(), &email(), &from, &links(), contact).unwrap());
    assert!(with(Some("+49 30 1234")).contains("for an answer: +49 30 1234"));
    assert!(!with(None).contains("cannot wait"));
}

#[test]
fn the_text_fits_into_a_terminal_and_shows_no_markup() {
    let text = text_of(&compose(&license(), &email()));
    let (letter, _) = text.split_once("-----").unwrap();
    let code = "sudo gitlab-rails runner";
    let widest = letter.lines().filter(|line| !line.contains(code)).map(|line| line.chars().count()).max();
    assert!(widest <= Some(72) && !letter.contains("**"), "{text}");
    assert!(letter.contains(code), "the way without the web page");
}

fn text_of(mail: &Mail) -> String {
    MessageParser::default().parse(&mail.bytes).unwrap().body_text(0).unwrap().replace("\r\n", "\n")
}

#[test]
fn every_address_that_is_accepted_can_be_mailed_to() {
    for address in ["o'neil@x-y.example", "a!#$%&'*+/=?^_`{|}~-z@acme.example", "1@2.io"] {
        let mut license = license();
        license.customer.email = Email::parse(address).unwrap();
        license.file = Some(LicenseFile::new("eyJk\n".into()));
        let to = Delivery { recipient: Some(address.into()), ..email() };
        assert_eq!(compose(&license, &to).recipient.to_string(), address);
    }
}
