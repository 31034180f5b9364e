//! `stopgap sandbox`.

use std::path::PathBuf;

use clap::Args;

use crate::app::{OnceOptions, SandboxOptions};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port of the page, on loopback
    #[arg(long, default_value_t = 8081)]
    port: u16,
    /// Local copy of Zendesk's SDK to serve instead of the built-in stand-in
    #[arg(long, value_name = "FILE")]
    sdk: Option<PathBuf>,
    /// Post to Slack by its incoming webhook instead of its app's bot token
    #[arg(long)]
    slack_webhook: bool,
    /// Send one license along the whole path, print what arrived, and exit; exit code 0 only if everything arrived
    #[arg(long, conflicts_with_all = ["port", "sdk"])]
    once: bool,
    /// With --once: address of the customer
    #[arg(long, requires = "once")]
    email: Option<String>,
    /// With --once: name of the customer
    #[arg(long, requires = "once")]
    name: Option<String>,
    /// With --once: company of the customer
    #[arg(long, requires = "once")]
    company: Option<String>,
    /// With --once: number of seats
    #[arg(long, requires = "once")]
    seats: Option<u32>,
    /// With --once: number of the ticket
    #[arg(long, requires = "once", value_name = "ID")]
    ticket: Option<u64>,
    /// With --once: print JSON
    #[arg(long, requires = "once")]
    json: bool,
}

impl From<Arguments> for SandboxOptions {
    fn from(arguments: Arguments) -> Self {
        let Arguments { port, sdk, slack_webhook, once, email, name, company, seats, ticket, json } = arguments;
        Self {
            port,
            sdk,
            slack_webhook,
            once: once.then_some(OnceOptions { email, name, company, seats, ticket, json }),
        }
    }
}
