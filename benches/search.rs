//! Search latency among 100,000 and 1,000,000 made-up licenses, including the details of a page of 20.
//!
//! `cargo bench --bench search`, or `TEST_DATABASE=postgres cargo bench --bench search` for PostgreSQL. The aim is a 95th
//! percentile under 10 ms for every search at 100,000 licenses, and under 50 ms over all searches at 1,000,000.

#[expect(dead_code, reason = "the tests also stop and start it")]
#[path = "../tests/world/postgres.rs"]
mod postgres;

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};
use stopgap::store::{SearchQuery, Store};

const SIZES: [u64; 2] = [100_000, 1_000_000];
/// Rows per INSERT.
const BATCH: u64 = 1000;
const ROUNDS: usize = 30;
const PAGE: u32 = 20;

const LICENSES: &str = "INSERT INTO licenses (number, id, created_at, ticket_id, ticket_subject, agent_user_id, \
    agent_username, customer_email, customer_email_lower, customer_mailbox, customer_name, customer_company, seats, \
    starts_on, expires_on, verdict, verdict_reason, drill) VALUES ";
const SEARCH: &str = "INSERT INTO license_search (number, search_text) \
    SELECT number, lower(customer_email || '\n' || customer_name || '\n' || customer_company || '\n' || \
    agent_username || '\n' || id) FROM licenses WHERE number > $1";
/// License ids end in 0, so their other digits tell the deliveries apart.
const DELIVERIES: &str = "INSERT INTO deliveries (id, license_id, channel, purpose, recipient, state, attempts, \
    uncertain, late, created_at, expires_at, next_attempt_at, sent_at, reference) \
    SELECT substr(l.id, 1, 35) || c.digit, l.id, c.name, 'first', l.customer_email, 'sent', 1, 0, 0, l.created_at, \
    l.created_at, l.created_at, l.created_at, 'somewhere' FROM licenses l CROSS JOIN \
    (SELECT '1' AS digit, 'email' AS name UNION ALL SELECT '2', 'issue' UNION ALL SELECT '3', 'slack') c";
const EVENTS: &str = "INSERT INTO events (license_id, number, at, actor, kind, detail) \
    SELECT l.id, n.i, l.created_at, 'outbox', 'email_sent', NULL FROM licenses l \
    CROSS JOIN (SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) n";

/// Text that all, many, few and no licenses have.
const SEARCHES: [(&str, &str); 10] = [
    ("a word in all", "gmbh"),
    ("a company", "company 4711 gmbh"),
    ("one address", "person39999@company"),
    ("part of a name", "number 12345"),
    ("no license", "nobody@nowhere.example"),
    ("an engineer", "engineer59"),
    ("a ticket", "4711"),
    ("part of an id", "00000fff-"),
    ("wildcards", "100%_sure"),
    ("two characters in none", "zq"),
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for size in SIZES {
        measure(size).await;
    }
}

async fn measure(size: u64) {
    let folder = tempfile::tempdir().expect("a temporary folder is created");
    let url = if postgres::is_asked_for() {
        postgres::fresh_database()
    } else {
        format!("sqlite:{}", folder.path().join("stopgap.db").display())
    };
    let store = Store::open(&url).await.expect("the database opens");
    fill(&url, size).await;
    println!("{size} licenses, milliseconds:           p50     p95");
    let mut all = Vec::new();
    for (name, text) in SEARCHES {
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            times.push(search(&store, text).await);
        }
        print_line(name, &mut times);
        all.append(&mut times);
    }
    print_line("all together", &mut all);
    store.close().await;
    let begun = now();
    Store::open(&url).await.expect("the database opens again").close().await;
    println!("  {:<30} {:>7.2}", "to open the database", ms(begun.elapsed()));
}

async fn fill(url: &str, size: u64) {
    let mut connection = AnyConnection::connect(url).await.expect("the database opens");
    // An index is built many times faster than it is added to.
    let index = if postgres::is_asked_for() { drop_index(&mut connection).await } else { String::new() };
    let mut tx = connection.begin().await.expect("a transaction begins");
    for first in (0..size).step_by(usize::try_from(BATCH).expect("it is small")) {
        let rows = (first..first + BATCH).map(row).collect::<Vec<_>>().join(", ");
        sqlx::raw_sql(AssertSqlSafe(format!("{LICENSES}{rows}"))).execute(&mut *tx).await.expect("licenses fit");
        sqlx::query(SEARCH).bind(first.cast_signed()).execute(&mut *tx).await.expect("their search text fits");
    }
    if size == SIZES[0] {
        // The details of a page cost the same at any size.
        for sql in [DELIVERIES, EVENTS] {
            sqlx::raw_sql(sql).execute(&mut *tx).await.expect("their details fit");
        }
    }
    tx.commit().await.expect("all is kept");
    if postgres::is_asked_for() {
        sqlx::raw_sql(AssertSqlSafe(index)).execute(&mut connection).await.expect("the index is created again");
        // Autovacuum would do it within a minute.
        sqlx::raw_sql("ANALYZE").execute(&mut connection).await.expect("it is analyzed");
    }
}

/// Drops the search index and returns its definition.
async fn drop_index(connection: &mut AnyConnection) -> String {
    let definition = "SELECT pg_get_indexdef('license_search_by_trigram'::regclass) AS definition";
    let row = sqlx::query(definition).fetch_one(&mut *connection).await.expect("the index is there");
    sqlx::raw_sql("DROP INDEX license_search_by_trigram").execute(connection).await.expect("it is dropped");
    row.get("definition")
}

/// A license ten minutes after the one before. Ids look like version 7; people and companies repeat as real ones do.
fn row(i: u64) -> String {
    let at = 1_000_000_000_000 + i * 600_000;
    let random = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let (person, company, agent) = (i * 31 % 40_009, i * 17 % 9_973, i % 60);
    let email = format!("person{person}@company{company}.example");
    let mut row = String::new();
    write!(
        row,
        "({number}, '{:08x}-{:04x}-7{:03x}-8{:03x}-{:011x}0', {at}, {number}, 'License expired', {agent}, \
         'engineer{agent}', '{email}', '{email}', '{email}', 'Person Number {person}', \
         'Company {company} GmbH & Co. KG', 100, '2026-11-21', '2026-12-01', 'in_scope', \
         'The grace period ended 1 day ago.', 0)",
        at >> 16,
        at & 0xFFFF,
        random >> 52,
        random >> 40 & 0xFFF,
        random.rotate_left(24) >> 20,
        number = i + 1,
    )
    .expect("a String takes all");
    row
}

async fn search(store: &Store, text: &str) -> Duration {
    let query = SearchQuery { text: Some(text.into()), limit: PAGE, ..SearchQuery::default() };
    let begun = now();
    let page = store.search(&query).await.expect("the store answers");
    std::hint::black_box(page);
    begun.elapsed()
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    Instant::now()
}

fn print_line(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!("  {name:<30} {:>7.2} {:>7.2}", ms(at(50)), ms(at(95)));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
