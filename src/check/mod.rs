//! `stopgap check`: each part of the configuration against the living world. Changes nothing: GitLab is only read, no
//! mail is sent, no table is touched.
//!
//! - [`finding`]: what was found, one line each
//! - the other files: one neighbour each

mod database;
pub mod finding;
mod gitlab;
mod mail;
mod sealing;
mod slack;
mod zendesk;

use std::time::Duration;

use tokio::time::timeout;

use crate::{clock::Clock, config::Config, delivery::Links, license::Email, random::Random};
use finding::Finding;

/// How long one neighbour may take altogether.
pub const PART_TIMEOUT: Duration = Duration::from_secs(20);

/// What every part of the check needs.
#[derive(Clone, Copy)]
struct Asking<'a> {
    config: &'a Config,
    clock: &'a Clock,
    random: Random,
    /// Where a test mail really goes; Slack gets a test message then, too.
    send_test: Option<&'a Email>,
}

/// Checks all parts at once, each within [`PART_TIMEOUT`], and tells what was found in the order of a license's walk.
///
/// With `send_test` a mail really goes to that address and a message to Slack's channel.
pub async fn check(config: &Config, clock: &Clock, random: Random, send_test: Option<&Email>) -> Vec<Finding> {
    let asking = Asking { config, clock, random, send_test };
    let (sealing, database, zendesk, mail, gitlab, slack) = tokio::join!(
        bounded("license key", sealing::check(asking)),
        bounded("database", database::check(asking)),
        bounded("zendesk", zendesk::check(asking)),
        bounded("mail", mail::check(asking)),
        bounded("gitlab", gitlab::check(asking)),
        bounded("slack", slack::check(asking)),
    );
    [zendesk, sealing, database, mail, gitlab, slack].concat()
}

async fn bounded(part: &'static str, check: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    timeout(PART_TIMEOUT, check).await.unwrap_or_else(|_| {
        vec![Finding::failed(part, format!("no end within {} seconds; is it reachable?", PART_TIMEOUT.as_secs()))]
    })
}

impl Asking<'_> {
    fn links(&self) -> Links {
        let zendesk = &self.config.zendesk;
        Links { zendesk_origin: zendesk.origin.clone(), subdomain: zendesk.subdomain.clone() }
    }
}
