//! Mailing a license once more: to the same address, or to another one.

use super::{
    Desk,
    generate::{Answered, Refusal, Request, gone, same_or_refused},
    session::sha256,
    telling::{self, Moment},
};
use crate::{
    license::{Again, Channel, DeliveryId, Email, Event, License, LicenseId, Story, record::today},
    store::{Answer, Dossier},
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
        let hash = sha256(&request.canonical);
        if let Some(answer) = self.store.answer(&request.key).await? {
            return same_or_refused(answer, &hash);
        }
        self.may_generate(request.key.agent_user_id)?;
        let by = self.name_of(request.key.agent_user_id).await?;
        let mut writing = self.store.write().await?;
        writing.because_of(Some(&request.id));
        if let Some(answer) = writing.answer(&request.key).await? {
            return same_or_refused(answer, &hash);
        }
        let dossier = writing.dossier(id).await?.ok_or(Refusal::NotFound)?;
        self.may_be_mailed(&dossier)?;
        let license = &dossier.license;
        let to = to.unwrap_or(&license.customer.email);
        let now = self.clock.now();
        let mut fresh_id = || DeliveryId(self.random.id(now));
        let mut moment = Moment { now, chance: 0.0, fresh_id: &mut fresh_id };
        let mut email = telling::email(license, again.purpose(), to.as_str(), self.rules.email_deadline, &mut moment);
        email.story = Some(Story::SentAgain { again, to: to.masked(), mended: false });
        let event = Event { at: now, by, what: again.as_str().into(), detail: Some(format!("to {}", to.masked())) };
        writing.add_event(id, &event).await?;
        writing.add_delivery(id, &email, now).await?;
        let dossier = writing.dossier(id).await?.ok_or_else(gone)?;
        let answered = self.accepted(&dossier);
        writing.add_answer(&request.key, &kept(&answered, hash)).await?;
        writing.commit().await?;
        Ok(answered)
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

/// `answered`, to be kept under its key.
pub(super) fn kept(answered: &Answered, request_hash: String) -> Answer {
    let Answered { license_id, status, ref body } = *answered;
    Answer { request_hash, license_id, status, body: body.clone() }
}

/// What a request for `deed` on a license stands for: both stand in it, so that one key cannot mean two deeds.
#[must_use]
pub fn canonical(deed: &str, id: LicenseId, body: &str) -> String {
    format!("{deed} {id} {body}")
}
