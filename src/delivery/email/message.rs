//! The mail: what the customer reads, with the license in it and attached to it.

use std::{fmt, time::SystemTime};

use askama::Template;
use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{Attachment, Body, Mailbox, MultiPart, SinglePart, header},
};
use uuid::Uuid;

use crate::{
    delivery::Links,
    license::{Delivery, Email, License, LicenseFile, Purpose, SingleLine, record::today},
};

/// What a test mail says.
const TEST_WORDS: &str = "An operator of Stopgap tries whether its mails arrive. There is nothing to do.\r\n";

/// A mail, ready to go: everything in it follows from the license and the delivery, so that each attempt sends the
/// same bytes.
pub struct Mail {
    pub sender: Address,
    pub recipient: Address,
    /// The delivery's id at the sender's domain, without angle brackets.
    pub message_id: String,
    /// Headers and body, all ASCII.
    pub bytes: Vec<u8>,
}

impl Mail {
    pub fn compose(license: &License, delivery: &Delivery, from: &Mailbox, links: &Links) -> Result<Self, String> {
        let file = license.file.as_ref().ok_or("there is no license file to send")?;
        let to = recipient(license, delivery)?;
        let message_id = format!("{}@{}", delivery.id, from.email.domain());
        let reply_to = address(&links.reply_address(&license.ticket))?;
        let (text, html) = words(license, delivery, to.name.as_deref(), file)?;
        // The boundaries are made of the delivery's id, where lettre would throw dice.
        let alternative = MultiPart::alternative()
            .boundary(format!("words-{}", delivery.id))
            .singlepart(SinglePart::plain(text))
            .singlepart(SinglePart::html(html));
        // Base64, also though all of it is ASCII: as it stands its lines end in a bare LF, which servers that fend off
        // SMTP smuggling refuse, and which others turn into something else.
        let bytes = file.expose().as_bytes().to_vec();
        let attachment = Attachment::new(license.file_name()).body(
            Body::new_with_encoding(bytes, header::ContentTransferEncoding::Base64)
                .map_err(|_| "the license file cannot be attached")?,
            header::ContentType::parse("application/octet-stream").map_err(|e| e.to_string())?,
        );
        let body = MultiPart::mixed()
            .boundary(format!("license-{}", delivery.id))
            .multipart(alternative)
            .singlepart(attachment);
        let message = Message::builder()
            .from(from.clone())
            .to(to.clone())
            .reply_to(Mailbox::new(None, reply_to))
            .subject(subject(license))
            .date(SystemTime::from(delivery.created_at))
            .message_id(Some(format!("<{message_id}>")))
            .header(AutoSubmitted)
            .multipart(body)
            .map_err(|error| format!("the mail cannot be composed: {error}"))?;
        Ok(Self { sender: from.email.clone(), recipient: to.email, message_id, bytes: message.formatted() })
    }

    /// A mail that tries the way and holds no license.
    pub fn test(to: &Email, from: &Mailbox, id: Uuid, now: Timestamp) -> Result<Self, String> {
        let to = Mailbox::new(None, address(to.as_str())?);
        let message_id = format!("{id}@{}", from.email.domain());
        let message = Message::builder()
            .from(from.clone())
            .to(to.clone())
            .subject("Test mail of Stopgap")
            .date(SystemTime::from(now))
            .message_id(Some(format!("<{message_id}>")))
            .header(AutoSubmitted)
            .singlepart(SinglePart::plain(TEST_WORDS.to_owned()))
            .map_err(|error| format!("the mail cannot be composed: {error}"))?;
        Ok(Self { sender: from.email.clone(), recipient: to.email, message_id, bytes: message.formatted() })
    }
}

/// Neither license nor address: a mail may end in a log by mistake.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// A drill says so before anything else.
fn subject(license: &License) -> String {
    let mark = if license.drill { "[DRILL] " } else { "" };
    format!("{mark}Your temporary GitLab license (ticket #{})", license.ticket.id)
}

/// The customer with their name, or the bare address that the license is forwarded to.
fn recipient(license: &License, delivery: &Delivery) -> Result<Mailbox, String> {
    let customer = &license.customer;
    let to = delivery.recipient.as_deref().unwrap_or(customer.email.as_str());
    let is_customer = to.eq_ignore_ascii_case(customer.email.as_str());
    let name = customer.name.as_ref().filter(|_| is_customer).map(ToString::to_string);
    Ok(Mailbox::new(name, address(to)?))
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|error| format!("a mail cannot carry the address: {error}"))
}

/// `Auto-Submitted: auto-generated` (RFC 3834): absence notes and mailing lists do not answer such a mail.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What both forms of the mail say.
struct Words<'a> {
    greeting: String,
    company: Option<&'a str>,
    days: i32,
    seats: u32,
    last_day: String,
    expires_on: String,
    is_resend: bool,
    is_replacement: bool,
    is_drill: bool,
    ticket: u64,
    key: &'a str,
    file_name: String,
}

#[derive(Template)]
#[template(path = "email.txt")]
struct Text<'a> {
    w: &'a Words<'a>,
}

#[derive(Template)]
#[template(path = "email.html")]
struct Html<'a> {
    w: &'a Words<'a>,
}

fn words(
    license: &License,
    delivery: &Delivery,
    name: Option<&str>,
    file: &LicenseFile,
) -> Result<(String, String), String> {
    let terms = license.terms;
    let words = Words {
        greeting: name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
        company: license.customer.company.as_ref().map(SingleLine::as_str),
        days: terms.days_left(today(license.created_at)),
        seats: license.seats.get(),
        last_day: terms.last_day().strftime("%A, %-d %B %Y").to_string(),
        expires_on: terms.expires_on.to_string(),
        is_replacement: license.replaces.is_some(),
        is_drill: license.drill,
        is_resend: delivery.purpose == Purpose::Resend,
        ticket: license.ticket.id.get(),
        key: file.expose().trim_end(),
        file_name: license.file_name(),
    };
    let failed = |error: askama::Error| format!("the mail cannot be worded: {error}");
    Ok((Text { w: &words }.render().map_err(failed)?, Html { w: &words }.render().map_err(failed)?))
}
