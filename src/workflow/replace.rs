//! Replacing a license: another one for the same customer and ticket, with other seats.

use super::{
    Error, LicenseService,
    generate::{GenerateLicense, answer_for},
    idempotency::{IdempotentRequest, Response},
    written,
};
use crate::{
    license::{
        Actor, Agent, Event, EventKind, License, LicenseDetails, LicenseId, Notice, Seats, SingleLine, Username,
        notices,
    },
    store::{self, Transaction},
};

/// What is to be different, and why.
#[derive(Debug, Clone)]
pub struct Replacement {
    pub seats: Seats,
    pub reason: SingleLine,
}

impl LicenseService {
    /// Generates a license in the place of `id`, both linked to each other. The limits hold; the customer's running
    /// license is no obstacle, as it is the one that goes.
    ///
    /// # Errors
    /// A [`Error`]; nothing was generated then.
    pub async fn replace(
        &self,
        id: LicenseId,
        replacement: &Replacement,
        request: &IdempotentRequest,
    ) -> Result<Response, Error> {
        if let Some(answered) = self.stored_response(request).await? {
            return Ok(answered);
        }
        self.may_generate(request.key.agent_user_id)?;
        let details = self.store.license(id).await?.ok_or(Error::NotFound)?;
        may_be_replaced(&details)?;
        let order = self.order(&details.license, replacement, request.key.agent_user_id).await?;
        let mut license = self.seal(order).await;
        license.replaces = Some(id);
        let place = async |tx: &mut Transaction| self.put_in_place(tx, &license, replacement, id).await;
        let answered = self.execute_once(request, place).await?;
        if answered.license_id == license.id {
            self.count(&license);
        }
        Ok(answered)
    }

    async fn put_in_place(
        &self,
        tx: &mut Transaction,
        license: &License,
        replacement: &Replacement,
        id: LicenseId,
    ) -> Result<Response, Error> {
        let earlier = tx.license(id).await?.ok_or(Error::NotFound)?;
        may_be_replaced(&earlier)?;
        self.check_limits(tx, license).await?;
        self.keep(tx, license).await?;
        // A license that could not be sealed takes nobody's place.
        if license.seal_error.is_none() {
            self.link(tx, &earlier, license, replacement).await?;
        }
        Ok(answer_for(license, &self.show(&written(tx, license.id).await?)))
    }

    /// The earlier license's own order, asked for by the agent of this session.
    async fn order(
        &self,
        earlier: &License,
        replacement: &Replacement,
        agent_user_id: u64,
    ) -> Result<GenerateLicense, Error> {
        let given = self.store.username(agent_user_id).await?.and_then(|name| Username::parse(&name).ok());
        let username = given.unwrap_or_else(|| earlier.agent.username.clone());
        Ok(GenerateLicense {
            ticket: earlier.ticket.clone(),
            agent: Agent { username, zendesk_user_id: agent_user_id },
            customer: earlier.customer.clone(),
            seats: replacement.seats,
            eligibility: earlier.eligibility.clone(),
            confirm_duplicate: true,
        })
    }

    /// Links the two, and notes it in both histories and on the earlier license's issue.
    async fn link(
        &self,
        tx: &mut Transaction,
        earlier: &LicenseDetails,
        license: &License,
        replacement: &Replacement,
    ) -> store::Result<()> {
        let (old, now) = (earlier.license.id, license.created_at);
        let Replacement { seats, reason } = replacement;
        let event = |kind, detail| Event::new(now, &Actor::from(&license.agent), kind, Some(detail));
        tx.insert_event(license.id, &event(EventKind::Replaces, format!("license {old}: {reason}"))).await?;
        tx.insert_event(
            old,
            &event(EventKind::Replaced, format!("by license {} for {seats} users: {reason}", license.id)),
        )
        .await?;
        tx.set_replaced_by(old, license.id).await?;
        let mut tick = self.tick(now);
        let notice = Notice::Replaced { by: license.id.to_string(), seats: seats.get(), reason: reason.to_string() };
        tx.insert_delivery(old, &notices::issue(earlier, notice, &mut tick), now).await
    }
}

fn may_be_replaced(earlier: &LicenseDetails) -> Result<(), Error> {
    if let Some(later) = earlier.license.replaced_by {
        return Err(Error::Conflict(format!(
            "this license was replaced already, by license {later}; replace that one"
        )));
    }
    if earlier.erased_at.is_some() {
        return Err(Error::Conflict("the customer of this license was erased; generate another one".into()));
    }
    Ok(())
}
