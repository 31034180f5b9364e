//! Claim → act → record. Each channel has its own loop and its own slots, so that a slow one holds up no other.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::{sync::Semaphore, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};

use super::machine::{self, OUTBOX, Settlement};
use crate::{
    clock::Clock,
    delivery::{email::Mailer, gitlab::Gitlab, quote, slack::Slack},
    license::{
        Channel, Delivery, DeliveryId, DeliveryState, Event, LicenseId,
        delivery::{Attempt, Outcome},
    },
    random::Random,
    store::{self, Claim, Dossier, LEASE, Store},
    workflow::telling::{Case, Moment},
};

/// How often the store is asked when nobody says that something changed: another replica may have left work, and
/// waits end.
const POLL: Duration = Duration::from_millis(500);
/// What is in flight when the service stops has so long to end by itself …
const DRAIN: Duration = Duration::from_secs(20);
/// … and then so long to be given back. Both together stay below the 30 s that a stop may take.
const GIVE_BACK: Duration = Duration::from_secs(5);
/// Emails told late in one round; the next round is [`POLL`] away.
const LATE_BATCH: u32 = 50;

/// The outside, by channel.
pub struct Clients {
    /// The mail server.
    pub mailer: Mailer,
    /// The GitLab project of support's issues.
    pub gitlab: Gitlab,
    /// Support's Slack channel.
    pub slack: Slack,
}

/// The running worker.
pub struct Outbox {
    desk: Arc<Desk>,
    loops: TaskTracker,
}

/// What the loops share.
struct Desk {
    store: Store,
    clients: Clients,
    clock: Clock,
    random: Random,
    /// This process, in the claims.
    holder: String,
    stop: CancellationToken,
    stop_hard: CancellationToken,
    acts: TaskTracker,
}

impl Outbox {
    /// Takes up everything unfinished and goes on until [`Outbox::stop`].
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn start(store: Store, clients: Clients, clock: Clock, random: Random) -> store::Result<Self> {
        store.take_everything_back().await?;
        let desk = Arc::new(Desk {
            holder: random.id(clock.now()).to_string(),
            store,
            clients,
            clock,
            random,
            stop: CancellationToken::new(),
            stop_hard: CancellationToken::new(),
            acts: TaskTracker::new(),
        });
        let loops = TaskTracker::new();
        for channel in Channel::ALL {
            loops.spawn(Arc::clone(&desk).serve(channel));
        }
        loops.spawn(Arc::clone(&desk).watch_deadlines());
        loops.close();
        Ok(Self { desk, loops })
    }

    /// Claims nothing more, lets what is in flight end, gives back what does not, within 30 s.
    pub async fn stop(self) {
        self.desk.stop.cancel();
        self.loops.wait().await;
        self.desk.acts.close();
        if tokio::time::timeout(DRAIN, self.desk.acts.wait()).await.is_err() {
            self.desk.stop_hard.cancel();
            let _ = tokio::time::timeout(GIVE_BACK, self.desk.acts.wait()).await;
        }
    }
}

/// How many deliveries of a channel are made at once. Slack takes about one message a second.
const fn slots(channel: Channel) -> usize {
    match channel {
        Channel::Email | Channel::Issue => 4,
        Channel::Slack => 1,
    }
}

impl Desk {
    async fn serve(self: Arc<Self>, channel: Channel) {
        let slots = Arc::new(Semaphore::new(slots(channel)));
        let mut changes = self.store.changes();
        while !self.stop.is_cancelled() {
            let permit = tokio::select! {
                permit = Arc::clone(&slots).acquire_owned() => permit,
                () = self.stop.cancelled() => return,
            };
            changes.mark_unchanged();
            match self.store.claim(channel, &self.holder, self.clock.now()).await {
                Ok(Some(claim)) => {
                    let desk = Arc::clone(&self);
                    self.acts.spawn(async move {
                        // Boxed: the future of a whole attempt is large.
                        Box::pin(desk.make(claim)).await;
                        drop(permit);
                    });
                    continue;
                }
                Ok(None) => {}
                Err(e) => {
                    warn!(channel = channel.as_str(), error = %e, "the outbox cannot claim");
                    changes.mark_unchanged();
                }
            }
            drop(permit);
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep(POLL) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// One attempt, from the claim to its record.
    async fn make(&self, claim: Claim) {
        let delivery = claim.delivery;
        if claim.was_orphaned {
            self.until_stored("note a lost claim", || self.note_lost_claim(&delivery)).await;
        }
        let Some(Some(dossier)) = self.until_stored("load", || self.store.dossier(delivery.license_id)).await else {
            return;
        };
        let outcome = self.act(&dossier, &delivery).await;
        log(&delivery, &outcome);
        self.until_stored("record", || self.record(&delivery, &outcome)).await;
    }

    /// Talks to the outside, renewing the claim meanwhile. Outside of any transaction.
    async fn act(&self, dossier: &Dossier, delivery: &Delivery) -> Outcome {
        if delivery.give_up_at <= self.clock.now() {
            return Outcome::Refused { error: "given up: its time has passed".into() };
        }
        let act = self.talk(dossier, delivery);
        tokio::pin!(act);
        loop {
            tokio::select! {
                outcome = &mut act => return outcome,
                () = sleep(LEASE / 3) => {
                    if let Err(e) = self.store.renew(delivery.id, &self.holder).await {
                        warn!(delivery = %delivery.id, error = %e, "a claim could not be renewed");
                    }
                }
                () = self.stop_hard.cancelled() => {
                    return Outcome::uncertain("the service stopped during the attempt");
                }
            }
        }
    }

    async fn talk(&self, dossier: &Dossier, delivery: &Delivery) -> Outcome {
        let license = &dossier.license;
        let issue = issue_url(&dossier.deliveries);
        match delivery.channel {
            Channel::Email => self.clients.mailer.send(license, delivery).await,
            Channel::Issue => {
                let known = delivery.reference.as_deref().or(issue);
                self.clients.gitlab.file(license, delivery, known).await
            }
            Channel::Slack => self.clients.slack.post(license, delivery, issue).await,
        }
    }

    /// Writes what came of an attempt together with what follows from it: one commit.
    async fn record(&self, delivery: &Delivery, outcome: &Outcome) -> store::Result<()> {
        let mut writing = self.store.write().await?;
        if !writing.release(delivery.id, &self.holder).await? {
            warn!(delivery = %delivery.id, "a claim lapsed before its attempt ended; another holder has it");
            return Ok(());
        }
        let Some(dossier) = writing.dossier(delivery.license_id).await? else { return Ok(()) };
        let Some(current) = dossier.deliveries.iter().find(|d| d.id == delivery.id) else { return Ok(()) };
        let settlement = self.at(self.clock.now(), |moment| machine::settle(case(&dossier), current, outcome, moment));
        writing.add_attempt(&attempt(delivery, outcome.in_words(), self.clock.now())).await?;
        self.write(writing, settlement).await
    }

    async fn write(&self, mut writing: store::Writing, settlement: Settlement) -> store::Result<()> {
        let Settlement { delivery, follow_ups, events } = settlement;
        let now = self.clock.now();
        writing.save_delivery(&delivery).await?;
        for event in &events {
            writing.add_event(delivery.license_id, event).await?;
        }
        for new in &follow_ups {
            writing.add_delivery(delivery.license_id, new, now).await?;
        }
        writing.commit().await
    }

    async fn note_lost_claim(&self, delivery: &Delivery) -> store::Result<()> {
        let event = Event {
            at: self.clock.now(),
            by: OUTBOX.to_owned(),
            what: format!("{}_uncertain", delivery.channel.as_str()),
            detail: Some("the service died during an attempt; it is made again".into()),
        };
        let mut writing = self.store.write().await?;
        writing.add_event(delivery.license_id, &event).await?;
        let mut lost = attempt(delivery, ("lost", event.detail.as_deref()), event.at);
        lost.number = lost.number.saturating_sub(1);
        writing.add_attempt(&lost).await?;
        writing.commit().await
    }

    /// Tells people about emails that are past their deadline, whatever their attempts are doing.
    async fn watch_deadlines(self: Arc<Self>) {
        while !self.stop.is_cancelled() {
            let now = self.clock.now();
            match self.store.overdue_emails(now, LATE_BATCH).await {
                Ok(overdue) => {
                    for delivery in overdue {
                        if let Err(e) = self.lapse(delivery.license_id, delivery.id).await {
                            warn!(license = %delivery.license_id, error = %e, "a late email could not be recorded");
                        }
                    }
                }
                Err(e) => warn!(error = %e, "the outbox cannot look for late emails"),
            }
            tokio::select! {
                () = sleep(POLL) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    async fn lapse(&self, license: LicenseId, id: DeliveryId) -> store::Result<()> {
        let mut writing = self.store.write().await?;
        let Some(dossier) = writing.dossier(license).await? else { return Ok(()) };
        let current = dossier.deliveries.iter().find(|d| d.id == id);
        let Some(current) = current.filter(|d| d.state == DeliveryState::Pending && !d.late) else { return Ok(()) };
        warn!(%license, "an email is late");
        let settlement = self.at(self.clock.now(), |moment| machine::lapse(case(&dossier), current, moment));
        self.write(writing, settlement).await
    }

    fn at<T>(&self, now: Timestamp, f: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let mut fresh_id = || DeliveryId(self.random.id(now));
        f(&mut Moment { now, chance: self.random.fraction(), fresh_id: &mut fresh_id })
    }

    /// Tries until the store takes it. What is known must not be forgotten while the database is away, so this ends
    /// otherwise only when the service stops: then the claim lapses, and the next holder calls it uncertain.
    async fn until_stored<T, F: Future<Output = store::Result<T>>>(&self, what: &str, f: impl Fn() -> F) -> Option<T> {
        loop {
            match f().await {
                Ok(value) => return Some(value),
                Err(e) => error!(error = %e, "the outbox cannot {what}; trying on"),
            }
            tokio::select! {
                () = sleep(POLL) => {}
                () = self.stop_hard.cancelled() => return None,
            }
        }
    }
}

fn attempt(delivery: &Delivery, (outcome, error): (&str, Option<&str>), at: Timestamp) -> Attempt {
    let error = error.map(ToOwned::to_owned);
    Attempt { delivery_id: delivery.id, number: delivery.attempts, at, outcome: outcome.to_owned(), error }
}

fn case(dossier: &Dossier) -> Case<'_> {
    Case { license: &dossier.license, deliveries: &dossier.deliveries }
}

/// The one issue of a license, as far as it is known.
fn issue_url(deliveries: &[Delivery]) -> Option<&str> {
    deliveries.iter().filter(|d| d.channel == Channel::Issue).find_map(|d| d.reference.as_deref())
}

/// Servers repeat the address that they refuse: the history keeps it whole for the agents, the log masks it.
fn log(delivery: &Delivery, outcome: &Outcome) {
    let (license, channel, attempt) = (delivery.license_id, delivery.channel.as_str(), delivery.attempts);
    match outcome {
        Outcome::Sent { .. } => info!(%license, channel, attempt, "delivered"),
        Outcome::Retry { error, uncertain, .. } => {
            let error = quote::mask_addresses(error);
            warn!(%license, channel, attempt, uncertain, error, "not delivered yet");
        }
        Outcome::Refused { error } => {
            let error = quote::mask_addresses(error);
            error!(%license, channel, attempt, error, "refused for good");
        }
    }
}
