//! Mailing a license again, to the same address or another one.

use super::{
    Error, LicenseService, actions,
    idempotency::{IdempotentRequest, Response},
};
use crate::{
    license::{Email, Event, LicenseId, Notice, ResendKind, notices},
    store::ResponseKind,
};

impl LicenseService {
    /// Enqueues another email of the license, to `to` or else to the customer.
    pub(crate) async fn resend(
        &self,
        id: LicenseId,
        how: ResendKind,
        to: Option<&Email>,
        request: &IdempotentRequest,
    ) -> Result<Response, Error> {
        if let Some(response) = self.stored_response(request).await? {
            return Ok(response);
        }
        self.require_permission(request.agent_user_id())?;
        let actor = self.actor(request.agent_user_id()).await?;
        self.execute_once(request, async |tx| {
            let mut details = tx.license(id).await?.ok_or(Error::NotFound)?;
            match to {
                Some(_) => actions::can_email(&details, self.today()),
                None => actions::can_resend(&details, &self.rules.refused_domains, self.today()),
            }
            .map_err(|obstacle| obstacle.error(&details))?;
            let license = &details.license;
            let to = to.unwrap_or(&license.customer.email);
            let now = self.clock.now();
            let deadline = self.rules.email_deadline;
            let mut email = notices::email(license, how.into(), to.as_str(), deadline, &mut self.tick(now));
            email.notice = Some(Notice::Resent { how, to: to.masked(), resolves_failure: false });
            let event = Event::new(now, &actor, how.into(), Some(format!("to {}", to.masked())));
            tx.insert_event(id, &event).await?;
            details.events.push(event);
            details.deliveries.push(tx.insert_delivery(id, &email, now).await?);
            self.respond(ResponseKind::Accepted, &details, request)
        })
        .await
    }
}
