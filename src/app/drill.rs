//! `stopgap drill`: enqueues one license for the running service and waits for its deliveries.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret as _;
use tokio::time::sleep;

use crate::{
    clock::Clock,
    config::Config,
    license::{Channel, Delivery, DeliveryState, Email, LicenseId, Username},
    metrics::Metrics,
    random::Random,
    store::{Inspection, Store, inspect},
};

const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Three minutes. Slack alone may wait one minute for its issue.
const MAX_POLLS: u32 = 720;

/// Generates a license for `email`, marked as a drill, and prints each delivery as it ends.
///
/// The running service delivers it, because that is the process to test.
pub(crate) async fn drill(config: Config, email: Email, username: Username) -> anyhow::Result<()> {
    let url = config.database_url.expose_secret();
    match inspect(url).await? {
        Inspection::Present { pending_migrations: 0 } => {}
        Inspection::Present { .. } | Inspection::Absent => {
            bail!("the database is not at this version yet: start the service first")
        }
    }
    let store = Store::open(url).await?;
    let signer = super::signer(&config).await?;
    let licenses = super::licenses(&config, store.clone(), signer, Clock::system(), Random, Metrics::new())?;
    let id = licenses.drill(email, username).await.map_err(anyhow::Error::msg)?;
    println!("license  {id}");
    let outcome = wait_for_deliveries(&store, id).await;
    store.close().await;
    outcome
}

async fn wait_for_deliveries(store: &Store, id: LicenseId) -> anyhow::Result<()> {
    let mut printed = BTreeSet::new();
    for _ in 0..MAX_POLLS {
        let details = store.license(id).await?.context("the drill's license has disappeared")?;
        for delivery in details.deliveries.iter().filter(|d| d.state != DeliveryState::Pending) {
            if printed.insert(delivery.id.to_string()) {
                println!("{}", line(delivery));
            }
        }
        let sent = |channel| details.deliveries.iter().any(|d| d.channel == channel && d.state == DeliveryState::Sent);
        if Channel::ALL.into_iter().all(sent) {
            println!("all three arrived; check that the email is in the inbox (the issue is closed already)");
            return Ok(());
        }
        if details.deliveries.iter().all(|d| d.state != DeliveryState::Pending) {
            bail!("the drill failed; see license {id} for details");
        }
        sleep(POLL_INTERVAL).await;
    }
    let hint = if printed.is_empty() { "is the service running on this database?" } else { "the service keeps trying" };
    bail!("not everything arrived within {} seconds; {hint}", POLL_INTERVAL.as_secs_f64() * f64::from(MAX_POLLS))
}

fn line(delivery: &Delivery) -> String {
    let detail = match delivery.state {
        DeliveryState::Failed => delivery.last_error.as_deref(),
        DeliveryState::Sent | DeliveryState::Pending => delivery.reference.as_deref(),
    };
    format!("{:<8} {:<7} {}", delivery.channel.as_str(), delivery.state.as_str(), detail.unwrap_or_default())
}
