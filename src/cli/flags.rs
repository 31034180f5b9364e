//! Settings as flags, made from the table of settings.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{Environment, PREFIX, SETTINGS, Unset};

/// The settings given as flags: variable and value.
#[derive(Debug, Clone, Default)]
pub(super) struct Flags(Vec<(String, String)>);

impl Flags {
    /// Overrides the environment with the flags.
    pub(super) fn over(self, environment: Environment) -> Environment {
        self.0.into_iter().fold(environment, |environment, (variable, value)| environment.with(&variable, value))
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let mut command = command;
        for setting in SETTINGS {
            if !setting.secret {
                command = command.arg(flag(&setting.variable(), "VALUE", help(setting.description, setting.default)));
            }
            if setting.file {
                let mut arg = flag(&setting.file_variable(), "FILE", format!("file with {}", setting.variable()));
                if !setting.secret {
                    arg = arg.conflicts_with(setting.variable());
                }
                command = command.arg(arg);
            }
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |id: &clap::Id| Some((id.to_string(), matches.get_one::<String>(id.as_str())?.clone()));
        Ok(Self(matches.ids().filter(|id| id.as_str().starts_with(PREFIX)).filter_map(given).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The end of `--help`: variables that are not flags.
pub(super) fn secrets_help() -> String {
    let mut text = "Secrets, from the environment or files only:".to_owned();
    for setting in SETTINGS.iter().filter(|setting| setting.secret) {
        text += &format!("\n  {:<28} {}", setting.variable(), help(setting.description, setting.default));
    }
    text
}

fn flag(variable: &str, value: &'static str, help: String) -> Arg {
    let name = variable[PREFIX.len()..].to_ascii_lowercase().replace('_', "-");
    Arg::new(variable.to_owned()).long(name).value_name(value).help(help)
}

/// The table's description without backticks, and the default.
fn help(description: &str, default: Unset) -> String {
    let description = description.replace('`', "");
    match default {
        Unset::Required => format!("{description} [required]"),
        Unset::Value(value) => format!("{description} [default: {value}]"),
        Unset::Absent(meaning) => format!("{description} [default: {meaning}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> Result<Flags, clap::Error> {
        let command = Flags::augment_args(Command::new("serve"));
        Flags::from_arg_matches(&command.try_get_matches_from([&["serve"], arguments].concat())?)
    }

    #[test]
    fn every_setting_but_secrets_is_a_flag_and_every_file_is_one() {
        let Flags(flags) = given(&["--license-days", "5", "--gitlab-token-file", "/run/token"]).unwrap();
        let expected = [("STOPGAP_LICENSE_DAYS", "5"), ("STOPGAP_GITLAB_TOKEN_FILE", "/run/token")];
        assert_eq!(flags.len(), 2);
        assert!(expected.iter().all(|(name, value)| flags.contains(&((*name).to_owned(), (*value).to_owned()))));
    }

    #[test]
    fn no_secret_is_a_flag() {
        for secret in ["--gitlab-token", "--smtp-url", "--license-private-key", "--database-url"] {
            assert!(given(&[secret, "x"]).is_err(), "{secret}");
        }
    }
}
