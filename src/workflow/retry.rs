//! Enqueueing failed deliveries again.

use jiff::Timestamp;

use super::{
    Error, LicenseService, actions,
    idempotency::{IdempotentRequest, Response},
    written,
};
use crate::{
    config::Rules,
    license::{
        Actor, Channel, Event, EventKind, LicenseDetails, LicenseId,
        notices::{NOTICE_LIFETIME, expiry, later},
        record::today,
    },
    store::{self, ResponseKind, Store, Transaction},
};

/// Licenses per transaction, so that other writers get their turn.
const BATCH: u32 = 50;

impl LicenseService {
    /// Enqueues the failed deliveries of one license again.
    pub(crate) async fn retry(&self, id: LicenseId, request: &IdempotentRequest) -> Result<Response, Error> {
        if let Some(response) = self.stored_response(request).await? {
            return Ok(response);
        }
        self.require_permission(request.agent_user_id())?;
        let actor = self.actor(request.agent_user_id()).await?;
        self.execute_once(request, async |tx| {
            let details = tx.license(id).await?.ok_or(Error::NotFound)?;
            actions::can_retry(&details, self.today()).map_err(|obstacle| obstacle.error(&details))?;
            requeue(tx, &details, &actor, &self.rules, self.clock.now()).await?;
            self.respond(ResponseKind::Accepted, &written(tx, id).await?, request)
        })
        .await
    }
}

/// Enqueues all failed deliveries again, license by license, and returns how many there were. After an error those of
/// earlier batches stay enqueued.
pub(crate) async fn retry_all(store: &Store, rules: &Rules, now: Timestamp) -> store::Result<u64> {
    let (mut retried, mut after) = (0, String::new());
    loop {
        let mut tx = store.begin().await?;
        let failed = tx.list_licenses_with_failures(&after, BATCH).await?;
        let Some(last) = failed.last() else { return Ok(retried) };
        after = last.to_string();
        for id in failed {
            if let Some(details) = tx.license(id).await? {
                retried += requeue(&mut tx, &details, &Actor::Operator, rules, now).await?;
            }
        }
        tx.commit().await?;
    }
}

async fn requeue(
    tx: &mut Transaction,
    details: &LicenseDetails,
    actor: &Actor,
    rules: &Rules,
    now: Timestamp,
) -> store::Result<u64> {
    let mut retried = Vec::new();
    for delivery in actions::retryable(details, today(now)) {
        let is_email = delivery.channel == Channel::Email;
        let deadline = is_email.then(|| later(now, rules.email_deadline));
        let expires_at = if is_email { expiry(&details.license) } else { later(now, NOTICE_LIFETIME) };
        tx.requeue(delivery.id, deadline, expires_at, now).await?;
        retried.push(delivery.channel.as_str());
    }
    if !retried.is_empty() {
        let event = Event::new(now, actor, EventKind::Retried, Some(retried.join(", ")));
        tx.insert_event(details.license.id, &event).await?;
    }
    Ok(retried.len() as u64)
}
