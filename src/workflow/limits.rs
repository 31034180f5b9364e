//! How many licenses may be generated. Counted in the store, inside the transaction that would make one more.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    Desk,
    request::{Limited, Refusal},
};
use crate::{
    config::Rules,
    license::{Agent, Email, License},
    store::{self, Writing},
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A mail domain gets so many times what one address gets: a company has several contacts and servers, but nobody
/// gets one license after the other by making up addresses.
pub const DOMAIN_FACTOR: u32 = 5;

/// Whoever likes has an address there, so these domains say nothing about a customer: the address's limit and
/// everyone's hold alone.
const FREE_MAIL: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "web.de",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.com",
    "yandex.ru",
    "zoho.com",
];

impl Desk {
    /// Checks all limits for `license` as one more, and counts the limit that is reached.
    ///
    /// # Errors
    /// [`Refusal::Limited`], or [`Refusal::Store`].
    pub(super) async fn check_limits(&self, writing: &mut Writing, license: &License) -> Result<(), Refusal> {
        check(writing, &self.rules, &license.agent, &license.customer.email, license.created_at)
            .await?
            .inspect_err(|limited| self.metrics.limit(limited.limit))
            .map_err(Refusal::Limited)
    }
}

/// The inner result is a limit that is reached.
async fn check(
    writing: &mut Writing,
    rules: &Rules,
    agent: &Agent,
    customer: &Email,
    now: Timestamp,
) -> store::Result<Result<(), Limited>> {
    let by_agent = writing.times_by_agent(agent.zendesk_user_id, before(now, HOUR)).await?;
    let by_customer = writing.times_by_customer(customer, before(now, DAY)).await?;
    let by_domain = match customer.domain() {
        domain if FREE_MAIL.contains(&domain.as_str()) => Vec::new(),
        _ => writing.times_by_domain(customer, before(now, DAY)).await?,
    };
    let all = writing.times(before(now, DAY)).await?;
    let checks = [
        ("agent", by_agent, rules.agent_hourly, HOUR, "one agent in an hour"),
        ("customer", by_customer, rules.customer_daily, DAY, "one customer in a day"),
        ("domain", by_domain, rules.customer_daily.saturating_mul(DOMAIN_FACTOR), DAY, "one mail domain in a day"),
        ("all", all, rules.daily, DAY, "everyone together in a day"),
    ];
    let reached = checks.into_iter().find_map(|(word, times, limit, window, whom)| {
        let retry_after = room_in(&times, limit, window, now)?;
        let sentence = format!("The limit of {limit} licenses for {whom} is reached.");
        Some(Limited { limit: word, sentence, retry_after })
    });
    Ok(reached.map_or(Ok(()), Err))
}

/// How long until one more fits into `limit` a `window`; nothing where it fits now. `times` are oldest first.
fn room_in(times: &[Timestamp], limit: u32, window: SignedDuration, now: Timestamp) -> Option<Duration> {
    let too_many = times.len().checked_sub(limit as usize)?;
    let leaves_at = times.get(too_many)?.checked_add(window).ok()?;
    Some(Duration::try_from(leaves_at.duration_since(now)).unwrap_or_default().max(Duration::from_secs(1)))
}

fn before(now: Timestamp, window: SignedDuration) -> Timestamp {
    now.checked_sub(window).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_limit_opens_again_when_its_oldest_license_leaves_the_window() {
        let times = [at(0), at(10), at(20)];
        let wait = |limit| room_in(&times, limit, SignedDuration::from_secs(100), at(30)).map(|d| d.as_secs());
        assert_eq!(wait(4), None);
        assert_eq!(wait(3), Some(70));
        assert_eq!(wait(2), Some(80));
        assert_eq!(room_in(&[], 1, SignedDuration::from_secs(100), at(30)), None);
    }
}
