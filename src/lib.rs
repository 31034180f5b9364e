//! Stopgap: emergency GitLab licenses from the Zendesk ticket sidebar.
//!
//! # Rooms
//!
//! | room | purpose |
//! |---|---|
//! | [`license`] | pure: the license, its deliveries, events and notices |
//! | [`sealing`] | the license file: attributes, envelope, seal and open; the key in memory or in an HSM |
//! | [`gitlab_rules`] | pure: eligibility, seats, evidence, and what GitLab's messages mean |
//! | [`workflow`] | one operation per file, methods of [`workflow::LicenseService`]; each is one short transaction |
//! | [`outbox`] | the worker that makes the deliveries, its state machine and back-off |
//! | [`delivery`] | the email, GitLab and Slack clients and their texts |
//! | [`store`] | SQLite or PostgreSQL, one set of statements |
//! | [`zendesk`] | the signed URL's token → an agent; the app package |
//! | [`http`] | everything that knows actix |
//! | [`check`] | checks the configuration against the real services |
//! | [`sandbox`] | stand-ins for Zendesk, the mail server, GitLab and Slack |
//! | [`cli`], [`app`] | command line; wiring, start and stop |
//! | [`config`], [`telemetry`], [`metrics`], [`clock`], [`random`] | settings, log and heartbeat, metrics, time, randomness |
//! | [`crash`] | points at which tests kill the process, compiled in by the feature `crash-points` |
//!
//! `docs/architecture.md` describes how they fit together.
//!
//! # One license, step by step
//!
//! 1. Zendesk posts a signed token; [`zendesk::token`] turns it into an agent, who gets a session.
//! 2. `POST /api/v1/licenses` → [`workflow::generate`]: parse, check, seal, one commit.
//! 3. The [`outbox`] sends the email and records the outcome in one commit with the deliveries it triggers: a GitLab issue
//!    and a Slack message.
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
