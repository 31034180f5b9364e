//! Taking an address off the mail provider's list of bounces, and mailing the license again.

use super::{
    Error, LicenseService,
    actions::{self, Obstacle},
    idempotency::{IdempotentRequest, Response},
    resend::ResendLicense,
};
use crate::{
    delivery::email::mailgun::{self, Bounce, Mailgun},
    license::{Delivery, Email, Event, EventKind, LicenseDetails, LicenseId, Purpose, ResendKind},
    store::ResponseKind,
};

impl LicenseService {
    /// Frees the recipient of the email that the provider held back, and mails the license there again. A recipient who
    /// marked an email as spam is never freed.
    pub(crate) async fn unblock(&self, id: LicenseId, request: &IdempotentRequest) -> Result<Response, Error> {
        if let Some(response) = self.stored_response(request).await? {
            return Ok(response);
        }
        self.require_permission(request.agent_user_id())?;
        let actor = self.actor(request.agent_user_id()).await?;
        let details = self.store.license(id).await?.ok_or(Error::NotFound)?;
        let (mailgun, command) = self.unblockable(&details)?;
        let recipient = command.to.as_ref().unwrap_or(&details.license.customer.email);
        let bounce = match free(mailgun, recipient).await {
            Ok(Freed::Now(bounce)) => bounce,
            Ok(Freed::Refused) => return Err(Obstacle::MarkedAsSpam.error(&details)),
            Err(error) => return Err(Error::ProviderUnavailable(error.to_string())),
        };
        let detail = describe(recipient, bounce.as_ref());
        // A request that dies here is repeated, and finds the address free.
        self.execute_once(request, async |tx| {
            let mut details = tx.license(id).await?.ok_or(Error::NotFound)?;
            let (_, command) = self.unblockable(&details)?;
            let event = Event::new(self.clock.now(), &actor, EventKind::Unblocked, Some(detail));
            tx.insert_event(id, &event).await?;
            details.events.push(event);
            self.enqueue_email(tx, &mut details, &command, &actor).await?;
            self.respond(ResponseKind::Accepted, &details, request)
        })
        .await
    }

    /// The provider, and the email that is to be sent again.
    fn unblockable(&self, details: &LicenseDetails) -> Result<(&Mailgun, ResendLicense), Error> {
        let refuse = |obstacle: Obstacle| obstacle.error(details);
        let command = again(self.can_unblock(details).map_err(refuse)?).ok_or_else(|| refuse(Obstacle::Erased))?;
        let mailgun = self.mailgun.as_deref().ok_or_else(|| refuse(Obstacle::ProviderNotConfigured))?;
        Ok((mailgun, command))
    }

    pub(super) fn can_unblock<'a>(&self, details: &'a LicenseDetails) -> Result<&'a Delivery, Obstacle> {
        actions::can_unblock(details, &self.rules.refused_domains, self.mailgun.is_some(), self.today())
    }
}

/// The same email once more.
fn again(email: &Delivery) -> Option<ResendLicense> {
    let how = match email.purpose {
        Purpose::Forward => ResendKind::Forward,
        Purpose::CorrectAddress => ResendKind::CorrectAddress,
        Purpose::First | Purpose::Resend | Purpose::FollowUp => ResendKind::Resend,
    };
    let to = Email::parse(email.recipient.as_deref()?).ok()?;
    Some(ResendLicense { how, to: Some(to), without_attachment: email.without_attachment })
}

enum Freed {
    /// With what the list had, if it still had something.
    Now(Option<Bounce>),
    /// The recipient marked an email as spam.
    Refused,
}

async fn free(mailgun: &Mailgun, recipient: &Email) -> Result<Freed, mailgun::Error> {
    if mailgun.has_complained(recipient.as_str()).await? {
        return Ok(Freed::Refused);
    }
    let bounce = mailgun.bounce(recipient.as_str()).await?;
    mailgun.delete_bounce(recipient.as_str()).await?;
    Ok(Freed::Now(bounce))
}

fn describe(recipient: &Email, bounce: Option<&Bounce>) -> String {
    let masked = recipient.masked();
    let Some(Bounce { reason, since }) = bounce else { return format!("{masked}: not on the list any more") };
    let since = since.map(|day| format!("since {day}"));
    let facts: Vec<_> = [since, Some(reason.clone())].into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
    format!("{masked}: on the list {}", facts.join(", ")).trim_end().to_owned()
}
