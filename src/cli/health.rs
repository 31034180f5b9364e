//! `stopgap health`, the image's health check.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::config::{self, Environment};

/// Less than the timeout of the image's health check.
const TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The address the service listens on [default: as `serve`]
    #[arg(long, value_name = "ADDRESS")]
    bind: Option<String>,
}

/// Succeeds if the service on this machine is ready.
pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut environment = Environment::of_process();
    if let Some(bind) = arguments.bind {
        environment = environment.with("STOPGAP_BIND", bind);
    }
    let address = reachable(config::bind(|variable| environment.get(variable))?);
    let client = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build()?;
    let response = client.get(format!("http://{address}/health/ready")).send().await;
    let status = response.with_context(|| format!("no response from {address}"))?.status();
    if !status.is_success() {
        bail!("not ready: {address} responded with {status}");
    }
    Ok(())
}

/// Replaces an unspecified address (all interfaces) by loopback.
fn reachable(bind: SocketAddr) -> SocketAddr {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bind.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_on_all_interfaces_is_asked_over_loopback() {
        for (bind, asked) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080"), ("10.0.0.1:80", "10.0.0.1:80")]
        {
            assert_eq!(reachable(bind.parse().unwrap()).to_string(), asked);
        }
    }
}
