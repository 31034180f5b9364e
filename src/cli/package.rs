//! `stopgap package`.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::{
    config::{self, Environment},
    zendesk::package::package,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where to write the zip
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Where agents' browsers reach the service [default: `STOPGAP_PUBLIC_URL`]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut environment = Environment::of_process();
    if let Some(url) = arguments.public_url {
        environment = environment.with("STOPGAP_PUBLIC_URL", url);
    }
    let url = config::public_url(|variable| environment.get(variable))?;
    let zip = package(&url)?;
    fs::write(&arguments.output, zip).with_context(|| format!("cannot write {}", arguments.output.display()))?;
    println!("wrote {}: upload it in Zendesk's Admin Center as a private app", arguments.output.display());
    Ok(())
}
