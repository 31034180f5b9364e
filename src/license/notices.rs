//! Which deliveries a license gets. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use uuid::Uuid;

use super::{Channel, DeliveryId, License, LicenseDetails, NewDelivery, Notice, Purpose, Task};

/// How long the first Slack message waits for the link of its issue.
pub(crate) const SLACK_WAIT: Duration = Duration::from_mins(1);
/// How long issue and Slack deliveries are retried.
pub(crate) const NOTICE_LIFETIME: Duration = Duration::from_hours(14 * 24);

/// Time and randomness, as arguments of the pure functions.
pub struct Tick {
    pub now: Timestamp,
    /// Spreads retries: 0 up to 1.
    pub jitter: f64,
    new_id: Box<dyn FnMut() -> Uuid + Send>,
}

impl Tick {
    pub fn new(now: Timestamp, jitter: f64, new_id: impl FnMut() -> Uuid + Send + 'static) -> Self {
        Self { now, jitter, new_id: Box::new(new_id) }
    }

    fn new_id(&mut self) -> DeliveryId {
        DeliveryId((self.new_id)())
    }
}

/// An email of the license, late after `deadline`. It expires with the license.
pub fn email(license: &License, purpose: Purpose, to: &str, deadline: Duration, tick: &mut Tick) -> NewDelivery {
    NewDelivery {
        id: tick.new_id(),
        channel: Channel::Email,
        purpose,
        recipient: Some(to.to_owned()),
        without_attachment: false,
        notice: None,
        deadline_at: Some(later(tick.now, deadline)),
        expires_at: expiry(license),
        depends_on: None,
        wait_until: None,
    }
}

/// An issue and a Slack message with `notice`, each a follow-up if the license already has one.
pub(crate) fn notices_for(details: &LicenseDetails, notice: Notice, tick: &mut Tick) -> Vec<NewDelivery> {
    let issue = issue(details, notice.clone(), tick);
    let slack = slack(details, notice, Some(issue.id), tick);
    vec![issue, slack]
}

/// Whether the latest announcement was a failure, which leaves the issue open.
pub(crate) fn announced_failure(details: &LicenseDetails) -> bool {
    let last = details.deliveries.iter().rfind(|d| d.channel == Channel::Issue);
    last.and_then(|issue| issue.notice.as_ref()).is_some_and(Notice::is_failure)
}

/// What reminds of an open follow-up. The issue stays as it is.
pub fn reminder(details: &LicenseDetails, tick: &mut Tick) -> Vec<NewDelivery> {
    let due_on = details.license.terms.last_business_day();
    let notice = Notice::Reminder { task: Task::of(details), due_on, open: announced_failure(details) };
    notices_for(details, notice, tick)
}

/// The issue, or a note on it.
pub(crate) fn issue(details: &LicenseDetails, notice: Notice, tick: &mut Tick) -> NewDelivery {
    let last_issue = latest(details, Channel::Issue);
    NewDelivery {
        id: tick.new_id(),
        channel: Channel::Issue,
        purpose: if last_issue.is_some() { Purpose::FollowUp } else { Purpose::First },
        recipient: None,
        without_attachment: false,
        notice: Some(notice),
        deadline_at: None,
        expires_at: later(tick.now, NOTICE_LIFETIME),
        depends_on: last_issue,
        wait_until: None,
    }
}

/// A Slack message. The first waits for `issue`, at most [`SLACK_WAIT`]; later ones wait for their predecessor.
pub(crate) fn slack(
    details: &LicenseDetails,
    notice: Notice,
    issue: Option<DeliveryId>,
    tick: &mut Tick,
) -> NewDelivery {
    let (purpose, depends_on, wait_until) = match latest(details, Channel::Slack) {
        None => (Purpose::First, issue, Some(later(tick.now, SLACK_WAIT))),
        Some(earlier) => (Purpose::FollowUp, Some(earlier), None),
    };
    NewDelivery {
        id: tick.new_id(),
        channel: Channel::Slack,
        purpose,
        recipient: None,
        without_attachment: false,
        notice: Some(notice),
        deadline_at: None,
        expires_at: later(tick.now, NOTICE_LIFETIME),
        depends_on,
        wait_until,
    }
}

/// 00:00 UTC of the day on which the license stops.
pub(crate) fn expiry(license: &License) -> Timestamp {
    license.terms.expires_on.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

fn latest(details: &LicenseDetails, channel: Channel) -> Option<DeliveryId> {
    details.deliveries.iter().rfind(|d| d.channel == channel).map(|d| d.id)
}

/// `now + by`, saturating.
pub(crate) fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}
