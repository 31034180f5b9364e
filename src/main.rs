use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match stopgap::cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stopgap: {error:#}");
            ExitCode::FAILURE
        }
    }
}
