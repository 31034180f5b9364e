//! Limits on generated licenses and downloads, checked inside the transaction that would add one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Error, LicenseService, Limited};
use crate::{
    config::Rules,
    license::{Agent, Email, License, Limit},
    store::{self, Transaction},
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How many times one customer's limit a mail domain gets: a company has several contacts and servers, but made-up
/// addresses must not get one license each.
pub const DOMAIN_FACTOR: u32 = 5;

/// Anyone can register an address at these domains, so they have no limit of their own.
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

impl LicenseService {
    /// Returns [`Error::Limited`] if `license` would exceed a limit.
    pub(super) async fn check_limits(&self, tx: &mut Transaction, license: &License) -> Result<(), Error> {
        check(tx, &self.rules, &license.agent, &license.customer.email, license.created_at)
            .await?
            .inspect_err(|limited| self.metrics.limit(limited.limit))
            .map_err(Error::Limited)
    }

    /// Returns [`Error::Limited`] if the agent has downloaded as many files in an hour as they may generate licenses.
    pub(super) async fn check_downloads(
        &self,
        tx: &mut Transaction,
        agent_user_id: u64,
        now: Timestamp,
    ) -> Result<(), Error> {
        let limit = self.rules.agent_hourly;
        let Some(filled_at) = tx.nth_newest_download(agent_user_id, before(now, HOUR), limit).await? else {
            return Ok(());
        };
        self.metrics.limit(Limit::Downloads);
        let message = format!("The limit of {limit} downloads for one agent in an hour is reached.");
        let retry_after = until_it_leaves(filled_at, HOUR, now);
        Err(Error::Limited(Limited { limit: Limit::Downloads, message, retry_after }))
    }
}

/// The inner error is the limit that is reached.
async fn check(
    tx: &mut Transaction,
    rules: &Rules,
    agent: &Agent,
    customer: &Email,
    now: Timestamp,
) -> store::Result<Result<(), Limited>> {
    let (hour_ago, day_ago) = (before(now, HOUR), before(now, DAY));
    let of_domain = rules.customer_daily.saturating_mul(DOMAIN_FACTOR);
    let by_agent = tx.nth_newest_by_agent(agent.zendesk_user_id, hour_ago, rules.agent_hourly).await?;
    let by_customer = tx.nth_newest_by_customer(customer, day_ago, rules.customer_daily).await?;
    let by_domain = match customer.domain() {
        domain if FREE_MAIL.contains(&domain.as_str()) => None,
        _ => tx.nth_newest_by_domain(customer, day_ago, of_domain).await?,
    };
    let by_all = tx.nth_newest(day_ago, rules.daily).await?;
    let checks = [
        (Limit::Agent, by_agent, rules.agent_hourly, HOUR, "one agent in an hour"),
        (Limit::Customer, by_customer, rules.customer_daily, DAY, "one customer in a day"),
        (Limit::Domain, by_domain, of_domain, DAY, "one mail domain in a day"),
        (Limit::All, by_all, rules.daily, DAY, "everyone together in a day"),
    ];
    let reached = checks.into_iter().find_map(|(which, filled_at, limit, window, whom)| {
        let retry_after = until_it_leaves(filled_at?, window, now);
        let message = format!("The limit of {limit} licenses for {whom} is reached.");
        Some(Limited { limit: which, message, retry_after })
    });
    Ok(reached.map_or(Ok(()), Err))
}

/// How long until the license that fills a limit leaves its window; at least a second.
fn until_it_leaves(filled_at: Timestamp, window: SignedDuration, now: Timestamp) -> Duration {
    let left = window.saturating_sub(now.duration_since(filled_at));
    Duration::try_from(left).unwrap_or_default().max(Duration::from_secs(1))
}

fn before(now: Timestamp, window: SignedDuration) -> Timestamp {
    now.checked_sub(window).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_free_again_when_the_license_that_fills_it_leaves_the_window() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let wait = |filled_at, now| until_it_leaves(at(filled_at), SignedDuration::from_secs(100), at(now)).as_secs();
        assert_eq!(wait(0, 30), 70);
        assert_eq!(wait(10, 30), 80);
        assert_eq!(wait(0, 100), 1, "at once is a second");
    }
}
