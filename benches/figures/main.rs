//! What the service takes, against the bare operations it is made of, in one run on one machine.
//!
//! Prints figures and asserts none: a busy machine must not fail a build. Everything is on loopback and bounded.

mod bare;
mod service;
mod timing;

use bare::{Bare, Mailbox};
use service::{Running, ready_after};
use stopgap::sealing::SealingKey;
use timing::{Figure, median, row, timed};

/// Repetitions of each measurement; its median is shown.
const ROUNDS: usize = 100;
/// Licenses of the throughput and memory figures; `LICENSES` on the command line says otherwise.
const LICENSES: usize = 1000;

#[tokio::main]
async fn main() {
    // `cargo bench` adds flags of its own.
    let licenses = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(LICENSES);
    println!("medians of {ROUNDS} rounds; the ratio is against the bare operations in brackets\n");
    let mut bare = Bare::new().await;
    sealing(&bare);
    let running = Running::start().await;
    one_license(&mut bare, &running).await;
    throughput(&running, licenses).await;
    memory(&running, licenses);
    start_up().await;
}

fn sealing(bare: &Bare) {
    let key = service::sealing_key();
    let (mut rsa, mut seal) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        rsa.push(timed(|| bare.rsa()).1);
        seal.push(timed(|| seal_one(&key)).1);
    }
    row("seal a license", median(&mut seal), Some(&Figure("one RSA operation", median(&mut rsa))));
}

fn seal_one(key: &SealingKey) {
    service::seal(key).expect("the bench's own key seals");
}

/// Answer, and request to "mail accepted", each round beside its bare operations.
async fn one_license(bare: &mut Bare, running: &Running) {
    let mut mailbox = Mailbox::open(&running.world).await;
    let (mut answers, mut mailed, mut bare_answers, mut bare_mailed) = (vec![], vec![], vec![], vec![]);
    for round in 0..ROUNDS {
        let began = timing::now();
        bare.rsa();
        bare.commit().await;
        bare_answers.push(began.elapsed());
        bare.commit().await;
        mailbox.deliver().await;
        bare_mailed.push(began.elapsed());

        let count = running.world.mail.mails().len();
        let began = timing::now();
        let license = running.generate(round).await;
        answers.push(began.elapsed());
        running.world.mail.wait_for(count + 1).await;
        mailed.push(began.elapsed());
        running.ended(&license).await;
    }
    let answer = Figure("RSA + commit", median(&mut bare_answers));
    row("answer to POST /api/v1/licenses", median(&mut answers), Some(&answer));
    let mail = Figure("RSA + two commits + warm SMTP", median(&mut bare_mailed));
    row("request to mail accepted", median(&mut mailed), Some(&mail));
}

async fn throughput(running: &Running, licenses: usize) {
    let before = running.world.slack.messages().len();
    let began = timing::now();
    for each in 0..licenses {
        running.generate(ROUNDS + each).await;
    }
    let answered = began.elapsed();
    running.world.slack.wait_for(before + licenses).await;
    let all = began.elapsed();
    let per_second = |time| timing::rate(licenses, time);
    println!("{licenses} licenses, one asked after the other: {:.0}/s answered", per_second(answered));
    let deliveries = 3.0 * per_second(all);
    println!("outbox: {:.0} licenses/s to the last Slack message, {deliveries:.0} deliveries/s", per_second(all));
    let began = timing::now();
    let posts = licenses.min(200);
    for _ in 0..posts {
        running.post_to_slack().await;
    }
    println!("the bare Slack stand-in, one post after the other: {:.0}/s", timing::rate(posts, began.elapsed()));
}

fn memory(running: &Running, licenses: usize) {
    let idle = running.idle_kib / 1024;
    println!("resident memory: {idle} MiB idle, {} MiB after {licenses} licenses", running.resident_kib() / 1024);
}

async fn start_up() {
    let mut times = Vec::new();
    for _ in 0..10 {
        times.push(ready_after().await);
    }
    row("start of the process to ready", median(&mut times), None);
}
