//! A small Zendesk: one page with tickets, the app in its sidebar, and what arrives at the other stand-ins.

mod files;
mod page;
mod switches;
#[cfg(test)]
mod tests;

use std::{fmt, io, path::PathBuf, sync::Arc};

use url::Url;

use super::{
    StartError,
    faults::Faults,
    gitlab::Gitlab,
    listener::Listener,
    mailgun::Mailgun,
    message_log::MessageLog,
    slack::Slack,
    smtp::MailServer,
    token::{Place, Token},
    web,
};
use crate::{clock::Clock, random::Random};

/// What the page shows and switches.
#[derive(Debug, Clone)]
pub(crate) struct StandIns {
    pub mail: Arc<MailServer>,
    pub gitlab: Arc<Gitlab>,
    pub slack: Arc<Slack>,
    pub mailgun: Arc<Mailgun>,
    pub service: Arc<Faults<web::Fault>>,
}

/// What a token is signed with.
#[derive(Clone)]
pub(crate) struct Signer {
    pub pem: String,
    /// The time of the token.
    pub clock: Clock,
    /// What tells two tokens of one second apart.
    pub random: Random,
}

/// The page's server on loopback.
#[derive(Debug)]
pub struct Zendesk {
    listener: Listener,
    page: Arc<Page>,
}

#[derive(Debug)]
struct Page {
    stand_ins: StandIns,
    signer: Signer,
    sdk: Vec<u8>,
    /// What the first ticket's customer attached.
    old_license: Option<String>,
    /// Where the app is served; changes whenever the page has something new to show.
    service: MessageLog<Option<Url>>,
}

impl Zendesk {
    /// Starts the page on 127.0.0.1; port 0 takes any free one. `sdk` is served in place of the sandbox's own SDK.
    ///
    /// # Errors
    /// The port is taken, or the SDK cannot be read.
    pub(crate) async fn start(
        port: u16,
        sdk: Option<PathBuf>,
        stand_ins: StandIns,
        signer: Signer,
        old_license: Option<String>,
    ) -> Result<Self, StartError> {
        let sdk = match sdk {
            Some(path) => tokio::fs::read(&path).await.map_err(|error| StartError::Sdk { path, error })?,
            None => files::SDK.into(),
        };
        let page = Arc::new(Page { stand_ins, signer, sdk, old_license, service: MessageLog::default() });
        let listener = web::serve(port, Arc::clone(&page)).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken(port),
            _ => StartError::Listen(error),
        })?;
        Ok(Self { listener, page })
    }

    /// `http://localhost:PORT`: the host's name that Zendesk's SDK accepts beside its own.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.listener.address().port())
    }

    /// Where the page's SDK is served.
    pub(crate) fn sdk_url(&self) -> String {
        format!("{}{}", self.origin(), files::SDK_PATH)
    }

    /// Tells the page where the app is served: the address that the browser reaches.
    pub fn set_service(&self, url: Url) {
        self.page.service.change(|service| *service = Some(url));
    }

    /// Closes the socket and every connection.
    pub(crate) async fn stop(&self) {
        self.listener.stop().await;
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(redacted)")
    }
}

impl Signer {
    fn token(&self, agent_id: u64, place: Place) -> String {
        let now = self.clock.now();
        let mut token = Token::of(agent_id, now, self.random.id(now));
        token.claims["context"]["location"] = place.name().into();
        token.sign(&self.pem)
    }
}
