//! `stopgap drill`: hands one license to the running service, and watches what becomes of it.

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

/// How often the store is asked how far it is …
const LOOK: Duration = Duration::from_millis(250);
/// … and how often at most: three minutes, of which Slack waits one for its issue at worst.
const MAX_LOOKS: u32 = 720;

/// Generates a license for `email`, marked as a drill, and prints each delivery as it ends.
///
/// The service itself delivers it: a drill tries the process that will be needed, not a second one like it.
///
/// # Errors
/// What keeps it from being generated, or which deliveries did not arrive.
pub async fn drill(config: Config, email: Email, username: Username) -> anyhow::Result<()> {
    let url = config.database_url.expose_secret();
    match inspect(url).await? {
        Inspection::Present { pending_migrations: 0 } => {}
        Inspection::Present { .. } | Inspection::Absent => {
            bail!("the database is not of this version yet: start the service first, then drill")
        }
    }
    let store = Store::open(url).await?;
    let signer = super::signer(&config).await?;
    let licenses = super::licenses(&config, store.clone(), signer, Clock::system(), Random, Metrics::new());
    let id = licenses.drill(email, username).await.map_err(anyhow::Error::msg)?;
    println!("license  {id}");
    let outcome = watch(&store, id).await;
    store.close().await;
    outcome
}

async fn watch(store: &Store, id: LicenseId) -> anyhow::Result<()> {
    let mut told = BTreeSet::new();
    for _ in 0..MAX_LOOKS {
        let details = store.license(id).await?.context("the drill's license is gone")?;
        for delivery in details.deliveries.iter().filter(|d| d.state != DeliveryState::Pending) {
            if told.insert(delivery.id.to_string()) {
                println!("{}", line(delivery));
            }
        }
        let sent = |channel| details.deliveries.iter().any(|d| d.channel == channel && d.state == DeliveryState::Sent);
        if Channel::ALL.into_iter().all(sent) {
            println!("all three arrived; see that the mail is in the inbox, and close nothing: the issue is closed");
            return Ok(());
        }
        if details.deliveries.iter().all(|d| d.state != DeliveryState::Pending) {
            bail!("the drill failed; license {id} tells more");
        }
        sleep(LOOK).await;
    }
    let untouched = told.is_empty();
    let hint = if untouched { "does the service run on this database?" } else { "the service goes on trying" };
    bail!("not everything arrived within {} seconds; {hint}", LOOK.as_secs_f64() * f64::from(MAX_LOOKS))
}

fn line(delivery: &Delivery) -> String {
    let words = match delivery.state {
        DeliveryState::Failed => delivery.last_error.as_deref(),
        DeliveryState::Sent | DeliveryState::Pending => delivery.reference.as_deref(),
    };
    format!("{:<8} {:<7} {}", delivery.channel.as_str(), delivery.state.as_str(), words.unwrap_or_default())
}
