//! Mailbox, GitLab and Slack as far as the outbox can tell, and what a client reports of them.

use std::collections::{BTreeMap, BTreeSet};

use stopgap::license::{Channel, Delivery, Notice, Outcome, Purpose};

use super::dice::Dice;

/// What has arrived.
#[derive(Debug, Default)]
pub struct Outside {
    pub mails: u32,
    pub issues: u32,
    pub is_closed: bool,
    /// The deliveries whose notes the issue has; a note that is there twice is a panic.
    notes: BTreeSet<String>,
    /// Slack's messages: what each told, and whether it had the issue's link.
    pub messages: Vec<(Notice, bool)>,
    /// Slack is reached by its app: what was posted can be found, and is not posted again.
    is_slack_app: bool,
    /// The deliveries that were posted there; one that shows twice is a panic. Each with its place in `messages`.
    posted: BTreeMap<String, usize>,
}

const ISSUE: &str = "https://gitlab.example/-/issues/1";

impl Outside {
    pub fn new(is_slack_app: bool) -> Self {
        Self { is_slack_app, ..Self::default() }
    }

    /// One attempt at `delivery`, by a worker that knows the issue's URL or not. Without `trouble` all goes well.
    pub fn meet(&mut self, delivery: &Delivery, knows_issue: bool, dice: &mut Dice, trouble: bool) -> Outcome {
        match delivery.channel {
            Channel::Email => self.mail(dice, trouble),
            Channel::Issue => self.issue(delivery, knows_issue, dice, trouble),
            Channel::Slack => self.slack(delivery, knows_issue, dice, trouble),
        }
    }

    fn mail(&mut self, dice: &mut Dice, trouble: bool) -> Outcome {
        match if trouble { dice.below(8) } else { 0 } {
            0..=2 => {
                self.mails += 1;
                Outcome::sent(Some("message-id".into()))
            }
            3 => {
                self.mails += 1;
                Outcome::uncertain("broke after the dot, taken")
            }
            4 => Outcome::uncertain("broke after the dot, not taken"),
            5 => Outcome::Refused { error: "550".into() },
            _ => Outcome::retry("451"),
        }
    }

    /// As the client does it: look where one may be there, create, note once, close or open.
    fn issue(&mut self, delivery: &Delivery, is_known: bool, dice: &mut Dice, trouble: bool) -> Outcome {
        let mut breaks = || trouble && dice.below(5) == 0;
        let may_be_there = delivery.attempts > 1 || delivery.uncertain || delivery.purpose != Purpose::First;
        let mut is_new = false;
        if !is_known {
            if may_be_there && breaks() {
                return Outcome::retry("the list failed");
            }
            if !may_be_there || self.issues == 0 {
                if breaks() {
                    return Outcome::retry("it was not created");
                }
                self.issues += 1;
                self.is_closed = false;
                is_new = true;
                if breaks() {
                    return Outcome::uncertain("created, the answer was lost");
                }
            }
        }
        let found = |error: &str| Outcome::Retry {
            error: error.into(),
            after: None,
            uncertain: false,
            needs_operator: false,
            reference: Some(ISSUE.into()),
        };
        if delivery.purpose != Purpose::First && !is_new && !self.notes.contains(&delivery.id.to_string()) {
            if breaks() {
                return found("no note");
            }
            assert!(self.notes.insert(delivery.id.to_string()));
        }
        if breaks() {
            return found("not closed");
        }
        // A reminder leaves it as it is.
        if !matches!(delivery.notice, Some(Notice::Reminder { .. })) {
            self.is_closed = matches!(delivery.notice, Some(Notice::Generated | Notice::SentAfterAll));
        }
        if breaks() { found("closed, the answer was lost") } else { Outcome::sent(Some(ISSUE.into())) }
    }

    fn slack(&mut self, delivery: &Delivery, knows_issue: bool, dice: &mut Dice, trouble: bool) -> Outcome {
        let id = delivery.id.to_string();
        let sent = || Outcome::sent(knows_issue.then(|| ISSUE.into()));
        if self.is_slack_app
            && delivery.uncertain
            && let Some(place) = self.posted.get(&id)
        {
            if trouble && dice.below(5) == 0 {
                return Outcome::retry("the history failed");
            }
            self.messages[*place].1 |= knows_issue;
            return sent();
        }
        let verdict = if trouble { dice.below(5) } else { 0 };
        if verdict < 3 {
            let earlier = self.posted.insert(id, self.messages.len());
            assert!(!self.is_slack_app || earlier.is_none(), "a message shows twice");
            self.messages.push((delivery.notice.clone().expect("Slack tells a notice"), knows_issue));
        }
        let wish = std::time::Duration::from_secs(dice.below(10_000));
        match verdict {
            0 | 1 => sent(),
            2 => Outcome::uncertain("posted, the answer was lost"),
            3 => Outcome::Retry {
                error: "429".into(),
                after: Some(wish),
                uncertain: false,
                needs_operator: false,
                reference: None,
            },
            _ => Outcome::retry("500"),
        }
    }
}
