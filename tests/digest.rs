//! The digest of each business morning: what was generated, what is open, what ends.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Weekday, date},
    tz::TimeZone,
};
use reqwest::Method;
use serde_json::json;
use stopgap::{
    app::App,
    random::Random,
    sandbox::{slack::Message, smtp::Fault, web},
};

use crate::{
    aftercare::path,
    mailgun::LOOK_PAUSE,
    world::{World, ended, generate, order_for, postgres, read, sql, within},
};

const TITLE: &str = "Emergency licenses, ";
const ZONE: &str = "Europe/Berlin";

fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn at(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::get(ZONE).unwrap()).unwrap().timestamp()
}

/// Moves the world's clock to `to`.
fn pass_until(world: &World, to: Timestamp) {
    world.clock.shift(to.duration_since(world.clock.now()));
}

fn digests(world: &World) -> Vec<Message> {
    world.sandbox.slack.messages().into_iter().filter(|message| message.text.starts_with(TITLE)).collect()
}

/// The tickets in each list of a digest, by the words of its heading.
fn lists(digest: &Message) -> BTreeMap<&'static str, BTreeSet<u64>> {
    let mut lists = BTreeMap::new();
    let mut current = "";
    for line in digest.text.lines().skip(1) {
        if line.starts_with('*') {
            let known = ["still open", "to renew by", "generated since"];
            current = known.into_iter().find(|words| line.contains(words)).unwrap_or_else(|| panic!("{line}"));
        } else {
            let number = line.split_once("|#").and_then(|(_, rest)| rest.split_once('>')).expect(line).0;
            lists.entry(current).or_insert_with(BTreeSet::new).insert(number.parse().unwrap());
        }
    }
    lists
}

/// A license as the month remembers it.
struct Remembered {
    ticket: u64,
    created_on: Date,
    failed: bool,
    settled: bool,
}

impl Remembered {
    /// A license of ten days, generated at noon.
    fn last_business_day(&self) -> Date {
        let mut day = self.created_on.saturating_add(9.days());
        while !is_business_day(day) {
            day = day.yesterday().unwrap();
        }
        day
    }

    fn is_open(&self, day: Date) -> bool {
        !self.settled && day < self.created_on.saturating_add(10.days())
    }
}

/// What the digest of `day` must list, given the days since the one before.
fn expected(licenses: &[Remembered], day: Date) -> BTreeMap<&'static str, BTreeSet<u64>> {
    let (mut before, mut after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
    while !is_business_day(before) {
        before = before.yesterday().unwrap();
    }
    while !is_business_day(after) {
        after = after.tomorrow().unwrap();
    }
    let select = |is_in: &dyn Fn(&Remembered) -> bool| -> BTreeSet<u64> {
        licenses.iter().filter(|license| is_in(license)).map(|license| license.ticket).collect()
    };
    let lists = [
        ("generated since", select(&|l| l.created_on >= before && l.created_on < day)),
        ("still open", select(&|l| l.failed && l.is_open(day))),
        ("to renew by", select(&|l| !l.failed && l.is_open(day) && l.last_business_day() <= after)),
    ];
    lists.into_iter().filter(|(_, tickets)| !tickets.is_empty()).collect()
}

#[tokio::test]
async fn a_month_on_two_replicas_brings_each_business_morning_the_right_digest_once() {
    let settings = [
        ("DATABASE_URL", &*postgres::fresh_database()),
        ("DIGEST_AT", "09:00 Europe/Berlin"),
        ("AGENT_HOURLY_LIMIT", "10000"),
    ];
    let mut world = World::stand_ins(&settings).await;
    // With the change to summer time in it.
    let (first, last) = (date(2027, 3, 1), date(2027, 3, 31));
    pass_until(&world, at(first, 0));
    world.start_service().await;
    let other = App::start(world.config(), world.clock.clone(), Random).await.unwrap();
    let other_url = format!("http://{}", other.address()).parse().unwrap();

    let mut licenses: Vec<Remembered> = Vec::new();
    let mut told = 0;
    for (n, day) in first.series(1.day()).take_while(|day| *day <= last).enumerate() {
        pass_until(&world, at(day, 9));
        let lists_of_day = expected(&licenses, day);
        if is_business_day(day) && !lists_of_day.is_empty() {
            within(async {
                while digests(&world).len() == told {
                    let revision = world.sandbox.slack.messages().len();
                    world.sandbox.slack.wait_for(revision + 1).await;
                }
            })
            .await;
            let all = digests(&world);
            assert_eq!(lists(&all[told]), lists_of_day, "{day}: {}", all[told].text);
            told += 1;
        }
        pass_until(&world, at(day, 12));
        let agent = if n % 2 == 0 { world.agent().await } else { world.agent_at(&other_url).await };
        for k in 0..(n % 3) {
            let (ticket, failed) = (1000 + (n * 10 + k) as u64, n % 5 == 4);
            if failed {
                world.sandbox.mail.faults.fail_next(Fault::Rcpt550);
            }
            let mut order = order_for(&format!("customer{ticket}@customer{ticket}.example"));
            order["ticket"]["id"] = ticket.into();
            let license = ended(&agent, &generate(&agent, &order).await).await;
            let settled = (n + k) % 4 == 0;
            if settled {
                let body = json!({ "state": "done" });
                read(agent.request(Method::PUT, &path(&license, "follow-up")).json(&body)).await;
            }
            ended(&agent, &license).await;
            licenses.push(Remembered { ticket, created_on: day, failed, settled });
        }
    }
    other.stop().await;
    world.stop().await;
    assert_eq!(digests(&world).len(), told, "none was posted twice");
    assert!(told > 15, "{told}");
}

#[tokio::test]
async fn a_digest_that_slack_refused_is_posted_later_and_one_without_news_is_not_posted() {
    let mut world = World::stand_ins(&[("DIGEST_AT", "09:00 Europe/Berlin")]).await;
    pass_until(&world, at(date(2027, 3, 1), 12));
    world.start_service().await;
    let agent = world.agent().await;
    ended(&agent, &generate(&agent, &order_for("jane@acme.example")).await).await;
    world.sandbox.slack.faults.fail_next(web::Fault::status(503, ""));
    pass_until(&world, at(date(2027, 3, 2), 9));
    let messages = within(world.sandbox.slack.wait_for(2)).await;
    assert!(messages[1].text.starts_with("Emergency licenses, Tue 2 Mar"), "{}", messages[1].text);
    assert!(messages[1].text.contains("1 generated since Mon 1 Mar, 09:00"), "{}", messages[1].text);
    // Nothing was generated since, and nothing ends yet.
    pass_until(&world, at(date(2027, 3, 3), 9));
    world.stop().await;
    world.start_service().await;
    pass_until(&world, at(date(2027, 3, 4), 12));
    let agent = world.agent().await;
    ended(&agent, &generate(&agent, &order_for("jim@acme.example")).await).await;
    assert_eq!(digests(&world).len(), 1);
}

#[tokio::test]
async fn a_digest_whose_answer_was_lost_is_found_and_not_posted_again_by_the_app() {
    let mut world = World::stand_ins(&[("DIGEST_AT", "09:00 Europe/Berlin")]).await;
    world.use_slack_app();
    pass_until(&world, at(date(2027, 3, 1), 12));
    world.start_service().await;
    let agent = world.agent().await;
    ended(&agent, &generate(&agent, &order_for("jane@acme.example")).await).await;
    crate::outside_slack_app::fail_next(&world, crate::outside_slack_app::POST, web::Fault::DropAfter);
    pass_until(&world, at(date(2027, 3, 2), 9));
    within(world.sandbox.slack.wait_for(2)).await;
    // Its answer was lost: it is looked for before it would be posted again.
    world.pass(60);
    let state = "SELECT state FROM digests WHERE day = '2027-03-02'";
    within(async {
        while sql(&world.database(), state).await != ["sent"] {
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    })
    .await;
    world.stop().await;
    assert_eq!(digests(&world).len(), 1);
}
