//! The mail server.

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use std::fmt;
use url::Url;

use super::{
    parse,
    reader::Reader,
    urls::{bare_host, is_loopback},
};

/// `SMTP_…`, `MAIL_FROM` and `EMERGENCY_CONTACT`.
#[derive(Clone)]
pub struct Smtp {
    /// A name, or an IP address without brackets.
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    /// User and password; `None` sends without a login.
    pub credentials: Option<(String, SecretString)>,
    /// For EHLO; `None` for this machine's host name.
    pub ehlo_name: Option<String>,
    /// Always has a name.
    pub from: Mailbox,
    /// For customers who cannot wait for an answer.
    pub emergency_contact: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS from the first byte (`smtps://`, RFC 8314).
    Implicit,
    /// Required: nothing is sent if the server does not offer it.
    Starttls,
    None,
}

struct SmtpUrl {
    host: String,
    port: u16,
    tls: SmtpTls,
    credentials: Option<(String, SecretString)>,
}

impl Smtp {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.value("SMTP_URL", smtp_url);
        let ehlo_name = reader.optional("SMTP_EHLO_NAME", parse::host_name);
        let from = reader.value("MAIL_FROM", parse::mailbox);
        let emergency_contact = reader.optional("EMERGENCY_CONTACT", parse::emergency_contact);
        let SmtpUrl { host, port, tls, credentials } = url?;
        Some(Self {
            host,
            port,
            tls,
            credentials,
            ehlo_name: ehlo_name?,
            from: from?,
            emergency_contact: emergency_contact?,
        })
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, tls, credentials, ehlo_name, from, emergency_contact: _ } = self;
        let login = credentials.is_some();
        write!(
            f,
            "Smtp {{ host: {host}, port: {port}, tls: {tls:?}, login: {login}, ehlo_name: {ehlo_name:?}, from: {from} }}"
        )
    }
}

/// Accepts `smtps://user:password@host:465`, `smtp://host:587?tls=required`, and unencrypted `smtp://` on loopback or
/// with `?tls=none`.
fn smtp_url(text: &str) -> Result<SmtpUrl, String> {
    let url = Url::parse(text).ok().filter(|url| !text.contains(char::is_whitespace) && url.has_host());
    let Some(url) = url.filter(|url| !bare_host(url).is_empty()) else {
        return Err("must be smtps://user:password@host:465 or smtp://user:password@host:587?tls=required \
                    (special characters in user and password percent-encoded)"
            .into());
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("must have nothing after the port but ?tls=… (write / and # in the password as %2F and %23)".into());
    }
    let tls = encryption(&url)?;
    let default_port = match tls {
        SmtpTls::Implicit => 465,
        SmtpTls::Starttls => 587,
        SmtpTls::None => 25,
    };
    let port = url.port().unwrap_or(default_port);
    Ok(SmtpUrl { host: bare_host(&url).to_owned(), port, tls, credentials: credentials(&url)? })
}

fn encryption(url: &Url) -> Result<SmtpTls, String> {
    let query: Vec<_> = url.query_pairs().collect();
    let requested = match query.as_slice() {
        [] => None,
        [(key, value)] if key == "tls" => Some(value.as_ref()),
        _ => return Err("may have one option after the ?: tls=required or tls=none".into()),
    };
    match (url.scheme(), requested) {
        ("smtps", None | Some("required")) => Ok(SmtpTls::Implicit),
        ("smtps", Some("none")) => Err("says smtps:// and tls=none, which contradict each other".into()),
        ("smtp", Some("required")) => Ok(SmtpTls::Starttls),
        ("smtp", Some("none")) => Ok(SmtpTls::None),
        ("smtp", None) if is_loopback(bare_host(url)) => Ok(SmtpTls::None),
        ("smtp", None) => Err("must say how it is encrypted: smtps://… or ?tls=required (STARTTLS); \
                               ?tls=none sends licenses in clear text"
            .into()),
        ("smtp" | "smtps", Some(_)) => Err("accepts only tls=required or tls=none".into()),
        _ => Err("must begin with smtps:// or smtp://".into()),
    }
}

fn credentials(url: &Url) -> Result<Option<(String, SecretString)>, String> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err("must have both user and password, or neither".into()),
        (user, Some(password)) => Ok(Some((decode(user)?, SecretString::from(decode(password)?)))),
    }
}

/// Percent-decodes strictly: a lone `%` is a forgotten escape.
fn decode(text: &str) -> Result<String, String> {
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    let plain = percent_decode_str(text).decode_utf8();
    match plain {
        Ok(plain) if text.split('%').skip(1).all(is_escape) && !plain.contains(char::is_control) => {
            Ok(plain.into_owned())
        }
        _ => Err("has a user or password that is not percent-encoded (write % as %25)".into()),
    }
}
