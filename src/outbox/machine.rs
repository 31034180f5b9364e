//! What an attempt's outcome makes of a delivery, and what follows from it. Pure: everything it needs is an argument.

use jiff::Timestamp;

use super::backoff;
use crate::{
    license::{Again, Channel, Delivery, DeliveryState, Event, State, Story, delivery::Outcome},
    store::NewDelivery,
    workflow::telling::{Case, Moment, issue, later, slack, tell, told_failure},
};

/// Who did it, in the history.
pub const OUTBOX: &str = "outbox";

/// What is to be written after an attempt, in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The delivery as it stands now.
    pub delivery: Delivery,
    /// What else the outside must hear now.
    pub follow_ups: Vec<NewDelivery>,
    /// New lines of the license's history.
    pub events: Vec<Event>,
}

/// What `outcome` makes of `delivery`, and what follows from it.
pub fn settle(case: Case<'_>, delivery: &Delivery, outcome: &Outcome, moment: &mut Moment<'_>) -> Settlement {
    let mut next = delivery.clone();
    match outcome {
        Outcome::Sent { reference } => {
            next.state = DeliveryState::Sent;
            next.sent_at = Some(moment.now);
            next.last_error = None;
            next.reference.clone_from(reference);
        }
        Outcome::Retry { error, after, uncertain, reference } => {
            next.last_error = Some(error.clone());
            next.uncertain |= *uncertain;
            if reference.is_some() {
                next.reference.clone_from(reference);
            }
            next.next_attempt_at = later(moment.now, backoff::wait(next.channel, next.attempts, *after, moment.chance));
            if next.next_attempt_at >= next.give_up_at {
                next.state = DeliveryState::Failed;
                next.last_error = Some(format!("given up after {} attempts; the last one: {error}", next.attempts));
            }
        }
        Outcome::Refused { error } => {
            next.state = DeliveryState::Failed;
            next.last_error = Some(error.clone());
        }
    }
    let events = settle_events(delivery, &next, moment.now);
    let follow_ups = follow_ups(case, delivery, &next, moment);
    Settlement { delivery: next, follow_ups, events }
}

/// An email past its deadline becomes late: people are told where the customer has nothing so far, and it is tried on.
pub fn lapse(case: Case<'_>, delivery: &Delivery, moment: &mut Moment<'_>) -> Settlement {
    let mut next = delivery.clone();
    next.late = true;
    let detail = next.last_error.clone();
    let events = vec![event(moment.now, "email_late", detail)];
    let has_it = State::of(case.deliveries) == State::Delivered;
    let story = Story::EmailLate { error: next.last_error.clone() };
    let follow_ups = if has_it { Vec::new() } else { tell(case, story, moment) };
    Settlement { delivery: next, follow_ups, events }
}

/// What the outside must hear because `before` became `after`.
fn follow_ups(case: Case<'_>, before: &Delivery, after: &Delivery, moment: &mut Moment<'_>) -> Vec<NewDelivery> {
    if before.state == after.state {
        return Vec::new();
    }
    let error = || after.last_error.clone().unwrap_or_default();
    match (after.channel, after.state, &after.story) {
        // The provider's bad news was faster than our own record, and has been told.
        (Channel::Email, DeliveryState::Sent, _) if after.has_bounced() => Vec::new(),
        (Channel::Email, DeliveryState::Sent, Some(Story::SentAgain { again, to, .. })) => {
            sent_again(case, *again, to.clone(), moment)
        }
        (Channel::Email, DeliveryState::Failed, Some(Story::SentAgain { again, to, .. })) => {
            let open = State::of(case.deliveries) != State::Delivered;
            tell(case, Story::AgainRefused { again: *again, to: to.clone(), error: error(), open }, moment)
        }
        (Channel::Email, DeliveryState::Sent, _) if after.late || told_failure(case) => {
            tell(case, Story::SentAfterAll, moment)
        }
        (Channel::Email, DeliveryState::Sent, _) => tell(case, Story::Generated, moment),
        // Forwarded meanwhile: the customer has it.
        (Channel::Email, DeliveryState::Failed, _) if State::of(case.deliveries) == State::Delivered => Vec::new(),
        (Channel::Email, DeliveryState::Failed, _) => tell(case, Story::EmailRefused { error: error() }, moment),
        (Channel::Issue, DeliveryState::Sent, _) if slack_spoke_without_link(case) => {
            vec![slack(case, Story::IssueFiled, None, moment)]
        }
        _ => Vec::new(),
    }
}

/// A note on the issue; Slack hears of it where it was told that the customer has nothing, or nothing at all.
fn sent_again(case: Case<'_>, again: Again, to: String, moment: &mut Moment<'_>) -> Vec<NewDelivery> {
    let mended = told_failure(case);
    let slack_knows = case.deliveries.iter().any(|d| d.channel == Channel::Slack);
    let story = Story::SentAgain { again, to, mended };
    if mended || !slack_knows { tell(case, story, moment) } else { vec![issue(case, story, moment)] }
}

/// Whether Slack was told about the license before its issue had a link.
fn slack_spoke_without_link(case: Case<'_>) -> bool {
    let mut sent = case.deliveries.iter().filter(|d| d.channel == Channel::Slack && d.state == DeliveryState::Sent);
    sent.next_back().is_some_and(|last| last.reference.is_none())
}

fn settle_events(before: &Delivery, after: &Delivery, now: Timestamp) -> Vec<Event> {
    let channel = after.channel.as_str();
    let mut events = Vec::new();
    if after.uncertain && !before.uncertain {
        let detail = after.last_error.clone();
        events.push(event(now, &format!("{channel}_uncertain"), detail));
    }
    let what = match after.state {
        DeliveryState::Sent => Some("sent"),
        DeliveryState::Failed => Some("failed"),
        // A long outage would fill the history with the same line: only news is written.
        DeliveryState::Pending if before.last_error != after.last_error && after.last_error.is_some() => Some("retry"),
        DeliveryState::Pending => None,
    };
    if let Some(what) = what {
        let detail = match after.state {
            DeliveryState::Sent => after.reference.clone(),
            _ => after.last_error.clone(),
        };
        events.push(event(now, &format!("{channel}_{what}"), detail));
    }
    events
}

fn event(at: Timestamp, what: &str, detail: Option<String>) -> Event {
    Event { at, by: OUTBOX.to_owned(), what: what.to_owned(), detail }
}
