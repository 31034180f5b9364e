//! What the outside must hear about a license, as deliveries to be made. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::{
    license::{Channel, Delivery, DeliveryId, License, Purpose, Story},
    store::NewDelivery,
};

/// Slack waits so long for the link of its issue.
pub const SLACK_PATIENCE: Duration = Duration::from_mins(1);
/// Issue and Slack are tried for so long.
pub const TOLD_WITHIN: Duration = Duration::from_hours(336);
/// What the pure functions need besides the records: the time, chance for the jitter, and fresh ids.
pub struct Moment<'a> {
    /// Now.
    pub now: Timestamp,
    /// From 0 up to 1.
    pub chance: f64,
    /// Makes an id at each call.
    pub fresh_id: &'a mut dyn FnMut() -> DeliveryId,
}

/// A license and the deliveries it has so far.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The license.
    pub license: &'a License,
    /// All its deliveries.
    pub deliveries: &'a [Delivery],
}

/// The mail that brings a license to its customer: late after `deadline`, given up when the license stops.
pub fn email(
    license: &License,
    purpose: Purpose,
    to: &str,
    deadline: Duration,
    moment: &mut Moment<'_>,
) -> NewDelivery {
    NewDelivery {
        id: (moment.fresh_id)(),
        channel: Channel::Email,
        purpose,
        recipient: Some(to.to_owned()),
        story: None,
        deadline_at: Some(later(moment.now, deadline)),
        give_up_at: stops_at(license),
        waits_for: None,
        patience_until: None,
    }
}

/// The issue and the Slack message that tell `story`: the first ones of their license, or follow-ups to those.
pub fn tell(case: Case<'_>, story: Story, moment: &mut Moment<'_>) -> Vec<NewDelivery> {
    let issue = issue(case, story.clone(), moment);
    let slack = slack(case, story, Some(issue.id), moment);
    vec![issue, slack]
}

/// Whether people were told last that somebody has to act: then the issue is open.
#[must_use]
pub fn told_failure(case: Case<'_>) -> bool {
    let last = case.deliveries.iter().rfind(|d| d.channel == Channel::Issue);
    last.and_then(|issue| issue.story.as_ref()).is_some_and(Story::is_failure)
}

/// The issue that tells `story`, or the news on it.
pub fn issue(case: Case<'_>, story: Story, moment: &mut Moment<'_>) -> NewDelivery {
    let last_issue = latest(case, Channel::Issue);
    NewDelivery {
        id: (moment.fresh_id)(),
        channel: Channel::Issue,
        purpose: if last_issue.is_some() { Purpose::FollowUp } else { Purpose::First },
        recipient: None,
        story: Some(story),
        deadline_at: None,
        give_up_at: later(moment.now, TOLD_WITHIN),
        waits_for: last_issue,
        patience_until: None,
    }
}

/// A Slack message. The first waits a minute for its issue; later ones wait for what was said before.
pub fn slack(case: Case<'_>, story: Story, issue: Option<DeliveryId>, moment: &mut Moment<'_>) -> NewDelivery {
    let (purpose, waits_for, patience_until) = match latest(case, Channel::Slack) {
        None => (Purpose::First, issue, Some(later(moment.now, SLACK_PATIENCE))),
        Some(earlier) => (Purpose::FollowUp, Some(earlier), None),
    };
    NewDelivery {
        id: (moment.fresh_id)(),
        channel: Channel::Slack,
        purpose,
        recipient: None,
        story: Some(story),
        deadline_at: None,
        give_up_at: later(moment.now, TOLD_WITHIN),
        waits_for,
        patience_until,
    }
}

/// When the license stops (UTC): a mail that is not out by then is given up.
pub(super) fn stops_at(license: &License) -> Timestamp {
    license.terms.expires_on.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

fn latest(case: Case<'_>, channel: Channel) -> Option<DeliveryId> {
    case.deliveries.iter().rfind(|d| d.channel == channel).map(|d| d.id)
}

/// `now` and `by`, at most the end of time.
#[must_use]
pub fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}
