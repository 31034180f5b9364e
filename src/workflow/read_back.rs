//! Asking the mail provider what became of an email: its webhook's report may have been lost.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::LicenseService;
use crate::{
    delivery::email::mailgun::{Error, Mailgun, SentMail},
    license::{Delivery, notices::later},
    store::{self, SentWithin},
};

/// How long after an email was accepted the provider is asked, until it knows; after the last of these once a day.
const SCHEDULE: [Duration; 4] =
    [Duration::from_mins(5), Duration::from_mins(30), Duration::from_hours(2), Duration::from_hours(8)];
const DAY: Duration = Duration::from_hours(24);
/// How long the provider keeps its events.
const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Longer than a question takes; a process that dies during one does not keep the others from asking.
const LEASE: Duration = Duration::from_mins(5);
/// The shortest pause that the provider may ask for: it takes the same question no oftener.
const MIN_PAUSE: Duration = Duration::from_secs(15);
/// The pause after an error …
const PAUSE: Duration = Duration::from_mins(5);
/// … and the longest that the provider may ask for.
const MAX_PAUSE: Duration = Duration::from_hours(1);

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing is to be asked for now.
    Nothing,
    Answered,
    /// The provider gave no answer. It is not asked again, about any email, before this.
    NotBefore(Timestamp),
}

impl LicenseService {
    /// Asks about the email that has been waiting the longest, and records what became of it.
    pub(crate) async fn read_back(&self, mailgun: &Mailgun) -> store::Result<Asked> {
        let now = self.clock.now();
        let sent = SentWithin {
            after: now.checked_sub(RETENTION).unwrap_or(Timestamp::MIN),
            until: now.checked_sub(SCHEDULE[0]).unwrap_or(Timestamp::MIN),
        };
        let Some(email) = self.store.claim_arrival(sent, now, later(now, LEASE)).await? else {
            return Ok(Asked::Nothing);
        };
        let Some(mail) = sent_mail(&email) else {
            self.store.ask_about_arrival_at(email.id, Timestamp::MAX).await?;
            return Ok(Asked::Answered);
        };
        match mailgun.news(&mail).await {
            Ok(news) => {
                if let Some(news) = news {
                    let state = news.arrival.state.as_str();
                    info!(license = %email.license_id, state, "the mail provider was asked about an email");
                    self.record_news(&news).await?;
                }
                self.store.ask_about_arrival_at(email.id, next_question(mail.sent_at, now)).await?;
                Ok(Asked::Answered)
            }
            Err(error) => {
                warn!(license = %email.license_id, %error, "the mail provider did not say what became of an email");
                let wait = if let Error::RateLimited(Some(wait)) = error { wait } else { PAUSE };
                let at = later(self.clock.now(), wait.clamp(MIN_PAUSE, MAX_PAUSE));
                self.store.ask_about_arrival_at(email.id, at).await?;
                Ok(Asked::NotBefore(at))
            }
        }
    }
}

fn sent_mail(email: &Delivery) -> Option<SentMail> {
    let Delivery { id, reference, recipient, sent_at, .. } = email;
    let (message_id, recipient) = (reference.clone()?, recipient.clone()?);
    Some(SentMail { delivery: *id, message_id, recipient, sent_at: (*sent_at)? })
}

/// The first time of the schedule that is still to come.
fn next_question(sent_at: Timestamp, now: Timestamp) -> Timestamp {
    let scheduled = SCHEDULE.iter().map(|after| later(sent_at, *after)).find(|at| *at > now);
    let age = Duration::try_from(now.duration_since(sent_at)).unwrap_or_default();
    let days = u32::try_from(age.as_secs() / DAY.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    scheduled.unwrap_or_else(|| later(sent_at, DAY.saturating_mul(days)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_become_rarer_and_end_with_a_daily_one() {
        let sent: Timestamp = "2026-11-21T23:14:05Z".parse().unwrap();
        let after = |seconds| later(sent, Duration::from_secs(seconds));
        let mut asked = vec![after(300)];
        while asked.len() < 8 {
            asked.push(next_question(sent, *asked.last().unwrap()));
        }
        let (minute, hour) = (60, 3600);
        let at = [5 * minute, 30 * minute, 2 * hour, 8 * hour, 24 * hour, 48 * hour, 72 * hour, 96 * hour];
        assert_eq!(asked, at.map(after));
        assert_eq!(next_question(sent, after(26 * hour)), after(48 * hour), "a late question moves nothing");
        assert_eq!(next_question(sent, sent), after(300));
    }
}
