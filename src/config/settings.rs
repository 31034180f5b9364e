//! The table of all settings. Flags, lookup, `--help` and the README's table are made from it.

pub(crate) const PREFIX: &str = "STOPGAP_";

/// `STOPGAP_NAME_FILE` holds the path of a file with the value of `STOPGAP_NAME`.
pub(crate) const FILE_SUFFIX: &str = "_FILE";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Without the prefix.
    pub name: &'static str,
    pub default: Unset,
    /// In Markdown.
    pub description: &'static str,
    /// Kept out of flags, messages and logs.
    pub secret: bool,
    /// Can also be given as a file.
    pub file: bool,
}

/// What applies if a setting is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unset {
    /// The service does not start.
    Required,
    Value(&'static str),
    /// No value; the text says what that means.
    Absent(&'static str),
}

impl Setting {
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    pub(crate) fn file_variable(&self) -> String {
        format!("{PREFIX}{}{FILE_SUFFIX}", self.name)
    }
}

impl Unset {
    fn as_markdown(self) -> String {
        match self {
            Self::Required => "required".to_owned(),
            Self::Value(value) => format!("`{value}`"),
            Self::Absent(meaning) => meaning.to_owned(),
        }
    }
}

const fn plain(name: &'static str, default: Unset, description: &'static str) -> Setting {
    Setting { name, default, description, secret: false, file: false }
}

const fn key(name: &'static str, default: Unset, description: &'static str) -> Setting {
    Setting { name, default, description, secret: false, file: true }
}

const fn secret(name: &'static str, default: Unset, description: &'static str) -> Setting {
    Setting { name, default, description, secret: true, file: true }
}

use Unset::{Absent, Required, Value};

/// In the order in which the README lists them.
pub(crate) const SETTINGS: &[Setting] = &[
    plain("BIND", Value("0.0.0.0:8080"), "address and port to listen on"),
    plain("PUBLIC_URL", Required, "where agents' browsers reach the service: `https://…` without a path"),
    secret("DATABASE_URL", Value("sqlite:stopgap.db"), "`sqlite:FILE`, or `postgres://…` for several replicas"),
    plain("ZENDESK_SUBDOMAIN", Required, "`acme` if your Zendesk is `acme.zendesk.com`"),
    plain(
        "ZENDESK_INSTALLATION_IDS",
        Absent("none yet"),
        "installation ids of the app, comma-separated; known once it is installed",
    ),
    key(
        "ZENDESK_PUBLIC_KEYS",
        Absent("none yet"),
        "public key of the app, PEM; several one after the other; known once it is uploaded",
    ),
    key(
        "ZENDESK_ALLOWED_AGENTS",
        Absent("everyone"),
        "Zendesk user ids that may generate, comma-separated; a file is read again whenever it changes",
    ),
    plain(
        "ZENDESK_FIELDS",
        Absent("the keys of GitLab's own Zendesk"),
        "keys of custom fields that the sidebar reads, `seats=seats_decimal/number_of_seats, …`; see docs/eligibility.md",
    ),
    secret(
        "LICENSE_PRIVATE_KEY",
        Absent("none; required unless the key is in an HSM"),
        "RSA key that seals licenses, PEM (PKCS#1 or PKCS#8), 2048 to 4096 bits",
    ),
    key("LICENSE_PUBLIC_KEY", Required, "public key that GitLab ships, PEM; must match the private key"),
    plain(
        "LICENSE_HSM_MODULE",
        Absent("no HSM"),
        "absolute path of the PKCS#11 module, if the private key is in an HSM",
    ),
    plain("LICENSE_HSM_KEY", Absent("no HSM"), "the key in the HSM, `pkcs11:token=…;object=…` (RFC 7512)"),
    secret("LICENSE_HSM_PIN", Absent("no login"), "user PIN of the HSM"),
    plain("LICENSE_HSM_SESSIONS", Value("2"), "concurrent signatures in the HSM, 1 to 16"),
    plain("LICENSE_DAYS", Value("10"), "term of a license in days, 1 to 30"),
    secret(
        "SMTP_URL",
        Required,
        "`smtps://user:password@host:465` or `smtp://user:password@host:587?tls=required`; \
         unencrypted only on loopback or with `?tls=none`",
    ),
    plain(
        "SMTP_EHLO_NAME",
        Absent("this machine's host name"),
        "host name for EHLO; some mail servers accept only a full one, such as `stopgap.example.com`",
    ),
    plain("MAIL_FROM", Required, "sender of the emails, `Name <address>`"),
    plain(
        "EMERGENCY_CONTACT",
        Absent("left out"),
        "where the email sends customers who cannot wait for an answer: a number or address in one line of text",
    ),
    plain("GITLAB_URL", Value("https://gitlab.com"), "GitLab instance for the issues"),
    secret("GITLAB_TOKEN", Required, "access token with scope `api` and role Reporter or higher"),
    plain("GITLAB_PROJECT", Required, "project for the issues, number or path"),
    plain("GITLAB_LABELS", Value("Mechanizer::Emergency License Generation"), "labels of the issues, comma-separated"),
    secret(
        "SLACK_WEBHOOK_URL",
        Absent("none; required without a bot token"),
        "incoming webhook of the Slack channel: each message is a new one",
    ),
    secret(
        "SLACK_BOT_TOKEN",
        Absent("none; required without a webhook"),
        "bot token (`xoxb-…`) of the Slack app: one message a license, edited in place, with a thread",
    ),
    plain("SLACK_CHANNEL", Absent("none; required with the bot token"), "ID of the channel, `C…`"),
    plain("SLACK_GROUP", Absent("nobody"), "ID of the user group, `S…`, that messages about failures mention"),
    plain("SLACK_URL", Value("https://slack.com"), "where the bot token is used; `https://slack-gov.com` for GovSlack"),
    plain(
        "DIGEST_AT",
        Absent("no digest"),
        "when Slack gets a digest on business days, and people are reminded: `09:00 Europe/Berlin`; without it, reminders are \
         sent at 08:00 UTC",
    ),
    plain(
        "REFUSED_DOMAINS",
        Value("gitlab.com"),
        "domains of staff and resellers, comma-separated; no license is mailed there",
    ),
    plain("GRACE_DAYS", Value("14"), "days a paid license keeps working after it expires, 0 to 365"),
    plain("WINDOW_DAYS", Value("3"), "days after the grace period in which an emergency is in scope, 0 to 365"),
    plain("EMAIL_DEADLINE_SECONDS", Value("300"), "when an email that is not accepted yet counts as late, 1 to 86400"),
    plain("AGENT_HOURLY_LIMIT", Value("10"), "licenses per agent and hour, 1 to 10000"),
    plain(
        "CUSTOMER_DAILY_LIMIT",
        Value("3"),
        "licenses per mailbox and day, 1 to 10000; five times as many per mail domain of a company",
    ),
    plain("DAILY_LIMIT", Value("100"), "licenses per day in all, 1 to 1000000"),
    plain(
        "SEATS_QUESTION",
        Absent("ten times the known users, 10000 without"),
        "licenses with more seats need a reason, 1 to 1000000",
    ),
    plain(
        "ON_DUTY",
        Absent("nobody is asked"),
        "when the licensing team is at work, so that the sidebar says to ask them first: \
         `Mon-Fri 08:00-18:00 Europe/Berlin except 2026-12-25,2026-12-26`",
    ),
    secret("MAILGUN_SIGNING_KEY", Absent("off"), "verifies Mailgun's webhooks; without it they are refused"),
    secret(
        "MAILGUN_API_KEY",
        Absent("off"),
        "key of Mailgun's API with the role Support or more: asks what became of an email, and frees addresses that bounced \
         before",
    ),
    plain("MAILGUN_DOMAIN", Absent("off"), "the sending domain at Mailgun; required with the key"),
    plain(
        "MAILGUN_URL",
        Absent("`https://api.mailgun.net`"),
        "Mailgun's API; `https://api.eu.mailgun.net` for domains in the EU",
    ),
    secret(
        "METRICS_TOKEN",
        Absent("off"),
        "bearer token for `/metrics`, 16 characters or more; without it the path is not found",
    ),
    plain(
        "USAGE_URL_TEMPLATE",
        Absent("off"),
        "link to a license's usage data, with `{license_md5}` or `{license_sha256}`",
    ),
    plain("RETENTION_DAYS", Value("400"), "how long personal data is kept, 31 to 3650"),
    plain("LOG_FORMAT", Value("text"), "`text` or `json`"),
    plain("LOG", Value("info"), "log filter: `info`, `debug`, `info,stopgap::outbox=debug`"),
];

/// The README's table.
pub fn table() -> String {
    let row = |setting: &Setting| {
        let file = if setting.file { ", or as a file" } else { "" };
        format!("| `{}`{file} | {} | {} |\n", setting.variable(), setting.default.as_markdown(), setting.description)
    };
    "| variable | default | description |\n|---|---|---|\n".to_owned() + &SETTINGS.iter().map(row).collect::<String>()
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
