//! `stopgap check`.

use anyhow::bail;
use clap::Args;

use super::Flags;
use crate::{
    check::{
        check,
        finding::{Finding, Verdict},
    },
    clock::Clock,
    config::{ConfigErrors, Environment},
    license::Email,
    random::Random,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Send a real email to this address and a real message to Slack
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    send_test: Option<Email>,
    #[command(flatten)]
    flags: Flags,
}

/// Prints one line per part. Nothing but the settings is checked if they have errors.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.flags.over(Environment::of_process()).config();
    let findings = match config {
        Ok(config) => check(&config, &Clock::system(), Random, arguments.send_test.as_ref()).await,
        Err(errors) => config_findings(&errors),
    };
    for finding in &findings {
        println!("{finding}");
    }
    let failed = findings.iter().filter(|finding| finding.verdict == Verdict::Failed).count();
    if failed > 0 {
        bail!("{failed} of {} checks failed", findings.len());
    }
    Ok(())
}

fn config_findings(errors: &ConfigErrors) -> Vec<Finding> {
    errors.iter().map(|error| Finding::failed("settings", format!("{} {}", error.variable, error.message))).collect()
}
