//! `stopgap open`: read a license file.

use std::{
    fs::File,
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow};
use clap::Args;
use rsa::PublicKey;
use serde_json::Value;

use crate::{
    config::{self, Environment},
    gitlab_rules::evidence::open_old_license,
    license::single_line::breaks_line,
    sealing::{Attributes, file},
};

/// A license may stand in a mail, an export or a page.
const MAX_TEXT_BYTES: u64 = 1024 * 1024;

/// What `stopgap open` understands.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The license file; - reads standard input
    file: PathBuf,
    /// File with the public key that GitLab ships, PEM [default: `STOPGAP_LICENSE_PUBLIC_KEY`, or its `_FILE`]
    #[arg(long, value_name = "PEM")]
    public_key: Option<PathBuf>,
    #[arg(long)]
    json: bool,
}

/// Prints the attributes of the license file.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let key = public_key(arguments.public_key.as_deref())?;
    let text = read(&arguments.file)?;
    let name = arguments.file.display();
    let attributes = open_old_license(&text, &key).with_context(|| format!("cannot open {name}"))?;
    let printed =
        if arguments.json { serde_json::to_string_pretty(&attributes)? + "\n" } else { describe(&attributes) };
    io::stdout().write_all(printed.as_bytes())?;
    Ok(())
}

fn public_key(path: Option<&Path>) -> anyhow::Result<PublicKey> {
    let Some(path) = path else {
        let environment = Environment::of_process();
        return config::license_public_key(|variable| environment.get(variable))
            .context("give the public key with --public-key, or as the setting");
    };
    file::parse_public_key(&read(path)?).map_err(|words| anyhow!("{} {words}", path.display()))
}

/// The text of the file, as far as it is looked at; bytes that are no UTF-8 make no license.
fn read(path: &Path) -> anyhow::Result<String> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("cannot read {}", path.display()))?)
    };
    let mut bytes = Vec::new();
    source.take(MAX_TEXT_BYTES).read_to_end(&mut bytes).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One line an attribute, names and values in two columns.
fn describe(attributes: &Attributes) -> String {
    let date = |date: Option<jiff::civil::Date>| date.map(|date| Value::from(date.to_string()));
    let mut rows: Vec<(String, Value)> = Vec::new();
    let mut row = |name: &str, value: Option<Value>| rows.extend(value.map(|value| (name.to_owned(), value)));
    for (name, value) in &attributes.licensee {
        row(&name.to_lowercase(), Some(value.clone()));
    }
    row("starts on", date(attributes.issued_at));
    row("expires on", date(attributes.expires_at));
    row("read-only from", date(attributes.block_changes_at));
    for (name, value) in attributes.restrictions.iter().flatten() {
        row(restriction(name), Some(value.clone()));
    }
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    rows.iter().map(|(name, value)| format!("{:<width$}  {}\n", harmless(name), harmless(&plain(value)))).collect()
}

/// The house's word for one of the format's names.
fn restriction(name: &str) -> &str {
    match name {
        "active_user_count" => "seats",
        "previous_user_count" => "previous seats",
        other => other,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

/// A license file is other people's text: it must not steer the terminal.
fn harmless(text: &str) -> String {
    text.replace(breaks_line, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_two_columns_and_nothing_that_steers_their_terminal() {
        let attributes: Attributes = serde_json::from_value(serde_json::json!({
            "version": 1,
            "licensee": {"Name": "Jane \u{1b}[31mDoe", "Company": "Acme\r\nGmbH"},
            "issued_at": "2026-11-19",
            "expires_at": "2026-12-01",
            "restrictions": {"plan": "ultimate", "active_user_count": 286, "trial": true},
        }))
        .unwrap();
        let expected = "\
            name        Jane \u{fffd}[31mDoe\n\
            company     Acme\u{fffd}\u{fffd}GmbH\n\
            starts on   2026-11-19\n\
            expires on  2026-12-01\n\
            plan        ultimate\n\
            seats       286\n\
            trial       yes\n";
        assert_eq!(describe(&attributes), expected);
    }
}
