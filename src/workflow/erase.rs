//! Erasing: license texts when they are of no more use, people after a time or when they ask.

use jiff::{SignedDuration, Timestamp};

use super::telling::{self, Case, Moment};
use crate::{
    license::{Channel, DeliveryId, Email, Event, LicenseId, Story, record::today},
    random::Random,
    store::{self, Store, Writing},
};

/// Licenses a transaction: the writer's turn is never held for long.
const STEP: u32 = 20;

/// What one step has erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// License texts.
    pub texts: usize,
    /// Licenses whose customer is no longer named.
    pub people: usize,
}

/// What a deletion request has erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// The customer's own licenses.
    pub licenses: usize,
    /// Other customers' licenses that had been mailed to the address as well.
    pub forwards: usize,
    /// Issues that the outbox is going to redact.
    pub issues: usize,
}

/// One small step: the texts of licenses that have stopped, and the people of licenses older than `retention_days`.
/// Nothing is left to do where it has erased nothing.
///
/// # Errors
/// [`store::Error`]; nothing was erased then.
pub async fn step(store: &Store, retention_days: u32, now: Timestamp) -> store::Result<Erased> {
    let mut writing = store.write().await?;
    let texts = writing.expired_with_text(today(now), STEP).await?;
    for id in &texts {
        let digests = writing.dossier(*id).await?.and_then(|dossier| dossier.digests);
        writing.erase_text(*id, digests.as_ref()).await?;
        writing.add_event(*id, &event("retention", "text_erased", now)).await?;
    }
    let kept_since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(retention_days)));
    let people = writing.made_before(kept_since.unwrap_or(Timestamp::MIN), STEP).await?;
    for id in &people {
        forget(&mut writing, *id, "retention", now).await?;
    }
    let erased = Erased { texts: texts.len(), people: people.len() };
    if erased != Erased::default() {
        writing.commit().await?;
    }
    Ok(erased)
}

/// Erases the customer of that address everywhere in the store, and leaves the redaction of their issues in the outbox,
/// which survives a GitLab that is away.
///
/// # Errors
/// [`store::Error`]; what was erased before stays so, and the same call goes on from there.
pub async fn customer(store: &Store, random: Random, email: &Email, now: Timestamp) -> store::Result<Forgotten> {
    let mut forgotten = Forgotten::default();
    loop {
        let mut writing = store.write().await?;
        let own = writing.of_customer(email, STEP).await?;
        for id in &own {
            forgotten.issues += usize::from(forget_with_issue(&mut writing, random, *id, now).await?);
        }
        // Only then: the mails to their own licenses are gone by now.
        let others = if own.is_empty() { writing.mailed_to(email, STEP).await? } else { Vec::new() };
        for id in &others {
            writing.erase_recipient(*id, email).await?;
            writing.add_event(*id, &event("operator", "recipient_erased", now)).await?;
        }
        if own.is_empty() && others.is_empty() {
            return Ok(forgotten);
        }
        writing.commit().await?;
        forgotten.licenses += own.len();
        forgotten.forwards += others.len();
    }
}

async fn forget_with_issue(
    writing: &mut Writing,
    random: Random,
    id: LicenseId,
    now: Timestamp,
) -> store::Result<bool> {
    forget(writing, id, "operator", now).await?;
    let Some(dossier) = writing.dossier(id).await? else { return Ok(false) };
    if !dossier.deliveries.iter().any(|d| d.channel == Channel::Issue) {
        return Ok(false);
    }
    let mut fresh_id = || DeliveryId(random.id(now));
    let mut moment = Moment { now, chance: 0.0, fresh_id: &mut fresh_id };
    let case = Case { license: &dossier.license, deliveries: &dossier.deliveries };
    writing.add_delivery(id, &telling::issue(case, Story::Erased, &mut moment), now).await?;
    Ok(true)
}

async fn forget(writing: &mut Writing, id: LicenseId, by: &str, now: Timestamp) -> store::Result<()> {
    let digests = writing.dossier(id).await?.and_then(|dossier| dossier.digests);
    writing.erase_text(id, digests.as_ref()).await?;
    writing.erase_people(id, now).await?;
    writing.add_event(id, &event(by, "erased", now)).await
}

fn event(by: &str, what: &str, at: Timestamp) -> Event {
    Event { at, by: by.to_owned(), what: what.to_owned(), detail: None }
}
