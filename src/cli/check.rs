//! `stopgap check`.

use anyhow::bail;
use clap::Args;

use super::Flags;
use crate::{
    check::{
        Options, check,
        finding::{Finding, Status},
    },
    clock::Clock,
    config::{ConfigErrors, Environment},
    license::Email,
    random::Random,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Send a test mail to this address, and a test message to Slack
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    send_test: Option<Email>,
    /// Ask the mail server whether it accepts this recipient [default: the address of STOPGAP_MAIL_FROM]
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    recipient: Option<Email>,
    #[command(flatten)]
    flags: Flags,
}

/// Prints one line per part. Nothing but the settings is checked if they have errors.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { send_test, recipient, flags } = arguments;
    let findings = match flags.over(Environment::of_process()).config() {
        Ok(config) => check(&config, &Clock::system(), Random, &Options { send_test, recipient }).await,
        Err(errors) => config_findings(&errors),
    };
    for finding in &findings {
        println!("{finding}");
    }
    let failed = findings.iter().filter(|finding| finding.status == Status::Failed).count();
    if failed > 0 {
        bail!("{failed} of {} checks failed", findings.len());
    }
    Ok(())
}

fn config_findings(errors: &ConfigErrors) -> Vec<Finding> {
    errors.iter().map(|error| Finding::failed("settings", format!("{} {}", error.variable, error.message))).collect()
}
