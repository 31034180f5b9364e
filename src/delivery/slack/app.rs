//! Posting with an app's bot token: one message per license, edited so that it is always true, and what is new as replies
//! in its thread.
//!
//! Slack has no idempotency keys. What we post carries a marker of ours, and an attempt after a lost answer looks for it
//! before it posts again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    api::Api,
    blocks::Message,
    error::{Class, Error},
    mention::Members,
};
use crate::{
    clock::Clock,
    license::{Attempt, AttemptOutcome, Delivery, DeliveryId, LicenseDetails, Notice, Outcome, SlackTs},
};

/// How long after a lost answer nothing is posted again: the channel's history lags behind what was posted. Short in
/// tests that kill the service.
const HISTORY_LAG: SignedDuration = SignedDuration::from_secs(if cfg!(feature = "crash-points") { 1 } else { 15 });

/// How far Slack's clock may be behind ours for a message to be found by the time of its delivery.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(10);

#[derive(Debug)]
pub(super) struct App {
    pub(super) api: Api,
    pub(super) clock: Clock,
    pub(super) members: Members,
}

/// The texts of one delivery.
pub(super) struct Texts {
    /// The license's own message as it is true now.
    pub(super) root: Message,
    /// What is new.
    pub(super) reply: Message,
    /// The reply shows in the channel, too.
    pub(super) broadcast: bool,
    pub(super) issue_url: Option<String>,
}

/// What an earlier attempt, whose answer was lost, has posted.
#[derive(PartialEq, Eq)]
enum Earlier {
    /// The message that holds its thread.
    Found(SlackTs),
    Absent,
    /// The app cannot read the channel.
    Unreadable,
}

impl App {
    /// Brings the license's message to what is true now, and replies with what is new.
    pub(super) async fn deliver(&self, details: &LicenseDetails, delivery: &Delivery, texts: &Texts) -> Outcome {
        self.try_deliver(details, delivery, texts).await.unwrap_or_else(|outcome| outcome)
    }

    async fn try_deliver(
        &self,
        details: &LicenseDetails,
        delivery: &Delivery,
        texts: &Texts,
    ) -> Result<Outcome, Outcome> {
        let root = root(details);
        let posted =
            |thread_ts, uncertain| Outcome::Posted { reference: texts.issue_url.clone(), thread_ts, uncertain };
        // First: an edit is true at once, and does no harm if it is made again.
        let is_edited = match root {
            Some(root) => self.edit(&texts.root, root).await?,
            None => false,
        };
        if let Some(root) = root.filter(|_| is_edited && delivery.notice == Some(Notice::IssueFiled)) {
            // Nobody has to hear of a link.
            return Ok(posted(root.clone(), false));
        }
        let may_show = if delivery.uncertain { self.find(details, delivery, root).await? } else { Earlier::Absent };
        if let Earlier::Found(found) = may_show {
            if !is_edited {
                self.edit(&texts.root, &found).await?;
            }
            return Ok(posted(found, false));
        }
        let uncertain = may_show == Earlier::Unreadable;
        let top_level = || self.api.post(&texts.root, Some(delivery.id), None, false);
        // A reply to a message that could not be edited says all of it.
        let reply = if is_edited { &texts.reply } else { &texts.root };
        let thread_ts = match root {
            None => top_level().await,
            Some(root) => match self.api.post(reply, Some(delivery.id), Some(root), texts.broadcast).await {
                Err(error) if error.class() == Class::NoThread => top_level().await,
                other => other,
            },
        };
        Ok(posted(thread_ts.map_err(Error::into_outcome)?, uncertain))
    }

    /// Posts a message about no license, marked with `id`, unless an earlier attempt since `since` did.
    pub(super) async fn post_once(
        &self,
        message: &Message,
        id: DeliveryId,
        may_exist: bool,
        since: Timestamp,
    ) -> Result<(), Outcome> {
        if may_exist && self.is_posted(id, since).await.map_err(Error::into_harmless_outcome)? {
            return Ok(());
        }
        self.api.post(message, Some(id), None, false).await.map(drop).map_err(Error::into_outcome)
    }

    /// A channel that cannot be read has no say: then the message may show twice.
    async fn is_posted(&self, id: DeliveryId, since: Timestamp) -> Result<bool, Error> {
        let (identity, _) = self.api.identity().await?;
        let since = since.checked_sub(CLOCK_SLACK).unwrap_or(since);
        match self.api.find(None, id, &identity.bot_id, since).await {
            Err(error) if !matches!(error.class(), Class::Retry | Class::Unknown) => Ok(false),
            found => Ok(found?.is_some()),
        }
    }

    /// Edits the license's message, if it has one that can be edited. Returns an outcome if that is to be tried again.
    pub(super) async fn update(&self, details: &LicenseDetails, message: &Message) -> Result<(), Outcome> {
        let Some(root) = root(details) else { return Ok(()) };
        match self.edit(message, root).await {
            Ok(_) | Err(Outcome::Refused { .. }) => Ok(()),
            Err(outcome) => Err(outcome),
        }
    }

    /// Edits the message `ts`. Returns false if it cannot be edited, such as one that was deleted.
    async fn edit(&self, message: &Message, ts: &SlackTs) -> Result<bool, Outcome> {
        match self.api.update(message, ts).await {
            Ok(()) => Ok(true),
            Err(error) if error.class() == Class::NoUpdate => Ok(false),
            Err(error) => Err(error.into_harmless_outcome()),
        }
    }

    /// Looks for what an earlier attempt may have posted. Returns an outcome, which is recorded, until a second look, once
    /// [`HISTORY_LAG`] has passed, has not found it either.
    async fn find(
        &self,
        details: &LicenseDetails,
        delivery: &Delivery,
        root: Option<&SlackTs>,
    ) -> Result<Earlier, Outcome> {
        let (earlier, error) = match self.search(delivery, root).await {
            Ok(Some(found)) => return Ok(Earlier::Found(found)),
            Ok(None) => {
                let error = "an earlier attempt's message is not in the channel; it is posted again if it stays away";
                (Earlier::Absent, error.to_owned())
            }
            Err(error) if matches!(error.class(), Class::Retry | Class::Unknown) => {
                return Err(error.into_harmless_outcome());
            }
            Err(error) => {
                let error =
                    format!("whether an earlier attempt was posted cannot be seen, so it may show twice: {error}");
                (Earlier::Unreadable, error)
            }
        };
        let is_lost = |attempt: &&Attempt| matches!(attempt.outcome, AttemptOutcome::Uncertain | AttemptOutcome::Lost);
        let attempts = || details.attempts.iter().filter(|attempt| attempt.delivery_id == delivery.id);
        let is_second_look = attempts().next_back().is_some_and(|last| !is_lost(&last));
        let lost_at = attempts().filter(is_lost).map(|attempt| attempt.at).max();
        // A negative time is a clock that was set back.
        let passed = lost_at.map(|at| self.clock.now().duration_since(at)).filter(|passed| !passed.is_negative());
        let left = passed.and_then(|passed| Duration::try_from(HISTORY_LAG - passed).ok());
        if is_second_look && left.is_none() {
            return Ok(earlier);
        }
        let needs_operator = earlier == Earlier::Unreadable;
        Err(Outcome::Retry { error, after: left, uncertain: false, needs_operator, reference: None })
    }

    /// Looks into the thread, and into the channel: a reply to a message that was deleted is there.
    async fn search(&self, delivery: &Delivery, root: Option<&SlackTs>) -> Result<Option<SlackTs>, Error> {
        let (identity, _) = self.api.identity().await?;
        let since = delivery.created_at.checked_sub(CLOCK_SLACK).unwrap_or(delivery.created_at);
        if let Some(root) = root {
            match self.api.find(Some(root), delivery.id, &identity.bot_id, since).await {
                Ok(None) => {}
                Err(error) if error.class() == Class::NoThread => {}
                other => return other,
            }
        }
        self.api.find(None, delivery.id, &identity.bot_id, since).await
    }
}

/// The license's message.
fn root(details: &LicenseDetails) -> Option<&SlackTs> {
    details.deliveries.iter().rev().find_map(|delivery| delivery.thread_ts.as_ref())
}
