//! Background work: erases what may no longer be kept, and probes whether the database takes writes.

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

/// The first round runs at the start.
const RETENTION_INTERVAL: Duration = Duration::from_hours(1);
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// Lets other writers in between two batches.
const BATCH_PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct MaintenanceTask {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl MaintenanceTask {
    pub(crate) fn start(store: Store, clock: Clock, retention_days: u32, metrics: Metrics) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let retention = async {
                loop {
                    erase_expired(&store, &clock, retention_days, &metrics).await;
                    sleep(RETENTION_INTERVAL).await;
                }
            };
            // Each batch is one transaction, so it may be dropped at any point.
            tokio::select! {
                () = retention => {}
                () = probe_writes(&store) => {}
                () = stopped.cancelled() => {}
            }
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }
}

/// Never returns. Logs when writes begin to fail and when they work again.
async fn probe_writes(store: &Store) {
    let mut is_failing = false;
    loop {
        sleep(PROBE_INTERVAL).await;
        let probed = store.probe().await;
        match &probed {
            Err(e) if !is_failing => error!(error = %e, "the database takes no writes"),
            Ok(()) if is_failing => info!("the database takes writes again"),
            _ => {}
        }
        is_failing = probed.is_err();
    }
}

async fn erase_expired(store: &Store, clock: &Clock, retention_days: u32, metrics: &Metrics) {
    let mut total = Erased::default();
    loop {
        match erase::batch(store, retention_days, clock.now()).await {
            Ok(erased) if erased == Erased::default() => break,
            Ok(erased) => {
                metrics.erased(erased.texts, erased.customers);
                total.texts += erased.texts;
                total.customers += erased.customers;
            }
            Err(e) => {
                warn!(error = %e, "erasing failed; the next round retries");
                break;
            }
        }
        sleep(BATCH_PAUSE).await;
    }
    // In every round, so that the next one repeats a failed truncation.
    if let Err(e) = store.truncate_wal().await {
        warn!(error = %e, "erased data may stay in the write-ahead log until the next round");
    }
    if total != Erased::default() {
        info!(texts = total.texts, customers = total.customers, "erased what may no longer be kept");
    }
}
