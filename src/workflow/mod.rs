//! What agents and operators can do, one operation per file. Each is one short transaction that enqueues its deliveries.

pub mod arrival;
pub mod diagnose;
pub mod download;
pub mod drill;
pub mod erase;
pub mod error;
pub mod generate;
pub mod idempotency;
pub mod limits;
pub mod recipient;
pub mod replace;
pub mod resend;
pub mod retry;
pub mod scope;
pub mod search;
pub mod session;
pub mod view;

pub use error::{Error, Limited};

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    clock::Clock,
    config::Rules,
    license::{Actor, LicenseDetails, LicenseId, Username, notices::Tick},
    metrics::Metrics,
    random::Random,
    sealing::SealingKey,
    store::{self, Store, Transaction},
};

/// The application service: every operation is one of its methods.
#[derive(Clone)]
pub struct LicenseService {
    pub store: Store,
    pub clock: Clock,
    pub random: Random,
    pub metrics: Metrics,
    pub key: SealingKey,
    /// The fixed term in days, 1 to 30.
    pub days: u8,
    pub rules: Rules,
    /// Zendesk user ids of those who may generate; `None` allows everyone.
    pub allowed_agents: Option<Vec<u64>>,
    /// `https://SUB.zendesk.com`, for links to tickets.
    pub zendesk_origin: String,
    /// A URL with `{license_md5}` or `{license_sha256}` in it.
    pub usage_url_template: Option<String>,
}

impl LicenseService {
    /// The license as the API shows it.
    pub fn show(&self, details: &LicenseDetails) -> Value {
        let mut view = view::license(details, &self.zendesk_origin, self.clock.now());
        let url = self.usage_url_template.as_ref().zip(details.digests.as_ref()).map(|(template, digests)| {
            template.replace("{license_md5}", &digests.md5).replace("{license_sha256}", &digests.sha256)
        });
        view["usage_url"] = url.into();
        view
    }

    /// The agent of a session, as the history names them.
    async fn actor(&self, agent_user_id: u64) -> store::Result<Actor> {
        let username = self.store.username(agent_user_id).await?;
        let username = username.and_then(|name| Username::parse(&name).ok());
        Ok(Actor::Agent { user_id: agent_user_id, username })
    }

    fn tick(&self, now: Timestamp) -> Tick {
        tick(self.random, now)
    }
}

fn tick(random: Random, now: Timestamp) -> Tick {
    Tick::new(now, 0.0, move || random.id(now))
}

/// A license that this transaction has just written.
async fn written(tx: &mut Transaction, id: LicenseId) -> store::Result<LicenseDetails> {
    tx.license(id).await?.ok_or_else(|| store::Error::Unreadable("a license of this transaction is gone".into()))
}
