//! Mailing a license once more: to the same address, or to another one.

use super::{
    Error, LicenseService,
    idempotency::{IdempotentRequest, Response},
    written,
};
use crate::{
    license::{
        Actor, Channel, Email, Event, License, LicenseDetails, LicenseId, Notice, ResendKind, notices, record::today,
    },
    store::{self, Transaction},
};

/// One license is mailed so often at most, the first mail included.
const MAX_MAILS: usize = 20;
/// What is answered where something was put into the outbox.
const ACCEPTED: u16 = 202;

impl LicenseService {
    /// Puts one more mail of the license into the outbox: to `to`, or to the customer where that is nothing.
    ///
    /// The answer's body is the license as the API shows it, kept under the request's key.
    ///
    /// # Errors
    /// A [`Error`]; nothing was changed then.
    pub async fn resend(
        &self,
        id: LicenseId,
        how: ResendKind,
        to: Option<&Email>,
        request: &IdempotentRequest,
    ) -> Result<Response, Error> {
        if let Some(answered) = self.stored_response(request).await? {
            return Ok(answered);
        }
        self.may_generate(request.key.agent_user_id)?;
        let actor = self.actor(request.key.agent_user_id).await?;
        self.execute_once(request, async |tx| {
            let details = tx.license(id).await?.ok_or(Error::NotFound)?;
            self.may_be_mailed(&details)?;
            self.mail(tx, &details.license, how, to, &actor).await?;
            Ok(self.accepted(&written(tx, id).await?))
        })
        .await
    }

    async fn mail(
        &self,
        tx: &mut Transaction,
        license: &License,
        how: ResendKind,
        to: Option<&Email>,
        actor: &Actor,
    ) -> store::Result<()> {
        let to = to.unwrap_or(&license.customer.email);
        let now = self.clock.now();
        let mut tick = self.tick(now);
        let mut email = notices::email(license, how.into(), to.as_str(), self.rules.email_deadline, &mut tick);
        email.notice = Some(Notice::Resent { how, to: to.masked(), resolves_failure: false });
        let event = Event::new(now, actor, how.into(), Some(format!("to {}", to.masked())));
        tx.insert_event(license.id, &event).await?;
        tx.insert_delivery(license.id, &email, now).await
    }

    /// The license as it stands now, as the answer to a press that put something into the outbox.
    pub(super) fn accepted(&self, details: &LicenseDetails) -> Response {
        Response { license_id: details.license.id, status: ACCEPTED, body: self.show(details).to_string() }
    }

    fn may_be_mailed(&self, details: &LicenseDetails) -> Result<(), Error> {
        self.has_a_running_file(&details.license)?;
        if details.deliveries.iter().filter(|d| d.channel == Channel::Email).count() >= MAX_MAILS {
            return Err(Error::Conflict(format!(
                "this license was mailed {MAX_MAILS} times already; download it instead"
            )));
        }
        Ok(())
    }

    fn has_a_running_file(&self, license: &License) -> Result<(), Error> {
        let why = if license.seal_error.is_some() {
            "this license could not be sealed, so there is nothing to send; generate another one"
        } else if license.terms.days_left(today(self.clock.now())) <= 0 {
            "this license has expired; generate another one"
        } else if license.file.is_none() {
            "this license was erased; generate another one"
        } else {
            return Ok(());
        };
        Err(Error::Conflict(why.into()))
    }
}
