//! What every attempt needs at hand.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    delivery::{email::Mailer, gitlab::Gitlab, slack::Slack},
    metrics::Metrics,
    random::Random,
    store::Store,
};

/// The outside, by channel.
pub struct Clients {
    /// The mail server.
    pub mailer: Mailer,
    /// The GitLab project of support's issues.
    pub gitlab: Gitlab,
    /// Support's Slack channel.
    pub slack: Slack,
}

/// What the loops share.
pub(super) struct Desk {
    pub(super) store: Store,
    pub(super) clients: Clients,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) metrics: Metrics,
    /// This process, in the claims.
    pub(super) holder: String,
    pub(super) stop: CancellationToken,
    pub(super) stop_hard: CancellationToken,
    pub(super) acts: TaskTracker,
}
