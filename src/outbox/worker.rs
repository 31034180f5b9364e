//! Claim → attempt → record. Each channel has its own loop and slots, so that a slow one does not block the others.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, warn};

use super::{
    backoff,
    digest::DigestLoop,
    in_flight::InFlight,
    record::{self, Recorder},
};
use crate::{
    clock::Clock,
    delivery::{email::Mailer, gitlab::Gitlab, slack::Slack},
    license::{Channel, DailyTime, Delivery, DeliveryId, License, LicenseDetails, Outcome},
    metrics::Metrics,
    random::Random,
    store::{self, Claim, LEASE, Store},
    telemetry::Heartbeat,
};

/// How often the store is polled: another replica may have enqueued work, and delays end.
pub(super) const POLL: Duration = Duration::from_millis(500);
/// How long attempts in flight may take to finish on shutdown …
const DRAIN: Duration = Duration::from_secs(20);
/// … and then to record their cancellation. Together below the 30 s that a shutdown may take.
const CANCEL: Duration = Duration::from_secs(5);
const RENEW_INTERVAL: Duration = Duration::from_millis(LEASE.as_secs() * 250);
/// An attempt whose lease was not renewed for this long is abandoned, before the lease lapses and another replica
/// claims it.
const RENEW_TIMEOUT: Duration = Duration::from_millis(LEASE.as_secs() * 800);

pub(crate) struct Clients {
    pub mailer: Mailer,
    pub gitlab: Gitlab,
    pub slack: Arc<Slack>,
}

/// The running worker.
pub(crate) struct Outbox {
    worker: Arc<Worker>,
    loops: TaskTracker,
    heartbeat: Heartbeat,
}

/// What the loops share.
pub(super) struct Worker {
    pub(super) recorder: Arc<Recorder>,
    clients: Clients,
    pub(super) stop: CancellationToken,
    stop_hard: CancellationToken,
    attempts: TaskTracker,
}

impl Outbox {
    /// Resumes all unfinished deliveries and runs until [`Outbox::stop`].
    pub(crate) async fn start(
        store: Store,
        clients: Clients,
        clock: Clock,
        random: Random,
        metrics: Metrics,
        digest_at: Option<DailyTime>,
    ) -> store::Result<Self> {
        store.reclaim_all().await?;
        let holder = random.id(clock.now()).to_string();
        let worker = Arc::new(Worker {
            recorder: Arc::new(Recorder { store, clock, random, metrics, holder }),
            clients,
            stop: CancellationToken::new(),
            stop_hard: CancellationToken::new(),
            attempts: TaskTracker::new(),
        });
        let loops = TaskTracker::new();
        for channel in Channel::ALL {
            loops.spawn(Arc::clone(&worker).run_channel(channel));
        }
        let count = Channel::ALL.len() + 1 + usize::from(digest_at.is_some());
        let heartbeat = Heartbeat::new(loops.clone(), count, worker.recorder.clock.now());
        loops.spawn(Arc::clone(&worker).watch_deadlines(heartbeat.clone()));
        if let Some(at) = digest_at {
            let (recorder, slack) = (Arc::clone(&worker.recorder), Arc::clone(&worker.clients.slack));
            loops.spawn(DigestLoop { recorder, slack, at, stop: worker.stop.clone() }.run());
        }
        loops.close();
        Ok(Self { worker, loops, heartbeat })
    }

    pub(crate) fn heartbeat(&self) -> Heartbeat {
        self.heartbeat.clone()
    }

    /// Stops claiming, lets attempts in flight finish, and cancels what does not. Takes at most 30 s.
    pub(crate) async fn stop(self) {
        self.worker.stop.cancel();
        self.worker.attempts.close();
        let drained = async {
            self.loops.wait().await;
            self.worker.attempts.wait().await;
        };
        if timeout(DRAIN, drained).await.is_err() {
            self.worker.stop_hard.cancel();
            let _ = timeout(CANCEL, self.worker.attempts.wait()).await;
        }
    }
}

/// Deliveries of a channel attempted at the same time. Slack takes about one message a second.
const fn slots(channel: Channel) -> usize {
    match channel {
        Channel::Email | Channel::Issue => 4,
        Channel::Slack => 1,
    }
}

impl Worker {
    async fn run_channel(self: Arc<Self>, channel: Channel) {
        let slots = Arc::new(Semaphore::new(slots(channel)));
        let in_flight = InFlight::default();
        let mut changes = self.recorder.store.changes();
        while !self.stop.is_cancelled() {
            let permit = tokio::select! {
                permit = Arc::clone(&slots).acquire_owned() => permit,
                () = self.stop.cancelled() => return,
            };
            changes.mark_unchanged();
            let max_delay = backoff::max_delay(channel);
            match self
                .recorder
                .store
                .claim(channel, &self.recorder.holder, &in_flight.ids(), max_delay, self.recorder.clock.now())
                .await
            {
                Ok(Some(claim)) => {
                    let worker = Arc::clone(&self);
                    let entry = in_flight.enter(claim.delivery.id);
                    self.attempts.spawn(async move {
                        // Boxed: the future of a whole attempt is large.
                        Box::pin(worker.handle(claim)).await;
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

    /// One attempt, from its claim to its record.
    async fn handle(&self, claim: Claim) {
        let Claim { delivery, was_orphaned } = claim;
        let outcome = tokio::select! {
            outcome = self.attempt(&delivery, was_orphaned) => outcome,
            () = self.renew_lease(delivery.id) => Some(Outcome::uncertain("the claim was lost during the attempt")),
        };
        let Some(outcome) = outcome else { return };
        record::log(&delivery, &outcome);
        self.recorder.metrics.attempt(delivery.channel, outcome.kind());
        self.until_stored("record", || self.recorder.record(&delivery, &outcome)).await;
    }

    /// `None` if the license is gone, or the service stops before the attempt begins.
    async fn attempt(&self, delivery: &Delivery, was_orphaned: bool) -> Option<Outcome> {
        if was_orphaned {
            self.until_stored("record a lost attempt", || self.recorder.record_lost_attempt(delivery)).await;
        }
        let details = self.until_stored("load", || self.recorder.store.license(delivery.license_id)).await??;
        // A panic must not leave the delivery claimed until the lease lapses, again and again.
        let outcome = AssertUnwindSafe(self.deliver(&details, delivery)).catch_unwind().await;
        Some(outcome.unwrap_or_else(|_| Outcome::uncertain("the attempt panicked")))
    }

    /// Renews a claim. Returns when it is lost: another replica has it, or it could not be renewed in time and another
    /// replica may have it soon.
    async fn renew_lease(&self, id: DeliveryId) {
        let renewed = || async {
            loop {
                sleep(RENEW_INTERVAL).await;
                match self.recorder.store.renew(id, &self.recorder.holder).await {
                    Ok(is_ours) => return is_ours,
                    Err(e) => warn!(delivery = %id, error = %e, "a claim could not be renewed"),
                }
            }
        };
        while timeout(RENEW_TIMEOUT, renewed()).await == Ok(true) {}
        // On SQLite no other process can take the claim.
        if self.recorder.store.is_single_process() {
            std::future::pending::<()>().await;
        }
    }

    /// Calls the outside, never within a transaction.
    async fn deliver(&self, details: &LicenseDetails, delivery: &Delivery) -> Outcome {
        if delivery.expires_at <= self.recorder.clock.now() {
            let last_error = delivery.last_error.as_ref().map(|error| format!("; last error: {error}"));
            let error = format!("expired before it could be delivered{}", last_error.unwrap_or_default());
            return Outcome::Refused { error };
        }
        tokio::select! {
            outcome = self.call_client(details, delivery) => outcome,
            () = self.stop_hard.cancelled() => Outcome::uncertain("the service stopped during the attempt"),
        }
    }

    async fn call_client(&self, details: &LicenseDetails, delivery: &Delivery) -> Outcome {
        let license = &details.license;
        let issue = issue_url(&details.deliveries);
        match delivery.channel {
            Channel::Email => self.clients.mailer.send(license, delivery).await,
            Channel::Issue => {
                // After a restore even a delivery that is certain by itself may have been made.
                let uncertain = details.deliveries.iter().any(|d| d.uncertain);
                let delivery = &Delivery { uncertain, ..delivery.clone() };
                let known = delivery.reference.as_deref().or(issue);
                self.clients.gitlab.file(details, delivery, known).await
            }
            Channel::Slack => match self.update_replaced(license).await {
                Ok(()) => self.clients.slack.post(details, delivery, issue).await,
                Err(outcome) => outcome,
            },
        }
    }

    /// The message about a license says what is true, and so says that another one has replaced it.
    async fn update_replaced(&self, license: &License) -> Result<(), Outcome> {
        let Some(id) = license.replaces else { return Ok(()) };
        match self.until_stored("load", || self.recorder.store.license(id)).await.flatten() {
            Some(earlier) => self.clients.slack.update(&earlier, issue_url(&earlier.deliveries)).await,
            None => Ok(()),
        }
    }

    /// Retries `f` until the store accepts it, so that an outcome is not lost while the database is away. `None` if the
    /// service stops first: then the claim lapses, and the next holder treats the delivery as uncertain.
    async fn until_stored<T, F: Future<Output = store::Result<T>>>(&self, what: &str, f: impl Fn() -> F) -> Option<T> {
        loop {
            match f().await {
                Ok(value) => return Some(value),
                Err(e) => error!(error = %e, "the outbox cannot {what}; retrying"),
            }
            tokio::select! {
                () = sleep(POLL) => {}
                () = self.stop_hard.cancelled() => return None,
            }
        }
    }
}

/// The license's issue, if it is known.
fn issue_url(deliveries: &[Delivery]) -> Option<&str> {
    deliveries.iter().filter(|d| d.channel == Channel::Issue).find_map(|d| d.reference.as_deref())
}
