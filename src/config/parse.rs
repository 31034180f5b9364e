//! Parsers for numbers, lists, names and tokens. An error completes a sentence that begins with the variable, says what
//! to write, and never repeats the value.

use std::{net::SocketAddr, ops::RangeInclusive, str::FromStr};

use lettre::message::Mailbox;
use secrecy::SecretString;

use crate::license::{Email, SingleLine, customer::MAX_NAME_CHARS};

const MIN_METRICS_TOKEN_CHARS: usize = 16;

pub(super) fn number<T: FromStr + PartialOrd + std::fmt::Display>(
    range: RangeInclusive<T>,
) -> impl FnOnce(&str) -> Result<T, String> {
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("must be a whole number from {} to {}", range.start(), range.end())),
    }
}

/// Comma-separated entries, none of them empty.
pub(super) fn list(text: &str) -> Result<Vec<String>, String> {
    let parts: Vec<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
    if parts.iter().any(String::is_empty) {
        return Err("has an empty entry: separate the entries by single commas".into());
    }
    Ok(parts)
}

/// Comma-separated ids, each 1 or more, on one or several lines.
pub(super) fn ids(text: &str) -> Result<Vec<u64>, String> {
    let id = |part: &String| part.parse().ok().filter(|id| *id > 0);
    let lines = text.lines().map(|line| line.trim_end().trim_end_matches(',')).collect::<Vec<_>>().join(",");
    list(&lines)?.iter().map(id).collect::<Option<_>>().ok_or_else(|| "must be comma-separated numbers".into())
}

/// Comma-separated domains. Returns them in lower case, and as mail servers read them (`xn--…`).
pub(super) fn domains(text: &str) -> Result<Vec<String>, String> {
    let domain = |text: &String| Email::parse(&format!("a@{text}")).map(|email| email.domain()).ok();
    let domains: Option<Vec<String>> = list(text)?.iter().map(domain).collect();
    domains.ok_or_else(|| "must be comma-separated domains such as example.com, without @ and without https://".into())
}

/// A full host name.
pub(super) fn host_name(text: &str) -> Result<String, String> {
    match Email::parse(&format!("a@{text}")) {
        Ok(_) if !text.contains('@') => Ok(text.to_owned()),
        _ => Err("must be a full host name such as stopgap.example.com".into()),
    }
}

pub(super) fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an IP address and a port, such as 0.0.0.0:8080 or [::]:8080".into())
}

/// The subdomain of `SUBDOMAIN.zendesk.com`: one DNS label in lower case.
pub(super) fn subdomain(text: &str) -> Result<String, String> {
    if text.contains(['.', '/', ':']) {
        return Err("must be the bare name: acme, not acme.zendesk.com and not https://acme.zendesk.com".into());
    }
    let fits = text.len() <= 63
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits { Ok(text.to_owned()) } else { Err("must have lower-case letters, digits and hyphens only".into()) }
}

/// A GitLab project: its number, or its full path.
pub(super) fn project(text: &str) -> Result<String, String> {
    if text.contains("://") {
        return Err("must be the project's number or path (group/project), not its address".into());
    }
    let is_number = text.parse::<u64>().is_ok();
    let is_name =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    let is_path = text.contains('/') && text.split('/').all(is_name);
    if is_number || is_path {
        Ok(text.to_owned())
    } else {
        Err("must be the project's number, or its path such as group/project".into())
    }
}

/// A sender with a name.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, String> {
    const EXPECTED: &str = "must be a name and an address, such as GitLab Support <support@example.com>";
    let mailbox: Mailbox = text.parse().map_err(|_| EXPECTED.to_owned())?;
    let name = mailbox.name.as_deref().unwrap_or_default();
    SingleLine::parse(name, MAX_NAME_CHARS).map_err(|_| EXPECTED.to_owned())?;
    Email::parse(mailbox.email.as_ref()).map_err(|_| EXPECTED.to_owned())?;
    Ok(mailbox)
}

/// A secret for an HTTP header: visible ASCII.
pub(super) fn token(text: &str) -> Result<SecretString, String> {
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(SecretString::from(text))
    } else {
        Err("must be ASCII without white space and control characters".into())
    }
}

pub(super) fn metrics_token(text: &str) -> Result<SecretString, String> {
    if text.len() < MIN_METRICS_TOKEN_CHARS {
        return Err(format!("must have {MIN_METRICS_TOKEN_CHARS} characters or more: openssl rand -hex 16 makes one"));
    }
    token(text)
}

/// One line of text for the email.
pub(super) fn emergency_contact(text: &str) -> Result<String, String> {
    crate::license::SingleLine::parse(text, 200).map(|line| line.to_string())
}
