//! Wires settings → store, clients, outbox and http; starts and stops them. The only room that knows all others.

mod drill;
mod maintenance;
mod read_back;
#[cfg(feature = "sandbox")]
mod sandbox;
mod sessions;

use std::{net::SocketAddr, sync::Arc};

use actix_web::dev::{Server, ServerHandle};
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tracing::{info, warn};

pub(crate) use drill::drill;
#[cfg(feature = "sandbox")]
pub(crate) use sandbox::{OnceOptions, SandboxOptions, sandbox};
pub(crate) use sessions::sessions;

use maintenance::MaintenanceTask;
use read_back::ReadBackTask;

use crate::{
    clock::Clock,
    config::{Config, Sealing},
    delivery::{
        Links,
        email::{Mailer, mailgun::Mailgun},
        gitlab::Gitlab,
        slack::Slack,
    },
    http::{self, AppState},
    license::Email,
    metrics::Metrics,
    outbox::{self, Clients, Outbox},
    random::Random,
    sealing::Signer,
    store::Store,
    workflow::{LicenseService, erase, retry},
    zendesk::token::Verifier,
};

/// The running service.
pub struct App {
    address: SocketAddr,
    store: Store,
    /// `None` while the outbox is paused.
    outbox: Option<Outbox>,
    maintenance: MaintenanceTask,
    read_back: ReadBackTask,
    server: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

impl App {
    /// Opens the store, resumes everything unfinished and listens.
    pub async fn start(config: Config, clock: Clock, random: Random) -> anyhow::Result<Self> {
        Self::start_with(config, clock, random, false).await
    }

    /// With `pause_outbox`, delivers nothing; for the first start from a restored backup.
    pub async fn start_with(config: Config, clock: Clock, random: Random, pause_outbox: bool) -> anyhow::Result<Self> {
        let store = Store::open(config.database_url.expose_secret()).await?;
        let clients = clients(&config, &clock)?;
        let signer = signer(&config).await?;
        let metrics = Metrics::new();
        let outbox = if pause_outbox {
            let pending = outbox::pause(&store, clock.now()).await?;
            warn!(pending, "the outbox is paused: nothing is delivered until the next start without --pause-outbox");
            None
        } else {
            Some(
                Outbox::start(
                    store.clone(),
                    clients,
                    clock.clone(),
                    random,
                    metrics.clone(),
                    config.rules.digest_at.clone(),
                )
                .await?,
            )
        };
        let maintenance =
            MaintenanceTask::start(store.clone(), clock.clone(), config.rules.retention_days, metrics.clone());
        let verifier = Verifier::new(&config.zendesk).context("STOPGAP_ZENDESK_PUBLIC_KEYS")?;
        let licenses = licenses(&config, store.clone(), signer, clock, random, metrics)?;
        let read_back = ReadBackTask::start(licenses.clone());
        let state = Arc::new(AppState {
            licenses,
            verifier,
            zendesk: config.zendesk,
            mailgun_signing_key: config.mailgun_signing_key,
            heartbeat: outbox.as_ref().map(Outbox::heartbeat),
            metrics_token: config.metrics_token,
        });
        let (server, address): (Server, _) = http::listen(config.bind, state)
            .with_context(|| format!("STOPGAP_BIND: cannot listen on {}", config.bind))?;
        let handle = server.handle();
        Ok(Self { address, store, outbox, maintenance, read_back, server: handle, serving: tokio::spawn(server) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more requests, finishes or releases what is in flight, and closes the store. Takes at most 30 s.
    pub async fn stop(self) {
        self.server.stop(true).await;
        let _ = self.serving.await;
        self.maintenance.stop().await;
        self.read_back.stop().await;
        if let Some(outbox) = self.outbox {
            outbox.stop().await;
        }
        self.store.close().await;
    }
}

/// Runs the service until SIGTERM or SIGINT; a second one stops it at once.
pub(crate) async fn serve(config: Config, pause_outbox: bool) -> anyhow::Result<()> {
    let missing = config.zendesk.missing();
    let app = App::start_with(config, Clock::system(), Random, pause_outbox).await?;
    info!(address = %app.address(), "ready");
    if !missing.is_empty() {
        warn!(missing = missing.join(", "), "nobody can sign in until the app is installed and configured");
    }
    let mut signals = Signals::new()?;
    signals.next().await;
    info!("stopping; finishing or releasing what is in flight");
    tokio::select! {
        () = app.stop() => info!("stopped"),
        () = signals.next() => info!("stopped at once; the next start resumes what was in flight"),
    }
    Ok(())
}

/// Enqueues all failed deliveries again and prints their number.
pub(crate) async fn retry(config: Config) -> anyhow::Result<()> {
    let store = Store::open(config.database_url.expose_secret()).await?;
    let retried = retry::retry_all(&store, &config.rules, Clock::system().now()).await?;
    store.close().await;
    println!("failed deliveries enqueued again: {retried}");
    Ok(())
}

/// Erases a customer and prints what was erased.
pub async fn erase(config: Config, customer: &str) -> anyhow::Result<()> {
    let email = Email::parse(customer).map_err(|e| anyhow::anyhow!("--customer: {e}"))?;
    let store = Store::open(config.database_url.expose_secret()).await?;
    let erase::ErasedCustomer { licenses, forwards, issues } =
        erase::customer(&store, Random, &email, Clock::system().now()).await?;
    store.close().await;
    println!("erased this customer from {licenses} licenses, and the address from {forwards} licenses of others");
    println!("the running service redacts {issues} GitLab issues; messages in Slack and mailboxes stay");
    Ok(())
}

/// The signals that stop the service.
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

async fn signer(config: &Config) -> anyhow::Result<Signer> {
    let Sealing { source, public, .. } = config.sealing.clone();
    Signer::start(source, public).await.map_err(anyhow::Error::msg)
}

fn licenses(
    config: &Config,
    store: Store,
    signer: Signer,
    clock: Clock,
    random: Random,
    metrics: Metrics,
) -> anyhow::Result<LicenseService> {
    let mailgun = config.mailgun.as_ref().map(|mailgun| Mailgun::new(mailgun, clock.clone()));
    let mailgun = mailgun.transpose().map_err(|e| anyhow::anyhow!("STOPGAP_MAILGUN_URL: {e}"))?;
    Ok(LicenseService {
        store,
        clock,
        random,
        metrics,
        signer,
        days: config.sealing.days,
        rules: config.rules.clone(),
        allowed_agents: config.zendesk.allowed_agents.clone(),
        links: links(config),
        mailgun: mailgun.map(Arc::new),
        usage_url_template: config.usage_url_template.clone(),
    })
}

fn links(config: &Config) -> Links {
    Links { zendesk_origin: config.zendesk.origin.clone(), subdomain: config.zendesk.subdomain.clone() }
}

fn clients(config: &Config, clock: &Clock) -> anyhow::Result<Clients> {
    let links = links(config);
    Ok(Clients {
        mailer: Mailer::new(&config.smtp, links.clone()).map_err(|e| anyhow::anyhow!("STOPGAP_SMTP_URL: {e}"))?,
        gitlab: Gitlab::new(&config.gitlab, links.clone(), clock.clone())
            .map_err(|e| anyhow::anyhow!("STOPGAP_GITLAB_URL: {e}"))?,
        slack: Arc::new(Slack::new(&config.slack, links, clock.clone()).map_err(|e| anyhow::anyhow!("Slack: {e}"))?),
    })
}
