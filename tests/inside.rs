//! Trouble inside: the database is away, full, locked, damaged or old, or the clock jumps. Nothing is lost, and the
//! service says what it is.

use std::{
    fs, os::unix::fs::PermissionsExt as _, os::unix::process::CommandExt as _, process::Command, time::Duration,
};

use reqwest::{Method, header::RETRY_AFTER};
use sqlx::Connection as _;
use stopgap::{
    app::App,
    random::Random,
    sandbox::{Browser, gitlab::State, smtp::Fault, web},
    store::Store,
};

use crate::world::{
    PATIENCE, World, ended, fresh_key, generate, get, history, order, order_for, post,
    postgres::Postgres,
    process::{Process, command, program},
    through, within,
};

/// A POST that finds the store away: it says so, and when to ask again.
async fn is_away(agent: &Browser, key: &str) {
    let request = agent.request(Method::POST, "/api/v1/licenses").header("Idempotency-Key", key).json(&order());
    let answer = request.timeout(PATIENCE).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key(RETRY_AFTER));
    assert!(answer.text().await.unwrap().contains("Nothing is lost"));
}

async fn refused(url: &str) -> String {
    Store::open(url).await.err().expect("it is refused").to_string()
}

#[tokio::test]
async fn a_file_that_is_no_database_or_damaged_is_refused_with_a_sentence() {
    let mut world = World::on_sqlite().await;
    let agent = world.agent().await;
    generate(&agent, &order()).await;
    world.stop().await;
    let path = world.folder().join("stopgap.db");
    let whole = fs::read(&path).unwrap();
    let url = world.database();

    fs::write(&path, b"this is no database, but long enough to be taken for one".repeat(100)).unwrap();
    let words = refused(&url).await;
    assert!(words.contains("STOPGAP_DATABASE_URL") && words.contains("not a database"), "{words}");

    let mut damaged = whole.clone();
    damaged[8192..].fill(0xa5);
    fs::write(&path, damaged).unwrap();
    let words = refused(&url).await;
    assert!(words.contains("damaged") || words.contains("malformed"), "{words}");

    fs::write(&path, whole).unwrap();
    world.start_service().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_refused_with_a_sentence() {
    let mut world = World::on_sqlite().await;
    world.stop().await;
    let path = world.folder().join("stopgap.db");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(world.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    // Root may write everything: the program runs as somebody else, from where everybody can read it.
    let copy = world.folder().join("stopgap");
    fs::copy(program(), &copy).unwrap();
    let mut command = command(&copy, &world.variables());
    if is_root() {
        command.uid(65534).gid(65534);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(words.contains("STOPGAP_DATABASE_URL") && words.contains("Permission denied"), "{words}");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

#[tokio::test]
async fn a_second_service_on_one_sqlite_file_is_refused_because_it_would_send_everything_again() {
    let mut world = World::on_sqlite().await;
    let second = App::start(world.config(), world.clock.clone(), Random).await.err().expect("it is refused");
    assert!(second.to_string().contains("another stopgap is running on this SQLite file"), "{second}");
    world.stop().await;
    world.start_service().await;
}

#[tokio::test]
async fn another_process_that_holds_the_database_means_503_and_then_all_is_well() {
    let world = World::on_sqlite().await;
    let agent = world.agent().await;
    let mut other = sqlx::SqliteConnection::connect(&world.database()).await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let key = fresh_key();
    is_away(&agent, &key).await;
    within(async { while get(&agent, "/health/ready").await.status != 503 {} }).await;
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    let answer = post(&agent, "/api/v1/licenses", &key, &order()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    ended(&agent, &answer.body).await;
    assert_eq!(world.sandbox.mail.mails().len(), 1);
    within(async { while get(&agent, "/health/ready").await.status != 200 {} }).await;
}

#[tokio::test]
async fn a_full_disk_means_503_and_whatever_was_accepted_is_delivered_once_there_is_room() {
    const NO_LIMITS: [(&str, &str); 3] =
        [("AGENT_HOURLY_LIMIT", "10000"), ("CUSTOMER_DAILY_LIMIT", "10000"), ("DAILY_LIMIT", "10000")];
    let world = World::stand_ins(&NO_LIMITS).await;
    let mut variables = world.variables();
    let file = format!("sqlite:{}", world.folder().join("full.db").display());
    variables.insert("STOPGAP_DATABASE_URL".into(), file);
    // No file grows beyond one MB; a write that would is refused, as on a full disk.
    let mut limited = Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -S -f 1024; exec \"$0\" serve"]).arg(program()).env_clear();
    limited.envs(&variables).env("STOPGAP_BIND", "127.0.0.1:0").env("STOPGAP_LOG_FORMAT", "json");
    let service = Process::start(limited).await;
    let agent = world.agent_at(service.url()).await;
    let mut accepted = Vec::new();
    let (key, refused) = loop {
        assert!(accepted.len() < 500, "the disk is never full");
        let (key, order) = (fresh_key(), order_for(&format!("customer{}@acme.example", accepted.len())));
        let answer = post(&agent, "/api/v1/licenses", &key, &order).await;
        match answer.status.as_u16() {
            201 => accepted.push(answer.body),
            503 => break (key, order),
            other => panic!("{other}: {}", answer.body),
        }
    };
    let pid = service.pid().to_string();
    assert!(Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited"]).status().unwrap().success());
    let answer = post(&agent, "/api/v1/licenses", &key, &refused).await;
    assert_eq!(answer.status, 201, "{}\n{}", answer.body, service.log());
    accepted.push(answer.body);
    for license in &accepted {
        assert_eq!(ended(&agent, license).await["state"], "delivered");
    }
    assert_eq!(world.sandbox.mail.mails().len(), accepted.len());
    assert_eq!(world.sandbox.gitlab.issues().len(), accepted.len());
    assert_eq!(world.sandbox.slack.messages().len(), accepted.len());
}

#[tokio::test]
async fn postgresql_may_go_and_come_back_and_what_was_done_meanwhile_is_not_done_again() {
    let postgres = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let world = World::with(&[("DATABASE_URL", &postgres.fresh_database())]).await;
    let agent = world.agent().await;
    // Slack takes its time: the database goes while the message is under way.
    world.sandbox.slack.faults.fail_next(web::Fault::Slow { delay_ms: 3000 });
    let license = generate(&agent, &order()).await;
    within(world.sandbox.gitlab.until(|issues| issues.first().filter(|i| i.state == State::Closed).map(|_| ()))).await;
    within(async {
        while world.sandbox.slack.faults.queued() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    postgres.stop();
    let key = fresh_key();
    is_away(&agent, &key).await;
    assert_eq!(get(&agent, "/health/ready").await.status, 503);
    within(world.sandbox.slack.wait_for(1)).await;
    postgres.start_again();

    let license = ended(&agent, &license).await;
    assert_eq!(through(&license, "slack")[0]["state"], "sent", "{license}");
    assert_eq!(world.sandbox.slack.messages().len(), 1, "what was known is not forgotten");
    let next = post(&agent, "/api/v1/licenses", &key, &order_for("joe@acme.example")).await;
    assert_eq!(next.status, 201, "{}", next.body);
    ended(&agent, &next.body).await;
    assert_eq!(world.sandbox.mail.mails().len(), 2);
    assert_eq!(get(&agent, "/health/ready").await.status, 200);
}

#[tokio::test]
async fn a_postgresql_that_turns_read_only_means_503_and_then_all_is_well() {
    let postgres = tokio::task::spawn_blocking(Postgres::start).await.unwrap();
    let url = postgres.fresh_database();
    let world = World::with(&[("DATABASE_URL", &url)]).await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Mail451));
    let agent = world.agent().await;
    let license = generate(&agent, &order_for("joe@acme.example")).await;
    let mut provider = sqlx::PgConnection::connect(&url).await.unwrap();
    let mut says = async |words: &'static str| {
        sqlx::raw_sql(words).execute(&mut provider).await.unwrap();
        sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut provider).await.unwrap();
    };
    says("ALTER SYSTEM SET default_transaction_read_only = on").await;
    within(async { while get(&agent, "/health/ready").await.status != 503 {} }).await;
    let key = fresh_key();
    is_away(&agent, &key).await;
    world.sandbox.mail.faults.set_fault(None);
    assert_eq!(get(&agent, "/api/v1/licenses").await.status, 200, "what is there can be read");
    says("SET default_transaction_read_only = off").await;
    says("ALTER SYSTEM RESET default_transaction_read_only").await;
    within(async { while get(&agent, "/health/ready").await.status != 200 {} }).await;

    let next = post(&agent, "/api/v1/licenses", &key, &order()).await;
    assert_eq!(next.status, 201, "{}", next.body);
    for license in [&license, &next.body] {
        assert_eq!(ended(&agent, license).await["state"], "delivered");
    }
    assert_eq!(world.sandbox.mail.mails().len(), 2);
    assert_eq!(world.sandbox.gitlab.issues().len(), 2);
}

#[tokio::test]
async fn a_clock_that_jumps_an_hour_keeps_no_mail_waiting_and_doubles_nothing() {
    for jump in [-3500, -3600, 3600] {
        let world = World::start().await;
        world.sandbox.mail.faults.set_fault(Some(Fault::Mail451));
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        world.pass(jump);
        world.sandbox.mail.faults.set_fault(None);
        let license = ended(&agent, &license).await;
        assert_eq!(license["state"], "delivered", "{jump}");
        assert_eq!(world.sandbox.mail.mails().len(), 1, "{jump}");
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state), (1, State::Closed), "{jump}");
        world.pass(-jump);
        ended(&agent, &generate(&agent, &order_for("joe@acme.example")).await).await;
        assert_eq!(world.sandbox.mail.mails().len(), 2, "{jump}");
    }
}

#[tokio::test]
async fn a_restored_backup_is_held_and_repeats_no_issue_and_no_other_mail() {
    let mut world = World::on_sqlite().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Mail451));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    world.stop().await;
    let (path, backup) = (world.folder().join("stopgap.db"), world.folder().join("backup.db"));
    fs::copy(&path, &backup).unwrap();
    world.sandbox.mail.faults.set_fault(None);
    world.start_service().await;
    ended(&world.agent().await, &license).await;
    world.stop().await;

    fs::copy(&backup, &path).unwrap();
    world.start_paused().await;
    let agent = world.agent().await;
    let held = get(&agent, &format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.body;
    let email = through(&held, "email")[0];
    assert_eq!((&email["state"], &email["uncertain"]), (&"pending".into(), &true.into()));
    assert!(history(&held).contains(&"email_uncertain"));
    world.stop().await;

    world.start_service().await;
    ended(&world.agent().await, &license).await;
    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 2, "whether it had gone out could not be known");
    assert_eq!(mails[0].raw, mails[1].raw, "the same Message-ID and bytes");
    assert_eq!(world.sandbox.gitlab.issues().len(), 1, "an issue can be looked for");
}

#[tokio::test]
async fn a_lookup_with_a_null_character_finds_nothing_on_either_database() {
    let world = World::start().await;
    let answer = get(&world.agent().await, "/api/v1/licenses?q=a%00b").await;
    assert_eq!((answer.status.as_u16(), &answer.body["items"]), (200, &serde_json::json!([])));
}
