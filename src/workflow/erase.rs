//! Erasure: license texts once they have expired, customers after the retention period or on request.

use jiff::{SignedDuration, Timestamp};

use super::tick;
use crate::{
    license::{Actor, Channel, Email, Event, EventKind, LicenseId, Notice, notices, record::today},
    random::Random,
    store::{self, Store, Transaction},
};

/// Licenses per transaction, so that other writers get their turn.
const BATCH: u32 = 20;

/// What one batch erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Erased {
    pub texts: usize,
    pub customers: usize,
}

/// What a deletion request erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ErasedCustomer {
    pub licenses: usize,
    /// Other customers' licenses that were mailed to the address.
    pub forwards: usize,
    /// Issues that the outbox will redact.
    pub issues: usize,
}

/// Erases one batch: the texts of expired licenses, and the customers of licenses older than `retention_days`. Once it
/// erases nothing, nothing is left.
pub(crate) async fn batch(store: &Store, retention_days: u32, now: Timestamp) -> store::Result<Erased> {
    let mut tx = store.begin().await?;
    let texts = tx.list_expired_with_file(today(now), BATCH).await?;
    for id in &texts {
        let digests = tx.license(*id).await?.and_then(|details| details.digests);
        tx.erase_file(*id, digests.as_ref()).await?;
        tx.insert_event(*id, &Event::new(now, &Actor::Retention, EventKind::TextErased, None)).await?;
    }
    let kept_since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(retention_days)));
    let customers = tx.list_created_before(kept_since.unwrap_or(Timestamp::MIN), BATCH).await?;
    for id in &customers {
        erase_customer(&mut tx, *id, &Actor::Retention, now).await?;
    }
    let erased = Erased { texts: texts.len(), customers: customers.len() };
    if erased != Erased::default() {
        tx.commit().await?;
    }
    Ok(erased)
}

/// Erases the customer with this address from the store, and enqueues the redaction of their issues. After an error,
/// repeat the call: it goes on where it failed.
pub(crate) async fn customer(
    store: &Store,
    random: Random,
    email: &Email,
    now: Timestamp,
) -> store::Result<ErasedCustomer> {
    let mut erased = ErasedCustomer::default();
    loop {
        let mut tx = store.begin().await?;
        let own = tx.list_by_customer(email, BATCH).await?;
        for id in &own {
            erased.issues += usize::from(erase_with_issue(&mut tx, random, *id, now).await?);
        }
        // Their own licenses come first, so that their emails are not counted as forwards.
        let others = if own.is_empty() { tx.list_mailed_to(email, BATCH).await? } else { Vec::new() };
        for id in &others {
            tx.erase_recipient(*id, email).await?;
            tx.insert_event(*id, &Event::new(now, &Actor::Operator, EventKind::RecipientErased, None)).await?;
        }
        if own.is_empty() && others.is_empty() {
            break;
        }
        tx.commit().await?;
        erased.licenses += own.len();
        erased.forwards += others.len();
    }
    // Always: a repeated call completes one that failed here.
    store.truncate_wal().await?;
    Ok(erased)
}

async fn erase_with_issue(tx: &mut Transaction, random: Random, id: LicenseId, now: Timestamp) -> store::Result<bool> {
    erase_customer(tx, id, &Actor::Operator, now).await?;
    let Some(details) = tx.license(id).await? else { return Ok(false) };
    if !details.deliveries.iter().any(|d| d.channel == Channel::Issue) {
        return Ok(false);
    }
    let mut tick = tick(random, now);
    tx.insert_delivery(id, &notices::issue(&details, Notice::Erased, &mut tick), now).await?;
    Ok(true)
}

async fn erase_customer(tx: &mut Transaction, id: LicenseId, actor: &Actor, now: Timestamp) -> store::Result<()> {
    let digests = tx.license(id).await?.and_then(|details| details.digests);
    tx.erase_file(id, digests.as_ref()).await?;
    tx.erase_customer(id, now).await?;
    tx.insert_event(id, &Event::new(now, actor, EventKind::Erased, None)).await
}
