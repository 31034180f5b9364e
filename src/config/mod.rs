//! Every setting: its variable, default and check. All mistakes are collected before one word is said.
//!
//! The only room that reads the environment. [`SETTINGS`] is the one table that everything else is made from.

mod addresses;
mod environment;
mod keys;
mod mistakes;
mod reader;
mod sections;
mod settings;
mod smtp;
mod values;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use rsa::PublicKey;
use secrecy::SecretString;
use url::Url;

pub use environment::Environment;
pub use keys::Sealing;
pub use mistakes::{FieldError, Mistakes};
pub use sections::{Gitlab, Log, LogFormat, Rules, Slack, Zendesk};
pub use settings::{FILE_SUFFIX, PREFIX, SETTINGS, Setting, Unset, table};
pub use smtp::{Smtp, SmtpTls};

use reader::Reader;

/// Every setting, checked. Its `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Config {
    pub bind: SocketAddr,
    /// `PUBLIC_URL`: where agents' browsers reach the service; no path, no query.
    pub public_url: Url,
    /// `DATABASE_URL`: `sqlite:FILE` or `postgres://…`, which may hold a password.
    pub database_url: SecretString,
    pub zendesk: Zendesk,
    pub sealing: Sealing,
    pub smtp: Smtp,
    pub gitlab: Gitlab,
    pub slack: Slack,
    pub rules: Rules,
    /// `MAILGUN_SIGNING_KEY`: webhooks are refused without it.
    pub mailgun_signing_key: Option<SecretString>,
    /// `METRICS_TOKEN`: metrics are not found without it.
    pub metrics_token: Option<SecretString>,
    /// `USAGE_URL_TEMPLATE`: with `{license_md5}` or `{license_sha256}` in it.
    pub usage_url_template: Option<String>,
    pub log: Log,
}

impl Config {
    /// Reads all settings; `lookup` takes a variable's whole name (`STOPGAP_BIND`). An empty value counts as none.
    ///
    /// # Errors
    /// Every mistake, in the order of [`SETTINGS`].
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Mistakes> {
        let mut reader = Reader::new(&lookup);
        let config = Self::from_reader(&mut reader);
        Mistakes::or(reader.mistakes, config)
    }

    fn from_reader(reader: &mut Reader) -> Option<Self> {
        let bind = reader.value("BIND", values::socket_address);
        let public_url = reader.value("PUBLIC_URL", addresses::origin);
        let database_url = reader.value("DATABASE_URL", addresses::database);
        let zendesk = Zendesk::read(reader);
        let sealing = Sealing::read(reader);
        let smtp = Smtp::read(reader);
        let gitlab = Gitlab::read(reader);
        let slack = Slack::read(reader);
        let rules = Rules::read(reader);
        let mailgun_signing_key = reader.optional("MAILGUN_SIGNING_KEY", values::token);
        let metrics_token = reader.optional("METRICS_TOKEN", values::metrics_token);
        let usage_url_template = reader.optional("USAGE_URL_TEMPLATE", addresses::usage_template);
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
            metrics_token: metrics_token?,
            usage_url_template: usage_url_template?,
            log: log?,
        })
    }
}

/// `BIND` alone, for asking a running service how it is.
///
/// # Errors
/// What is wrong with it.
pub fn bind(lookup: impl Fn(&str) -> Option<String>) -> Result<SocketAddr, Mistakes> {
    let mut reader = Reader::new(&lookup);
    let bind = reader.value("BIND", values::socket_address);
    Mistakes::or(reader.mistakes, bind)
}

/// `PUBLIC_URL` alone, for making the Zendesk app.
///
/// # Errors
/// What is wrong with it.
pub fn public_url(lookup: impl Fn(&str) -> Option<String>) -> Result<Url, Mistakes> {
    let mut reader = Reader::new(&lookup);
    let url = reader.value("PUBLIC_URL", addresses::origin);
    Mistakes::or(reader.mistakes, url)
}

/// `DATABASE_URL` alone, for backups; it may hold a password.
///
/// # Errors
/// What is wrong with it.
pub fn database_url(lookup: impl Fn(&str) -> Option<String>) -> Result<SecretString, Mistakes> {
    let mut reader = Reader::new(&lookup);
    let url = reader.value("DATABASE_URL", addresses::database);
    Mistakes::or(reader.mistakes, url)
}

/// `LICENSE_PUBLIC_KEY` alone, for reading license files.
///
/// # Errors
/// What is wrong with it.
pub fn license_public_key(lookup: impl Fn(&str) -> Option<String>) -> Result<PublicKey, Mistakes> {
    let mut reader = Reader::new(&lookup);
    let key = reader.value("LICENSE_PUBLIC_KEY", keys::public_key);
    Mistakes::or(reader.mistakes, key)
}
