//! Records what attempts did: in the store, one commit each, and in the log.

use jiff::Timestamp;
use tracing::{error, info, warn};

use super::transition::{self, Transition};
use crate::{
    clock::Clock,
    crash,
    delivery::sanitize,
    license::{
        Actor, Attempt, AttemptOutcome, Channel, Delivery, DeliveryChange, DeliveryId, DeliveryState, Event, EventKind,
        LicenseDetails, LicenseId, Outcome, Purpose,
        notices::{self, Tick},
        record::today,
    },
    metrics::Metrics,
    random::Random,
    store::{self, Store, Transaction},
};

pub(super) struct Recorder {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) metrics: Metrics,
    /// Identifies this process in claims.
    pub(super) holder: String,
}

impl Recorder {
    /// Records an attempt's outcome and enqueues the deliveries that it triggers.
    pub(super) async fn record(&self, delivery: &Delivery, outcome: &Outcome) -> store::Result<()> {
        let mut tx = self.store.begin().await?;
        if !tx.release(delivery.id, &self.holder).await? {
            warn!(delivery = %delivery.id, "a claim lapsed before its attempt ended; another holder has it");
            return Ok(());
        }
        let Some(details) = tx.license(delivery.license_id).await? else { return Ok(()) };
        let Some(current) = details.deliveries.iter().find(|d| d.id == delivery.id) else { return Ok(()) };
        let now = self.clock.now();
        let transition = transition::apply_outcome(&details, current, outcome, &mut self.tick(now));
        tx.insert_attempt(&attempt(delivery, outcome.kind(), outcome.error(), now)).await?;
        let (before, after) = (current.state, transition.delivery.clone());
        let names = ["record_email_before_commit", "record_issue_before_commit", "record_slack_before_commit"];
        crash::point_of(delivery.channel, names);
        write(tx, transition, now).await?;
        let names = ["record_email_after_commit", "record_issue_after_commit", "record_slack_after_commit"];
        crash::point_of(delivery.channel, names);
        if before != after.state {
            self.count(&details, &after);
        }
        Ok(())
    }

    fn count(&self, details: &LicenseDetails, ended: &Delivery) {
        self.metrics.delivery(ended.channel, ended.state);
        let is_first = ended.channel == Channel::Email && ended.purpose == Purpose::First;
        if is_first && ended.state == DeliveryState::Sent {
            let waited = self.clock.now().duration_since(details.license.created_at);
            self.metrics.email_accepted(waited.as_secs_f64().max(0.0));
        }
    }

    pub(super) async fn record_lost_attempt(&self, delivery: &Delivery) -> store::Result<()> {
        let now = self.clock.now();
        let detail = "the end of an attempt was never recorded; it is repeated";
        let kind = EventKind::of_delivery(delivery.channel, DeliveryChange::Uncertain);
        let mut tx = self.store.begin().await?;
        tx.insert_event(delivery.license_id, &Event::new(now, &Actor::Outbox, kind, Some(detail.into()))).await?;
        let mut lost = attempt(delivery, AttemptOutcome::Lost, Some(detail), now);
        lost.number = lost.number.saturating_sub(1);
        tx.insert_attempt(&lost).await?;
        tx.commit().await
    }

    /// Marks an email late and enqueues what announces it.
    pub(super) async fn mark_late(&self, license: LicenseId, id: DeliveryId) -> store::Result<()> {
        let mut tx = self.store.begin().await?;
        let Some(details) = tx.license(license).await? else { return Ok(()) };
        let current = details.deliveries.iter().find(|d| d.id == id);
        let Some(current) = current.filter(|d| d.state == DeliveryState::Pending && !d.late) else { return Ok(()) };
        warn!(%license, "an email is late");
        let now = self.clock.now();
        let transition = transition::mark_late(&details, current, &mut self.tick(now));
        crash::point("mark_late_before_commit");
        write(tx, transition, now).await?;
        crash::point("mark_late_after_commit");
        Ok(())
    }

    /// Announces that the follow-up of a license is still open, once, whichever replica comes first.
    pub(super) async fn remind(&self, id: LicenseId) -> store::Result<()> {
        let mut tx = self.store.begin().await?;
        if !tx.take_reminder(id).await? {
            return Ok(());
        }
        let Some(details) = tx.license(id).await? else { return Ok(()) };
        let now = self.clock.now();
        // After a long outage there may be nothing left to remind of.
        if details.is_follow_up_open() && !details.license.terms.is_expired(today(now)) {
            info!(license = %id, "reminding of an open follow-up");
            tx.insert_event(id, &Event::new(now, &Actor::Outbox, EventKind::Reminded, None)).await?;
            for new in notices::reminder(&details, &mut self.tick(now)) {
                tx.insert_delivery(id, &new, now).await?;
            }
        }
        crash::point("remind_before_commit");
        tx.commit().await?;
        crash::point("remind_after_commit");
        Ok(())
    }

    fn tick(&self, now: Timestamp) -> Tick {
        let random = self.random;
        Tick::new(now, random.fraction(), move || random.id(now))
    }
}

async fn write(mut tx: Transaction, transition: Transition, now: Timestamp) -> store::Result<()> {
    let Transition { delivery, follow_ups, events } = transition;
    tx.set_request_id(delivery.request_id.as_deref());
    tx.update_delivery(&delivery).await?;
    for event in &events {
        tx.insert_event(delivery.license_id, event).await?;
    }
    for new in &follow_ups {
        tx.insert_delivery(delivery.license_id, new, now).await?;
    }
    tx.commit().await
}

fn attempt(delivery: &Delivery, outcome: AttemptOutcome, error: Option<&str>, at: Timestamp) -> Attempt {
    let error = error.map(ToOwned::to_owned);
    Attempt { delivery_id: delivery.id, number: delivery.attempts, at, outcome, error }
}

/// Servers repeat the address that they refuse. The history keeps it for the agents; the log masks it.
pub(super) fn log(delivery: &Delivery, outcome: &Outcome) {
    let (license, channel, attempt) = (delivery.license_id, delivery.channel.as_str(), delivery.attempts);
    let request_id = delivery.request_id.as_deref();
    match outcome {
        Outcome::Sent { reply: Some(reply), .. } if delivery.channel == Channel::Issue => {
            warn!(%license, request_id, channel, attempt, reply, "delivered, but not as asked");
        }
        Outcome::Sent { .. } | Outcome::Posted { .. } => info!(%license, request_id, channel, attempt, "delivered"),
        Outcome::Withheld { .. } => {
            warn!(%license, request_id, channel, attempt, "delivered without the license: GitLab did not make the issue confidential");
        }
        Outcome::Retry { error, uncertain, .. } => {
            let error = sanitize::mask_addresses(error);
            warn!(%license, request_id, channel, attempt, uncertain, error, "not delivered yet");
        }
        Outcome::Refused { error } => {
            let error = sanitize::mask_addresses(error);
            error!(%license, request_id, channel, attempt, error, "refused permanently");
        }
    }
}
