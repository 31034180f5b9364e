//! A database of any earlier version is migrated, and its deliveries go on.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::json;
use sqlx::{
    AssertSqlSafe, Connection as _, SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};
use stopgap::{sandbox::gitlab::State, store::Store};

use crate::world::{World, ended, get, history, post, postgres::Postgres, sql, through};

/// Delivered by the version that wrote it.
const ID: &str = "0198a3c4-0000-7000-8000-000000000001";
/// Its email is pending.
const PENDING: &str = "0198a3c4-0000-7000-8000-000000000002";
const KEY: &str = "kept-key";

/// Each version's migration, and rows as only that version and later ones could write them.
const VERSIONS: [(i64, &str, &str); 1] = [(1, "first", include_str!("upgrade/0001.sql"))];

/// The SQL of a version: `0001_first.sql`, and what follows it for this database alone.
fn migration(version: i64, name: &str, database: &str) -> String {
    let read = |suffix: &str| fs::read_to_string(folder().join(format!("{version:04}_{name}{suffix}.sql")));
    read("").unwrap() + &read(&format!(".{database}")).unwrap_or_default()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations")
}

#[test]
fn every_migration_has_its_rows() {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let migrations: BTreeSet<_> = files.map(|file| file.split_once('.').unwrap().0.to_owned()).collect();
    assert_eq!(migrations, VERSIONS.map(|(version, name, _)| format!("{version:04}_{name}")).into());
}

/// A database as the `count`th version left it.
async fn left_by(count: usize, url: &str) {
    sqlx::any::install_default_drivers();
    let mut database = sqlx::AnyConnection::connect(url).await.unwrap();
    let kind = if url.starts_with("sqlite:") { "sqlite" } else { "postgres" };
    let migrations = VERSIONS[..count].iter().map(|(version, name, _)| {
        let sql = AssertSqlSafe(migration(*version, name, kind)).into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect()).run(&mut database).await.unwrap();
    for (_, _, rows) in &VERSIONS[..count] {
        sqlx::raw_sql(*rows).execute(&mut database).await.unwrap();
    }
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_every_version_is_read_and_its_deliveries_are_made() {
    for count in 1..=VERSIONS.len() {
        let mut world = World::stand_ins(&[]).await;
        let url = world.database();
        let url = if url.starts_with("sqlite:") { format!("{url}?mode=rwc") } else { url };
        left_by(count, &url).await;
        // Twice: a migrated database stays as it is.
        for _ in 0..2 {
            world.start_service().await;
            is_whole(&world).await;
            world.stop().await;
        }
        let mails = world.sandbox.mail.mails();
        assert_eq!(mails.len(), 1, "a sent email is not sent again");
        assert_eq!(mails[0].envelope_to, ["joe@other.example"]);
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state), (1, State::Closed));
        assert_eq!(world.sandbox.slack.messages().len(), 1);

        // Last, because a download is noted on the issue.
        world.start_service().await;
        let file = get(&world.agent().await, &format!("/api/v1/licenses/{ID}/file?reason=test")).await;
        assert_eq!(file.body, "eyJkYXRhIjoieCJ9\n");
        world.stop().await;
    }
}

async fn is_whole(world: &World) {
    let agent = world.agent().await;
    assert_eq!(ended(&agent, &json!({ "id": PENDING })).await["state"], "delivered");
    let license = ended(&agent, &json!({ "id": ID })).await;
    assert_eq!((&license["seats"], &license["state"]), (&286.into(), &"delivered".into()), "{license}");
    assert_eq!(license["customer"]["company"], "Acme GmbH");
    assert_eq!(license["eligibility"]["override_reason"], "the customer is down");
    assert_eq!(license["agent"], json!({ "username": "jdoe", "zendesk_user_id": 42 }));
    assert_eq!(license["drill"], true);
    assert_eq!(history(&license)[..2], ["generated", "email_sent"]);
    let states: Vec<_> = license["deliveries"].as_array().unwrap().iter().map(|made| &made["state"]).collect();
    assert_eq!(states, ["sent", "sent", "sent"], "{license:#}");
    assert_eq!(through(&license, "issue")[0]["reference"], "https://gitlab.example/support/-/issues/1");

    let found = get(&agent, "/api/v1/licenses?q=gmbh").await.body;
    assert_eq!(found["items"][0]["id"], ID, "{found}");
    for query in ["q=jdoe", ""] {
        let items = get(&agent, &format!("/api/v1/licenses?{query}")).await.body["items"].take();
        let ids: Vec<_> = items.as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(ids, [PENDING, ID], "{query}: newest first");
    }
    // The key is known: another body is refused.
    assert_eq!(post(&agent, "/api/v1/licenses", KEY, &crate::world::order()).await.status, 422);
}

#[tokio::test]
async fn postgresql_without_the_right_to_create_the_extension_names_the_statement_to_run() {
    let postgres = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let administrator = postgres.fresh_database();
    for statement in ["CREATE ROLE plain LOGIN", "GRANT ALL ON SCHEMA public TO plain"] {
        sql(&administrator, statement).await;
    }
    let url = administrator.replacen("stopgap@", "plain@", 1);
    let refusal = Store::open(&url).await.err().expect("it is refused").to_string();
    let (_, statement) = refusal.split_once("run in this database: ").expect(&refusal);
    sql(&administrator, statement).await;
    Store::open(&url).await.expect("nothing is missing any more").close().await;
}
