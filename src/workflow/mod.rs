//! What an agent can do, one file a deed. Each is one short transaction that leaves its deliveries in the outbox.

pub mod again;
pub mod arrival;
pub mod diagnose;
pub mod download;
pub mod drill;
pub mod erase;
pub mod generate;
pub mod limits;
pub mod lookup;
pub mod recipient;
pub mod replace;
pub mod request;
pub mod retry;
pub mod scope;
pub mod session;
pub mod telling;
pub mod view;

use serde_json::Value;

use crate::{
    clock::Clock,
    config::Rules,
    license::{LicenseId, SealingKey},
    metrics::Metrics,
    random::Random,
    store::{self, Dossier, Store, Writing},
};

/// What every deed needs.
#[derive(Clone)]
pub struct Desk {
    /// Where licenses are kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// What is counted.
    pub metrics: Metrics,
    /// What seals.
    pub key: SealingKey,
    /// The fixed term in days, 1 to 30.
    pub days: u8,
    /// The operator's rules.
    pub rules: Rules,
    /// Who may generate, by Zendesk user id; everyone where nothing is set.
    pub allowed_agents: Option<Vec<u64>>,
    /// `https://SUB.zendesk.com`, for links to tickets.
    pub zendesk_origin: String,
    /// Where a license's usage is looked up, with `{license_md5}` or `{license_sha256}` in it.
    pub usage_url_template: Option<String>,
}

impl Desk {
    /// Everything about one license, as the API shows it.
    #[must_use]
    pub fn show(&self, dossier: &Dossier) -> Value {
        let mut view = view::license(dossier, &self.zendesk_origin, self.clock.now());
        let url = self.usage_url_template.as_ref().zip(dossier.digests.as_ref()).map(|(template, digests)| {
            template.replace("{license_md5}", &digests.md5).replace("{license_sha256}", &digests.sha256)
        });
        view["usage_url"] = url.into();
        view
    }

    /// How the history names an agent: by the session's identity, and by the GitLab username they gave last.
    async fn name_of(&self, agent_user_id: u64) -> store::Result<String> {
        let username = self.store.username(agent_user_id).await?;
        Ok(username.map_or_else(|| format!("agent {agent_user_id}"), |name| format!("agent {agent_user_id} ({name})")))
    }
}

/// A license as it stands in the transaction that has just written it.
async fn written(writing: &mut Writing, id: LicenseId) -> store::Result<Dossier> {
    writing.dossier(id).await?.ok_or_else(|| store::Error::Unreadable("a license of this transaction is gone".into()))
}
