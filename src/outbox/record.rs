//! What came of an attempt, and what follows from it, into the store (one commit each) and into the log.

use jiff::Timestamp;
use tracing::{error, info, warn};

use super::{
    desk::Desk,
    machine::{self, OUTBOX, Settlement},
};
use crate::{
    crash,
    delivery::quote,
    license::{
        Channel, Delivery, DeliveryId, DeliveryState, Event, LicenseId, Purpose,
        delivery::{Attempt, Outcome},
    },
    store::{self, Dossier},
    workflow::telling::{Case, Moment},
};

impl Desk {
    /// Writes what came of an attempt together with what follows from it: one commit.
    pub(super) async fn record(&self, delivery: &Delivery, outcome: &Outcome) -> store::Result<()> {
        let mut writing = self.store.write().await?;
        if !writing.release(delivery.id, &self.holder).await? {
            warn!(delivery = %delivery.id, "a claim lapsed before its attempt ended; another holder has it");
            return Ok(());
        }
        let Some(dossier) = writing.dossier(delivery.license_id).await? else { return Ok(()) };
        let Some(current) = dossier.deliveries.iter().find(|d| d.id == delivery.id) else { return Ok(()) };
        let settlement = self.at(self.clock.now(), |moment| machine::settle(case(&dossier), current, outcome, moment));
        writing.add_attempt(&attempt(delivery, outcome.in_words(), self.clock.now())).await?;
        let (before, after) = (current.state, settlement.delivery.clone());
        let names = ["record_email_before_commit", "record_issue_before_commit", "record_slack_before_commit"];
        crash::point_of(delivery.channel, names);
        self.write(writing, settlement).await?;
        let names = ["record_email_after_commit", "record_issue_after_commit", "record_slack_after_commit"];
        crash::point_of(delivery.channel, names);
        if before != after.state {
            self.count(&dossier, &after);
        }
        Ok(())
    }

    /// A delivery has ended.
    fn count(&self, dossier: &Dossier, ended: &Delivery) {
        self.metrics.delivery(ended.channel.as_str(), ended.state.as_str());
        let is_first = ended.channel == Channel::Email && ended.purpose == Purpose::First;
        if is_first && ended.state == DeliveryState::Sent {
            let waited = self.clock.now().duration_since(dossier.license.created_at);
            self.metrics.mail_accepted(waited.as_secs_f64().max(0.0));
        }
    }

    async fn write(&self, mut writing: store::Writing, settlement: Settlement) -> store::Result<()> {
        let Settlement { delivery, follow_ups, events } = settlement;
        let now = self.clock.now();
        writing.because_of(delivery.request_id.as_deref());
        writing.save_delivery(&delivery).await?;
        for event in &events {
            writing.add_event(delivery.license_id, event).await?;
        }
        for new in &follow_ups {
            writing.add_delivery(delivery.license_id, new, now).await?;
        }
        writing.commit().await
    }

    pub(super) async fn note_lost_claim(&self, delivery: &Delivery) -> store::Result<()> {
        let event = Event {
            at: self.clock.now(),
            by: OUTBOX.to_owned(),
            what: format!("{}_uncertain", delivery.channel.as_str()),
            detail: Some("the end of an attempt was never recorded; it is made again".into()),
        };
        let mut writing = self.store.write().await?;
        writing.add_event(delivery.license_id, &event).await?;
        let mut lost = attempt(delivery, ("lost", event.detail.as_deref()), event.at);
        lost.number = lost.number.saturating_sub(1);
        writing.add_attempt(&lost).await?;
        writing.commit().await
    }

    /// Tells people that an email is past its deadline: its record and what follows from it, one commit.
    pub(super) async fn lapse(&self, license: LicenseId, id: DeliveryId) -> store::Result<()> {
        let mut writing = self.store.write().await?;
        let Some(dossier) = writing.dossier(license).await? else { return Ok(()) };
        let current = dossier.deliveries.iter().find(|d| d.id == id);
        let Some(current) = current.filter(|d| d.state == DeliveryState::Pending && !d.late) else { return Ok(()) };
        warn!(%license, "an email is late");
        let settlement = self.at(self.clock.now(), |moment| machine::lapse(case(&dossier), current, moment));
        crash::point("lapse_before_commit");
        self.write(writing, settlement).await?;
        crash::point("lapse_after_commit");
        Ok(())
    }

    fn at<T>(&self, now: Timestamp, f: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let mut fresh_id = || DeliveryId(self.random.id(now));
        f(&mut Moment { now, chance: self.random.fraction(), fresh_id: &mut fresh_id })
    }
}

fn attempt(delivery: &Delivery, (outcome, error): (&str, Option<&str>), at: Timestamp) -> Attempt {
    let error = error.map(ToOwned::to_owned);
    Attempt { delivery_id: delivery.id, number: delivery.attempts, at, outcome: outcome.to_owned(), error }
}

fn case(dossier: &Dossier) -> Case<'_> {
    Case { license: &dossier.license, deliveries: &dossier.deliveries }
}

/// An outcome, in a word for the metrics.
pub(super) fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Retry { uncertain: true, .. } => "uncertain",
        Outcome::Retry { .. } => "retry",
        Outcome::Refused { .. } => "refused",
    }
}

/// Servers repeat the address that they refuse: the history keeps it whole for the agents, the log masks it.
pub(super) fn log(delivery: &Delivery, outcome: &Outcome) {
    let (license, channel, attempt) = (delivery.license_id, delivery.channel.as_str(), delivery.attempts);
    let request_id = delivery.request_id.as_deref();
    match outcome {
        Outcome::Sent { .. } => info!(%license, request_id, channel, attempt, "delivered"),
        Outcome::Retry { error, uncertain, .. } => {
            let error = quote::mask_addresses(error);
            warn!(%license, request_id, channel, attempt, uncertain, error, "not delivered yet");
        }
        Outcome::Refused { error } => {
            let error = quote::mask_addresses(error);
            error!(%license, request_id, channel, attempt, error, "refused for good");
        }
    }
}
