//! What happens at a given time: emails become late, and people are reminded.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::sleep;
use tracing::warn;

use super::worker::{POLL, Worker};
use crate::telemetry::Heartbeat;

/// Emails marked late, and reminders, in one round; the next round is [`POLL`] away.
const BATCH: u32 = 50;

impl Worker {
    /// Marks emails late once their deadline has passed, whatever their attempts are doing, and sends reminders.
    pub(super) async fn watch_deadlines(self: Arc<Self>, heartbeat: Heartbeat) {
        while !self.stop.is_cancelled() {
            let now = self.recorder.clock.now();
            heartbeat.beat(now);
            match self.recorder.store.list_overdue_emails(now, BATCH).await {
                Ok(overdue) => {
                    for delivery in overdue {
                        if let Err(e) = self.recorder.mark_late(delivery.license_id, delivery.id).await {
                            warn!(license = %delivery.license_id, error = %e, "a late email could not be recorded");
                        }
                    }
                }
                Err(e) => warn!(error = %e, "the outbox cannot look for late emails"),
            }
            self.remind(now).await;
            tokio::select! {
                () = sleep(POLL) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Reminds of the follow-ups that are still open on the business day before their last.
    async fn remind(&self, now: Timestamp) {
        match self.recorder.store.list_to_remind(now, BATCH).await {
            Ok(ids) => {
                for id in ids {
                    if let Err(e) = self.recorder.remind(id).await {
                        warn!(license = %id, error = %e, "a reminder could not be recorded");
                    }
                }
            }
            Err(e) => warn!(error = %e, "the outbox cannot look for reminders"),
        }
    }
}
