//! A real PostgreSQL server in a temporary folder, on a Unix socket. It stops when this process ends, even by a kill.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, OnceLock},
};

use stopgap::{clock::Clock, random::Random};

/// Set to `postgres`, all worlds of this process use PostgreSQL instead of SQLite.
const DATABASE_VARIABLE: &str = "TEST_DATABASE";

/// Prints its folder once the server is ready, then reads commands, one a line: `stop`, `start`. Exits at the end of its
/// input, so that a killed test leaves nothing behind.
const SCRIPT: &str = r#"
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d)
cd "$folder"
start() {
    "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 \
        -o "-F -c listen_addresses= -c unix_socket_directories=$folder -c max_connections=200" start > /dev/null
}
stop() { "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop > /dev/null; }
"$bin/initdb" -D "$folder/data" -U stopgap -A trust -E UTF8 --no-sync > /dev/null
start
echo "$folder"
while read -r word; do "$word"; echo "$word"; done
stop || true
rm -rf "$folder"
"#;

pub struct Postgres {
    folder: String,
    /// The script's stdin and stdout.
    talk: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _script: Child,
}

/// Whether this process's worlds use PostgreSQL.
pub fn is_asked_for() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the service")]
    let value = std::env::var(DATABASE_VARIABLE).unwrap_or_default();
    assert!(["", "sqlite", "postgres"].contains(&value.as_str()), "{DATABASE_VARIABLE}: sqlite or postgres");
    value == "postgres"
}

/// The URL of a new database on the server that most tests share.
pub fn fresh_database() -> String {
    static SHARED: OnceLock<Postgres> = OnceLock::new();
    SHARED.get_or_init(Postgres::start).fresh_database()
}

impl Postgres {
    /// Starts a server of its own, for a test that stops it.
    pub fn start() -> Self {
        let is_root = Command::new("id").arg("-u").output().expect("id").stdout == b"0\n";
        // PostgreSQL refuses to run as root.
        let mut command = Command::new(if is_root { "runuser" } else { "bash" });
        if is_root {
            command.args(["-u", "postgres", "--", "bash"]);
        }
        command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = command.spawn().expect("bash runs");
        let mut output = BufReader::new(script.stdout.take().unwrap());
        let mut folder = String::new();
        output.read_line(&mut folder).unwrap();
        assert!(folder.starts_with('/'), "PostgreSQL did not start: is Debian's package postgresql installed?");
        let talk = Mutex::new((script.stdin.take().unwrap(), output));
        Self { folder: folder.trim().to_owned(), talk, _script: script }
    }

    /// The URL of a new database.
    pub fn fresh_database(&self) -> String {
        let name = format!("stopgap_{}", Random.id(Clock::system().now()).simple());
        let url = |database: &str| format!("postgres://stopgap@localhost/{database}?host={}", self.folder);
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-c", &format!("CREATE DATABASE {name}"), &url("postgres")]);
        assert!(psql.status().expect("psql runs").success());
        url(&name)
    }

    /// Stops it without a checkpoint; connections break.
    pub fn stop(&self) {
        self.say("stop");
    }

    /// Starts it again on the same data.
    pub fn start_again(&self) {
        self.say("start");
    }

    fn say(&self, word: &str) {
        let mut talk = self.talk.lock().unwrap();
        writeln!(talk.0, "{word}").unwrap();
        let mut answer = String::new();
        talk.1.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), word);
    }
}
