//! A mail as it arrived, and as a mail program shows it.

use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};
use serde::Serialize;

/// One accepted mail.
#[derive(Debug, Clone, Serialize)]
pub struct Mail {
    /// When the final dot came.
    pub received_at: Timestamp,
    /// The address of MAIL FROM.
    pub envelope_from: String,
    /// The addresses of RCPT TO.
    pub envelope_to: Vec<String>,
    /// The very bytes, dots unstuffed.
    #[serde(skip)]
    pub raw: Vec<u8>,
    /// `Name <address>`, as in the header.
    pub from: String,
    /// `Name <address>`, as in the header.
    pub to: String,
    /// `Name <address>`, as in the header; empty where there is none.
    pub reply_to: String,
    pub subject: String,
    pub message_id: String,
    /// The plain text body, decoded.
    pub text: String,
    /// The HTML body, decoded; empty where there is none.
    pub html: String,
    /// Every header as it stands in the mail, in order.
    pub headers: Vec<(String, String)>,
    pub attachments: Vec<Attachment>,
}

/// One attachment of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// Decoded; empty where it has none.
    pub filename: String,
    pub content_type: String,
    /// Decoded; bytes that are no UTF-8 are replaced.
    pub content: String,
}

impl Mail {
    /// Reads the mail that arrived; a broken one is shown as far as it can be read.
    pub(super) fn read(received_at: Timestamp, envelope_from: String, envelope_to: Vec<String>, raw: Vec<u8>) -> Self {
        let message = MessageParser::default().parse(&raw).unwrap_or_default();
        Self {
            received_at,
            envelope_from,
            envelope_to,
            from: show(message.from()),
            to: show(message.to()),
            reply_to: show(message.reply_to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            message_id: message.message_id().map(|id| format!("<{id}>")).unwrap_or_default(),
            text: body(&message, false),
            html: body(&message, true),
            headers: message.headers_raw().map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect(),
            attachments: attachments(&message),
            raw,
        }
    }

    /// The value of a header as it stands in the mail.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

fn show(address: Option<&Address<'_>>) -> String {
    let each = address.into_iter().flat_map(Address::iter).map(|one| match (one.name(), one.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (None, Some(address)) => address.to_owned(),
        (name, None) => name.unwrap_or_default().to_owned(),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The body of one kind, empty if the mail has none: the parser itself would convert one into the other.
fn body(message: &Message<'_>, html: bool) -> String {
    let mut parts: Box<dyn Iterator<Item = &mail_parser::MessagePart<'_>>> =
        if html { Box::new(message.html_bodies()) } else { Box::new(message.text_bodies()) };
    let found = parts.find_map(|part| match &part.body {
        PartType::Html(text) if html => Some(text.to_string()),
        PartType::Text(text) if !html => Some(text.to_string()),
        _ => None,
    });
    found.unwrap_or_default()
}

fn attachments(message: &Message<'_>) -> Vec<Attachment> {
    let each = message.attachments().map(|part| Attachment {
        filename: part.attachment_name().unwrap_or_default().to_owned(),
        content_type: part
            .content_type()
            .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")))
            .unwrap_or_default(),
        content: String::from_utf8_lossy(part.contents()).into_owned(),
    });
    each.collect()
}
