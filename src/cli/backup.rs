//! `stopgap backup`.

use std::path::PathBuf;

use clap::Args;
use secrecy::ExposeSecret as _;

use crate::{
    config::{self, Environment},
    store,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file to create; it must not exist. It holds licenses, so keep it secret
    file: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let environment = Environment::of_process();
    let url = config::database_url(|variable| environment.get(variable))?;
    let licenses = store::back_up(url.expose_secret(), &arguments.file).await?;
    println!("{}: {licenses} licenses", arguments.file.display());
    Ok(())
}
