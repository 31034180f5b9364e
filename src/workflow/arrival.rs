//! Recording the mail provider's reports.

use super::{LicenseService, session::sha256};
use crate::{
    delivery::email::webhook::{News, Report},
    license::{Actor, Channel, Delivery, Email, Event, LicenseDetails, Notice, State, notices},
    store::{self, Transaction},
};

impl LicenseService {
    /// Records a verified report. Repeated reports, and those on emails that are not ours, change nothing. After an error
    /// the provider has to repeat the report.
    ///
    /// # Errors
    /// [`store::Error`]; the report is to be sent again then.
    pub(crate) async fn record_arrival(&self, report: Report, request_id: &str) -> store::Result<()> {
        let Report { token, usable_until, news } = report;
        let Some(news) = news else { return Ok(()) };
        let mut tx = self.store.begin().await?;
        tx.set_request_id(Some(request_id));
        if !tx.use_token(&sha256(&format!("mailgun {token}")), usable_until).await? {
            return Ok(());
        }
        self.apply(&mut tx, &news).await?;
        tx.commit().await
    }

    /// Records what the provider said when it was asked. The same news twice changes nothing.
    pub(crate) async fn record_news(&self, news: &News) -> store::Result<()> {
        let mut tx = self.store.begin().await?;
        self.apply(&mut tx, news).await?;
        tx.commit().await
    }

    async fn apply(&self, tx: &mut Transaction, news: &News) -> store::Result<()> {
        let Some(mut details) = details_of(tx, news).await? else { return Ok(()) };
        let Some(mail) = details.deliveries.iter_mut().find(|d| matches(d, news)) else { return Ok(()) };
        if details.erased_at.is_some() || !news.arrival.supersedes(mail.arrival.as_ref()) {
            return Ok(());
        }
        mail.arrival = Some(news.arrival.clone());
        let to = mail.recipient.as_deref().and_then(|to| Email::parse(to).ok()).map(|to| to.masked());
        let now = self.clock.now();
        tx.set_arrival(mail.id, &news.arrival).await?;
        let event = Event::new(now, &Actor::MailProvider, news.arrival.state.into(), news.arrival.reason.clone());
        let id = details.license.id;
        tx.insert_event(id, &event).await?;
        if news.arrival.state.is_bounce() {
            tracing::warn!(license = %id, state = news.arrival.state.as_str(), "an email did not arrive");
            let open = details.state() != State::Delivered;
            let notice = Notice::Bounced { to: to.unwrap_or_default(), reason: news.arrival.summary(), open };
            let mut tick = self.tick(now);
            for new in notices::notices_for(&details, notice, &mut tick) {
                tx.insert_delivery(id, &new, now).await?;
            }
        }
        Ok(())
    }
}

async fn details_of(tx: &mut Transaction, news: &News) -> store::Result<Option<LicenseDetails>> {
    match tx.license_of_delivery(news.delivery).await? {
        Some(license) => tx.license(license).await,
        None => Ok(None),
    }
}

/// The report may arrive before our record of the Message-ID.
fn matches(delivery: &Delivery, news: &News) -> bool {
    let fits = delivery.reference.as_ref().is_none_or(|id| id.eq_ignore_ascii_case(&news.message_id));
    delivery.channel == Channel::Email && delivery.id == news.delivery && fits
}
