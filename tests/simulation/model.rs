//! The outbox in memory: the store's rules of claiming, two replicas, and what goes wrong with them.

use jiff::{SignedDuration, Timestamp};
use stopgap::{
    license::{
        Channel, Delivery, DeliveryId, DeliveryState, License, LicenseDetails, NewDelivery, Notice, Outcome, Purpose,
        notices::{Tick, email, reminder},
    },
    outbox::{
        backoff::max_delay,
        transition::{self, Transition},
    },
    store::LEASE,
};
use uuid::Uuid;

use super::{dice::Dice, license::license, outside::Outside, row::Row};

const REPLICAS: usize = 2;
/// The calm world looks this often, and this long: an hour's wish of the other side, twice, and some more.
const CALM_STEP_MS: u64 = 40_000;
const CALM_MS: i64 = 4 * 3_600_000;
/// No transition enqueues more deliveries.
const MAX_IDS_PER_TICK: u64 = 10;
const DEADLINE: std::time::Duration = std::time::Duration::from_mins(5);

/// A worker's attempt, from its claim to its record.
struct Attempt {
    replica: usize,
    holder: u64,
    delivery: Delivery,
    /// Whether the issue's URL was known when the license was loaded; nothing before.
    loaded: Option<bool>,
    outcome: Option<Outcome>,
    /// When it last heard that the claim is its own, by the database's clock.
    renewed_at: i64,
    /// It cannot reach the database.
    is_cut_off: bool,
}

/// One license and everything about it.
pub struct Model {
    pub dice: Dice,
    license: License,
    rows: Vec<Row>,
    attempts: Vec<Attempt>,
    outside: Outside,
    /// The database's clock, in milliseconds; it runs on evenly.
    now_ms: i64,
    /// How far each replica's clock is off.
    off_ms: [i64; REPLICAS],
    /// Each replica's name in the claims, new with each start.
    holders: [u64; REPLICAS],
    next_id: u64,
    is_reminded: bool,
}

impl Model {
    pub fn new(mut dice: Dice) -> Self {
        let outside = Outside::new(dice.below(2) == 0);
        let license = license();
        let now_ms = license.created_at.as_millisecond();
        let (holders, off_ms) = ([1, 2], [0; REPLICAS]);
        let (rows, attempts) = (Vec::new(), Vec::new());
        let mut model =
            Self { dice, license, rows, attempts, outside, now_ms, off_ms, holders, next_id: 100, is_reminded: false };
        let now = model.clock(0);
        let license = model.license.clone();
        let new = email(&license, Purpose::First, "jane@acme.example", DEADLINE, &mut model.tick(now));
        model.add(&new, now);
        model
    }

    /// Something happens, good or bad.
    pub fn adversity(&mut self) {
        let replica = usize::try_from(self.dice.below(REPLICAS as u64)).unwrap();
        match self.dice.below(21) {
            0..=5 => self.claim(replica, true),
            6..=12 => self.step(true),
            13 | 14 => self.pass(2_000),
            15 => self.pass(90_000),
            16 => self.mark_late(replica),
            20 => self.remind(replica),
            17 => {
                self.attempts.retain(|attempt| attempt.replica != replica);
                self.holders[replica] = self.fresh();
            }
            18 => {
                if let Some(last) = self.attempts.last_mut() {
                    last.is_cut_off = !last.is_cut_off;
                }
            }
            _ => self.off_ms[replica] = [-3_600_000, 0, 3_600_000][usize::try_from(self.dice.below(3)).unwrap()],
        }
    }

    /// No more faults: everything ends within a bounded time.
    pub fn calm(&mut self) {
        self.off_ms = [0; REPLICAS];
        let end = self.now_ms + CALM_MS;
        while self.rows.iter().any(|row| row.delivery.state == DeliveryState::Pending) {
            assert!(self.now_ms < end, "a delivery does not end: {:?}", self.case_rows());
            for attempt in &mut self.attempts {
                attempt.is_cut_off = false;
            }
            self.mark_late(0);
            self.claim(0, false);
            self.claim(1, false);
            while !self.attempts.is_empty() {
                self.step(false);
            }
            self.pass(CALM_STEP_MS);
        }
    }

    /// What was promised.
    pub fn check(&self) {
        let email = &self.rows[0].delivery;
        let is_sent = email.state == DeliveryState::Sent;
        assert!(self.outside.mails <= 1 || email.uncertain, "a mail went twice, and nobody says so");
        assert!(!is_sent || self.outside.mails >= 1, "a mail counts as sent and is not");
        assert!(is_sent || self.outside.mails == 0 || email.uncertain, "a mail counts as failed and went out");
        assert_eq!(self.outside.issues, 1, "exactly one issue: {:?}", self.case_rows());
        assert_eq!(self.outside.is_closed, is_sent, "success and closed, failure and open: {:?}", self.case_rows());
        let (last, has_link) = self.outside.messages.last().expect("Slack heard of it");
        assert!(*has_link, "Slack's last word has the issue's link: {last:?}");
        let told = self
            .outside
            .messages
            .iter()
            .rev()
            .map(|(notice, _)| notice)
            .find(|notice| !matches!(notice, Notice::IssueFiled | Notice::Reminder { .. }));
        let is_true = match told.expect("Slack heard a notice") {
            Notice::Generated | Notice::SentAfterAll => is_sent,
            Notice::EmailRefused { .. } => !is_sent,
            _ => false,
        };
        assert!(is_true, "Slack's last word is true: {:?}", self.outside.messages);
    }

    /// The store's rule: due, not held by anybody alive, and nothing before it.
    ///
    /// In `trouble` the database's answer may be lost: then the claim stands, and nobody acts on it.
    fn claim(&mut self, replica: usize, trouble: bool) {
        let (now, holder) = (self.clock(replica), self.holders[replica]);
        let channel = Channel::ALL[usize::try_from(self.dice.below(3)).unwrap()];
        let lease_ms = ms(LEASE);
        let is_under_way = |id| self.attempts.iter().any(|one| one.holder == holder && one.delivery.id == id);
        let is_due = |row: &&Row| {
            let delivery = &row.delivery;
            let latest = now + SignedDuration::try_from(max_delay(channel)).unwrap();
            let is_free = row.lease.is_none_or(|(_, until)| until <= self.now_ms || until > self.now_ms + lease_ms)
                && !is_under_way(delivery.id);
            let before = row.depends_on.and_then(|id| self.rows.iter().find(|other| other.delivery.id == id));
            delivery.state == DeliveryState::Pending
                && delivery.channel == channel
                && (delivery.next_attempt_at <= now || delivery.next_attempt_at > latest)
                && is_free
                && (before.is_none_or(|before| before.delivery.state != DeliveryState::Pending)
                    || row.wait_until.is_some_and(|until| until <= now))
        };
        let due = self.rows.iter().filter(is_due).min_by_key(|row| (row.delivery.next_attempt_at, row.delivery.id.0));
        let Some(id) = due.map(|row| row.delivery.id) else { return };
        let renewed_at = self.now_ms;
        let row = self.row(id);
        row.delivery.attempts += 1;
        row.delivery.uncertain |= row.lease.is_some();
        row.lease = Some((holder, renewed_at + lease_ms));
        let delivery = row.delivery.clone();
        if trouble && self.dice.below(10) == 0 {
            return;
        }
        self.attempts.push(Attempt {
            replica,
            holder,
            delivery,
            loaded: None,
            outcome: None,
            renewed_at,
            is_cut_off: false,
        });
    }

    /// One attempt goes one step further: it loads, acts, or records.
    fn step(&mut self, trouble: bool) {
        if self.attempts.is_empty() {
            return;
        }
        let chosen = usize::try_from(self.dice.below(self.attempts.len() as u64)).unwrap();
        let mut attempt = self.attempts.swap_remove(chosen);
        if attempt.outcome.is_some() && !attempt.is_cut_off {
            return self.record(&attempt);
        }
        if attempt.outcome.is_none() {
            match attempt.loaded {
                None if attempt.is_cut_off => {}
                None => attempt.loaded = Some(self.rows.iter().any(|row| has_link(&row.delivery))),
                Some(knows) => {
                    let outcome = self.outside.meet(&attempt.delivery, knows, &mut self.dice, trouble);
                    attempt.outcome = Some(outcome);
                }
            }
        }
        self.attempts.push(attempt);
    }

    fn record(&mut self, attempt: &Attempt) {
        let id = attempt.delivery.id;
        if self.row(id).lease.is_none_or(|(holder, _)| holder != attempt.holder) {
            return;
        }
        self.row(id).lease = None;
        let current = self.row(id).delivery.clone();
        let outcome = attempt.outcome.as_ref().expect("an attempt is recorded once it has an outcome");
        self.write(attempt.replica, |details, tick| transition::apply_outcome(details, &current, outcome, tick));
    }

    fn mark_late(&mut self, replica: usize) {
        let current = self.rows[0].delivery.clone();
        let is_overdue = current.deadline_at.is_some_and(|deadline| deadline <= self.clock(replica));
        if is_overdue && current.state == DeliveryState::Pending && !current.late {
            self.write(replica, |details, tick| transition::mark_late(details, &current, tick));
        }
    }

    /// People are reminded once, of a license that they were told of.
    fn remind(&mut self, replica: usize) {
        let is_told = self.rows.iter().any(|row| row.delivery.channel == Channel::Issue);
        if self.is_reminded || !is_told {
            return;
        }
        self.is_reminded = true;
        let now = self.clock(replica);
        let details = self.details();
        for new in reminder(&details, &mut self.tick(now)) {
            self.add(&new, now);
        }
    }

    fn details(&self) -> LicenseDetails {
        let deliveries = self.rows.iter().map(|row| row.delivery.clone()).collect();
        LicenseDetails { deliveries, ..LicenseDetails::new(self.license.clone()) }
    }

    fn write(&mut self, replica: usize, f: impl FnOnce(&LicenseDetails, &mut Tick) -> Transition) {
        let now = self.clock(replica);
        let details = self.details();
        let Transition { delivery, follow_ups, .. } = f(&details, &mut self.tick(now));
        let wait = delivery.next_attempt_at.duration_since(now);
        let is_pending = delivery.state == DeliveryState::Pending;
        let longest = SignedDuration::try_from(max_delay(delivery.channel)).unwrap();
        assert!(!is_pending || delivery.late || wait <= longest, "a wait without a bound: {wait:?}");
        let id = delivery.id;
        self.row(id).delivery = delivery;
        for new in &follow_ups {
            self.add(new, now);
        }
    }

    fn add(&mut self, new: &NewDelivery, now: Timestamp) {
        let youngest = self.rows.iter().map(|row| row.delivery.created_at).max();
        let created_at = youngest.map_or(now, |at| now.max(at + SignedDuration::from_millis(1)));
        self.rows.push(Row::new(new.clone(), self.license.id, created_at, now));
    }

    /// Time passes, up to `at_most_ms`. The living renew their claims; who cannot lets go in time and says that it is uncertain.
    fn pass(&mut self, at_most_ms: u64) {
        let end = self.now_ms + self.dice.below(at_most_ms).cast_signed();
        while self.now_ms < end {
            self.now_ms = end.min(self.now_ms + ms(LEASE) / 4);
            let now_ms = self.now_ms;
            for attempt in &mut self.attempts {
                let row = self.rows.iter_mut().find(|row| row.delivery.id == attempt.delivery.id).unwrap();
                let is_ours = row.lease.is_some_and(|(holder, _)| holder == attempt.holder);
                if !attempt.is_cut_off && is_ours {
                    row.lease = Some((attempt.holder, now_ms + ms(LEASE)));
                    attempt.renewed_at = now_ms;
                } else if attempt.outcome.is_none() && now_ms - attempt.renewed_at >= ms(LEASE) * 4 / 5 {
                    attempt.outcome = Some(Outcome::uncertain("the claim was lost"));
                }
            }
        }
    }

    fn tick(&mut self, now: Timestamp) -> Tick {
        let jitter = f64::from(u32::try_from(self.dice.below(1000)).unwrap()) / 1000.0;
        let mut id = self.next_id;
        self.next_id += MAX_IDS_PER_TICK;
        Tick::new(now, jitter, move || {
            id += 1;
            Uuid::from_u128(id.into())
        })
    }

    fn clock(&self, replica: usize) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms + self.off_ms[replica]).unwrap()
    }

    fn row(&mut self, id: DeliveryId) -> &mut Row {
        self.rows.iter_mut().find(|row| row.delivery.id == id).expect("rows are never deleted")
    }

    fn fresh(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn case_rows(&self) -> Vec<&Delivery> {
        self.rows.iter().map(|row| &row.delivery).collect()
    }
}

fn has_link(delivery: &Delivery) -> bool {
    delivery.channel == Channel::Issue && delivery.reference.is_some()
}

fn ms(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap()
}
