//! `stopgap drill`.

use clap::Args;

use super::Flags;
use crate::{
    app,
    config::Environment,
    license::{Email, Username},
};

/// What `stopgap drill` understands.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Your own address: the license is mailed there
    #[arg(long, value_name = "ADDRESS", value_parser = Email::parse)]
    email: Email,
    /// Your own GitLab username: the issue is assigned to it
    #[arg(long, value_name = "NAME", value_parser = Username::parse)]
    username: Username,
    #[command(flatten)]
    flags: Flags,
}

/// Ends well only where all three deliveries were made.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { email, username, flags } = arguments;
    let config = flags.over(Environment::of_process()).config()?;
    app::drill(config, email, username).await
}
