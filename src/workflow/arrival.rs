//! Hearing from the mail provider whether a mail arrived.

use super::{
    Desk,
    session::sha256,
    telling::{self, Case, Moment},
};
use crate::{
    delivery::email::webhook::{News, Report},
    license::{Channel, Delivery, DeliveryId, Email, Event, State, Story},
    store::{self, Dossier, Writing},
};

/// Who said it, in the history.
const PROVIDER: &str = "mail provider";

impl Desk {
    /// Keeps what a signed report says that came with the request `request_id`. Repeats, and reports on mails that are not ours, change nothing.
    ///
    /// # Errors
    /// [`store::Error`]; the report is to be sent again then.
    pub async fn hear(&self, report: Report, request_id: &str) -> store::Result<()> {
        let Report { token, usable_until, news } = report;
        let Some(news) = news else { return Ok(()) };
        let mut writing = self.store.write().await?;
        writing.because_of(Some(request_id));
        if !writing.use_token(&sha256(&format!("mailgun {token}")), usable_until).await? {
            return Ok(());
        }
        if let Some(dossier) = dossier_of(&mut writing, &news).await? {
            self.note_arrival(&mut writing, dossier, &news).await?;
        }
        writing.commit().await
    }

    async fn note_arrival(&self, writing: &mut Writing, dossier: Dossier, news: &News) -> store::Result<()> {
        let Dossier { license, mut deliveries, erased_at, .. } = dossier;
        let Some(mail) = deliveries.iter_mut().find(|d| is_meant(d, news)) else { return Ok(()) };
        if erased_at.is_some() || !news.arrival.outdoes(mail.arrival.as_ref()) {
            return Ok(());
        }
        mail.arrival = Some(news.arrival.clone());
        let to = mail.recipient.as_deref().and_then(|to| Email::parse(to).ok()).map(|to| to.masked());
        let now = self.clock.now();
        writing.set_arrival(mail.id, &news.arrival).await?;
        let what = format!("email_arrival_{}", news.arrival.state.as_str());
        let event = Event { at: now, by: PROVIDER.into(), what, detail: news.arrival.reason.clone() };
        writing.add_event(license.id, &event).await?;
        if news.arrival.state.is_bounce() {
            tracing::warn!(license = %license.id, state = news.arrival.state.as_str(), "a mail did not arrive");
            let open = State::of(&deliveries) != State::Delivered;
            let story = Story::Bounced { to: to.unwrap_or_default(), reason: news.arrival.in_words(), open };
            let mut fresh_id = || DeliveryId(self.random.id(now));
            let mut moment = Moment { now, chance: 0.0, fresh_id: &mut fresh_id };
            for new in telling::tell(Case { license: &license, deliveries: &deliveries }, story, &mut moment) {
                writing.add_delivery(license.id, &new, now).await?;
            }
        }
        Ok(())
    }
}

async fn dossier_of(writing: &mut Writing, news: &News) -> store::Result<Option<Dossier>> {
    match writing.license_of(news.delivery).await? {
        Some(license) => writing.dossier(license).await,
        None => Ok(None),
    }
}

/// The Message-ID is the delivery's own; a report may be faster than our record of it.
fn is_meant(delivery: &Delivery, news: &News) -> bool {
    let fits = delivery.reference.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(&news.message_id));
    delivery.channel == Channel::Email && delivery.id == news.delivery && fits
}
