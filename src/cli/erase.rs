//! `stopgap erase`.

use clap::Args;

use super::flags::Flags;
use crate::{app, config::Environment};

/// What `stopgap erase` understands, besides the settings.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[arg(long, value_name = "ADDRESS")]
    customer: String,
    #[command(flatten)]
    flags: Flags,
}

/// Erases the customer.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.flags.over(Environment::of_process()).config()?;
    app::erase(config, &arguments.customer).await
}
