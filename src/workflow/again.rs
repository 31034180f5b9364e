//! Mailing a license once more: to the same address, or to another one.

use super::{
    Desk,
    request::{Answered, Refusal, Request},
    telling::{self, Moment},
    written,
};
use crate::{
    license::{Again, Channel, DeliveryId, Email, Event, License, LicenseId, Story, record::today},
    store::{self, Dossier, Writing},
};

/// One license is mailed so often at most, the first mail included.
const MAX_MAILS: usize = 20;
/// What is answered where something was put into the outbox.
const ACCEPTED: u16 = 202;

impl Desk {
    /// Puts one more mail of the license into the outbox: to `to`, or to the customer where that is nothing.
    ///
    /// The answer's body is the license as the API shows it, kept under the request's key.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was changed then.
    pub async fn send_again(
        &self,
        id: LicenseId,
        again: Again,
        to: Option<&Email>,
        request: &Request,
    ) -> Result<Answered, Refusal> {
        if let Some(answered) = self.answered_before(request).await? {
            return Ok(answered);
        }
        self.may_generate(request.key.agent_user_id)?;
        let by = self.name_of(request.key.agent_user_id).await?;
        self.once(request, async |writing| {
            let dossier = writing.dossier(id).await?.ok_or(Refusal::NotFound)?;
            self.may_be_mailed(&dossier)?;
            self.mail(writing, &dossier.license, again, to, by).await?;
            Ok(self.accepted(&written(writing, id).await?))
        })
        .await
    }

    async fn mail(
        &self,
        writing: &mut Writing,
        license: &License,
        again: Again,
        to: Option<&Email>,
        by: String,
    ) -> store::Result<()> {
        let to = to.unwrap_or(&license.customer.email);
        let now = self.clock.now();
        let mut fresh_id = || DeliveryId(self.random.id(now));
        let mut moment = Moment { now, chance: 0.0, fresh_id: &mut fresh_id };
        let mut email = telling::email(license, again.purpose(), to.as_str(), self.rules.email_deadline, &mut moment);
        email.story = Some(Story::SentAgain { again, to: to.masked(), mended: false });
        let event = Event { at: now, by, what: again.as_str().into(), detail: Some(format!("to {}", to.masked())) };
        writing.add_event(license.id, &event).await?;
        writing.add_delivery(license.id, &email, now).await
    }

    /// The license as it stands now, as the answer to a press that put something into the outbox.
    pub(super) fn accepted(&self, dossier: &Dossier) -> Answered {
        Answered { license_id: dossier.license.id, status: ACCEPTED, body: self.show(dossier).to_string() }
    }

    fn may_be_mailed(&self, dossier: &Dossier) -> Result<(), Refusal> {
        self.has_a_running_file(&dossier.license)?;
        if dossier.deliveries.iter().filter(|d| d.channel == Channel::Email).count() >= MAX_MAILS {
            return Err(Refusal::Conflict(format!(
                "this license was mailed {MAX_MAILS} times already; download it instead"
            )));
        }
        Ok(())
    }

    fn has_a_running_file(&self, license: &License) -> Result<(), Refusal> {
        let why = if license.seal_error.is_some() {
            "this license could not be sealed, so there is nothing to send; generate another one"
        } else if license.terms.days_left(today(self.clock.now())) <= 0 {
            "this license has expired; generate another one"
        } else if license.file.is_none() {
            "this license was erased; generate another one"
        } else {
            return Ok(());
        };
        Err(Refusal::Conflict(why.into()))
    }
}
