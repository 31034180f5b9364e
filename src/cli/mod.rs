//! The command line.

mod backup;
mod check;
mod drill;
mod erase;
mod flags;
mod health;
mod open;
mod package;
mod process;
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
    /// Settings are environment variables. Those that are not secret are also flags, which take precedence. Secrets and
    /// keys can be given as files: `--gitlab-token-file FILE` or `STOPGAP_GITLAB_TOKEN_FILE=FILE`.
    #[command(after_long_help = flags::secrets_help())]
    Serve {
        #[command(flatten)]
        settings: Flags,
        /// Deliver nothing; for the first start from a restored backup. Pending deliveries may have been made after the
        /// backup, so they are marked uncertain: the next start without this flag looks for existing issues first
        #[arg(long)]
        pause_outbox: bool,
    },
    /// Run the service with stand-ins for Zendesk, the mailbox, GitLab and Slack; needs no settings
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Arguments),
    /// Check the configuration against the real services; changes nothing
    ///
    /// Prints one line per part: ok, warning, or failed with the remedy. The exit code is 1 if something failed.
    #[command(after_long_help = flags::secrets_help())]
    Check(check::Arguments),
    /// Test the whole path: the running service sends one license, marked as a drill, to your own address
    #[command(after_long_help = flags::secrets_help())]
    Drill(drill::Arguments),
    /// Copy the SQLite database to a new file; the service may be running
    Backup(backup::Arguments),
    /// Read a license file and print its attributes
    Open(open::Arguments),
    /// Write the Zendesk app for this service's public address as a zip
    Package(package::Arguments),
    /// Retry failed deliveries
    ///
    /// Needs the settings of the service. A running service starts within a second.
    #[command(after_long_help = flags::secrets_help())]
    Retry(Flags),
    /// Erase a customer from the database; the running service redacts their GitLab issues
    #[command(after_long_help = flags::secrets_help())]
    Erase(erase::Arguments),
    /// List or revoke agents' sessions; the service may be running
    #[command(after_long_help = flags::secrets_help())]
    Sessions(sessions::Arguments),
    /// Ask the running service whether it is ready; exit code 0 if it is
    Health(health::Arguments),
}

impl Cli {
    pub fn run(self) -> anyhow::Result<()> {
        process::keep_memory_private()?;
        match self.command {
            Command::Serve { settings, pause_outbox } => {
                let environment = settings.over(Environment::of_process());
                let config = environment.config()?;
                telemetry::start(&config.log)?;
                for warning in environment.warnings() {
                    tracing::warn!("{warning}");
                }
                // Wipes the secrets in it.
                drop(environment);
                if let Err(error) = process::allow_open_files() {
                    tracing::warn!(%error, "the limit of open files stays as it is");
                }
                block_on(app::serve(config, pause_outbox))
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
    // Does not wait for blocking threads: a call to an HSM may hang forever.
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
