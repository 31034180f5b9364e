//! The messages in the licensing team's channel.
//!
//! - [`app`]: by an app's bot token: one message per license, edited in place, with a thread
//! - [`webhook`]: by an incoming webhook: each message is a new one
//! - [`api`]: the calls of Slack's Web API, and their `types`; [`error`]: what a failed one means for the delivery
//! - `message`: the messages, made of `blocks`; `notice` has the text of each notice, `escape` what untrusted text needs

pub(crate) mod api;
mod app;
mod blocks;
mod digest;
pub(crate) mod error;
mod escape;
mod mention;
mod message;
mod notice;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
pub(crate) mod types;
mod webhook;

use std::{fmt, time::Duration};

use self::{
    api::Api,
    app::{App, Texts},
    mention::Members,
    message::Subject,
    webhook::Webhook,
};
use super::Links;
use crate::{
    clock::Clock,
    config::{self, SlackAccess},
    crash,
    license::{DailyTime, Delivery, Digest, License, LicenseDetails, Notice, Outcome},
};

/// How long Slack may take to answer one call.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);

pub struct Slack {
    access: Access,
    group: Option<String>,
    links: Links,
}

enum Access {
    Webhook(Webhook),
    App(App),
}

impl Slack {
    /// `clock` reads what a `Retry-After` with a date means.
    pub fn new(slack: &config::Slack, links: Links, clock: Clock) -> Result<Self, String> {
        Self::with_timeout(slack, links, clock, CALL_TIMEOUT)
    }

    fn with_timeout(slack: &config::Slack, links: Links, clock: Clock, total: Duration) -> Result<Self, String> {
        let access = match &slack.access {
            SlackAccess::Webhook(url) => Access::Webhook(Webhook::new(url, clock, total)?),
            SlackAccess::App(app) => {
                Access::App(App { api: Api::new(app, clock.clone(), total)?, clock, members: Members::default() })
            }
        };
        Ok(Self { access, group: slack.group.clone(), links })
    }

    /// Posts the notice of `delivery`, with the issue's link where it is known. Success refers to that link.
    pub(crate) async fn post(&self, details: &LicenseDetails, delivery: &Delivery, issue_url: Option<&str>) -> Outcome {
        let notice = delivery.notice.as_ref().unwrap_or(&Notice::Generated);
        let standing = message::standing(details);
        let mention = self.mention(&details.license, &[notice, standing]).await;
        let subject = self.subject(details, issue_url, mention.as_deref());
        let reference = issue_url.map(ToOwned::to_owned);
        match &self.access {
            Access::Webhook(webhook) => {
                let message = match notice {
                    Notice::IssueFiled => subject.issue_filed(standing),
                    notice => subject.whole(notice),
                };
                crash::point("slack_before_post");
                let posted = webhook.post(&message).await;
                crash::point("slack_after_post");
                posted.map_or_else(|outcome| outcome, |()| Outcome::sent(reference))
            }
            Access::App(app) => {
                let broadcast = notice.is_failure() || message::is_correction(notice);
                let (root, reply) = (subject.whole(standing), subject.reply(notice));
                app.deliver(details, delivery, &Texts { root, reply, broadcast, issue_url: reference }).await
            }
        }
    }

    /// Posts a digest. By a webhook, one whose earlier attempt may have succeeded may show twice.
    pub(crate) async fn post_digest(&self, digest: &Digest<'_>, at: &DailyTime, may_exist: bool) -> Outcome {
        let message = digest::message(digest, at, &self.links);
        let posted = match &self.access {
            Access::Webhook(webhook) => webhook.post(&message).await,
            Access::App(app) => app.post_once(&message, digest.period.id(), may_exist, digest.period.until).await,
        };
        posted.map_or_else(|outcome| outcome, |()| Outcome::sent(None))
    }

    /// Edits the message of a license to what is true now, as far as it can be edited.
    pub(crate) async fn update(&self, details: &LicenseDetails, issue_url: Option<&str>) -> Result<(), Outcome> {
        let Access::App(app) = &self.access else { return Ok(()) };
        let standing = message::standing(details);
        let mention = self.mention(&details.license, &[standing]).await;
        app.update(details, &self.subject(details, issue_url, mention.as_deref()).whole(standing)).await
    }

    /// Slack's id of the engineer, if one of `notices` wants them to act.
    async fn mention(&self, license: &License, notices: &[&Notice]) -> Option<String> {
        let Access::App(app) = &self.access else { return None };
        let email =
            license.agent.email.as_ref().filter(|_| notices.iter().any(|notice| message::wants_action(notice)))?;
        app.members.id(&app.api, email, app.clock.now()).await
    }

    fn subject<'a>(
        &'a self,
        details: &'a LicenseDetails,
        issue_url: Option<&'a str>,
        mention: Option<&'a str>,
    ) -> Subject<'a> {
        Subject { license: &details.license, issue_url, links: &self.links, group: self.group.as_deref(), mention }
    }

    /// Posts a message about no license.
    pub(crate) async fn send_test(&self) -> Result<(), String> {
        match &self.access {
            Access::Webhook(webhook) => {
                let posted = webhook.post(&message::test()).await;
                posted.map_err(|outcome| outcome.error().unwrap_or_default().to_owned())
            }
            Access::App(app) => {
                let posted = app.api.post(&message::test(), None, None, false).await;
                posted.map(drop).map_err(|error| error.to_string())
            }
        }
    }
}

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slack(redacted)")
    }
}
