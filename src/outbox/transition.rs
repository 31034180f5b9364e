//! The state machine of deliveries: how an attempt's outcome changes one, and which deliveries it triggers. Pure.

use jiff::Timestamp;

use super::backoff;
use crate::license::{
    Actor, Channel, Delivery, DeliveryChange, DeliveryState, Event, EventKind, LicenseDetails, NewDelivery, Notice,
    Outcome, ResendKind, State,
    notices::{Tick, announced_failure, issue, later, notices_for, slack},
};

const WITHHELD: &str = "GitLab did not make the issue confidential, so the license is not in it";

/// Everything an attempt changes. Written in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    pub delivery: Delivery,
    pub follow_ups: Vec<NewDelivery>,
    pub events: Vec<Event>,
}

/// Applies `outcome` to `delivery`, one of the license's.
pub fn apply_outcome(details: &LicenseDetails, delivery: &Delivery, outcome: &Outcome, tick: &mut Tick) -> Transition {
    let mut next = delivery.clone();
    match outcome {
        Outcome::Sent { reference, reply } => {
            // It may name a customer who was erased during the attempt.
            next.reply = reply.clone().filter(|_| details.erased_at.is_none());
            mark_sent(&mut next, reference.as_ref(), tick.now);
        }
        Outcome::Withheld { reference } => {
            next.reply = Some(WITHHELD.to_owned());
            mark_sent(&mut next, reference.as_ref(), tick.now);
        }
        Outcome::Posted { reference, thread_ts, uncertain } => {
            mark_sent(&mut next, reference.as_ref(), tick.now);
            next.uncertain = *uncertain;
            next.thread_ts = Some(thread_ts.clone());
        }
        Outcome::Retry { error, after, uncertain, reference, needs_operator: _ } => {
            next.last_error = Some(error.clone());
            next.uncertain |= *uncertain;
            if reference.is_some() {
                next.reference.clone_from(reference);
            }
            let delay = backoff::retry_delay(next.channel, next.attempts, *after, tick.jitter);
            next.next_attempt_at = later(tick.now, delay);
            if next.next_attempt_at >= next.expires_at {
                next.state = DeliveryState::Failed;
                next.last_error = Some(format!("expired after {} attempts; last error: {error}", next.attempts));
            }
        }
        Outcome::Refused { error } => {
            next.state = DeliveryState::Failed;
            next.last_error = Some(error.clone());
        }
    }
    let events = events(delivery, &next, tick.now);
    let needs_operator = match outcome {
        Outcome::Retry { needs_operator, .. } => *needs_operator,
        // Nobody refused it now: the earlier attempts say why it expired.
        Outcome::Refused { .. } if delivery.expires_at <= tick.now => details.needs_operator(delivery.id),
        Outcome::Refused { .. } | Outcome::Sent { .. } | Outcome::Posted { .. } | Outcome::Withheld { .. } => false,
    };
    let follow_ups = match outcome {
        // Its message has the issue's link, too.
        Outcome::Withheld { .. } if !announced_withheld(details) => {
            vec![slack(details, Notice::LicenseWithheld, None, tick)]
        }
        _ => follow_ups(details, delivery, &next, needs_operator, tick),
    };
    Transition { delivery: next, follow_ups, events }
}

fn mark_sent(delivery: &mut Delivery, reference: Option<&String>, now: Timestamp) {
    delivery.state = DeliveryState::Sent;
    delivery.sent_at = Some(now);
    delivery.last_error = None;
    delivery.reference = reference.cloned();
}

/// Marks an email late. The delay is announced unless the customer already has the license; the email is still retried.
pub fn mark_late(details: &LicenseDetails, delivery: &Delivery, tick: &mut Tick) -> Transition {
    let next = Delivery { late: true, ..delivery.clone() };
    let events = vec![Event::new(tick.now, &Actor::Outbox, EventKind::EmailLate, next.last_error.clone())];
    let follow_ups = if details.state() == State::Delivered {
        Vec::new()
    } else {
        let needs_operator = details.needs_operator(delivery.id);
        notices_for(details, Notice::EmailLate { error: next.last_error.clone(), needs_operator }, tick)
    };
    Transition { delivery: next, follow_ups, events }
}

/// The deliveries that the change from `before` to `after` triggers.
fn follow_ups(
    details: &LicenseDetails,
    before: &Delivery,
    after: &Delivery,
    needs_operator: bool,
    tick: &mut Tick,
) -> Vec<NewDelivery> {
    if before.state == after.state {
        return Vec::new();
    }
    let error = || after.last_error.clone().unwrap_or_default();
    match (after.channel, after.state, &after.notice) {
        // The provider reported the bounce before we recorded the acceptance, and it was announced then.
        (Channel::Email, DeliveryState::Sent, _) if after.has_bounced() => Vec::new(),
        (Channel::Email, DeliveryState::Sent, Some(Notice::Resent { how, to, .. })) => {
            resent(details, *how, to.clone(), tick)
        }
        (Channel::Email, DeliveryState::Failed, Some(Notice::Resent { how, to, .. })) => {
            let open = details.state() != State::Delivered;
            let notice = Notice::ResendRefused { how: *how, to: to.clone(), error: error(), needs_operator, open };
            notices_for(details, notice, tick)
        }
        (Channel::Email, DeliveryState::Sent, _) if after.late || announced_failure(details) => {
            notices_for(details, Notice::SentAfterAll, tick)
        }
        (Channel::Email, DeliveryState::Sent, _) => notices_for(details, Notice::Generated, tick),
        // It was forwarded meanwhile, so the customer has it.
        (Channel::Email, DeliveryState::Failed, _) if details.state() == State::Delivered => Vec::new(),
        (Channel::Email, DeliveryState::Failed, _) => {
            notices_for(details, Notice::EmailRefused { error: error(), needs_operator }, tick)
        }
        (Channel::Issue, DeliveryState::Sent, _) if slack_lacks_link(details) => {
            vec![slack(details, Notice::IssueFiled, None, tick)]
        }
        // The issue was filed while the message without its link was in flight.
        (Channel::Slack, DeliveryState::Sent, _) if after.reference.is_none() && has_issue(details) => {
            vec![slack(details, Notice::IssueFiled, None, tick)]
        }
        _ => Vec::new(),
    }
}

/// A note on the issue. Slack gets a message too if a failure was announced there, or nothing yet.
fn resent(details: &LicenseDetails, how: ResendKind, to: String, tick: &mut Tick) -> Vec<NewDelivery> {
    let resolves_failure = announced_failure(details);
    let was_announced = details.deliveries.iter().any(|d| d.channel == Channel::Slack);
    let notice = Notice::Resent { how, to, resolves_failure };
    if resolves_failure || !was_announced {
        notices_for(details, notice, tick)
    } else {
        vec![issue(details, notice, tick)]
    }
}

/// Whether the latest Slack message was posted before its issue had a link.
fn slack_lacks_link(details: &LicenseDetails) -> bool {
    let mut sent = details.deliveries.iter().filter(|d| d.channel == Channel::Slack && d.state == DeliveryState::Sent);
    sent.next_back().is_some_and(|last| last.reference.is_none())
}

/// Whether Slack was told that the license is not in the issue.
fn announced_withheld(details: &LicenseDetails) -> bool {
    details.deliveries.iter().any(|d| d.notice == Some(Notice::LicenseWithheld))
}

fn has_issue(details: &LicenseDetails) -> bool {
    details.deliveries.iter().any(|d| d.channel == Channel::Issue && d.reference.is_some())
}

fn events(before: &Delivery, after: &Delivery, now: Timestamp) -> Vec<Event> {
    let event = |change, detail: &Option<String>| {
        Event::new(now, &Actor::Outbox, EventKind::of_delivery(after.channel, change), detail.clone())
    };
    let mut events = Vec::new();
    if after.uncertain && !before.uncertain {
        events.push(event(DeliveryChange::Uncertain, &after.last_error));
    }
    match after.state {
        DeliveryState::Sent => {
            events.push(event(DeliveryChange::Sent, &after.reference));
            if after.channel == Channel::Issue && after.reply.is_some() {
                events.push(Event::new(now, &Actor::Outbox, EventKind::IssueDiffers, after.reply.clone()));
            }
        }
        DeliveryState::Failed => events.push(event(DeliveryChange::Failed, &after.last_error)),
        // Only a new error is an event: a long outage would repeat the same one.
        DeliveryState::Pending if before.last_error != after.last_error && after.last_error.is_some() => {
            events.push(event(DeliveryChange::Retry, &after.last_error));
        }
        DeliveryState::Pending => {}
    }
    events
}
