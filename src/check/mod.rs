//! `stopgap check`: checks the configuration against the real services. Changes nothing: GitLab is only read, no mail is
//! sent, no table is touched.
//!
//! - [`finding`]: the results, one line each
//! - the other files: one service each

mod database;
pub mod finding;
mod gitlab;
mod mail;
mod mailgun;
mod sealing;
mod slack;
mod zendesk;

use std::time::Duration;

use tokio::time::timeout;

use crate::{clock::Clock, config::Config, delivery::Links, license::Email, random::Random};
use finding::Finding;

/// For one service altogether.
pub(crate) const PART_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(Clone, Copy)]
struct CheckContext<'a> {
    config: &'a Config,
    clock: &'a Clock,
    random: Random,
    options: &'a Options,
}

#[derive(Debug, Default)]
pub struct Options {
    /// Sends a test mail to this address, and a test message to Slack.
    pub send_test: Option<Email>,
    /// Asks the mail server whether it accepts this recipient; by default the sender's own address.
    pub recipient: Option<Email>,
}

/// Checks all parts at once, each within [`PART_TIMEOUT`]. Returns the findings in the order in which a license needs the
/// parts.
pub async fn check(config: &Config, clock: &Clock, random: Random, options: &Options) -> Vec<Finding> {
    let context = CheckContext { config, clock, random, options };
    let zendesk = zendesk::check(context);
    // Boxed: these futures are large.
    let (sealing, database, mail, mailgun, gitlab, slack) = tokio::join!(
        bounded("license key", Box::pin(sealing::check(context))),
        bounded("database", Box::pin(database::check(context))),
        bounded("mail", Box::pin(mail::check(context))),
        bounded("mailgun reports", Box::pin(mailgun::check(context))),
        bounded("gitlab", Box::pin(gitlab::check(context))),
        bounded("slack", Box::pin(slack::check(context))),
    );
    [zendesk, sealing, database, mail, mailgun, gitlab, slack].concat()
}

async fn bounded(part: &'static str, check: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    timeout(PART_TIMEOUT, check).await.unwrap_or_else(|_| {
        vec![Finding::failed(part, format!("not finished within {} seconds; is it reachable?", PART_TIMEOUT.as_secs()))]
    })
}

impl CheckContext<'_> {
    fn links(&self) -> Links {
        let zendesk = &self.config.zendesk;
        Links { zendesk_origin: zendesk.origin.clone(), subdomain: zendesk.subdomain.clone() }
    }
}
