//! What agents and operators can do, one operation per file. Each is one short transaction that enqueues its deliveries.

pub(crate) mod actions;
pub(crate) mod arrival;
mod delivery_view;
pub(crate) mod diagnose;
pub(crate) mod download;
pub(crate) mod drill;
pub(crate) mod erase;
pub(crate) mod error;
pub(crate) mod follow_up;
pub(crate) mod generate;
pub(crate) mod idempotency;
pub mod limits;
pub(crate) mod read_back;
pub(crate) mod recipient;
pub(crate) mod replace;
pub(crate) mod resend;
pub(crate) mod retry;
pub(crate) mod scope;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod unblock;
pub(crate) mod view;

pub(crate) use error::{Error, Limited};

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use crate::{
    clock::Clock,
    config::{AllowedAgents, Rules},
    delivery::{Links, email::mailgun::Mailgun},
    license::{Actor, LicenseDetails, LicenseId, Terms, Username, notices::Tick, record},
    metrics::Metrics,
    random::Random,
    sealing::Signer,
    store::{self, Store, Transaction},
};

/// The application service: every operation is one of its methods.
#[derive(Clone)]
pub(crate) struct LicenseService {
    pub store: Store,
    pub clock: Clock,
    pub random: Random,
    pub metrics: Metrics,
    pub signer: Signer,
    /// The fixed term in days, 1 to 30.
    pub days: u8,
    pub rules: Rules,
    pub allowed_agents: AllowedAgents,
    pub links: Links,
    /// `None` if the mail provider is not to be asked.
    pub mailgun: Option<Arc<Mailgun>>,
    /// A URL with `{license_md5}` or `{license_sha256}` in it.
    pub usage_url_template: Option<String>,
}

impl LicenseService {
    /// Whether the agent may generate, mail, replace or download licenses. Checked at each request, so that a change of
    /// the setting binds sessions that began before it.
    pub(crate) fn may_generate(&self, agent_user_id: u64) -> bool {
        self.allowed_agents.contains(agent_user_id)
    }

    fn require_permission(&self, agent_user_id: u64) -> Result<(), Error> {
        if self.may_generate(agent_user_id) { Ok(()) } else { Err(Error::NotAllowed) }
    }

    /// The GitLab username that the agent gave last.
    async fn username(&self, agent_user_id: u64) -> store::Result<Option<Username>> {
        let username = self.store.username(agent_user_id).await?;
        Ok(username.and_then(|name| Username::parse(&name).ok()))
    }

    /// The agent of a session, as the history names them.
    async fn actor(&self, agent_user_id: u64) -> store::Result<Actor> {
        Ok(Actor::Agent { user_id: agent_user_id, username: self.username(agent_user_id).await? })
    }

    /// The date in UTC.
    fn today(&self) -> Date {
        record::today(self.clock.now())
    }

    /// The fixed term of a license generated now.
    fn terms(&self) -> Terms {
        Terms::of(self.today(), self.days)
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
