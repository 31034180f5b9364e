//! What an agent can do, one file a deed. Each is one short transaction that leaves its deliveries in the outbox.

pub mod download;
pub mod drill;
pub mod generate;
pub mod limits;
pub mod lookup;
pub mod recipient;
pub mod session;
pub mod telling;
pub mod view;

use crate::{clock::Clock, config::Rules, license::SealingKey, metrics::Metrics, random::Random, store::Store};

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
}
