//! Starting with the outbox paused, after a backup was restored.

use jiff::Timestamp;

use crate::{
    license::{Actor, DeliveryChange, Event, EventKind},
    store::{self, Store},
};

/// Marks all pending deliveries as uncertain, because they may have been made since the backup. A later attempt first
/// looks for its issue, and sends its email under the same Message-ID. Returns how many there are.
pub(crate) async fn pause(store: &Store, now: Timestamp) -> store::Result<usize> {
    store.reclaim_all().await?;
    let mut tx = store.begin().await?;
    let pending = tx.mark_pending_uncertain().await?;
    for (license, channel) in &pending {
        let kind = EventKind::of_delivery(*channel, DeliveryChange::Uncertain);
        let detail = "the database was restored; this may have been delivered since the backup";
        tx.insert_event(*license, &Event::new(now, &Actor::Outbox, kind, Some(detail.into()))).await?;
    }
    tx.commit().await?;
    Ok(pending.len())
}
