//! The log: to standard error, so that standard output belongs to what a command prints.

use std::io::{self, IsTerminal as _};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(directives: &str) -> String {
        filter(&Log { filter: directives.to_owned(), format: LogFormat::Text }).unwrap().to_string()
    }

    #[test]
    fn other_peoples_crates_are_quiet_unless_asked_for() {
        assert!(shown("info").contains("sqlx=warn"), "{}", shown("info"));
        let asked = shown("info,sqlx=debug");
        assert!(asked.contains("sqlx=debug") && !asked.contains("sqlx=warn"), "{asked}");
    }
}
