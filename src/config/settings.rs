//! The one table of all settings: flags, lookup, `--help` and the README's table are made from it.

/// What every variable's name begins with.
pub const PREFIX: &str = "STOPGAP_";

/// What the name of a variable ends with that holds the path of a file instead of the value itself.
pub const FILE_SUFFIX: &str = "_FILE";

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name without the prefix.
    pub name: &'static str,
    /// What holds where it is not given.
    pub default: Unset,
    /// What it holds, in Markdown.
    pub holds: &'static str,
    /// Whether it is kept out of flags, messages and logs.
    pub secret: bool,
    /// Whether it can also be given as a file.
    pub file: bool,
}

/// What holds where a setting is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unset {
    /// Nothing does: the service does not start.
    Required,
    Value(&'static str),
    /// No value; these words say what that means.
    Absent(&'static str),
}

impl Setting {
    /// The environment variable.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// The environment variable that holds a path to the value.
    pub fn file_variable(&self) -> String {
        format!("{PREFIX}{}{FILE_SUFFIX}", self.name)
    }
}

impl Unset {
    fn as_markdown(self) -> String {
        match self {
            Self::Required => "required".to_owned(),
            Self::Value(value) => format!("`{value}`"),
            Self::Absent(words) => words.to_owned(),
        }
    }
}

const fn open(name: &'static str, default: Unset, holds: &'static str) -> Setting {
    Setting { name, default, holds, secret: false, file: false }
}

const fn key(name: &'static str, default: Unset, holds: &'static str) -> Setting {
    Setting { name, default, holds, secret: false, file: true }
}

const fn secret(name: &'static str, default: Unset, holds: &'static str) -> Setting {
    Setting { name, default, holds, secret: true, file: true }
}

use Unset::{Absent, Required, Value};

/// Every setting, in the order in which people read about them.
pub const SETTINGS: &[Setting] = &[
    open("BIND", Value("0.0.0.0:8080"), "address and port to listen on"),
    open("PUBLIC_URL", Required, "where agents' browsers reach the service, `https://…` without a path"),
    secret("DATABASE_URL", Value("sqlite:stopgap.db"), "`sqlite:FILE`, or `postgres://…` for several replicas"),
    open("ZENDESK_SUBDOMAIN", Required, "`acme` of `acme.zendesk.com`"),
    open(
        "ZENDESK_INSTALLATION_IDS",
        Absent("none yet"),
        "comma-separated numbers; Zendesk gives one when the app is installed",
    ),
    key("ZENDESK_PUBLIC_KEYS", Absent("none yet"), "the app's public key in PEM; several follow one after the other"),
    open("ZENDESK_ALLOWED_AGENTS", Absent("everyone"), "comma-separated Zendesk user ids that may generate"),
    secret(
        "LICENSE_PRIVATE_KEY",
        Absent("required, unless the key is in an HSM"),
        "the RSA key that seals, PEM (PKCS#1 or PKCS#8), 2048 to 4096 bits",
    ),
    key("LICENSE_PUBLIC_KEY", Required, "the public key that GitLab ships, PEM; must match the private one"),
    open(
        "LICENSE_HSM_MODULE",
        Absent("no HSM"),
        "absolute path of the PKCS#11 module of the HSM that holds the private key",
    ),
    open("LICENSE_HSM_KEY", Absent("no HSM"), "the key in it, `pkcs11:token=…;object=…` (RFC 7512)"),
    secret("LICENSE_HSM_PIN", Absent("no login"), "the HSM's user PIN"),
    open("LICENSE_HSM_SESSIONS", Value("2"), "signatures that the HSM makes at the same time, 1 to 16"),
    open("LICENSE_DAYS", Value("10"), "how many days a license holds, 1 to 30"),
    secret(
        "SMTP_URL",
        Required,
        "`smtps://user:password@host:465` or `smtp://user:password@host:587?tls=required`; \
         unencrypted on loopback alone, or with `?tls=none`",
    ),
    open(
        "SMTP_EHLO_NAME",
        Absent("this machine's host name"),
        "the name that EHLO gives; some mail servers accept only a full one, such as `stopgap.example.com`",
    ),
    open("MAIL_FROM", Required, "the sender, `Name <address>`"),
    open("GITLAB_URL", Value("https://gitlab.com"), "the GitLab that holds the issues"),
    secret("GITLAB_TOKEN", Required, "access token with the scope `api`, role Reporter or more"),
    open("GITLAB_PROJECT", Required, "the project of the issues, as number or path"),
    open("GITLAB_LABELS", Value("Mechanizer::Emergency License Generation"), "comma-separated labels of the issues"),
    secret("SLACK_WEBHOOK_URL", Required, "the incoming webhook of the channel to tell"),
    open(
        "REFUSED_DOMAINS",
        Value("gitlab.com"),
        "comma-separated domains of staff and resellers: no license is mailed there",
    ),
    open("GRACE_DAYS", Value("14"), "days after its end during which a paid license still works, 0 to 365"),
    open("WINDOW_DAYS", Value("3"), "days after that in which an emergency is in scope, 0 to 365"),
    open("EMAIL_DEADLINE_SECONDS", Value("300"), "after which a mail that is not out is late, 1 to 86400"),
    open("AGENT_HOURLY_LIMIT", Value("10"), "licenses one agent may generate in an hour, 1 to 10000"),
    open(
        "CUSTOMER_DAILY_LIMIT",
        Value("3"),
        "licenses for one mailbox in a day, and five times as many for a company's whole mail domain, 1 to 10000",
    ),
    open("DAILY_LIMIT", Value("100"), "licenses in a day, 1 to 1000000"),
    secret("MAILGUN_SIGNING_KEY", Absent("off"), "checks Mailgun's webhooks; they are refused without it"),
    secret(
        "METRICS_TOKEN",
        Absent("off"),
        "opens `/metrics` (`Authorization: Bearer`), 16 characters or more; not found without it",
    ),
    open(
        "USAGE_URL_TEMPLATE",
        Absent("off"),
        "link to a license's usage data, with `{license_md5}` or `{license_sha256}` in it",
    ),
    open("RETENTION_DAYS", Value("400"), "how long personal data is kept, 31 to 3650"),
    open("LOG_FORMAT", Value("text"), "`text` for people, `json` for machines"),
    open("LOG", Value("info"), "what is logged: `info`, `debug`, `info,stopgap::outbox=debug`"),
];

/// The README's table of settings.
pub fn table() -> String {
    let row = |setting: &Setting| {
        let file = if setting.file { ", or as a file" } else { "" };
        format!("| `{}`{file} | {} | {} |\n", setting.variable(), setting.default.as_markdown(), setting.holds)
    };
    "| variable | default | holds |\n|---|---|---|\n".to_owned() + &SETTINGS.iter().map(row).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_no_name_looks_like_the_file_of_another() {
        for (i, setting) in SETTINGS.iter().enumerate() {
            assert!(!setting.name.ends_with(FILE_SUFFIX), "{}", setting.name);
            assert!(SETTINGS[i + 1..].iter().all(|other| other.name != setting.name), "{}", setting.name);
            assert!(!setting.secret || setting.file, "{}: each secret can be given as a file", setting.name);
        }
    }
}
