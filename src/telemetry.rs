//! The log, and the heartbeat of the outbox worker. The log goes to standard error, because standard output belongs to
//! what a command prints.

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

/// Only warnings from dependencies, unless the operator asks for more: `LOG=info,sqlx=debug`.
const QUIET: &str = "actix_http=warn,actix_server=warn,h2=warn,hyper=warn,hyper_util=warn,lettre=warn,reqwest=warn,\
                     rustls=warn,sqlx=warn";

/// Starts logging for the whole process. Returns an error if it was started before, or if the filter is invalid.
pub(crate) fn start(log: &Log) -> anyhow::Result<()> {
    let subscriber = fmt().with_env_filter(filter(log)?).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    }
    .map_err(anyhow::Error::from_boxed)
}

/// The operator's directives come last: the later of two for one target wins.
fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    Ok(EnvFilter::builder().parse(format!("{QUIET},{}", log.filter))?)
}

/// Says whether the outbox worker is alive.
#[derive(Debug, Clone)]
pub(crate) struct Heartbeat {
    last_ms: Arc<AtomicI64>,
    loops: TaskTracker,
    expected_loops: usize,
}

/// The worker beats every half second, but a slow database may delay it by several times five seconds.
const MAX_SILENCE: SignedDuration = SignedDuration::from_secs(30);

impl Heartbeat {
    /// The worker is dead once fewer than `expected_loops` of its `loops` run.
    pub(crate) fn new(loops: TaskTracker, expected_loops: usize, now: Timestamp) -> Self {
        Self { last_ms: Arc::new(AtomicI64::new(now.as_millisecond())), loops, expected_loops }
    }

    pub(crate) fn beat(&self, now: Timestamp) {
        self.last_ms.store(now.as_millisecond(), Ordering::Relaxed);
    }

    /// Whether all loops run and the last beat is recent.
    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        let silent_ms = now.as_millisecond() - self.last_ms.load(Ordering::Relaxed);
        self.loops.len() == self.expected_loops && i128::from(silent_ms) < MAX_SILENCE.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(directives: &str) -> String {
        filter(&Log { filter: directives.to_owned(), format: LogFormat::Text }).unwrap().to_string()
    }

    #[tokio::test]
    async fn a_worker_is_alive_while_all_its_loops_run_and_it_beats() {
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
    fn dependencies_only_log_warnings_unless_asked_for_more() {
        assert!(shown("info").contains("sqlx=warn"), "{}", shown("info"));
        let requested = shown("info,sqlx=debug");
        assert!(requested.contains("sqlx=debug") && !requested.contains("sqlx=warn"), "{requested}");
    }
}
