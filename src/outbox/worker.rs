//! Claim → act → record. Each channel has its own loop and its own slots, so that a slow one holds up no other.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};

use super::machine::{self, OUTBOX, Settlement};
use crate::{
    clock::Clock,
    crash,
    delivery::{email::Mailer, gitlab::Gitlab, quote, slack::Slack},
    license::{
        Channel, Delivery, DeliveryId, DeliveryState, Event, LicenseId, Purpose,
        delivery::{Attempt, Outcome},
    },
    metrics::Metrics,
    random::Random,
    store::{self, Claim, Dossier, LEASE, Store},
    telemetry::Pulse,
    workflow::telling::{Case, Moment},
};

/// How often the store is asked when nobody says that something changed: another replica may have left work, and
/// waits end.
const POLL: Duration = Duration::from_millis(500);
/// What is in flight when the service stops has so long to end by itself …
const DRAIN: Duration = Duration::from_secs(20);
/// … and then so long to be given back. Both together stay below the 30 s that a stop may take.
const GIVE_BACK: Duration = Duration::from_secs(5);
/// A claim is renewed this often …
const RENEW: Duration = Duration::from_millis(LEASE.as_secs() * 250);
/// … and let go of where it could not be renewed for so long: before it lapses and another replica takes it up.
const LET_GO: Duration = Duration::from_millis(LEASE.as_secs() * 800);
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
    pulse: Pulse,
}

/// What the loops share.
struct Desk {
    store: Store,
    clients: Clients,
    clock: Clock,
    random: Random,
    metrics: Metrics,
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
    pub async fn start(
        store: Store,
        clients: Clients,
        clock: Clock,
        random: Random,
        metrics: Metrics,
    ) -> store::Result<Self> {
        store.take_everything_back().await?;
        let desk = Arc::new(Desk {
            holder: random.id(clock.now()).to_string(),
            store,
            clients,
            clock,
            random,
            metrics,
            stop: CancellationToken::new(),
            stop_hard: CancellationToken::new(),
            acts: TaskTracker::new(),
        });
        let loops = TaskTracker::new();
        for channel in Channel::ALL {
            loops.spawn(Arc::clone(&desk).serve(channel));
        }
        let pulse = Pulse::new(loops.clone(), Channel::ALL.len() + 1, desk.clock.now());
        loops.spawn(Arc::clone(&desk).watch_deadlines(pulse.clone()));
        loops.close();
        Ok(Self { desk, loops, pulse })
    }

    /// The worker's signs of life.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Claims nothing more, lets what is in flight end, gives back what does not, within 30 s.
    pub async fn stop(self) {
        self.desk.stop.cancel();
        self.desk.acts.close();
        let drained = async {
            self.loops.wait().await;
            self.desk.acts.wait().await;
        };
        if timeout(DRAIN, drained).await.is_err() {
            self.desk.stop_hard.cancel();
            let _ = timeout(GIVE_BACK, self.desk.acts.wait()).await;
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
        let Claim { delivery, was_orphaned } = claim;
        let outcome = tokio::select! {
            outcome = self.attempt(&delivery, was_orphaned) => outcome,
            () = self.hold(delivery.id) => Some(Outcome::uncertain("the claim was lost during the attempt")),
        };
        let Some(outcome) = outcome else { return };
        log(&delivery, &outcome);
        self.metrics.attempt(delivery.channel.as_str(), word(&outcome));
        self.until_stored("record", || self.record(&delivery, &outcome)).await;
    }

    /// What came of an attempt; nothing where the license is gone or the service stops before it began.
    async fn attempt(&self, delivery: &Delivery, was_orphaned: bool) -> Option<Outcome> {
        if was_orphaned {
            self.until_stored("note a lost claim", || self.note_lost_claim(delivery)).await;
        }
        let dossier = self.until_stored("load", || self.store.dossier(delivery.license_id)).await??;
        // A bug that panics must not keep the delivery claimed for ever.
        let act = AssertUnwindSafe(self.act(&dossier, delivery)).catch_unwind().await;
        Some(act.unwrap_or_else(|_| Outcome::uncertain("the attempt met a bug and broke off")))
    }

    /// Renews a claim, and ends when it is lost: somebody else has it, or it could not be renewed and is about to
    /// lapse. What is not ours must not be made: another replica may be making it.
    async fn hold(&self, id: DeliveryId) {
        let renewed = || async {
            loop {
                sleep(RENEW).await;
                match self.store.renew(id, &self.holder).await {
                    Ok(is_ours) => return is_ours,
                    Err(e) => warn!(delivery = %id, error = %e, "a claim could not be renewed"),
                }
            }
        };
        while timeout(LET_GO, renewed()).await == Ok(true) {}
        // On SQLite nobody else can take a claim that this process holds.
        if self.store.is_alone() {
            std::future::pending::<()>().await;
        }
    }

    /// Talks to the outside. Outside of any transaction.
    async fn act(&self, dossier: &Dossier, delivery: &Delivery) -> Outcome {
        if delivery.give_up_at <= self.clock.now() {
            return Outcome::Refused { error: "given up: its time has passed".into() };
        }
        tokio::select! {
            outcome = self.talk(dossier, delivery) => outcome,
            () = self.stop_hard.cancelled() => Outcome::uncertain("the service stopped during the attempt"),
        }
    }

    async fn talk(&self, dossier: &Dossier, delivery: &Delivery) -> Outcome {
        let license = &dossier.license;
        let issue = issue_url(&dossier.deliveries);
        match delivery.channel {
            Channel::Email => self.clients.mailer.send(license, delivery).await,
            Channel::Issue => {
                // What follows an uncertain mail may be there already: the database may have been restored.
                let uncertain = dossier.deliveries.iter().any(|d| d.uncertain);
                let delivery = &Delivery { uncertain, ..delivery.clone() };
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
    async fn watch_deadlines(self: Arc<Self>, pulse: Pulse) {
        while !self.stop.is_cancelled() {
            let now = self.clock.now();
            pulse.beat(now);
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
        crash::point("lapse_before_commit");
        self.write(writing, settlement).await?;
        crash::point("lapse_after_commit");
        Ok(())
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

/// An outcome, in a word for the metrics.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent { .. } => "sent",
        Outcome::Retry { uncertain: true, .. } => "uncertain",
        Outcome::Retry { .. } => "retry",
        Outcome::Refused { .. } => "refused",
    }
}

/// Servers repeat the address that they refuse: the history keeps it whole for the agents, the log masks it.
fn log(delivery: &Delivery, outcome: &Outcome) {
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
