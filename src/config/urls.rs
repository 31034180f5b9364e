//! Web and database URLs. Unencrypted ones must be on loopback, or disable encryption explicitly.

use secrecy::SecretString;
use url::Url;

const USAGE_PLACEHOLDERS: [&str; 2] = ["{license_md5}", "{license_sha256}"];

/// Either the server proves its name, or the operator has decided against encryption.
const SAFE_SSL_MODES: [&str; 2] = ["verify-full", "disable"];

/// A URL without path, query or user.
pub(super) fn origin(text: &str) -> Result<Url, String> {
    let url = web(text)?;
    if url.path() == "/" && url.query().is_none() {
        Ok(url)
    } else {
        Err("must end after the host and port: https://stopgap.example.com".into())
    }
}

/// A base URL: the path ends in a slash, so that others can be joined.
pub(super) fn base(text: &str) -> Result<Url, String> {
    let mut url = web(text)?;
    if url.query().is_some() {
        return Err("must not have a query (?…)".into());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// The whole URL is the secret.
pub(super) fn webhook(text: &str) -> Result<SecretString, String> {
    let url = web(text)?;
    match url.path() {
        "/" => Err("must be the full address of the webhook, including its path".into()),
        _ => Ok(SecretString::from(url.as_str())),
    }
}

/// A URL with placeholders for a license's digests.
pub(super) fn usage_template(text: &str) -> Result<String, String> {
    let filled = USAGE_PLACEHOLDERS.iter().fold(text.to_owned(), |link, placeholder| link.replace(placeholder, "0"));
    if filled == text || filled.contains(['{', '}']) {
        return Err(format!(
            "must contain {} or {}, and no other braces",
            USAGE_PLACEHOLDERS[0], USAGE_PLACEHOLDERS[1]
        ));
    }
    web(&filled)?;
    Ok(text.to_owned())
}

pub(super) fn database(text: &str) -> Result<SecretString, String> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        if path.trim_matches('/').is_empty() {
            return Err("must name a file: sqlite:stopgap.db".into());
        }
        if path.contains(":memory:") {
            return Err("must be a file: an in-memory database would lose accepted licenses".into());
        }
        // The driver would decode these or read parameters from them.
        if path.contains(['?', '#', '%']) || path.starts_with("file:") {
            return Err("must be sqlite: and a plain path, without file:, ?, # and %".into());
        }
        return Ok(SecretString::from(text));
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql") && url.has_host());
    match url {
        Some(url) if is_local(&url) || sslmode(&url).is_some_and(|mode| SAFE_SSL_MODES.contains(&&*mode)) => {
            Ok(SecretString::from(text))
        }
        Some(_) => Err("must end in ?sslmode=verify-full, since other modes accept any server (or in \
                        ?sslmode=disable, if the network itself is trusted)"
            .into()),
        None => Err("must be sqlite:FILE, or postgres://user:password@host/database \
                     (special characters in user and password percent-encoded)"
            .into()),
    }
}

/// Whether every host in `url` is this machine. A host that starts with `/` is the directory of a Unix socket.
fn is_local(url: &Url) -> bool {
    let is_local = |host: &str| host.starts_with('/') || is_loopback(host);
    let mut parameters = url.query_pairs().filter(|(key, _)| key == "host" || key == "hostaddr").peekable();
    if parameters.peek().is_some() {
        parameters.all(|(_, host)| is_local(&host))
    } else {
        is_local(&bare_host(url).replace("%2F", "/").replace("%2f", "/"))
    }
}

/// The last parameter wins, as in the driver.
fn sslmode(url: &Url) -> Option<String> {
    url.query_pairs().filter(|(key, _)| key == "sslmode" || key == "ssl-mode").last().map(|(_, mode)| mode.into_owned())
}

/// Whether `host` (without brackets) is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The host without the brackets of IPv6.
pub(super) fn bare_host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

/// `https://…`, or `http://…` on loopback; no user, no fragment.
fn web(text: &str) -> Result<Url, String> {
    // `Url` silently repairs typos, as browsers do; here they are errors.
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let url = Url::parse(text).ok().filter(|url| {
        is_plain && text.to_ascii_lowercase().starts_with(&format!("{}://", url.scheme())) && url.has_host()
    });
    let Some(url) = url else {
        return Err("must be an address that begins with https://".into());
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(bare_host(&url)) => {}
        "http" => return Err("must begin with https://; http:// is only for loopback addresses".into()),
        _ => return Err("must begin with https://".into()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user or password".into());
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment (#…)".into());
    }
    Ok(url)
}
