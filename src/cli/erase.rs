//! `stopgap erase`.

use clap::Args;

use super::flags::Flags;
use crate::{app, config::Environment};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The address of the customer to erase
    #[arg(long, value_name = "ADDRESS")]
    customer: String,
    #[command(flatten)]
    flags: Flags,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.flags.over(Environment::of_process()).config()?;
    app::erase(config, &arguments.customer).await
}
