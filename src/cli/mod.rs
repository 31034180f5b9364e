//! The command line: each command is one call.

mod backup;
mod check;
mod drill;
mod erase;
mod flags;
mod health;
mod open;
mod package;
mod private;
#[cfg(feature = "sandbox")]
mod sandbox;
mod sessions;

use clap::{Parser, Subcommand};

use crate::{app, config::Environment, telemetry};
use flags::Flags;

/// Emergency GitLab licenses from the Zendesk ticket sidebar
#[derive(Debug, Parser)]
#[command(name = "stopgap", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service
    ///
    /// Settings are environment variables; those that are no secret are flags too, and a flag is stronger. Each
    /// secret or key can be given as a file: `--gitlab-token-file FILE` or `STOPGAP_GITLAB_TOKEN_FILE=FILE`.
    #[command(after_long_help = flags::secrets_help())]
    Serve {
        #[command(flatten)]
        settings: Flags,
        /// Deliver nothing: for the first start from a restored backup. What is pending may have been delivered since
        /// that backup; it is marked uncertain, so that the next start without this flag looks before it repeats
        #[arg(long)]
        hold_outbox: bool,
    },
    /// Run the whole world on this machine: a Zendesk ticket, a mailbox, a GitLab, a Slack. Needs no settings
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Arguments),
    /// Check each part of the configuration against the living world; changes nothing
    ///
    /// One line each: ok, warning, or failed with the remedy. Exit code 1 where something failed.
    #[command(after_long_help = flags::secrets_help())]
    Check(check::Arguments),
    /// Try the whole path: one license to your own address by the running service, marked as a drill
    #[command(after_long_help = flags::secrets_help())]
    Drill(drill::Arguments),
    /// Copy the SQLite database into a new file while the service runs
    Backup(backup::Arguments),
    /// Read a license file and print its attributes
    Open(open::Arguments),
    /// Write the Zendesk app as a zip for this service's public address
    Package(package::Arguments),
    /// Put failed deliveries back into the outbox
    ///
    /// Takes the settings of the service, which may be running: it takes them up within a second.
    #[command(after_long_help = flags::secrets_help())]
    Retry(Flags),
    /// Erase one customer, at their request: from the database, and from the GitLab issues by the running service
    #[command(after_long_help = flags::secrets_help())]
    Erase(erase::Arguments),
    /// List the agents' sessions, and end them
    ///
    /// The running service needs no restart.
    #[command(after_long_help = flags::secrets_help())]
    Sessions(sessions::Arguments),
    /// Ask the running service whether it is ready; exit code 0 says yes
    Health(health::Arguments),
}

impl Cli {
    /// Does what the command says.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub fn run(self) -> anyhow::Result<()> {
        private::keep_memory_private()?;
        match self.command {
            Command::Serve { settings, hold_outbox } => {
                let environment = settings.over(Environment::of_process());
                let config = environment.config()?;
                telemetry::start(&config.log)?;
                for warning in environment.warnings() {
                    tracing::warn!("{warning}");
                }
                // It holds the secrets as text.
                drop(environment);
                block_on(app::serve(config, hold_outbox))
            }
            #[cfg(feature = "sandbox")]
            Command::Sandbox(arguments) => block_on(app::sandbox(arguments.into())),
            Command::Check(arguments) => block_on(check::run(arguments)),
            Command::Drill(arguments) => block_on(drill::run(arguments)),
            Command::Backup(arguments) => block_on(backup::run(arguments)),
            Command::Open(arguments) => open::run(&arguments),
            Command::Package(arguments) => package::run(arguments),
            Command::Retry(flags) => block_on(app::retry(flags.over(Environment::of_process()).config()?)),
            Command::Erase(arguments) => block_on(erase::run(arguments)),
            Command::Sessions(arguments) => block_on(sessions::run(arguments)),
            Command::Health(arguments) => block_on(health::run(arguments)),
        }
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    // Does not wait for blocking threads: a call of an HSM may hang forever.
    runtime.shutdown_background();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
