//! Email addresses.

use std::{borrow::Cow, fmt};

use super::single_line::{breaks_line, is_invisible};

/// An email address: a plain local part, one `@`, a dotted domain. An internationalised domain is kept as mail servers
/// read it (`xn--…`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// RFC 5321's path limit of 256 less the angle brackets.
    pub const MAX_CHARS: usize = 254;

    /// Stricter than RFC 5321: no quoted local part, no address literal.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("must not be empty".into());
        }
        if let Some(c) = text.chars().find(|c| shows_nothing(*c)) {
            let code = u32::from(c);
            return Err(format!(
                "contains an invisible character (U+{code:04X}): type the address instead of copying it"
            ));
        }
        let (local, domain) = text.split_once('@').ok_or("must contain an @")?;
        if domain.contains('@') {
            return Err("must contain exactly one @".into());
        }
        check_local_part(local)?;
        let domain = ascii_domain(domain)?;
        let address = format!("{local}@{domain}");
        if address.len() > Self::MAX_CHARS {
            return Err(format!("is too long: it may have at most {} characters", Self::MAX_CHARS));
        }
        Ok(Self(address))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In lower case, to compare customers.
    pub(crate) fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// One address for all spellings that reach the same mailbox: in lower case, without a `+tag` or `-tag`, and as
    /// Gmail and Fastmail read it. Two people whose addresses differ only behind a hyphen share one.
    pub(crate) fn mailbox(&self) -> String {
        let folded = self.folded();
        let (local, domain) = folded.split_once('@').unwrap_or((&folded, ""));
        let (local, domain) = match fastmail_user(domain) {
            Some(user_and_domain) => user_and_domain,
            None => (local, if domain == "googlemail.com" { "gmail.com" } else { domain }),
        };
        let untagged = local.split(['+', '-']).next().filter(|user| !user.is_empty()).unwrap_or(local);
        let user = if domain == "gmail.com" { untagged.replace('.', "") } else { untagged.to_owned() };
        format!("{user}@{domain}")
    }

    /// In lower case.
    pub(crate) fn domain(&self) -> String {
        self.folded().split_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default()
    }

    /// `j***@acme.example`: enough to recognise, too little to write to. A first character that is neither letter nor
    /// digit is masked too: it could have a meaning in Markdown.
    pub(crate) fn masked(&self) -> String {
        let first = self.0.chars().next().filter(char::is_ascii_alphanumeric).unwrap_or('*');
        format!("{first}***@{}", self.domain())
    }

    /// Whether mail to the address ends in one of `domains` (lower case) or in a subdomain of one, also by way of
    /// another server: `jane%gitlab.com@…`, `gitlab.com!jane@…`.
    pub(crate) fn is_in(&self, domains: &[String]) -> bool {
        let folded = self.folded();
        let (local, domain) = folded.split_once('@').unwrap_or(("", &folded));
        let relayed = if local.contains(['%', '!']) { local } else { "" };
        relayed.split(['%', '!']).chain([domain]).any(|host| {
            domains.iter().any(|d| host == d || host.strip_suffix(d.as_str()).is_some_and(|rest| rest.ends_with('.')))
        })
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// User and domain of Fastmail's subdomain addresses: anything at `jane.fastmail.com` is `jane@fastmail.com`.
fn fastmail_user(domain: &str) -> Option<(&str, &str)> {
    domain.split_once('.').filter(|(_, provider)| matches!(*provider, "fastmail.com" | "fastmail.fm"))
}

/// Control characters, and those that only format or join.
fn shows_nothing(c: char) -> bool {
    is_invisible(c) || breaks_line(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// RFC 5321's dot-string of at most 64 octets.
fn check_local_part(local: &str) -> Result<(), String> {
    if let Some(c) = local.chars().find(|c| !c.is_ascii()) {
        return Err(format!("has {c} before the @, where mail servers take only ASCII: ask for another address"));
    }
    if local.len() > 64 {
        return Err("is too long: it may have at most 64 characters before the @".into());
    }
    if local.is_empty() {
        return Err("has nothing before the @".into());
    }
    if local.contains("..") {
        return Err(
            "has two dots in a row before the @, which most mail servers refuse: ask for another address".into()
        );
    }
    if local.starts_with('.') || local.ends_with('.') {
        return Err("has a dot at the beginning or right before the @, which most mail servers refuse".into());
    }
    if local.bytes().all(|b| b == b'.' || b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b)) {
        Ok(())
    } else {
        Err("has an unusual part before the @: letters, digits and .!#$%&'*+/=?^_`{|}~- only".into())
    }
}

/// At least two labels of letters, digits and inner hyphens; the last one not all digits (that would be an IP address).
fn ascii_domain(domain: &str) -> Result<Cow<'_, str>, String> {
    const EXAMPLE: &str = "it must end in a full domain such as example.com";
    // Unicode's rules for domains (UTS 46) with those of host names (STD 3).
    let ascii = if domain.is_ascii() {
        Cow::Borrowed(domain)
    } else {
        let strict = idna::AsciiDenyList::STD3;
        let uts46 = idna::uts46::Uts46::new();
        let hyphens = idna::uts46::Hyphens::CheckFirstLast;
        let converted = uts46.to_ascii(domain.as_bytes(), strict, hyphens, idna::uts46::DnsLength::Verify);
        Cow::Owned(converted.map_err(|_| format!("has a domain that cannot exist: {domain}"))?.into_owned())
    };
    if ascii.is_empty() {
        return Err(format!("has nothing behind the @: {EXAMPLE}"));
    }
    if !ascii.contains('.') {
        return Err(format!("has no dot in its domain: {EXAMPLE}"));
    }
    if ascii.contains("..") {
        return Err("has two dots in a row in its domain".into());
    }
    if ascii.ends_with('.') {
        return Err("ends with a dot: leave it out".into());
    }
    let mut labels = ascii.split('.');
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_top = |label: &str| label.len() >= 2 && !label.bytes().all(|b| b.is_ascii_digit());
    if labels.clone().all(is_label) && labels.next_back().is_some_and(is_top) {
        Ok(ascii)
    } else {
        Err(format!("has an unusual domain: {EXAMPLE}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_accepted_unchanged() {
        for ok in ["jane@acme.example", "Jane.Doe+gitlab@sub.acme.co.uk", "o'neil@x-y.example", "1@2.io"] {
            assert_eq!(Email::parse(ok).unwrap().as_str(), ok);
        }
        assert_eq!(Email::parse(" Jane@ACME.example ").unwrap().folded(), "jane@acme.example");
    }

    #[test]
    fn hostile_and_unusual_addresses_are_refused() {
        let long = format!("{}@{}.example", "a".repeat(60), "b.".repeat(120));
        for bad in [
            "",
            "jane",
            "jane@acme",
            "jane@@acme.example",
            "a@b@c.example",
            "\"jane doe\"@acme.example",
            "jane@acme.example\r\nBcc: x@y.example",
            "jane@[127.0.0.1]",
            "jane@127.0.0.1",
            "jäne@acme.example",
            ".jane@acme.example",
            "ja..ne@acme.example",
            "jane@-acme.example",
            "jane@acme..example",
            "<jane@acme.example>",
            "Jane <jane@acme.example>",
            "jane@acme.example,x@y.example",
            "jane@acme.example.",
            &long,
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_internationalised_domain_is_kept_as_mail_servers_read_it() {
        for (address, kept) in [
            ("info@exämple.de", "info@xn--exmple-cua.de"),
            ("info@EXÄMPLE.de", "info@xn--exmple-cua.de"),
            ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
            ("a@xn--exmple-cua.de", "a@xn--exmple-cua.de"),
            ("a@acme。example", "a@acme.example"),
        ] {
            assert_eq!(Email::parse(address).map(|email| email.to_string()), Ok(kept.to_owned()));
        }
        for bad in ["a@exä mple.de", "a@ä..de", "a@-ä.de", "a@ä_b.de", "a@ä"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_reason_has_its_own_sentence() {
        let long = format!("{}@acme.example", "a".repeat(65));
        let longer = format!("a@{}.example", vec!["b".repeat(60); 5].join("."));
        for (address, said) in [
            (long.as_str(), "too long: it may have at most 64"),
            (&longer, "too long: it may have at most 254"),
            ("ja\u{200b}ne@acme.example", "invisible character (U+200B)"),
            ("jane@acme.example\u{feff}x", "invisible character (U+FEFF)"),
            ("ja\u{a0}ne@acme.example", "has \u{a0} before the @"),
            ("try..this..0511@docomo.ne.jp", "two dots in a row before the @"),
            (".jane@acme.example", "a dot at the beginning"),
            ("jane.@acme.example", "right before the @"),
            ("jane@acme", "no dot in its domain"),
            ("jane@acme..example", "two dots in a row in its domain"),
            ("jane@acme.example.", "ends with a dot"),
            ("jäne@acme.example", "has ä before the @"),
            ("@acme.example", "nothing before the @"),
            ("jane@", "nothing behind the @"),
            ("jane acme.example", "must contain an @"),
            ("a@b@c.example", "exactly one @"),
            ("jane@127.0.0.1", "unusual domain"),
            ("Jane <jane@acme.example>", "unusual part before the @"),
        ] {
            let error = Email::parse(address).unwrap_err();
            assert!(error.contains(said), "{address}: {error}");
        }
    }

    #[test]
    fn spellings_of_one_mailbox_are_one() {
        for (address, mailbox) in [
            ("Jane.Doe@acme.example", "jane.doe@acme.example"),
            ("jane+Git+lab@acme.example", "jane@acme.example"),
            ("jane-2@acme.example", "jane@acme.example"),
            ("+x@acme.example", "+x@acme.example"),
            ("-x@acme.example", "-x@acme.example"),
            ("j.a.ne+x@gmail.com", "jane@gmail.com"),
            ("J.ane@GoogleMail.com", "jane@gmail.com"),
            ("gitlab@jane.fastmail.com", "jane@fastmail.com"),
            ("jane+x@fastmail.com", "jane@fastmail.com"),
            ("jane@a.b.fastmail.com", "jane@a.b.fastmail.com"),
        ] {
            assert_eq!(Email::parse(address).unwrap().mailbox(), mailbox);
        }
    }

    #[test]
    fn a_refused_domain_covers_its_subdomains_and_nothing_else() {
        let refused = vec!["gitlab.com".to_owned()];
        for (address, is_refused) in [
            ("a@gitlab.com", true),
            ("a@GitLab.com", true),
            ("a@mail.gitlab.com", true),
            ("a@notgitlab.com", false),
            ("a@gitlab.com.example", false),
            ("a%GitLab.com@relay.example", true),
            ("gitlab.com!a@relay.example", true),
            ("a%mail.gitlab.com@relay.example", true),
            ("gitlab.com@acme.example", false),
            ("a%notgitlab.com@relay.example", false),
        ] {
            assert_eq!(Email::parse(address).unwrap().is_in(&refused), is_refused, "{address}");
        }
    }

    #[test]
    fn a_masked_address_keeps_the_first_letter_and_the_domain() {
        assert_eq!(Email::parse("jane.doe@acme.example").unwrap().masked(), "j***@acme.example");
        assert_eq!(Email::parse("`jane@acme.example").unwrap().masked(), "****@acme.example");
    }
}
