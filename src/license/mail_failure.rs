//! Why an email did not reach the customer, as far as the recorded error says. It decides what people can do about it.

/// What an email failed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailFailure {
    /// Our login, sender or connection.
    Operator,
    /// The license expired before any mail server took the email.
    Expired,
    /// The mail provider does not send to the address.
    Suppressed,
    MailboxFull,
    /// There is no such address.
    Address,
    /// The attachment, its size, or what a filter makes of the email: the same email would be refused again.
    Content,
    /// Anything that may pass by itself.
    Temporary,
    Other,
}

/// `subject.detail` of enhanced status codes (RFC 3463).
const FULL_CODES: &[&str] = &["2.2"];
const ADDRESS_CODES: &[&str] = &["1.1", "1.2", "1.3", "1.6", "1.10", "2.1"];
const CONTENT_CODES: &[&str] = &["2.3", "3.4", "6.0", "6.1", "6.2", "6.3", "6.5", "7.17"];

const FULL_TEXTS: &[&str] = &["quota", "mailbox full", "mailbox is full", "insufficient storage", "storage allocation"];
const ADDRESS_TEXTS: &[&str] = &[
    "unknown user",
    "user unknown",
    "unknown recipient",
    "recipient unknown",
    "unknown address",
    "host unknown",
    "host not found",
    "domain not found",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "no mailbox",
    "no valid recipients",
    "not exist",
    "doesn't exist",
    "recipient not found",
    "recipientnotfound",
    "user not found",
    "mailbox not found",
    "mailbox unavailable",
    "invalid recipient",
    "invalid mailbox",
    "not a valid",
    "disabled",
    "inactive",
];
const CONTENT_TEXTS: &[&str] = &[
    "attachment",
    "file type",
    "filetype",
    "executable",
    "virus",
    "malware",
    "infected",
    "phish",
    "spam",
    "junk",
    "content",
    "message size",
    "size limit",
    "size exceeds",
    "too large",
    "too big",
    "banned",
    "blocked",
    "prohibited",
    "security issue",
    "message rejected",
    "message refused",
];
/// As our own clients write it.
const TEMPORARY_TEXTS: &[&str] =
    &["for now", "no reply from the mail server", "connection to the mail server", "does not accept the email yet"];

impl MailFailure {
    /// `error` is a delivery's last error or a bounce's reason.
    pub(crate) fn of(error: &str, needs_operator: bool) -> Self {
        let text = without_addresses(error);
        let codes: Vec<&str> = text.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(enhanced).collect();
        let is = |known: &[&str], texts: &[&str]| {
            codes.iter().any(|code| known.contains(code)) || texts.iter().any(|known| text.contains(known))
        };
        if needs_operator {
            Self::Operator
        } else if text.starts_with("expired ") {
            Self::Expired
        } else if text.contains("suppression list") {
            Self::Suppressed
        } else if is(FULL_CODES, FULL_TEXTS) {
            Self::MailboxFull
        } else if is(ADDRESS_CODES, ADDRESS_TEXTS) {
            Self::Address
        } else if is(CONTENT_CODES, CONTENT_TEXTS) {
            Self::Content
        } else if is(&[], TEMPORARY_TEXTS) {
            Self::Temporary
        } else if text.starts_with("the mail server refused the mail:") {
            // It had seen the whole mail by then, and has nothing against the recipient.
            Self::Content
        } else {
            Self::Other
        }
    }
}

impl MailFailure {
    /// What brings the license to the customer, for the engineer of the ticket.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Self::Operator => {
                "Tell the operator of Stopgap: the mail server refuses our login, sender or connection. The error says why; \
                 `stopgap check` tries it. The customer's address is not the cause. If the customer cannot wait, download \
                 the file from the ticket and hand it over there."
            }
            Self::Expired => {
                "This license ended before its mail was accepted. If the customer still needs one, generate another from \
                 the ticket's sidebar; then close the issue."
            }
            Self::Suppressed => {
                "Forward the license to another address of the customer from the ticket's sidebar, or unblock this one \
                 where the sidebar offers it: the mail provider sends nothing to an address on its list."
            }
            Self::MailboxFull => {
                "Forward the license to another address of the customer from the ticket's sidebar, or resend it once \
                 their mailbox has room."
            }
            Self::Address => {
                "Check the address with the customer on the ticket; then correct it, or forward the license, from the \
                 ticket's sidebar. An accepted mail closes the issue."
            }
            Self::Content => {
                "Send it again without attachment from the ticket's sidebar, or download the file from the ticket and \
                 hand it over there. The customer's mail server refuses the mail for what is in it, and would refuse the \
                 same again."
            }
            Self::Temporary => {
                "If the customer cannot wait, forward the license to another address from the ticket's sidebar. An \
                 accepted mail closes the issue."
            }
            Self::Other => {
                "Check the address with the customer on the ticket. Resend the license, or forward it to another address, \
                 from the ticket's sidebar. An accepted mail closes the issue."
            }
        }
    }
}

/// `7.1` of `5.7.1` (RFC 3463). An IP address has four parts.
pub(crate) fn enhanced(word: &str) -> Option<&str> {
    let (class, code) = word.trim_matches('.').split_once('.')?;
    let (subject, detail) = code.split_once('.')?;
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (matches!(class, "4" | "5") && is_number(subject) && is_number(detail)).then_some(code)
}

/// In lower case, without addresses, host names and links: `<virus@spam.example>` says nothing about the mail or its sender.
pub(crate) fn without_addresses(text: &str) -> String {
    let is_text = |word: &&str| !word.contains(['@', '<', '[']) && !word.contains("://");
    text.split_whitespace().filter(is_text).collect::<Vec<_>>().join(" ").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of Postfix, Exim, Exchange, Gmail, Mailgun and others.
    #[test]
    fn a_recorded_error_says_what_the_email_failed_for() {
        use MailFailure::{Address, Content, MailboxFull, Other, Suppressed, Temporary};
        let recipient = "the mail server refused the recipient: ";
        let mail = "the mail server refused the mail: ";
        for (prefix, error, failure) in [
            (recipient, "550 no such user", Address),
            (recipient, "550 5.1.1 <spam@acme.example>: Recipient address rejected: User unknown in table", Address),
            (recipient, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", Address),
            (recipient, "550-5.1.1 The email account that you tried to reach does not exist.", Address),
            (recipient, "550 5.2.1 The email account that you tried to reach is disabled", Address),
            (mail, "554 5.5.1 Error: no valid recipients", Address),
            ("The email bounced: correct the address. It said: ", "550: No such mailbox here", Address),
            (recipient, "552 5.2.2 The email account that you tried to reach is over quota", MailboxFull),
            (mail, "552 Mailbox full", MailboxFull),
            (
                mail,
                "552-5.7.0 This message was blocked because its content presents a potential security issue",
                Content,
            ),
            (mail, "554 5.7.1 Message rejected: attachment type .gitlab-license is not allowed", Content),
            (mail, "554 5.7.1 Virus found", Content),
            (mail, "550 5.7.1 Message contains malware", Content),
            (mail, "554 5.7.1 Message rejected as spam", Content),
            (mail, "552 5.3.4 Message size exceeds fixed limit", Content),
            (mail, "550 5.6.0 Invalid header found", Content),
            (mail, "554 Transaction failed", Content),
            ("The email bounced: correct the address. It said: ", "554: 5.7.1 blocked by our content filter", Content),
            ("It said: the address is on the bounces suppression list: ", "605: Not delivering", Suppressed),
            ("", "no reply from the mail server within 30s at the recipient (RCPT)", Temporary),
            ("", "the mail server refused the recipient for now: 450 4.2.0 greylisted", Temporary),
            (recipient, "550 5.7.1 Access denied", Other),
            (recipient, "554 rejected by 5.1.1.1", Other),
            ("", "", Other),
        ] {
            assert_eq!(MailFailure::of(&format!("{prefix}{error}"), false), failure, "{prefix}{error}");
        }
        assert_eq!(
            MailFailure::of("expired after 9 attempts; last error: 450 greylisted", false),
            MailFailure::Expired
        );
        assert_eq!(MailFailure::of("550 no such user", true), MailFailure::Operator);
    }
}
