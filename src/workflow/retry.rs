//! Putting failed deliveries back into the outbox.

use jiff::Timestamp;

use super::{
    Desk,
    request::{Answered, Refusal, Request},
    telling::{TOLD_WITHIN, later, stops_at},
    written,
};
use crate::{
    config::Rules,
    license::{Channel, Delivery, DeliveryState, Event, LicenseId, State, record::today},
    store::{self, Dossier, Store, Writing},
};

/// Licenses a transaction; the writer's turn is given up between them.
const BATCH: u32 = 50;

impl Desk {
    /// Puts the failed deliveries of one license back into the outbox.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was changed then. It is a [`Refusal::Conflict`] where there is nothing to retry.
    pub async fn retry(&self, id: LicenseId, request: &Request) -> Result<Answered, Refusal> {
        if let Some(answered) = self.answered_before(request).await? {
            return Ok(answered);
        }
        self.may_generate(request.key.agent_user_id)?;
        let by = self.name_of(request.key.agent_user_id).await?;
        self.once(request, async |writing| {
            let dossier = writing.dossier(id).await?.ok_or(Refusal::NotFound)?;
            if requeue(writing, &dossier, &by, &self.rules, self.clock.now()).await? == 0 {
                return Err(Refusal::Conflict("nothing of this license has failed that another try could mend".into()));
            }
            Ok(self.accepted(&written(writing, id).await?))
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
        let mut writing = store.write().await?;
        let failed = writing.licenses_with_failures(&after, BATCH).await?;
        let Some(last) = failed.last() else { return Ok(retried) };
        after = last.to_string();
        for id in failed {
            if let Some(dossier) = writing.dossier(id).await? {
                retried += requeue(&mut writing, &dossier, "operator", rules, now).await?;
            }
        }
        writing.commit().await?;
    }
}

async fn requeue(
    writing: &mut Writing,
    dossier: &Dossier,
    by: &str,
    rules: &Rules,
    now: Timestamp,
) -> store::Result<u64> {
    let mut retried = Vec::new();
    for delivery in dossier.deliveries.iter().filter(|d| is_worth_it(dossier, d, now)) {
        let is_email = delivery.channel == Channel::Email;
        let deadline = is_email.then(|| later(now, rules.email_deadline));
        let give_up_at = if is_email { stops_at(&dossier.license) } else { later(now, TOLD_WITHIN) };
        writing.requeue(delivery.id, deadline, give_up_at, now).await?;
        retried.push(delivery.channel.as_str());
    }
    if !retried.is_empty() {
        let detail = Some(retried.join(", "));
        let event = Event { at: now, by: by.to_owned(), what: "retried".into(), detail };
        writing.add_event(dossier.license.id, &event).await?;
    }
    Ok(retried.len() as u64)
}

/// A mail is not: after the license's end, where the customer has the license by another mail, or where another
/// license took its place. Nothing is, of an erased customer.
fn is_worth_it(dossier: &Dossier, delivery: &Delivery, now: Timestamp) -> bool {
    let license = &dossier.license;
    let is_mailable = license.file.is_some()
        && license.terms.days_left(today(now)) > 0
        && license.replaced_by.is_none()
        && State::of(&dossier.deliveries) != State::Delivered;
    delivery.state == DeliveryState::Failed
        && dossier.erased_at.is_none()
        && (delivery.channel != Channel::Email || is_mailable)
}
