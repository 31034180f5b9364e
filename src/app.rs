//! Wires settings → store, clients, outbox and http; starts and stops them. The only file that knows all rooms.

#[cfg(feature = "sandbox")]
mod sandbox;

use std::{net::SocketAddr, sync::Arc};

use actix_web::dev::{Server, ServerHandle};
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tracing::info;

#[cfg(feature = "sandbox")]
pub use sandbox::{OnceOptions, SandboxOptions, sandbox};

use crate::{
    clock::Clock,
    config::Config,
    delivery::{Links, email::Mailer, gitlab::Gitlab, slack::Slack},
    http::{self, Service},
    outbox::{Clients, Outbox},
    random::Random,
    store::Store,
    workflow::Desk,
    zendesk::token::Verifier,
};

/// The running service.
pub struct App {
    address: SocketAddr,
    store: Store,
    outbox: Outbox,
    server: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

impl App {
    /// Opens the store, takes up everything unfinished and listens.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub async fn start(config: Config, clock: Clock, random: Random) -> anyhow::Result<Self> {
        let store = Store::open(config.database_url.expose_secret()).await?;
        let clients = clients(&config, &clock)?;
        let outbox = Outbox::start(store.clone(), clients, clock.clone(), random).await?;
        let verifier = Verifier::new(&config.zendesk).context("STOPGAP_ZENDESK_PUBLIC_KEYS")?;
        let desk = Desk {
            store: store.clone(),
            clock,
            random,
            key: config.sealing.key,
            days: config.sealing.days,
            rules: config.rules,
            allowed_agents: config.zendesk.allowed_agents.clone(),
            zendesk_origin: config.zendesk.origin.clone(),
            usage_url_template: config.usage_url_template,
        };
        let service = Arc::new(Service { desk, verifier, zendesk: config.zendesk });
        let (server, address): (Server, _) = http::listen(config.bind, service)
            .with_context(|| format!("STOPGAP_BIND: cannot listen on {}", config.bind))?;
        let handle = server.handle();
        Ok(Self { address, store, outbox, server: handle, serving: tokio::spawn(server) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, lets what is under way end or gives it back, and closes the store. At most 30 s.
    pub async fn stop(self) {
        self.server.stop(true).await;
        let _ = self.serving.await;
        self.outbox.stop().await;
        self.store.close().await;
    }
}

/// Runs the service until SIGTERM or SIGINT; a second one ends it at once.
///
/// # Errors
/// What keeps it from starting.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let missing = config.zendesk.missing();
    let app = App::start(config, Clock::system(), Random).await?;
    info!(address = %app.address(), "ready");
    if !missing.is_empty() {
        tracing::warn!(missing = missing.join(", "), "nobody can be let in until the app is installed and configured");
    }
    let mut signals = Signals::new()?;
    signals.next().await;
    info!("stopping; what is under way ends or is given back");
    tokio::select! {
        () = app.stop() => info!("stopped"),
        () = signals.next() => info!("stopped at once; what was under way is taken up at the next start"),
    }
    Ok(())
}

/// What ends the service.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn clients(config: &Config, clock: &Clock) -> anyhow::Result<Clients> {
    let links = Links { zendesk_origin: config.zendesk.origin.clone(), subdomain: config.zendesk.subdomain.clone() };
    Ok(Clients {
        mailer: Mailer::new(&config.smtp, links.clone()).map_err(|e| anyhow::anyhow!("STOPGAP_SMTP_URL: {e}"))?,
        gitlab: Gitlab::new(&config.gitlab, links.clone(), clock.clone())
            .map_err(|e| anyhow::anyhow!("STOPGAP_GITLAB_URL: {e}"))?,
        slack: Slack::new(&config.slack, links, clock.clone())
            .map_err(|e| anyhow::anyhow!("STOPGAP_SLACK_WEBHOOK_URL: {e}"))?,
    })
}
