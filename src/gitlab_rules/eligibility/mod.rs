//! The scope check of support's workflow: is this an emergency that an emergency license is for?
//!
//! In scope is a self-managed customer with a paid plan whose grace period ended within the last few days. With the
//! usual settings (grace 14 days, window 3) and a license that expires on day E: grace runs from E to E+13, E+14 is the
//! first day without it (GitLab blocks changes), and E+14 to E+17 are in scope.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::Serialize;

use super::evidence::Evidence;
use crate::license::{Plan, Verdict};

/// The operator's two numbers of the workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Days that GitLab stays fully usable, the day of expiry being the first.
    pub grace_days: u16,
    /// Days after the first day without grace that are still in scope.
    pub window_days: u16,
}

/// A verdict and its reason, in sentences that can be pasted to the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Eligibility {
    pub verdict: Verdict,
    pub reason: String,
}

impl Eligibility {
    /// Nothing was there to judge.
    pub(crate) fn without_evidence() -> Self {
        Self { verdict: Verdict::Unchecked, reason: "No evidence was given.".to_owned() }
    }
}

/// Judges `evidence` on `today` (UTC).
///
/// What settles the matter alone comes first: no paid plan, a trial, a date out of scope. A license in scope by its date
/// is `unchecked` as long as its plan is unknown; a trial that nobody mentions is none.
pub fn judge(evidence: &Evidence, today: Date, scope: &Scope) -> Eligibility {
    let of = |verdict, reason: String| Eligibility { verdict, reason };
    if evidence.plan == Some(Plan::Free) {
        return of(
            Verdict::NotPaid,
            "Emergency licenses are for self-managed customers with a paid plan, and the plan here is Free.".to_owned(),
        );
    }
    if evidence.trial == Some(true) {
        return of(
            Verdict::Trial,
            "The license is a trial, and emergency licenses stand in for paid licenses only. An earlier emergency license \
             is a trial too: what counts is the paid license before it."
                .to_owned(),
        );
    }
    let Some(expires_on) = evidence.expires_on else {
        let plan = if evidence.plan.is_none() { "its plan and " } else { "" };
        return of(
            Verdict::Unchecked,
            format!(
                "To see whether an emergency license is the right help, we need to know {plan}the day on which the license \
                 expired, for example from a screenshot of the license page (Admin > Subscription, in older versions \
                 Admin > License)."
            ),
        );
    };
    if let Some(starts_on) = evidence.starts_on.filter(|day| *day > today) {
        return of(
            Verdict::Unchecked,
            format!(
                "This license begins on {}. Until then the license before it counts: what we need is the day on which that \
                 one expired.",
                name(starts_on)
            ),
        );
    }
    let calendar = Calendar { expires_on, blocks_on: evidence.blocks_on, scope: *scope };
    let verdict = calendar.verdict(today);
    if verdict == Verdict::InScope && evidence.plan.is_none() {
        return of(
            Verdict::Unchecked,
            format!("{} Whether the plan is a paid one is not known yet.", calendar.in_scope()),
        );
    }
    let reason = match verdict {
        Verdict::NotExpired => calendar.not_expired(),
        Verdict::InGrace => calendar.in_grace(today),
        Verdict::InScope => calendar.in_scope(),
        _ => calendar.too_late(today),
    };
    of(verdict, reason + calendar.time_zone_note(today))
}

/// The days that matter for one license.
struct Calendar {
    expires_on: Date,
    /// The license's own day of read-only, if it is known.
    blocks_on: Option<Date>,
    scope: Scope,
}

impl Calendar {
    /// What the date alone says.
    fn verdict(&self, today: Date) -> Verdict {
        if today < self.expires_on {
            Verdict::NotExpired
        } else if today < self.blocked_on() {
            Verdict::InGrace
        } else if today <= self.last_day() {
            Verdict::InScope
        } else {
            Verdict::TooLate
        }
    }

    /// The first day without grace: GitLab blocks changes from here.
    fn blocked_on(&self) -> Date {
        let usual = self.expires_on.saturating_add(i64::from(self.scope.grace_days).days());
        self.blocks_on.map_or(usual, |day| day.max(self.expires_on))
    }

    /// Whole days of grace.
    fn grace_days(&self) -> i64 {
        days_between(self.expires_on, self.blocked_on()).into()
    }

    /// The last day in scope.
    fn last_day(&self) -> Date {
        self.blocked_on().saturating_add(i64::from(self.scope.window_days).days())
    }

    fn not_expired(&self) -> String {
        let last_day = name(self.expires_on.saturating_sub(1.day()));
        let valid = format!("The license has not expired yet: it is valid up to and including {last_day}.");
        if self.grace_days() == 0 {
            return valid;
        }
        format!(
            "{valid} After that GitLab stays fully usable for a grace period of {}, up to and including {}.",
            count(self.grace_days()),
            name(self.blocked_on().saturating_sub(1.day()))
        )
    }

    fn in_grace(&self, today: Date) -> String {
        let business_day = next_business_day(today);
        let outlook = if self.blocked_on() <= business_day {
            format!(
                "It ends before the next business day, {}, so this will be an emergency from {} on.",
                name(business_day),
                name(self.blocked_on())
            )
        } else {
            format!("It still runs on the next business day, {}, so this is no emergency.", name(business_day))
        };
        let weekend = if is_weekend(today) { format!(" Today is a {}.", today.strftime("%A")) } else { String::new() };
        format!(
            "The license expired on {}, but its grace period of {} still runs: GitLab stays fully usable up to and \
             including {}, and blocks changes from {}.{weekend} {outlook} Business days are Monday to Friday; public \
             holidays are not taken into account.",
            name(self.expires_on),
            count(self.grace_days()),
            name(self.blocked_on().saturating_sub(1.day())),
            name(self.blocked_on()),
        )
    }

    fn in_scope(&self) -> String {
        format!(
            "{} That is within the days in which we give emergency licenses, up to and including {}.",
            self.past(),
            name(self.last_day())
        )
    }

    fn too_late(&self, today: Date) -> String {
        format!(
            "{} That is {} ago, and emergency licenses are given for {} after that day, up to and including {}. Please \
             contact sales to renew.",
            self.past(),
            count(days_between(self.blocked_on(), today).into()),
            count(self.scope.window_days.into()),
            name(self.last_day())
        )
    }

    /// What has happened to a license whose grace is over.
    fn past(&self) -> String {
        let expired = format!("The license expired on {}", name(self.expires_on));
        if self.grace_days() == 0 {
            return format!("{expired}.");
        }
        let grace = count(self.grace_days());
        format!("{expired}, and its grace period of {grace} is over since {}.", name(self.blocked_on()))
    }

    /// Said where the server's own date, a day ahead of UTC or behind it, would change the verdict.
    fn time_zone_note(&self, today: Date) -> &'static str {
        let is_edge = [today.yesterday(), today.tomorrow()]
            .into_iter()
            .filter_map(Result::ok)
            .any(|day| self.verdict(day) != self.verdict(today));
        if is_edge {
            " We count by the date in UTC; the GitLab server goes by its own date, which can be a day ahead or behind."
        } else {
            ""
        }
    }
}

/// Whole days from `start` to `end`; negative where `end` is before it.
fn days_between(start: Date, end: Date) -> i32 {
    // Two dates differ by days alone unless larger units are asked for.
    start.until(end).map_or(0, |span| span.get_days())
}

/// The first of Monday to Friday after `today`.
fn next_business_day(today: Date) -> Date {
    let days = match today.weekday() {
        Weekday::Friday => 3,
        Weekday::Saturday => 2,
        _ => 1,
    };
    today.saturating_add(days.days())
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// `Saturday, 2026-11-21`: no month or day can be mistaken for the other.
fn name(day: Date) -> String {
    day.strftime("%A, %Y-%m-%d").to_string()
}

fn count(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

#[cfg(test)]
mod tests;
