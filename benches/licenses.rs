//! Throughput and latency of generating and delivering licenses: `make bench`.
//!
//! Fifty clients request five hundred licenses. Prints the throughput, and the median and 99th percentile of the
//! response and of the email, from the request until the mail server accepted it.

use std::{collections::BTreeMap, ffi::OsString, sync::Mutex, time::Duration};

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::json;
use stopgap::{
    app::App,
    clock::Clock,
    config::Environment,
    random::Random,
    sandbox::{Browser, Keys, World, WorldOptions},
};
use url::Url;

const LICENSES: usize = 500;
const CLIENTS: usize = 50;
const NO_LIMITS: [(&str, &str); 3] = [
    ("STOPGAP_AGENT_HOURLY_LIMIT", "10000"),
    ("STOPGAP_CUSTOMER_DAILY_LIMIT", "10000"),
    ("STOPGAP_DAILY_LIMIT", "10000"),
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (clock, random) = (Clock::system(), Random);
    let keys = Keys::generate(random);
    let world = World::start(WorldOptions { page_port: 0, keys, sdk: None, clock: clock.clone(), random }).await?;
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("stopgap.db").display().to_string();
    let no_limits = NO_LIMITS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = world.settings(0, &database).into_iter().chain(no_limits);
    let environment = Environment::of(settings.map(|(name, value)| (OsString::from(name), OsString::from(value))));
    let app = App::start(environment.config()?, clock.clone(), random).await?;
    let mut agent = Browser::new(&world, &Url::parse(&format!("http://{}", app.address()))?);
    agent.open(&world.token(42)).await?;

    let asked = Mutex::new(BTreeMap::<String, Timestamp>::new());
    let began = clock.now();
    let answers: Vec<Duration> = stream::iter(0..LICENSES)
        .map(|n| ask(&agent, &clock, &asked, format!("customer{n}@acme.example")))
        .buffer_unordered(CLIENTS)
        .collect()
        .await;
    let answered = since(began, clock.now());
    world.slack.wait_for(LICENSES).await;
    let delivered = since(began, clock.now());

    let asked = asked.into_inner()?;
    let mails = world.mail.mails().iter().map(|mail| since(asked[&mail.envelope_to[0]], mail.received_at)).collect();
    println!("{LICENSES} licenses by {CLIENTS} clients at once, SQLite");
    println!("answered   {answered:.1?} in all, {:.0} a second", per_second(answered));
    println!("delivered  {delivered:.1?} in all: mail, issue and Slack");
    print("answer", answers);
    print("mail", mails);
    app.stop().await;
    Ok(())
}

async fn ask(agent: &Browser, clock: &Clock, asked: &Mutex<BTreeMap<String, Timestamp>>, email: String) -> Duration {
    let began = clock.now();
    asked.lock().expect("nobody panics with it").insert(email.clone(), began);
    let order = json!({ "ticket": { "id": 4711 }, "agent": { "username": "jdoe" }, "seats": 286,
                        "customer": { "email": email } });
    let key = Random.id(began).to_string();
    agent.post("/api/v1/licenses", &key, &order).await.expect("every request is answered");
    since(began, clock.now())
}

fn since(began: Timestamp, ended: Timestamp) -> Duration {
    Duration::try_from(ended.duration_since(began)).unwrap_or_default()
}

fn per_second(all: Duration) -> f64 {
    f64::from(u32::try_from(LICENSES).expect("a few hundred")) / all.as_secs_f64()
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    println!("{what:<10} median {:.1?}, 99th percentile {:.1?}", times[times.len() / 2], times[times.len() * 99 / 100]);
}
