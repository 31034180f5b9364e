//! `stopgap sessions`.

use clap::Args;

use super::flags::Flags;
use crate::{app, config::Environment, store::SessionFilter};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// End the sessions of the agent with this Zendesk user id
    #[arg(long, value_name = "USER_ID", group = "revoke")]
    revoke_agent: Option<u64>,
    /// End the sessions of this installation of the app
    #[arg(long, value_name = "INSTALLATION_ID", group = "revoke")]
    revoke_installation: Option<u64>,
    /// End all sessions
    #[arg(long, group = "revoke")]
    revoke_all: bool,
    #[command(flatten)]
    flags: Flags,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { revoke_agent, revoke_installation, revoke_all, flags } = arguments;
    let revoke = revoke_agent
        .map(SessionFilter::Agent)
        .or(revoke_installation.map(SessionFilter::Installation))
        .or(revoke_all.then_some(SessionFilter::All));
    app::sessions(flags.over(Environment::of_process()).config()?, revoke).await
}
