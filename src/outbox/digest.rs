//! Posts the digest of each business day: once, whichever replica comes first, and again after an outage.

use std::{sync::Arc, time::Duration};

use jiff::{Timestamp, civil::Date};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{backoff, record::Recorder};
use crate::{
    crash,
    delivery::slack::Slack,
    license::{Channel, DailyTime, DeliveryState, Digest, Outcome, business_day::business_day_before, notices::later},
    store::{self, DigestClaim, DigestRecord},
};

const POLL: Duration = Duration::from_millis(500);
/// How long after a lost answer the digest is looked for, and then posted again.
const LIST_LAG: Duration = Duration::from_secs(if cfg!(feature = "crash-points") { 1 } else { 15 });
/// Licenses that one digest considers, the newest: far more than the limits allow in ten days.
const MAX_LICENSES: u32 = 5000;

pub(super) struct DigestLoop {
    pub(super) recorder: Arc<Recorder>,
    pub(super) slack: Arc<Slack>,
    pub(super) at: DailyTime,
    pub(super) stop: CancellationToken,
}

impl DigestLoop {
    pub(super) async fn run(self) {
        let mut done = None;
        loop {
            let now = self.recorder.clock.now();
            let day = self.at.last_business_day(now);
            if done != Some(day) {
                match self.post(day, now).await {
                    Ok(true) => done = Some(day),
                    Ok(false) => {}
                    Err(e) => warn!(error = %e, "the outbox cannot make the digest"),
                }
            }
            tokio::select! {
                () = sleep(POLL) => {}
                () = self.stop.cancelled() => return,
            }
        }
    }

    /// Returns whether the digest of `day` needs no more attempts.
    async fn post(&self, day: Date, now: Timestamp) -> store::Result<bool> {
        let Recorder { store, holder, .. } = &*self.recorder;
        if store.is_digest_done(day).await? {
            return Ok(true);
        }
        store.create_digest(day, self.at.on(business_day_before(day)), self.at.on(day)).await?;
        let Some(claim) = store.claim_digest(day, holder, now).await? else { return Ok(false) };
        let licenses = store.list_for_digest(claim.period, MAX_LICENSES).await?;
        let digest = Digest::of(&licenses, claim.period);
        // Silence means that there is nothing to do.
        let outcome = if digest.is_empty() {
            Outcome::sent(None)
        } else {
            crash::point("digest_before_post");
            self.slack.post_digest(&digest, &self.at, claim.uncertain).await
        };
        crash::point("digest_after_post");
        log(day, &outcome);
        self.recorder.metrics.attempt(Channel::Slack, outcome.kind());
        let record = self.record(&claim, &outcome);
        Ok(store.record_digest(day, holder, &record).await? && record.state != DeliveryState::Pending)
    }

    fn record(&self, claim: &DigestClaim, outcome: &Outcome) -> DigestRecord {
        let now = self.recorder.clock.now();
        let ended = |state, error: Option<&str>| DigestRecord {
            state,
            uncertain: claim.uncertain,
            next_attempt_at: now,
            last_error: error.map(ToOwned::to_owned),
        };
        match outcome {
            Outcome::Sent { .. } | Outcome::Posted { .. } | Outcome::Withheld { .. } => {
                ended(DeliveryState::Sent, None)
            }
            Outcome::Refused { error } => ended(DeliveryState::Failed, Some(error)),
            Outcome::Retry { error, after, uncertain, .. } => {
                let jitter = self.recorder.random.fraction();
                // Slack lists a message some time after it was posted.
                let after = (*after).max(uncertain.then_some(LIST_LAG));
                let delay = backoff::retry_delay(Channel::Slack, claim.attempts, after, jitter);
                DigestRecord {
                    uncertain: claim.uncertain || *uncertain,
                    next_attempt_at: later(now, delay),
                    ..ended(DeliveryState::Pending, Some(error))
                }
            }
        }
    }
}

fn log(day: Date, outcome: &Outcome) {
    match outcome {
        Outcome::Sent { .. } | Outcome::Posted { .. } | Outcome::Withheld { .. } => info!(%day, "digest posted"),
        Outcome::Retry { error, .. } => warn!(%day, error, "digest not posted yet"),
        Outcome::Refused { error } => error!(%day, error, "digest refused; the next one covers its period"),
    }
}
