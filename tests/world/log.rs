//! What no log of any test may hold: license texts, keys, tokens, whole addresses.

use std::{
    io::{self, Write},
    sync::{Mutex, Once, PoisonError},
};

use stopgap::sandbox::gitlab;

/// `{"data":"` in Base64: how the text of every license file begins.
const LICENSE_BEGINS: &str = "eyJkYXRhIjoi";
/// Everything of ours; the stand-ins are the outside and may say what they like.
const FILTER: &str = "warn,stopgap=debug,stopgap::sandbox=off,tracing_actix_web=debug";

/// Lines of services inside of the tests that say what none may say. They stay: whose they are is not known.
static INDISCREET: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Fails its test at its end where any service inside of the tests has logged what none may say.
pub struct Watch(());

impl Watch {
    /// Everything that this process logs from now on is looked through.
    pub fn begin() -> Self {
        static BEGUN: Once = Once::new();
        BEGUN.call_once(|| {
            tracing_subscriber::fmt().json().with_env_filter(FILTER).with_writer(|| Reader).init();
        });
        Self(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let indiscreet = INDISCREET.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::thread::panicking() {
            assert!(indiscreet.is_empty(), "in the log of a service: {indiscreet:#?}");
        }
    }
}

struct Reader;

impl Write for Reader {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if is_indiscreet(&text) {
            INDISCREET.lock().unwrap_or_else(PoisonError::into_inner).push(text.into_owned());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a log says what none may say.
pub fn is_indiscreet(log: &str) -> bool {
    let secrets = [LICENSE_BEGINS, "PRIVATE KEY", gitlab::TOKEN, "Bearer "];
    secrets.iter().any(|secret| log.contains(secret)) || log.match_indices('@').any(|(at, _)| is_address(log, at))
}

/// A masked address has asterisks before its `@`.
fn is_address(log: &str, at: usize) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    is_part(log[..at].chars().next_back()) && is_part(log[at + 1..].chars().next())
}

#[test]
fn what_none_may_say_is_noticed() {
    for log in ["to jane@acme.example", "file=eyJkYXRhIjoiZm9v", "Authorization: Bearer x", "-----BEGIN PRIVATE KEY"] {
        assert!(is_indiscreet(log), "{log}");
    }
    assert!(!is_indiscreet("to j***@acme.example, said by @jdoe"));
}
