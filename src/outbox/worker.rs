//! Claim → act → record. Each channel has its own loop and its own slots, so that a slow one holds up no other.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, warn};

use super::{
    desk::{Clients, Desk},
    record,
    under_way::UnderWay,
};
use crate::{
    clock::Clock,
    license::{Channel, Delivery, DeliveryId, delivery::Outcome},
    metrics::Metrics,
    random::Random,
    store::{self, Claim, Dossier, LEASE, Store},
    telemetry::Pulse,
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

/// The running worker.
pub struct Outbox {
    desk: Arc<Desk>,
    loops: TaskTracker,
    pulse: Pulse,
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
        let under_way = UnderWay::default();
        let mut changes = self.store.changes();
        while !self.stop.is_cancelled() {
            let permit = tokio::select! {
                permit = Arc::clone(&slots).acquire_owned() => permit,
                () = self.stop.cancelled() => return,
            };
            changes.mark_unchanged();
            match self.store.claim(channel, &self.holder, &under_way.ids(), self.clock.now()).await {
                Ok(Some(claim)) => {
                    let desk = Arc::clone(&self);
                    let entry = under_way.enter(claim.delivery.id);
                    self.acts.spawn(async move {
                        // Boxed: the future of a whole attempt is large.
                        Box::pin(desk.make(claim)).await;
                        drop((entry, permit));
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
        record::log(&delivery, &outcome);
        self.metrics.attempt(delivery.channel.as_str(), record::word(&outcome));
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

/// The one issue of a license, as far as it is known.
fn issue_url(deliveries: &[Delivery]) -> Option<&str> {
    deliveries.iter().filter(|d| d.channel == Channel::Issue).find_map(|d| d.reference.as_deref())
}
