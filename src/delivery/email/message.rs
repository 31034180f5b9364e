//! The mail: what the customer reads, with the license in it and, unless a gateway would block that, attached to it.

use std::fmt;

use jiff::Timestamp;
use lettre::{
    Address,
    message::{Attachment, Body, Mailbox, MultiPart, SinglePart, header},
};
use uuid::Uuid;

use super::{
    header::{mailbox, text},
    letter::Facts,
};
use crate::{
    delivery::Links,
    license::{Delivery, Email, Language, License},
};

const TEST_TEXT: &str = "An operator of Stopgap is testing whether its mails arrive. There is nothing to do.\r\n";

/// A mail, ready to go. It depends on nothing but license, delivery and settings, so that each attempt sends the same
/// bytes.
pub(super) struct Mail {
    pub(super) sender: Address,
    pub(super) recipient: Address,
    /// The delivery's id at the sender's domain, without angle brackets.
    pub(super) message_id: String,
    /// Headers and body, all ASCII.
    pub(super) bytes: Vec<u8>,
}

impl Mail {
    pub(super) fn compose(
        license: &License,
        delivery: &Delivery,
        from: &Mailbox,
        links: &Links,
        emergency_contact: Option<&str>,
    ) -> Result<Self, String> {
        let file = license.file.as_ref().ok_or("there is no license file to send")?;
        let to = recipient(license, delivery)?;
        let (text, html) = Facts::new(license, delivery, to.name.as_deref(), emergency_contact).render(file)?;
        // Boundaries from the delivery's id: lettre's own would be random.
        let alternative = MultiPart::alternative()
            .boundary(format!("words-{}", delivery.id))
            .singlepart(SinglePart::plain(text))
            .singlepart(SinglePart::html(html));
        let mut envelope = Envelope::new(from, to, delivery.id.0, delivery.created_at);
        envelope.fields += &mailbox("Reply-To", None, &links.reply_address(&license.ticket));
        if delivery.without_attachment {
            return Ok(envelope.mail(&subject(license), &alternative.formatted()));
        }
        // Base64, although it is ASCII: its lines end in a bare LF, which some servers refuse because of SMTP smuggling and
        // others change.
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
        Ok(envelope.mail(&subject(license), &body.formatted()))
    }

    /// A mail that contains no license.
    pub(super) fn test(to: &Email, from: &Mailbox, id: Uuid, now: Timestamp) -> Result<Self, String> {
        let to = Mailbox::new(None, address(to.as_str())?);
        let body = SinglePart::plain(TEST_TEXT.to_owned()).formatted();
        Ok(Envelope::new(from, to, id, now).mail("Test mail of Stopgap", &body))
    }
}

/// A mail without its subject and body.
struct Envelope {
    sender: Address,
    recipient: Address,
    message_id: String,
    fields: String,
}

impl Envelope {
    fn new(from: &Mailbox, to: Mailbox, id: Uuid, at: Timestamp) -> Self {
        let message_id = format!("{id}@{}", from.email.domain());
        let fields = [
            mailbox("From", from.name.as_deref(), from.email.as_ref()),
            mailbox("To", to.name.as_deref(), to.email.as_ref()),
            format!("Date: {}\r\n", at.strftime("%a, %d %b %Y %H:%M:%S +0000")),
            format!("Message-ID: <{message_id}>\r\n"),
            // RFC 3834: absence notes and mailing lists do not answer such a mail.
            "Auto-Submitted: auto-generated\r\n".to_owned(),
            "MIME-Version: 1.0\r\n".to_owned(),
        ];
        Self { sender: from.email.clone(), recipient: to.email, message_id, fields: fields.concat() }
    }

    /// `body` begins with its own header fields.
    fn mail(self, subject: &str, body: &[u8]) -> Mail {
        let Self { sender, recipient, message_id, fields } = self;
        let bytes = [fields.as_bytes(), text("Subject", subject).as_bytes(), body].concat();
        Mail { sender, recipient, message_id, bytes }
    }
}

/// Neither license nor address: a mail may be logged by mistake.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

fn subject(license: &License) -> String {
    let mark = if license.drill { "[DRILL] " } else { "" };
    let (title, word) = match license.customer.language {
        Language::En => ("Your temporary GitLab license", "ticket"),
        Language::De => ("Ihre vorläufige GitLab-Lizenz", "Ticket"),
    };
    format!("{mark}{title} ({word} #{})", license.ticket.id)
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
    text.parse().map_err(|error| format!("the address cannot be mailed to: {error}"))
}
