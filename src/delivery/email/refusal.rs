//! Whom a mail server's refusal is about: the recipient, or us.
//!
//! Postfix answers refusals of sender, client, HELO and relay only at RCPT (`smtpd_delay_reject`), and may answer them at
//! DATA or after the mail. Enhanced status codes (RFC 3463, RFC 7372) say what is meant, if the server uses them precisely;
//! 5.7.1 and a missing code leave it to the text.

use crate::license::mail_failure::{enhanced, without_addresses};

/// `subject.detail` of codes about the recipient.
const RECIPIENT: &[&str] = &["1.1", "1.2", "1.3", "1.6", "1.10"];

/// Codes about our sender, our login, our connection or the authentication of our domain.
const US: &[&str] = &[
    "1.7", "1.8", "7.8", "7.9", "7.11", "7.12", "7.13", "7.14", "7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26",
    "7.27", "7.29", "7.30", "7.606", "7.64",
];

/// Texts about the recipient, whatever code they come with.
const RECIPIENT_TEXTS: &[&str] = &[
    "no valid recipients",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox unavailable",
    "mailbox not found",
    "mailbox full",
    "greylist",
    "graylist",
];

/// Words about us: the sender, the client (its name, address or reputation), HELO, relaying, the login.
const OUR_WORDS: &[&str] = &[
    "sender",
    "client",
    "helo",
    "ehlo",
    "relay",
    "relaying",
    "relayed",
    "login",
    "logged",
    "authenticate",
    "authenticated",
    "authentication",
    "starttls",
    "spf",
    "dkim",
    "dmarc",
    "ptr",
    "blacklisted",
    "blocklisted",
    "rbl",
    "dnsbl",
    "spamhaus",
    "ip",
];

/// Whether a reply to RCPT, DATA or the mail is about us. Works for 4xx and 5xx.
pub(super) fn is_about_us(code: u16, text: &str) -> bool {
    let enhanced = text.split_whitespace().next().and_then(enhanced);
    let text = without_addresses(text);
    if enhanced.is_some_and(|code| RECIPIENT.contains(&code) || code.starts_with("2.")) {
        return false;
    }
    if enhanced.is_some_and(|code| US.contains(&code)) {
        return true;
    }
    if RECIPIENT_TEXTS.iter().any(|known| text.contains(known)) {
        return false;
    }
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        OUR_WORDS.contains(&word) || (word == "host" && enhanced.is_some_and(|code| code.starts_with("7.")))
    }) || enhanced.is_some_and(|code| code.starts_with("5.")) && code >= 500
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of Postfix, Exim, Exchange, Gmail, Mailgun and others.
    #[test]
    fn a_refusal_is_about_the_party_that_it_names() {
        for (code, text) in [
            (553, "5.7.1 <support@acme.example>: Sender address rejected: not owned by user stopgap"),
            (554, "5.7.1 <support@acme.example>: Sender address rejected: Access denied"),
            (554, "5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied"),
            (504, "5.5.2 <stopgap>: Helo command rejected: need fully-qualified hostname"),
            (554, "5.7.1 <jane@client.example>: Relay access denied"),
            (450, "4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]"),
            (450, "4.7.1 <stopgap.invalid>: Helo command rejected: Host not found"),
            (450, "4.1.8 <support@acme.invalid>: Sender address rejected: Domain not found"),
            (550, "5.1.8 <support@acme.invalid>: Sender address rejected: Domain not found"),
            (530, "5.7.0 Must issue a STARTTLS command first"),
            (530, "5.7.0 Authentication required"),
            (554, "5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org"),
            (550, "relay not permitted"),
            (550, "Relaying denied"),
            (550, "5.7.26 Unauthenticated email from acme.example is not accepted due to domain's DMARC policy."),
            (550, "5.7.23 <jane@acme.example>: Recipient address rejected: Message rejected due to: SPF fail"),
            (550, "5.7.606 Access denied, banned sending IP [192.0.2.7]"),
            (550, "5.7.64 TenantAttribution; Relay Access Denied"),
            (550, "5.7.25 The IP address sending this message does not have a PTR record setup"),
            (535, "5.7.8 Error: authentication failed"),
            (501, "5.5.4 Invalid domain name"),
        ] {
            assert!(is_about_us(code, text), "{code} {text}");
        }
        for (code, text) in [
            (550, "5.1.1 <jane@acme.example>: Recipient address rejected: User unknown in local recipient table"),
            (550, "5.1.1 <sender@client.example>: Recipient address rejected: User unknown"),
            (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
            (550, "5.1.2 Host unknown"),
            (553, "5.1.3 The recipient address <x> is not a valid RFC-5321 address"),
            (552, "5.2.2 The email account that you tried to reach is over quota"),
            (550, "5.2.1 The email account that you tried to reach is disabled"),
            (550, "5.4.1 Recipient address rejected: Access denied"),
            (554, "5.7.1 <jane@acme.example>: Recipient address rejected: Access denied"),
            (550, "5.5.0 Requested action not taken: mailbox unavailable"),
            (554, "5.5.1 Error: no valid recipients"),
            (550, "No such user here"),
            (550, "<relay@acme.example> not here, see https://acme.example/sender"),
            (554, "5.7.1 Message rejected as spam"),
            (552, "5.3.4 Message size exceeds fixed limit"),
            (450, "4.2.0 <jane@acme.example>: Recipient address rejected: Greylisted"),
            (451, "4.7.1 Greylisting in action for this client, please come back later"),
            (451, "4.3.0 disk full"),
            (554, ""),
        ] {
            assert!(!is_about_us(code, text), "{code} {text}");
        }
    }
}
