//! Log and signs of life. The log goes to standard error, so that standard output belongs to what a command prints.

use std::{
    io::{self, IsTerminal as _},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use tokio_util::task::TaskTracker;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};

/// What other people's crates say is of interest when they warn. `LOG=info,sqlx=debug` is stronger.
const QUIET: &str = "actix_http=warn,actix_server=warn,h2=warn,hyper=warn,hyper_util=warn,lettre=warn,reqwest=warn,\
                     rustls=warn,sqlx=warn";

/// Starts logging for the whole process.
///
/// # Errors
/// Where a log was started already, or the filter of `log` does not parse.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let subscriber = fmt().with_env_filter(filter(log)?).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    }
    .map_err(anyhow::Error::from_boxed)
}

/// The operator's directives come last: of two for one target, the later one holds.
fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    Ok(EnvFilter::builder().parse(format!("{QUIET},{}", log.filter))?)
}

/// The outbox worker's signs of life, for those who ask how the service is.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    last_ms: Arc<AtomicI64>,
    loops: TaskTracker,
    expected: usize,
}

/// The worker gives a sign every half second. A database that keeps it waiting may take a few times five seconds.
const SILENCE: SignedDuration = SignedDuration::from_secs(30);

impl Heartbeat {
    /// Of a worker whose `loops` count `expected` while all is well.
    pub fn new(loops: TaskTracker, expected: usize, now: Timestamp) -> Self {
        Self { last_ms: Arc::new(AtomicI64::new(now.as_millisecond())), loops, expected }
    }

    /// A sign of life.
    pub fn beat(&self, now: Timestamp) {
        self.last_ms.store(now.as_millisecond(), Ordering::Relaxed);
    }

    /// Whether all loops run and gave a sign lately.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        let silent_ms = now.as_millisecond() - self.last_ms.load(Ordering::Relaxed);
        self.loops.len() == self.expected && i128::from(silent_ms) < SILENCE.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(directives: &str) -> String {
        filter(&Log { filter: directives.to_owned(), format: LogFormat::Text }).unwrap().to_string()
    }

    #[tokio::test]
    async fn a_worker_lives_while_all_its_loops_run_and_give_signs() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let loops = TaskTracker::new();
        let one = loops.spawn(std::future::pending::<()>());
        let heartbeat = Heartbeat::new(loops, 1, at(0));
        assert!(heartbeat.is_alive(at(29)));
        assert!(!heartbeat.is_alive(at(30)));
        heartbeat.beat(at(30));
        assert!(heartbeat.is_alive(at(31)));
        one.abort();
        let _ = one.await;
        assert!(!heartbeat.is_alive(at(31)), "a loop has ended");
    }

    #[test]
    fn other_peoples_crates_are_quiet_unless_asked_for() {
        assert!(shown("info").contains("sqlx=warn"), "{}", shown("info"));
        let asked = shown("info,sqlx=debug");
        assert!(asked.contains("sqlx=debug") && !asked.contains("sqlx=warn"), "{asked}");
    }
}
