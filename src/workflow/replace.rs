//! Replacing a license: another one for the same customer and ticket, with other seats.

use super::{
    Desk,
    generate::{Order, answer_for, by_agent},
    request::{Answered, Refusal, Request},
    telling::{self, Case, Moment},
    written,
};
use crate::{
    license::{Agent, DeliveryId, Event, License, LicenseId, Line, Seats, Story, Username},
    store::{self, Dossier, Writing},
};

/// What is to be different, and why.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// The new user count.
    pub seats: Seats,
    /// Why.
    pub reason: Line,
}

impl Desk {
    /// Generates a license in the place of `id`, both linked to each other. The limits hold; the customer's running
    /// license is no obstacle, as it is the one that goes.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was generated then.
    pub async fn replace(
        &self,
        id: LicenseId,
        replacement: &Replacement,
        request: &Request,
    ) -> Result<Answered, Refusal> {
        if let Some(answered) = self.answered_before(request).await? {
            return Ok(answered);
        }
        self.may_generate(request.key.agent_user_id)?;
        let dossier = self.store.dossier(id).await?.ok_or(Refusal::NotFound)?;
        may_be_replaced(&dossier)?;
        let order = self.order(&dossier.license, replacement, request.key.agent_user_id).await?;
        let mut license = self.seal(order).await;
        license.replaces = Some(id);
        let place = async |writing: &mut Writing| self.put_in_place(writing, &license, replacement, id).await;
        let answered = self.once(request, place).await?;
        if answered.license_id == license.id {
            self.count(&license);
        }
        Ok(answered)
    }

    async fn put_in_place(
        &self,
        writing: &mut Writing,
        license: &License,
        replacement: &Replacement,
        id: LicenseId,
    ) -> Result<Answered, Refusal> {
        let earlier = writing.dossier(id).await?.ok_or(Refusal::NotFound)?;
        may_be_replaced(&earlier)?;
        self.check_limits(writing, license).await?;
        self.keep(writing, license).await?;
        // A license that could not be sealed takes nobody's place.
        if license.seal_error.is_none() {
            self.link(writing, &earlier, license, replacement).await?;
        }
        Ok(answer_for(license, &self.show(&written(writing, license.id).await?)))
    }

    /// The earlier license's own order, asked for by the agent of this session.
    async fn order(&self, earlier: &License, replacement: &Replacement, agent_user_id: u64) -> Result<Order, Refusal> {
        let given = self.store.username(agent_user_id).await?.and_then(|name| Username::parse(&name).ok());
        let username = given.unwrap_or_else(|| earlier.agent.username.clone());
        Ok(Order {
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
        writing: &mut Writing,
        earlier: &Dossier,
        license: &License,
        replacement: &Replacement,
    ) -> store::Result<()> {
        let (old, now) = (earlier.license.id, license.created_at);
        let Replacement { seats, reason } = replacement;
        let by = by_agent(&license.agent);
        let event =
            |what: &str, detail: String| Event { at: now, by: by.clone(), what: what.into(), detail: Some(detail) };
        writing.add_event(license.id, &event("replaces", format!("license {old}: {reason}"))).await?;
        writing
            .add_event(old, &event("replaced", format!("by license {} for {seats} users: {reason}", license.id)))
            .await?;
        writing.set_replaced_by(old, license.id).await?;
        let mut fresh_id = || DeliveryId(self.random.id(now));
        let mut moment = Moment { now, chance: 0.0, fresh_id: &mut fresh_id };
        let story = Story::Replaced { by: license.id.to_string(), seats: seats.get(), reason: reason.to_string() };
        let case = Case { license: &earlier.license, deliveries: &earlier.deliveries };
        writing.add_delivery(old, &telling::issue(case, story, &mut moment), now).await
    }
}

fn may_be_replaced(earlier: &Dossier) -> Result<(), Refusal> {
    if let Some(later) = earlier.license.replaced_by {
        return Err(Refusal::Conflict(format!(
            "this license was replaced already, by license {later}; replace that one"
        )));
    }
    if earlier.erased_at.is_some() {
        return Err(Refusal::Conflict("the customer of this license was erased; generate another one".into()));
    }
    Ok(())
}
