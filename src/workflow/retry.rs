//! Putting failed deliveries back into the outbox.

use jiff::Timestamp;

use super::{
    Error, LicenseService,
    idempotency::{IdempotentRequest, Response},
    written,
};
use crate::{
    config::Rules,
    license::{
        Actor, Channel, Delivery, DeliveryState, Event, EventKind, LicenseDetails, LicenseId, State,
        notices::{NOTICE_LIFETIME, expiry, later},
        record::today,
    },
    store::{self, Store, Transaction},
};

/// Licenses a transaction; the writer's turn is given up between them.
const BATCH: u32 = 50;

impl LicenseService {
    /// Puts the failed deliveries of one license back into the outbox.
    ///
    /// # Errors
    /// A [`Error`]; nothing was changed then. It is a [`Error::Conflict`] where there is nothing to retry.
    pub async fn retry(&self, id: LicenseId, request: &IdempotentRequest) -> Result<Response, Error> {
        if let Some(answered) = self.stored_response(request).await? {
            return Ok(answered);
        }
        self.may_generate(request.key.agent_user_id)?;
        let actor = self.actor(request.key.agent_user_id).await?;
        self.execute_once(request, async |tx| {
            let details = tx.license(id).await?.ok_or(Error::NotFound)?;
            if requeue(tx, &details, &actor, &self.rules, self.clock.now()).await? == 0 {
                return Err(Error::Conflict("nothing of this license has failed that another try could mend".into()));
            }
            Ok(self.accepted(&written(tx, id).await?))
        })
        .await
    }
}

/// Puts all failed deliveries back into the outbox, license by license, and tells how many there were.
///
/// # Errors
/// [`store::Error`]; what was put back before stays so.
pub async fn retry_all(store: &Store, rules: &Rules, now: Timestamp) -> store::Result<u64> {
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
    for delivery in details.deliveries.iter().filter(|d| is_worth_it(details, d, now)) {
        let is_email = delivery.channel == Channel::Email;
        let deadline = is_email.then(|| later(now, rules.email_deadline));
        let expires_at = if is_email { expiry(&details.license) } else { later(now, NOTICE_LIFETIME) };
        tx.requeue(delivery.id, deadline, expires_at, now).await?;
        retried.push(delivery.channel.as_str());
    }
    if !retried.is_empty() {
        let detail = Some(retried.join(", "));
        let event = Event::new(now, actor, EventKind::Retried, detail);
        tx.insert_event(details.license.id, &event).await?;
    }
    Ok(retried.len() as u64)
}

/// A mail is not: after the license's end, where the customer has the license by another mail, or where another
/// license took its place. Nothing is, of an erased customer.
fn is_worth_it(details: &LicenseDetails, delivery: &Delivery, now: Timestamp) -> bool {
    let license = &details.license;
    let is_mailable = license.file.is_some()
        && license.terms.days_left(today(now)) > 0
        && license.replaced_by.is_none()
        && details.state() != State::Delivered;
    delivery.state == DeliveryState::Failed
        && details.erased_at.is_none()
        && (delivery.channel != Channel::Email || is_mailable)
}
