//! Several replicas on one PostgreSQL: a rolling restart and a killed replica lose nothing and double nothing.

use std::collections::BTreeMap;

use stopgap::store::Store;

use crate::world::{
    World, ended, fresh_key,
    invariants::Accepted,
    order, order_for, post, postgres,
    process::{Process, command, crash_program, program},
    sql, within,
};

/// Licenses asked for while replicas come and go.
const LICENSES: usize = 12;

/// A world whose services share a PostgreSQL.
async fn shared() -> (World, BTreeMap<String, String>) {
    let settings = [
        ("DATABASE_URL", &*postgres::fresh_database()),
        ("AGENT_HOURLY_LIMIT", "10000"),
        ("CUSTOMER_DAILY_LIMIT", "10000"),
    ];
    let world = World::stand_ins(&settings).await;
    let variables = world.variables();
    (world, variables)
}

#[tokio::test]
async fn a_killed_replica_loses_nothing_and_doubles_nothing() {
    tokio::task::spawn_blocking(crash_program).await.unwrap();
    let (world, variables) = shared().await;
    // Both start at once on an empty database: one of them makes its tables, the other waits.
    let (doomed, other) = tokio::join!(
        Process::start(command(crash_program(), &variables)),
        Process::start(command(crash_program(), &variables)),
    );
    let (first, second) = (world.agent_at(doomed.url()).await, world.agent_at(other.url()).await);
    let asked: Vec<_> =
        (0..LICENSES).map(|n| Accepted::new(order_for(&format!("customer{n}@acme.example")), fresh_key())).collect();
    let mut answers = Vec::new();
    for (n, asked) in asked.iter().enumerate() {
        if n == LICENSES / 2 {
            doomed.kill();
        }
        answers.push(asked.try_once(if n % 2 == 0 { &first } else { &second }).await);
    }
    for (asked, answer) in asked.iter().zip(&answers) {
        asked.insist(&second, answer.as_deref()).await;
    }
    for asked in &asked {
        asked.hold(&world, &second, 1, "a killed replica").await;
    }
    assert_eq!(world.sandbox.gitlab.issues().len(), LICENSES);
}

#[tokio::test]
async fn a_rolling_restart_leaves_nothing_uncertain() {
    let (world, variables) = shared().await;
    let old = Process::start(command(&program(), &variables)).await;
    let agent = world.agent_at(old.url()).await;
    let mut licenses = Vec::new();
    for n in 0..3 {
        licenses.push(crate::world::generate(&agent, &order_for(&format!("customer{n}@acme.example"))).await);
    }
    let new = Process::start(command(&program(), &variables)).await;
    old.terminate();
    within(old.aborted()).await;
    let agent = world.agent_at(new.url()).await;
    for license in &licenses {
        let license = ended(&agent, license).await;
        assert!(!license.to_string().contains("\"uncertain\":true"), "{license}");
    }
    assert_eq!(world.sandbox.mail.mails().len(), licenses.len());
    assert_eq!(world.sandbox.gitlab.issues().len(), licenses.len());
    assert_eq!(world.sandbox.slack.messages().len(), licenses.len());
}

#[tokio::test]
async fn one_key_at_two_replicas_at_once_makes_one_license_and_gets_one_answer() {
    let (world, variables) = shared().await;
    let (one, two) =
        tokio::join!(Process::start(command(&program(), &variables)), Process::start(command(&program(), &variables)));
    let (first, second) = (world.agent_at(one.url()).await, world.agent_at(two.url()).await);
    for n in 0..5 {
        let (key, order) = (fresh_key(), order_for(&format!("customer{n}@acme.example")));
        let path = "/api/v1/licenses";
        let (a, b) = tokio::join!(post(&first, path, &key, &order), post(&second, path, &key, &order));
        assert_eq!((a.status.as_u16(), b.status.as_u16()), (201, 201), "{} {}", a.body, b.body);
        assert_eq!(a.body, b.body);
    }
    assert_eq!(second.get("/api/v1/licenses").await.unwrap()["items"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_with_a_sentence() {
    for mut world in [World::start().await, World::on_sqlite().await] {
        let agent = world.agent().await;
        post(&agent, "/api/v1/licenses", &fresh_key(), &order()).await;
        world.stop().await;
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                     SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        sql(&world.database(), newer).await;
        let refused = Store::open(&world.database()).await.err().expect("it is refused").to_string();
        assert!(refused.contains("written by a newer version") && refused.contains("9999"), "{refused}");
    }
}
