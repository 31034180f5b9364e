//! `stopgap check`.

use anyhow::bail;
use clap::Args;

use super::Flags;
use crate::{
    check::{
        check,
        finding::{Finding, Status},
    },
    clock::Clock,
    config::{Environment, Mistakes},
    license::Email,
    random::Random,
};

/// What `stopgap check` understands.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Really mail to this address, and really post to Slack
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    send_test: Option<Email>,
    #[command(flatten)]
    flags: Flags,
}

/// Prints one line a part. Mistakes in the settings are lines too: nothing else can be looked at then.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.flags.over(Environment::of_process()).config();
    let findings = match config {
        Ok(config) => check(&config, &Clock::system(), Random, arguments.send_test.as_ref()).await,
        Err(mistakes) => of_mistakes(&mistakes),
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

fn of_mistakes(mistakes: &Mistakes) -> Vec<Finding> {
    mistakes
        .iter()
        .map(|mistake| Finding::failed("settings", format!("{} {}", mistake.variable, mistake.words)))
        .collect()
}
