//! `stopgap drill`.

use clap::Args;

use super::Flags;
use crate::{
    app,
    config::Environment,
    license::{Email, Username},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Your own address, to which the license is mailed
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    email: Email,
    /// Your own GitLab username, to which the issue is assigned
    #[arg(long, value_name = "NAME", value_parser = Username::parse)]
    username: Username,
    #[command(flatten)]
    flags: Flags,
}

/// Succeeds only if all three deliveries were made.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { email, username, flags } = arguments;
    let config = flags.over(Environment::of_process()).config()?;
    app::drill(config, email, username).await
}
