//! A copy made while the service runs is whole, private, and starts.

use std::{
    ffi::OsStr,
    fs::Permissions,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::Path,
    process::{Command, Output},
};

use stopgap::store::{Inspection, Store, inspect};

use crate::world::{World, ended, generate, get, order, order_for};

fn back_up(database: &str, file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stopgap"));
    command.env_clear().env("STOPGAP_DATABASE_URL", database).arg("backup").arg(file).output().unwrap()
}

fn complaint(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn a_backup_made_while_running_starts_with_everything_that_was_committed() {
    let mut world = World::on_sqlite().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    let copy = world.folder().join("copy.db");
    let output = back_up(&format!("sqlite:{}", world.folder().join("stopgap.db").display()), &copy);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("copy.db: 1 licenses\n"), "{output:?}");
    generate(&agent, &order_for("later@acme.example")).await;

    world.stop().await;
    world.set("DATABASE_URL", &format!("sqlite:{}", copy.display()));
    world.start_service().await;
    let agent = world.agent().await;
    let id = license["id"].as_str().unwrap();
    assert_eq!(get(&agent, &format!("/api/v1/licenses/{id}")).await.body, license);
    let all = get(&agent, "/api/v1/licenses").await.body;
    assert_eq!(all["items"].as_array().unwrap().len(), 1, "what came after the copy is not in it");
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_names_the_tool_for_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    assert!(complaint(&back_up("postgres://canary@localhost/stopgap", &file)).contains("pg_dump"));
    let absent = format!("sqlite:{}", folder.path().join("absent.db").display());
    assert!(complaint(&back_up(&absent, &file)).contains("no database at"));
    assert!(!file.exists(), "a failure leaves no file behind");

    let database = format!("sqlite:{}", folder.path().join("stopgap.db").display());
    Store::open(&database).await.unwrap().close().await;
    std::fs::write(&file, "precious").unwrap();
    assert!(complaint(&back_up(&database, &file)).contains("exists"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
}

#[tokio::test]
async fn a_backup_goes_to_the_named_file_or_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("stopgap.db").display());
    Store::open(&database).await.unwrap().close().await;
    let path = |name: &[u8]| folder.path().join(OsStr::from_bytes(name));
    // To SQLite, the second one is a database in memory.
    for file in [
        path(b"copy.db?mode=memory"),
        "file:copy.db?mode=memory".into(),
        "file:copy.db".into(),
        path(b"copy%41.db"),
        path(b"copy\xff.db"),
    ] {
        assert!(complaint(&back_up(&database, &file)).contains("file name must be UTF-8"), "{file:?}");
        assert!(!file.exists());
    }
}

#[tokio::test]
async fn a_damaged_database_is_not_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let (file, copy) = (folder.path().join("stopgap.db"), folder.path().join("copy.db"));
    let database = format!("sqlite:{}", file.display());
    Store::open(&database).await.unwrap().close().await;
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(complaint(&back_up(&database, &copy)).contains("the copy failed"));
    assert!(!copy.exists(), "a failure leaves no file behind");
}

#[tokio::test]
async fn a_database_that_other_users_can_write_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stopgap.db");
    let url = format!("sqlite:{}", file.display());
    Store::open(&url).await.unwrap().close().await;
    for mode in [0o620, 0o602] {
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        for refusal in [Store::open(&url).await.err(), inspect(&url).await.err()] {
            let words = refusal.expect("it is refused").to_string();
            assert!(words.ends_with(&format!("run: chmod go-w '{}'", file.display())), "{words}");
        }
    }
    std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    Store::open(&url).await.unwrap().close().await;
}

#[tokio::test]
async fn an_older_version_refuses_a_newer_database_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stopgap.db");
    let url = format!("sqlite:{}", file.display());
    Store::open(&url).await.unwrap().close().await;
    assert_eq!(inspect(&url).await.unwrap(), Inspection::Present { pending_migrations: 0 });
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'newer', TRUE, x'00', 0)";
    sqlx::any::install_default_drivers();
    let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    for refusal in [Store::open(&url).await.err(), inspect(&url).await.err()] {
        let words = refusal.expect("it is refused").to_string();
        assert!(words.contains("written by a newer version of stopgap"), "{words}");
    }
}
