//! The service, armed to die at the point that `CRASH_AT` names.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the service")]
    if let Ok(point) = std::env::var("CRASH_AT") {
        stopgap::crash::arm(point);
    }
    match stopgap::cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stopgap: {error:#}");
            ExitCode::FAILURE
        }
    }
}
