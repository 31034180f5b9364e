//! The real program dies at every step and at random instants; after its restart nothing is lost and nothing doubled.

mod later;

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use futures_util::{StreamExt as _, stream};
use stopgap::{
    crash::POINTS,
    sandbox::{
        gitlab::{CallFault, State},
        smtp::Fault,
        web,
    },
};
use tokio::time::sleep;

use crate::world::{
    PATIENCE, World, ended, fresh_key, generate,
    invariants::Accepted,
    number, order_for,
    process::{Process, command, crash_program, program},
    within,
};

/// Rounds of SIGKILL; `ROUNDS` asks for more.
const ROUNDS: u64 = 20;
/// Licenses asked for in one round.
const LICENSES: usize = 8;
/// A round's service lives at most this long.
const LIFE_MS: u64 = 800;

/// Points at a time: they mostly wait.
const AT_ONCE: usize = 3;

#[test]
fn every_crash_point_in_the_source_is_on_the_list() {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "crash.rs") {
                let text = fs::read_to_string(&path).unwrap_or_default();
                let words = text.split('"').filter(|word| word.contains("_before_") || word.contains("_after_"));
                let is_name = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                if text.contains("crash::point") {
                    found.extend(words.filter(is_name).map(str::to_owned));
                }
            }
        }
    }
    assert_eq!(found, POINTS.iter().map(|point| (*point).to_owned()).collect());
}

#[tokio::test]
async fn a_death_at_any_step_loses_nothing_and_doubles_nothing() {
    tokio::task::spawn_blocking(crash_program).await.unwrap();
    let of_delivery = POINTS.iter().filter(|point| !later::has(point));
    let edits = of_delivery.clone().filter(|point| point.ends_with("_update"));
    let posts = of_delivery.clone().filter(|point| !point.ends_with("_update"));
    let of_slack = of_delivery.filter(|point| point.contains("slack"));
    let by_webhook = posts.map(|point| (*point, false));
    let by_bot_token = edits.chain(of_slack).map(|point| (*point, true)).collect::<BTreeSet<_>>();
    let all = by_webhook.chain(by_bot_token);
    stream::iter(all).for_each_concurrent(AT_ONCE, |(point, is_app)| Box::pin(die_at(point, is_app))).await;
}

/// One license, whose service dies at `point` and is started again. Slack hears by its app or by its webhook.
async fn die_at(point: &str, is_app: bool) {
    let is_late = point.starts_with("mark_late") || point.contains("note") || point.ends_with("_update");
    let mut world = World::stand_ins(if is_late { &[("EMAIL_DEADLINE_SECONDS", "1")] } else { &[] }).await;
    if is_app {
        world.use_slack_app();
    }
    let mut armed = command(crash_program(), &world.variables());
    armed.env("CRASH_AT", point);
    let service = Process::start(armed).await;
    let agent = world.agent_at(service.url()).await;
    let asked = Accepted::new(order_for("jane@acme.example"), fresh_key());
    if is_late {
        world.sandbox.mail.faults.set_fault(Some(Fault::Mail451));
    }
    let first = asked.try_once(&agent).await;
    let mut died = Box::pin(service.aborted());
    let aborted = tokio::time::timeout(PATIENCE, async {
        tokio::select! {
            aborted = &mut died => return aborted,
            _ = world.sandbox.slack.wait_for(1) => world.sandbox.mail.faults.set_fault(None),
        }
        died.await
    });
    assert!(aborted.await.unwrap_or(false), "{point} was not reached:\n{}", service.log());
    world.sandbox.mail.faults.set_fault(None);

    let service = Process::start(command(crash_program(), &world.variables())).await;
    let agent = world.agent_at(service.url()).await;
    asked.insist(&agent, first.as_deref()).await;
    asked.hold(&world, &agent, 1, point).await;
    assert_eq!(world.sandbox.gitlab.issues().len(), 1, "{point}");
}

#[tokio::test]
async fn a_death_while_the_license_is_withheld_leaves_one_issue_without_it_and_slack_hears_of_it_once() {
    tokio::task::spawn_blocking(crash_program).await.unwrap();
    for point in ["issue_after_create", "issue_after_close", "record_issue_before_commit", "record_issue_after_commit"]
    {
        let world = World::stand_ins(&[]).await;
        world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(web::Fault::ignored(["confidential"]))));
        let mut armed = command(crash_program(), &world.variables());
        armed.env("CRASH_AT", point);
        let service = Process::start(armed).await;
        let asked = Accepted::new(order_for("jane@acme.example"), fresh_key());
        asked.try_once(&world.agent_at(service.url()).await).await.expect("it is accepted");
        assert!(within(service.aborted()).await, "{point} was not reached:\n{}", service.log());

        let service = Process::start(command(crash_program(), &world.variables())).await;
        let agent = world.agent_at(service.url()).await;
        let license = agent.get("/api/v1/licenses?q=jane@acme.example").await.unwrap()["items"][0].clone();
        ended(&agent, &license).await;
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state, issues[0].confidential), (1, State::Opened, false), "{point}");
        let file = &world.sandbox.mail.mails()[0].attachments[0].content;
        assert!(!issues[0].description.contains(file.trim_end()), "{point}");
        let messages = world.sandbox.slack.messages();
        let told = messages
            .iter()
            .map(|m| serde_json::to_string(m).unwrap())
            .filter(|m| m.contains("did not make the issue confidential"));
        assert_eq!(told.count(), 1, "{point}: {messages:?}");
    }
}

#[tokio::test]
async fn a_death_between_the_dot_and_its_answer_sends_the_same_mail_again_and_says_uncertain() {
    tokio::task::spawn_blocking(crash_program).await.unwrap();
    let world = World::stand_ins(&[]).await;
    world.sandbox.mail.faults.fail_next(Fault::HangAfterDot);
    let service = Process::start(command(crash_program(), &world.variables())).await;
    let asked = Accepted::new(order_for("jane@acme.example"), fresh_key());
    asked.try_once(&world.agent_at(service.url()).await).await.expect("it is accepted");
    within(world.sandbox.mail.wait_for(1)).await;
    service.kill();
    service.aborted().await;

    let service = Process::start(command(crash_program(), &world.variables())).await;
    let agent = world.agent_at(service.url()).await;
    asked.insist(&agent, None).await;
    asked.hold(&world, &agent, 1, "between dot and answer").await;
    assert_eq!(world.sandbox.mail.mails().len(), 2);
}

#[tokio::test]
async fn deaths_at_random_instants_under_load_lose_nothing_and_double_nothing() {
    tokio::task::spawn_blocking(crash_program).await.unwrap();
    let rounds = number("ROUNDS").unwrap_or(ROUNDS);
    let seeds = match number("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..rounds,
    };
    for seed in seeds {
        let round = tokio::spawn(round(seed, seed % 2 == 1)).await;
        assert!(round.is_ok(), "SEED={seed} fails: {round:?}");
    }
}

/// Clients ask while the service is killed twice; then it lives, they ask again, and everything must have come out.
async fn round(seed: u64, is_app: bool) {
    let mut dice = dice_of(seed);
    let mut world = World::stand_ins(&[]).await;
    if is_app {
        world.use_slack_app();
    }
    let asked: Vec<_> = (0..LICENSES)
        .map(|n| Accepted::new(order_for(&format!("customer{n}@acme.example")), format!("key-{seed}-{n}")))
        .collect();
    let mut answers = vec![None; LICENSES];
    for _ in 0..2 {
        let service = Process::start(command(crash_program(), &world.variables())).await;
        let agent = world.agent_at(service.url()).await;
        let life = Duration::from_millis(dice() % LIFE_MS);
        let asking = async {
            for (asked, answer) in asked.iter().zip(&mut answers) {
                *answer = asked.try_once(&agent).await.or(answer.take());
            }
            // Everything is asked for: the rest of its life it delivers.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = asking => {}
            () = sleep(life) => {}
        }
        service.kill();
        service.aborted().await;
    }
    let service = Process::start(command(crash_program(), &world.variables())).await;
    let agent = world.agent_at(service.url()).await;
    for (asked, answer) in asked.iter().zip(&answers) {
        asked.insist(&agent, answer.as_deref()).await;
    }
    for asked in &asked {
        asked.hold(&world, &agent, 2, &format!("SEED={seed}")).await;
    }
    assert_eq!(world.sandbox.gitlab.issues().len(), LICENSES, "SEED={seed}");
}

#[tokio::test]
async fn a_stop_ends_what_is_under_way_and_leaves_nothing_uncertain() {
    let world = World::stand_ins(&[]).await;
    let service = Process::start(command(&program(), &world.variables())).await;
    let agent = world.agent_at(service.url()).await;
    let mut licenses = Vec::new();
    for n in 0..4 {
        licenses.push(generate(&agent, &order_for(&format!("customer{n}@acme.example"))).await);
    }
    service.terminate();
    assert!(!within(service.aborted()).await);
    assert!(service.log().contains("\"stopped\""), "{}", service.log());

    let service = Process::start(command(&program(), &world.variables())).await;
    let agent = world.agent_at(service.url()).await;
    for license in &licenses {
        let license = crate::world::ended(&agent, license).await;
        assert!(!license.to_string().contains("\"uncertain\":true"), "{license}");
    }
    assert_eq!(world.sandbox.mail.mails().len(), licenses.len());
    assert_eq!(world.sandbox.slack.messages().len(), licenses.len());
}

/// Numbers that follow from `seed` alone (SplitMix64).
fn dice_of(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
