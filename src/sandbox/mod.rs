//! The whole world on one machine: stand-ins for Zendesk, a mail server with its provider's API, GitLab and Slack.
//!
//! Each is a small stateful server behind the real clients, reached by URL, and misbehaves when told to.

pub(crate) mod agent;
pub(crate) mod faults;
mod gateway;
pub mod gitlab;
pub(crate) mod keys;
mod listener;
pub mod mailgun;
mod message_log;
mod old_license;
pub(crate) mod once;
pub mod slack;
pub mod smtp;
mod token;
pub mod web;
pub(crate) mod zendesk;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

pub use agent::Browser;
pub use gateway::Gateway;
pub use keys::Keys;
pub use token::Token;

use crate::{clock::Clock, random::Random};
use faults::Faults;
use gitlab::Gitlab;
use mailgun::Mailgun;
use slack::Slack;
use smtp::MailServer;
use zendesk::{Signer, StandIns, Zendesk};

/// The Zendesk account's subdomain.
pub const SUBDOMAIN: &str = "sandbox";
/// The app's installation in that account.
pub const INSTALLATION_ID: u64 = 1234;
/// What Zendesk calls the app's iframe.
pub(crate) const APP_GUID: &str = "2c1f5a52-8d0e-4c3a-9b64-5a1d0b0c4711";

/// How a world is to be.
#[derive(Debug, Clone)]
pub struct WorldOptions {
    /// Where the Zendesk page is; 0 takes any free port.
    pub page_port: u16,
    pub keys: Keys,
    /// A real SDK to serve in place of the sandbox's own.
    pub sdk: Option<PathBuf>,
    /// The time; hand in the service's own, so that both move together.
    pub clock: Clock,
    pub random: Random,
}

/// Zendesk, mail server, Mailgun, GitLab and Slack, each on a port of its own on loopback. Dropping it stops them.
#[derive(Debug)]
pub struct World {
    pub zendesk: Zendesk,
    pub mail: Arc<MailServer>,
    pub gitlab: Arc<Gitlab>,
    pub slack: Arc<Slack>,
    /// Behind the mail server; a service that is to ask it takes its own settings too.
    pub mailgun: Arc<Mailgun>,
    /// What the browser meets in place of the service's API, once a [`Gateway`] stands before it.
    pub service_faults: Arc<Faults<web::Fault>>,
    pub keys: Keys,
    clock: Clock,
    random: Random,
}

/// Why there is no world.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens where the page should be.
    #[error("port {0} is taken; choose another with --port")]
    PortTaken(u16),
    /// The real SDK cannot be read.
    #[error("the SDK {path} cannot be read: {error}", path = path.display())]
    Sdk { path: PathBuf, error: io::Error },
    /// The machine refuses a socket.
    #[error("the sandbox cannot listen: {0}")]
    Listen(#[from] io::Error),
}

impl World {
    /// Starts them all.
    ///
    /// # Errors
    /// The page's port is taken, the SDK cannot be read, or the machine refuses a socket.
    pub async fn start(options: WorldOptions) -> Result<Self, StartError> {
        let WorldOptions { page_port, keys, sdk, clock, random } = options;
        let mail = Arc::new(MailServer::start(0, clock.clone()).await?);
        let gitlab = Arc::new(Gitlab::start(0, clock.clone()).await?);
        let slack = Arc::new(Slack::start(0, clock.clone()).await?);
        let mailgun = Arc::new(Mailgun::start(0, clock.clone(), mail.clone()).await?);
        let service_faults = Arc::<Faults<web::Fault>>::default();
        let stand_ins = StandIns {
            mail: mail.clone(),
            gitlab: gitlab.clone(),
            slack: slack.clone(),
            mailgun: mailgun.clone(),
            service: service_faults.clone(),
        };
        let signer = Signer { pem: keys.zendesk_private_pem.clone(), clock: clock.clone(), random };
        let today = clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let old_license = old_license::seal(&keys, today, random);
        let zendesk = Zendesk::start(page_port, sdk, stand_ins, signer, old_license).await?;
        Ok(Self { zendesk, mail, gitlab, slack, mailgun, service_faults, keys, clock, random })
    }

    /// Stands between browsers and the service, so that the page can break that too.
    ///
    /// # Errors
    /// The machine refuses a socket.
    pub async fn gateway(&self, service: SocketAddr) -> io::Result<Gateway> {
        Gateway::start(service, self.service_faults.clone()).await
    }

    /// The variables that point a service on `bind_port` of this machine at this world.
    pub fn settings(&self, bind_port: u16, database_path: &str) -> Vec<(String, String)> {
        let settings = [
            ("BIND", format!("127.0.0.1:{bind_port}")),
            ("PUBLIC_URL", format!("http://localhost:{bind_port}")),
            ("DATABASE_URL", format!("sqlite:{database_path}")),
            ("ZENDESK_SUBDOMAIN", SUBDOMAIN.to_owned()),
            ("ZENDESK_INSTALLATION_IDS", INSTALLATION_ID.to_string()),
            ("ZENDESK_PUBLIC_KEYS", self.keys.zendesk_public_pem.clone()),
            ("LICENSE_PRIVATE_KEY", self.keys.license_private_pem.clone()),
            ("LICENSE_PUBLIC_KEY", self.keys.license_public_pem.clone()),
            ("SMTP_URL", self.mail.url()),
            ("MAIL_FROM", "GitLab Support <support@stopgap.example>".to_owned()),
            ("GITLAB_URL", self.gitlab.url()),
            ("GITLAB_TOKEN", gitlab::TOKEN.to_owned()),
            ("GITLAB_PROJECT", gitlab::PROJECT.to_owned()),
            ("SLACK_WEBHOOK_URL", self.slack.url()),
        ];
        settings.map(|(name, value)| (format!("STOPGAP_{name}"), value)).to_vec()
    }

    /// The variables that point that service's messages at this world's Slack app in place of its webhook.
    pub fn slack_app_settings(&self) -> Vec<(String, String)> {
        let settings = [
            ("SLACK_WEBHOOK_URL", String::new()),
            ("SLACK_BOT_TOKEN", slack::TOKEN.to_owned()),
            ("SLACK_CHANNEL", slack::CHANNEL.to_owned()),
            ("SLACK_GROUP", slack::GROUP.to_owned()),
            ("SLACK_URL", self.slack.root()),
        ];
        settings.map(|(name, value)| (format!("STOPGAP_{name}"), value)).to_vec()
    }

    /// The Zendesk page's origin, in place of `https://SUBDOMAIN.zendesk.com`.
    pub fn origin(&self) -> String {
        self.zendesk.origin()
    }

    /// The SDK's address, in place of Zendesk's own.
    pub fn sdk_url(&self) -> String {
        self.zendesk.sdk_url()
    }

    /// A fresh token, still to be signed, that says agent `agent_id` opened a ticket just now.
    pub fn token(&self, agent_id: u64) -> Token {
        let now = self.clock.now();
        Token::of(agent_id, now, self.random.id(now))
    }

    /// Stops them all.
    pub(crate) async fn stop(&self) {
        tokio::join!(self.zendesk.stop(), self.mail.stop(), self.mailgun.stop(), self.gitlab.stop(), self.slack.stop());
    }
}

#[cfg(test)]
mod tests;
