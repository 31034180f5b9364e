//! What is done in the background: erasing what may no longer be kept, in small steps, and finding out whether the database
//! takes writes before an agent does.

use std::time::Duration;

use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{
    clock::Clock,
    metrics::Metrics,
    store::Store,
    workflow::erase::{self, Erased},
};

/// What is due is erased at the start and then this often.
const ROUND: Duration = Duration::from_hours(1);
/// How often the database has to show that it takes writes.
const PROBE: Duration = Duration::from_secs(5);
/// Between two steps others have their turn.
const PAUSE: Duration = Duration::from_millis(100);

/// The running task.
pub struct Maintenance {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Maintenance {
    /// Erases and probes from now on.
    pub fn start(store: Store, clock: Clock, retention_days: u32, metrics: Metrics) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let rounds = async {
                loop {
                    round(&store, &clock, retention_days, &metrics).await;
                    sleep(ROUND).await;
                }
            };
            // A step that is dropped leaves nothing behind: the next round takes it up again.
            tokio::select! {
                () = rounds => {}
                () = probe(&store) => {}
                () = stopped.cancelled() => {}
            }
        });
        Self { stop, task }
    }

    /// Ends it.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

/// Never ends. Says once that writing fails, and once that it works again.
async fn probe(store: &Store) {
    let mut is_refused = false;
    loop {
        sleep(PROBE).await;
        let probed = store.probe().await;
        match &probed {
            Err(e) if !is_refused => error!(error = %e, "the database takes no writes"),
            Ok(()) if is_refused => info!("the database takes writes again"),
            _ => {}
        }
        is_refused = probed.is_err();
    }
}

async fn round(store: &Store, clock: &Clock, retention_days: u32, metrics: &Metrics) {
    let mut all = Erased::default();
    loop {
        match erase::batch(store, retention_days, clock.now()).await {
            Ok(erased) if erased == Erased::default() => break,
            Ok(erased) => {
                metrics.erased(erased.texts, erased.customers);
                all.texts += erased.texts;
                all.customers += erased.customers;
            }
            Err(e) => {
                warn!(error = %e, "erasing is put off to the next round");
                break;
            }
        }
        sleep(PAUSE).await;
    }
    // In every round, so that the next one makes up for a failure.
    if let Err(e) = store.truncate_wal().await {
        warn!(error = %e, "erased data may stay in the write-ahead log until the next round");
    }
    if all != Erased::default() {
        info!(texts = all.texts, customers = all.customers, "erased what may no longer be kept");
    }
}
