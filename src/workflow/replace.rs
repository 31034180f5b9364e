//! Replacing a license by one with other seats, for the same customer and ticket.

use super::{
    Error, LicenseService, actions,
    generate::GenerateLicense,
    idempotency::{IdempotentRequest, Response},
};
use crate::{
    license::{
        Actor, Agent, Event, EventKind, License, LicenseDetails, LicenseId, Notice, Seats, SingleLine, Terms, notices,
    },
    store::{self, Transaction},
};

/// The command.
#[derive(Debug, Clone)]
pub(crate) struct ReplaceLicense {
    pub seats: Seats,
    pub reason: SingleLine,
}

impl LicenseService {
    /// Generates a license in place of `id` and links the two. Limits apply; the customer's running license is no
    /// obstacle, as it is the one that goes.
    pub(crate) async fn replace(
        &self,
        id: LicenseId,
        command: &ReplaceLicense,
        request: &IdempotentRequest,
    ) -> Result<Response, Error> {
        if let Some(response) = self.stored_response(request).await? {
            return Ok(response);
        }
        self.require_permission(request.agent_user_id())?;
        let details = self.store.license(id).await?.ok_or(Error::NotFound)?;
        self.require_replaceable(&details)?;
        let generate = self.generate_command(&details.license, command, request.agent_user_id()).await?;
        // The term is that of the earlier license: replacing must not stretch it.
        let terms = Terms { expires_on: details.license.terms.expires_on, ..self.terms() };
        let license = License { replaces: Some(id), ..self.seal(generate, terms).await? };
        let response = self
            .execute_once(request, async |tx| {
                let earlier = tx.license(id).await?.ok_or(Error::NotFound)?;
                self.require_replaceable(&earlier)?;
                self.check_limits(tx, &license).await?;
                let mut details = self.add(tx, license.clone()).await?;
                // A license that could not be sealed replaces nothing.
                if license.seal_error.is_none() {
                    details.events.push(self.link(tx, &earlier, &license, command).await?);
                }
                self.generated(&details, request)
            })
            .await?;
        self.count(&license, &response);
        Ok(response)
    }

    fn require_replaceable(&self, details: &LicenseDetails) -> Result<(), Error> {
        actions::can_replace(details, &self.rules.refused_domains, self.today())
            .map_err(|obstacle| obstacle.error(details))
    }

    /// The earlier license's command, repeated by the agent of this session. What was read then is judged anew; where that
    /// needs a reason, it is the one of the earlier license, or that of the replacement.
    async fn generate_command(
        &self,
        earlier: &License,
        command: &ReplaceLicense,
        agent_user_id: u64,
    ) -> store::Result<GenerateLicense> {
        let ReplaceLicense { seats, reason } = command;
        let username = self.username(agent_user_id).await?.unwrap_or_else(|| earlier.agent.username.clone());
        let note = &earlier.eligibility;
        let overriding = note.overridden().unwrap_or((username.as_str(), reason.as_str()));
        let eligibility = self.judge(note.evidence.clone(), Some(*seats), Some(overriding), false);
        Ok(GenerateLicense {
            ticket: earlier.ticket.clone(),
            agent: Agent {
                username,
                email: earlier.agent.email.clone().filter(|_| earlier.agent.zendesk_user_id == agent_user_id),
                zendesk_user_id: agent_user_id,
            },
            customer: earlier.customer.clone(),
            seats: *seats,
            eligibility,
            confirm_duplicate: true,
        })
    }

    /// Links the two licenses, in both histories and on the earlier one's issue. Returns the new license's event.
    async fn link(
        &self,
        tx: &mut Transaction,
        earlier: &LicenseDetails,
        license: &License,
        command: &ReplaceLicense,
    ) -> store::Result<Event> {
        let (old, now) = (earlier.license.id, license.created_at);
        let ReplaceLicense { seats, reason } = command;
        let event = |kind, detail| Event::new(now, &Actor::from(&license.agent), kind, Some(detail));
        let of_new = event(EventKind::Replaces, format!("license {old}: {reason}"));
        tx.insert_event(license.id, &of_new).await?;
        let detail = format!("by license {} for {seats} users: {reason}", license.id);
        tx.insert_event(old, &event(EventKind::Replaced, detail)).await?;
        tx.set_replaced_by(old, license.id).await?;
        let notice = Notice::Replaced { by: license.id.to_string(), seats: seats.get(), reason: reason.to_string() };
        tx.insert_delivery(old, &notices::issue(earlier, notice, &mut self.tick(now)), now).await?;
        Ok(of_new)
    }
}
