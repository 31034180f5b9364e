//! No deliveries for now: the first start from a restored backup.

use jiff::Timestamp;

use super::machine::OUTBOX;
use crate::{
    license::Event,
    store::{self, Store},
};

/// Marks what is pending as uncertain, with a line in each history: it may have been delivered after the backup was
/// made. Whoever delivers it later looks first whether its issue exists, and sends its mail under the same Message-ID.
/// How many deliveries that are.
///
/// # Errors
/// [`store::Error`].
pub async fn hold(store: &Store, now: Timestamp) -> store::Result<usize> {
    store.take_everything_back().await?;
    let mut writing = store.write().await?;
    let pending = writing.doubt_pending().await?;
    for (license, channel) in &pending {
        let event = Event {
            at: now,
            by: OUTBOX.to_owned(),
            what: format!("{}_uncertain", channel.as_str()),
            detail: Some("the database was restored; this may have been delivered since its backup".into()),
        };
        writing.add_event(*license, &event).await?;
    }
    writing.commit().await?;
    Ok(pending.len())
}
