//! Mailing a license again, to the same address or another one.

use super::{
    Error, LicenseService, actions,
    idempotency::{IdempotentRequest, Response},
};
use crate::{
    license::{Actor, Email, Event, LicenseDetails, LicenseId, Notice, ResendKind, notices},
    store::{self, ResponseKind, Transaction},
};

/// The command.
#[derive(Debug, Clone)]
pub(crate) struct ResendLicense {
    pub how: ResendKind,
    /// `None` for the customer.
    pub to: Option<Email>,
    /// The license in the email's text alone, for gateways that block attachments.
    pub without_attachment: bool,
}

impl LicenseService {
    /// Enqueues another email of the license.
    pub(crate) async fn resend(
        &self,
        id: LicenseId,
        command: &ResendLicense,
        request: &IdempotentRequest,
    ) -> Result<Response, Error> {
        if let Some(response) = self.stored_response(request).await? {
            return Ok(response);
        }
        self.require_permission(request.agent_user_id())?;
        let actor = self.actor(request.agent_user_id()).await?;
        self.execute_once(request, async |tx| {
            let mut details = tx.license(id).await?.ok_or(Error::NotFound)?;
            match command.to {
                Some(_) => actions::can_email(&details, self.today()),
                None => actions::can_resend(&details, &self.rules.refused_domains, self.today()),
            }
            .map_err(|obstacle| obstacle.error(&details))?;
            self.enqueue_email(tx, &mut details, command, &actor).await?;
            self.respond(ResponseKind::Accepted, &details, request)
        })
        .await
    }

    /// Enqueues the email and records who wanted it.
    pub(super) async fn enqueue_email(
        &self,
        tx: &mut Transaction,
        details: &mut LicenseDetails,
        command: &ResendLicense,
        actor: &Actor,
    ) -> store::Result<()> {
        let license = &details.license;
        let ResendLicense { how, without_attachment, .. } = *command;
        let to = command.to.as_ref().unwrap_or(&license.customer.email);
        let now = self.clock.now();
        let deadline = self.rules.email_deadline;
        let mut email = notices::email(license, how.into(), to.as_str(), deadline, &mut self.tick(now));
        email.without_attachment = without_attachment;
        email.notice = Some(Notice::Resent { how, to: to.masked(), resolves_failure: false });
        let attachment = if without_attachment { ", without attachment" } else { "" };
        let event = Event::new(now, actor, how.into(), Some(format!("to {}{attachment}", to.masked())));
        tx.insert_event(license.id, &event).await?;
        details.deliveries.push(tx.insert_delivery(license.id, &email, now).await?);
        details.events.push(event);
        Ok(())
    }
}
