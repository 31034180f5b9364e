//! `stopgap sandbox`.

use std::path::PathBuf;

use clap::Args;

use crate::app::{OnceOptions, SandboxOptions};

/// What `stopgap sandbox` understands.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Port of the page, on loopback alone
    #[arg(long, default_value_t = 8081)]
    port: u16,
    /// A local copy of Zendesk's SDK to serve instead of the built-in stand-in
    #[arg(long, value_name = "FILE")]
    sdk: Option<PathBuf>,
    /// Drive one license through the whole path, print what arrived, and end; exit code 0 only if all of it arrived
    #[arg(long, conflicts_with_all = ["port", "sdk"])]
    once: bool,
    /// With --once: the customer's address
    #[arg(long, requires = "once")]
    email: Option<String>,
    /// With --once: the customer's name
    #[arg(long, requires = "once")]
    name: Option<String>,
    /// With --once: the customer's company
    #[arg(long, requires = "once")]
    company: Option<String>,
    /// With --once: the user count
    #[arg(long, requires = "once")]
    seats: Option<u32>,
    /// With --once: the ticket's number
    #[arg(long, requires = "once", value_name = "ID")]
    ticket: Option<u64>,
    /// With --once: print one JSON object
    #[arg(long, requires = "once")]
    json: bool,
}

impl From<Arguments> for SandboxOptions {
    fn from(arguments: Arguments) -> Self {
        let Arguments { port, sdk, once, email, name, company, seats, ticket, json } = arguments;
        Self { port, sdk, once: once.then_some(OnceOptions { email, name, company, seats, ticket, json }) }
    }
}
