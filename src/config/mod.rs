//! Every setting: its variable, default and parser. All errors are reported together.
//!
//! The only room that reads the environment. Everything else is made from the table `SETTINGS`.

mod allowed_agents;
mod environment;
mod errors;
mod keys;
mod mailgun;
mod on_duty;
mod parse;
mod reader;
mod sections;
mod settings;
mod slack;
mod smtp;
mod urls;
mod zendesk_fields;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use rsa::PublicKey;
use secrecy::SecretString;
use url::Url;

pub use allowed_agents::AllowedAgents;
pub use environment::Environment;
pub(crate) use errors::ConfigErrors;
pub(crate) use keys::Sealing;
pub(crate) use mailgun::Mailgun;
pub use on_duty::OnDuty;
pub use sections::Zendesk;
pub use sections::{Gitlab, Log, LogFormat, Rules};
pub use settings::table;
pub(crate) use settings::{PREFIX, SETTINGS, Unset};
pub use slack::{Slack, SlackAccess, SlackApp};
pub(crate) use smtp::{Smtp, SmtpTls};
pub use zendesk_fields::ZendeskFields;

use reader::Reader;

/// All settings, parsed. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    pub bind: SocketAddr,
    /// Where agents' browsers reach the service; no path, no query.
    pub public_url: Url,
    /// `sqlite:FILE` or `postgres://…`, which may hold a password.
    pub database_url: SecretString,
    pub zendesk: Zendesk,
    pub sealing: Sealing,
    pub smtp: Smtp,
    pub gitlab: Gitlab,
    pub slack: Slack,
    pub rules: Rules,
    /// Webhooks are refused without it.
    pub mailgun_signing_key: Option<SecretString>,
    /// Without it nobody is asked what became of an email.
    pub mailgun: Option<Mailgun>,
    /// `/metrics` is not found without it.
    pub metrics_token: Option<SecretString>,
    /// With `{license_md5}` or `{license_sha256}`.
    pub usage_url_template: Option<String>,
    pub log: Log,
}

impl Config {
    /// Reads all settings. `lookup` takes a variable's full name (`STOPGAP_BIND`); a blank value counts as not set.
    pub(crate) fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        read(lookup, Self::from_reader)
    }

    fn from_reader(reader: &mut Reader) -> Option<Self> {
        let bind = reader.value("BIND", parse::socket_address);
        let public_url = reader.value("PUBLIC_URL", urls::origin);
        let database_url = reader.value("DATABASE_URL", urls::database);
        let zendesk = Zendesk::read(reader);
        let sealing = Sealing::read(reader);
        let smtp = Smtp::read(reader);
        let gitlab = Gitlab::read(reader);
        let slack = Slack::read(reader);
        let rules = Rules::read(reader);
        let mailgun_signing_key = reader.optional("MAILGUN_SIGNING_KEY", parse::token);
        let mailgun = Mailgun::read(reader);
        let metrics_token = reader.optional("METRICS_TOKEN", parse::metrics_token);
        let usage_url_template = reader.optional("USAGE_URL_TEMPLATE", urls::usage_template);
        let log = Log::read(reader);
        Some(Self {
            bind: bind?,
            public_url: public_url?,
            database_url: database_url?,
            zendesk: zendesk?,
            sealing: sealing?,
            smtp: smtp?,
            gitlab: gitlab?,
            slack: slack?,
            rules: rules?,
            mailgun_signing_key: mailgun_signing_key?,
            mailgun: mailgun?,
            metrics_token: metrics_token?,
            usage_url_template: usage_url_template?,
            log: log?,
        })
    }
}

/// `BIND` alone, for `stopgap health`.
pub(crate) fn bind(lookup: impl Fn(&str) -> Option<String>) -> Result<SocketAddr, ConfigErrors> {
    read(lookup, |reader| reader.value("BIND", parse::socket_address))
}

/// `PUBLIC_URL` alone, for `stopgap package`.
pub(crate) fn public_url(lookup: impl Fn(&str) -> Option<String>) -> Result<Url, ConfigErrors> {
    read(lookup, |reader| reader.value("PUBLIC_URL", urls::origin))
}

/// `DATABASE_URL` alone, for `stopgap backup`. It may hold a password.
pub(crate) fn database_url(lookup: impl Fn(&str) -> Option<String>) -> Result<SecretString, ConfigErrors> {
    read(lookup, |reader| reader.value("DATABASE_URL", urls::database))
}

/// `LICENSE_PUBLIC_KEY` alone, for `stopgap open`.
pub(crate) fn license_public_key(lookup: impl Fn(&str) -> Option<String>) -> Result<PublicKey, ConfigErrors> {
    read(lookup, |reader| reader.value("LICENSE_PUBLIC_KEY", keys::public_key))
}

fn read<T>(
    lookup: impl Fn(&str) -> Option<String>,
    section: impl FnOnce(&mut Reader) -> Option<T>,
) -> Result<T, ConfigErrors> {
    let mut reader = Reader::new(&lookup);
    let value = section(&mut reader);
    ConfigErrors::check(reader.errors, value)
}
