//! `stopgap sandbox`: the service, configured for the stand-ins.

use std::{ffi::OsString, path::PathBuf};

use anyhow::Context as _;
use url::Url;

use super::{App, Signals};
use crate::{
    clock::Clock,
    config::{Config, Environment},
    random::Random,
    sandbox::{
        Keys, World, WorldOptions, mailgun,
        once::{Order, once},
    },
};

#[derive(Debug)]
pub(crate) struct SandboxOptions {
    /// Port of the page on loopback; 0 for a free one.
    pub port: u16,
    /// Local copy of Zendesk's SDK to serve instead of the built-in stand-in.
    pub sdk: Option<PathBuf>,
    /// Post to Slack by its webhook in place of its app.
    pub slack_webhook: bool,
    /// Send one license and exit; `None` serves the page until it is stopped.
    pub once: Option<OnceOptions>,
}

/// The license that `stopgap sandbox --once` generates, with defaults for what is missing.
#[derive(Debug)]
pub(crate) struct OnceOptions {
    pub email: Option<String>,
    pub name: Option<String>,
    pub company: Option<String>,
    pub seats: Option<u32>,
    pub ticket: Option<u64>,
    /// Print JSON.
    pub json: bool,
}

/// Limits would only get in the way of trying things out.
const NO_LIMITS: [(&str, &str); 3] = [
    ("STOPGAP_AGENT_HOURLY_LIMIT", "10000"),
    ("STOPGAP_CUSTOMER_DAILY_LIMIT", "10000"),
    ("STOPGAP_DAILY_LIMIT", "1000000"),
];

/// Runs the service and its stand-ins, with a database in a temporary folder. With `once`, returns an error if something
/// did not arrive.
pub(crate) async fn sandbox(options: SandboxOptions) -> anyhow::Result<()> {
    let (clock, random) = (Clock::system(), Random);
    let page_port = if options.once.is_some() { 0 } else { options.port };
    let keys = tokio::task::spawn_blocking(move || Keys::generate(random)).await?;
    let world = World::start(WorldOptions { page_port, keys, sdk: options.sdk, clock: clock.clone(), random }).await?;
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let database = folder.path().join("stopgap.db");
    let database = database.to_str().context("the temporary folder's name is not UTF-8")?;
    let config = config(&world, database, options.slack_webhook)?;
    let app = App::start(config, clock, random).await?;
    let service = Url::parse(&format!("http://localhost:{}", app.address().port()))?;
    let gateway = world.gateway(app.address()).await?;
    world.zendesk.set_service(Url::parse(&format!("http://localhost:{}", gateway.port()))?);
    let reports = world.mailgun.report_to(service.join("webhooks/mailgun")?);
    let outcome = match options.once {
        Some(order) => send_one(&world, &service, order).await,
        None => serve_page(&world).await,
    };
    reports.abort();
    app.stop().await;
    world.stop().await;
    outcome
}

/// Ignores the process's environment.
fn config(world: &World, database: &str, slack_webhook: bool) -> anyhow::Result<Config> {
    let no_limits = NO_LIMITS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let slack_app = if slack_webhook { Vec::new() } else { world.slack_app_settings() };
    let signing_key = ("MAILGUN_SIGNING_KEY", mailgun::SIGNING_KEY.to_owned());
    let mailgun = world.mailgun.settings().into_iter().chain([signing_key]);
    let mailgun = mailgun.map(|(name, value)| (format!("STOPGAP_{name}"), value));
    // The later of two wins.
    let settings = world.settings(0, database).into_iter().chain(no_limits).chain(mailgun).chain(slack_app);
    let environment = Environment::of(settings.map(|(name, value)| (OsString::from(name), OsString::from(value))));
    let mut config = environment.config()?;
    config.zendesk.origin = world.origin();
    config.zendesk.sdk_url = world.sdk_url();
    Ok(config)
}

async fn serve_page(world: &World) -> anyhow::Result<()> {
    println!("\n  This is a sandbox: throw-away keys, no real license, nothing leaves this machine.\n");
    println!("  Open  {}\n\n  Ctrl-C ends it.\n", world.origin());
    Signals::new()?.next().await;
    Ok(())
}

async fn send_one(world: &World, service: &Url, options: OnceOptions) -> anyhow::Result<()> {
    let usual = Order::default();
    let order = Order {
        email: options.email.unwrap_or(usual.email),
        name: options.name.unwrap_or(usual.name),
        company: options.company.unwrap_or(usual.company),
        seats: options.seats.unwrap_or(usual.seats),
        ticket: options.ticket.unwrap_or(usual.ticket),
    };
    let arrived = once(world, service, order).await?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&arrived)?);
    } else {
        println!("{arrived}");
    }
    Ok(())
}
