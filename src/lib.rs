//! Stopgap: emergency GitLab licenses from the Zendesk ticket sidebar.
//!
//! # The rooms
//!
//! | room | what it is for |
//! |---|---|
//! | [`license`] | pure: what a license is. Terms, seats, the license file, and the records every room speaks of |
//! | [`workflow`] | what an agent can do, one file a deed; each is one short transaction |
//! | [`outbox`] | the worker that makes the deliveries, and its pure state machine |
//! | [`delivery`] | the three clients (email, GitLab, Slack) and the words they say |
//! | [`store`] | SQLite or PostgreSQL through one set of statements |
//! | [`zendesk`] | the signed URL's token → an agent; the app as a zip |
//! | [`check`] | each part of the configuration against the living world |
//! | [`http`] | everything that knows actix |
//! | [`sandbox`] | the whole world on one machine |
//! | [`cli`], [`config`], [`app`], [`clock`], [`random`], [`telemetry`], [`metrics`] | command line, settings, wiring, time, chance, logs, counters |
//! | [`crash`] | the points at which tests let it die; nothing without the feature `crash-points` |
//!
//! # The walk of one license
//!
//! 1. Zendesk posts a signed token; [`zendesk::token`] turns it into an agent, who gets a session.
//! 2. `POST /api/v1/licenses` → [`workflow::generate`]: parse, check, seal, and one commit.
//! 3. The [`outbox`] mails it. The verdict commits together with what follows: a GitLab issue and a Slack message.
//! 4. The page follows the deliveries live.

pub mod app;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crash;
pub mod delivery;
pub mod gitlab_rules;
pub mod http;
pub mod license;
pub mod metrics;
pub mod outbox;
pub mod random;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod sealing;
pub mod store;
pub mod telemetry;
pub mod workflow;
pub mod zendesk;
