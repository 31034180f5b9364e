//! A database of any earlier version, with everything in it that this version could write, is brought up to date and
//! goes on where it stopped.

use std::{fs, path::Path};

use serde_json::json;
use sqlx::{
    AssertSqlSafe, Connection as _, SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};
use stopgap::sandbox::gitlab::State;

use crate::world::{World, ended, generate, get, history, order, post, through};

/// Delivered by the version that made it.
const ID: &str = "0198a3c4-0000-7000-8000-000000000001";
/// Its mail was still to be sent.
const PENDING: &str = "0198a3c4-0000-7000-8000-000000000002";
const KEY: &str = "kept-key";

/// What each version could write and the one before could not. One line a version: a new migration adds its own.
const ROWS: [(i64, &str, &str); 6] = [
    (1, "0001_first.sql", include_str!("upgrade/0001.sql")),
    (2, "0002_scope.sql", include_str!("upgrade/0002.sql")),
    (3, "0003_aftercare.sql", include_str!("upgrade/0003.sql")),
    (10, "0010_drill.sql", include_str!("upgrade/0010.sql")),
    (11, "0011_request.sql", include_str!("upgrade/0011.sql")),
    (12, "0012_search.sql", include_str!("upgrade/0012.sql")),
];

#[test]
fn every_migration_has_its_rows() {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ROWS.map(|(_, file, _)| file));
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations")
}

/// A database as the `count`th version left it.
async fn left_by(count: usize, url: &str) {
    sqlx::any::install_default_drivers();
    let mut database = sqlx::AnyConnection::connect(url).await.unwrap();
    let migrations = ROWS[..count].iter().map(|(version, file, _)| {
        let name = file.split_once('_').unwrap().1.trim_end_matches(".sql").to_owned();
        let sql = fs::read_to_string(folder().join(file)).unwrap();
        Migration::new(*version, name.into(), MigrationType::Simple, AssertSqlSafe(sql).into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect()).run(&mut database).await.unwrap();
    for (_, _, rows) in &ROWS[..count] {
        sqlx::raw_sql(*rows).execute(&mut database).await.unwrap();
    }
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_every_version_is_read_and_its_deliveries_are_made() {
    for count in 1..=ROWS.len() {
        let mut world = World::stand_ins(&[]).await;
        let url = world.database();
        let url = if url.starts_with("sqlite:") { format!("{url}?mode=rwc") } else { url };
        left_by(count, &url).await;
        // Twice: what is up to date stays as it is.
        for _ in 0..2 {
            world.start_service().await;
            is_whole(&world, count).await;
            world.stop().await;
        }
        let mails = world.sandbox.mail.mails();
        assert_eq!(mails.len(), 1, "what was sent is not sent again");
        assert_eq!(mails[0].envelope_to, ["joe@other.example"]);
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state), (1, State::Closed));
        assert_eq!(world.sandbox.slack.messages().len(), 1);

        // Only now: a download is noted on the issue.
        world.start_service().await;
        let file = get(&world.agent().await, &format!("/api/v1/licenses/{ID}/file?reason=test")).await;
        assert_eq!(file.body, "eyJkYXRhIjoieCJ9\n");
        world.stop().await;
    }
}

async fn is_whole(world: &World, count: usize) {
    let agent = world.agent().await;
    assert_eq!(ended(&agent, &json!({ "id": PENDING })).await["state"], "delivered");
    let license = ended(&agent, &json!({ "id": ID })).await;
    assert_eq!((&license["seats"], &license["state"]), (&286.into(), &"delivered".into()), "{license}");
    assert_eq!(license["customer"]["company"], "Acme GmbH");
    assert_eq!(license["eligibility"]["override_reason"], "the customer is down");
    assert_eq!(license["agent"], json!({ "username": "jdoe", "zendesk_user_id": 42 }));
    assert_eq!(history(&license)[..2], ["generated", "email_sent"]);
    let states: Vec<_> = license["deliveries"].as_array().unwrap().iter().map(|made| &made["state"]).collect();
    assert_eq!(states, ["sent", "sent", "sent"], "{license:#}");
    assert_eq!(through(&license, "issue")[0]["reference"], "https://gitlab.example/support/-/issues/1");
    assert_eq!(license["drill"], count >= 4, "version 10 is the fourth");

    let found = get(&agent, "/api/v1/licenses?q=gmbh").await.body;
    assert_eq!(found["items"][0]["id"], ID, "{found}");
    for query in ["q=jdoe", ""] {
        let items = get(&agent, &format!("/api/v1/licenses?{query}")).await.body["items"].take();
        let ids: Vec<_> = items.as_array().unwrap().iter().map(|item| &item["id"]).collect();
        assert_eq!(ids, [PENDING, ID], "{query}: the newest first");
    }
    // Another body under a key that was used: the key is known.
    assert_eq!(post(&agent, "/api/v1/licenses", KEY, &crate::world::order()).await.status, 422);
}

#[tokio::test]
async fn what_an_old_replica_wrote_beside_a_new_one_is_found_after_the_next_start() {
    let mut world = World::start().await;
    let agent = world.agent().await;
    for _ in 0..2 {
        let mut again = order();
        again["confirm_duplicate"] = true.into();
        ended(&agent, &generate(&agent, &again).await).await;
    }
    world.stop().await;
    // The older version knew neither numbers nor blocks.
    let mut database = sqlx::AnyConnection::connect(&world.database()).await.unwrap();
    for statement in ["UPDATE licenses SET number = NULL WHERE number = 2", "DELETE FROM search_blocks"] {
        sqlx::raw_sql(statement).execute(&mut database).await.unwrap();
    }
    sqlx::raw_sql("INSERT INTO search_blocks SELECT 0, search || '\n' FROM licenses WHERE number = 1")
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();

    world.start_service().await;
    let agent = world.agent().await;
    for lookup in ["", "?ticket=4711", "?q=acme"] {
        let found = get(&agent, &format!("/api/v1/licenses{lookup}")).await.body;
        assert_eq!(found["items"].as_array().unwrap().len(), 2, "{lookup}: {found}");
    }
}
