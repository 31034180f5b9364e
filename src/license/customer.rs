//! The person who gets the license.

use std::fmt;

use super::SingleLine;

/// For names and companies.
pub(crate) const MAX_NAME_CHARS: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub email: Email,
    /// The ticket's requester.
    pub name: Option<SingleLine>,
    /// The ticket's organization.
    pub company: Option<SingleLine>,
}

/// An email address: a plain local part, one `@`, a dotted ASCII domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// RFC 5321's path limit of 256 less the angle brackets.
    pub const MAX_CHARS: usize = 254;

    /// Stricter than RFC 5321: no quoted local part, no address literal, ASCII only.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("must not be empty".into());
        }
        if text.len() > Self::MAX_CHARS {
            return Err(format!("must have at most {} characters", Self::MAX_CHARS));
        }
        let Some((local, domain)) = text.split_once('@') else {
            return Err("must contain an @".into());
        };
        if domain.contains('@') {
            return Err("must contain exactly one @".into());
        }
        if !is_local_part(local) {
            return Err("has an unusual part before the @: letters, digits and .!#$%&'*+/=?^_`{|}~- only".into());
        }
        if !is_domain(domain) {
            return Err("must end in a full domain such as example.com".into());
        }
        Ok(Self(text.to_owned()))
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

/// RFC 5321 dot-string of at most 64 octets.
fn is_local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && local.split('.').all(|atom| {
            !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
        })
}

/// At least two labels of letters, digits and inner hyphens; the last one not all digits (that would be an IP address).
fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    labels.len() >= 2
        && labels.last().is_some_and(|tld| tld.len() >= 2 && !tld.bytes().all(|b| b.is_ascii_digit()))
        && labels.iter().all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
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
            "jane@äcme.example",
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
