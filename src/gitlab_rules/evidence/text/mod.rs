//! What administrators paste as plain text: output of rake and Ruby, and copied pages.

mod absent;
mod commands;
mod console;
mod dashboard;
mod env_info;
mod help_page;
mod labels;
mod lines;
mod page;
mod rake;
mod ruby;
mod runner;
mod statistics;
mod subscription_page;

use super::reading::{Context, Kind, Reading, Sure};

type Recogniser = fn(&str, &Context<'_>) -> Option<Reading>;

/// In the order in which they are tried.
#[rustfmt::skip]
pub(super) const RECOGNISERS: &[(Kind, Sure, Recogniser)] = &[
    (Kind::RakeLicenseInfo, Sure::Source, rake::license_info),
    (Kind::NoLicense, Sure::Source, absent::no_license),
    (Kind::CommunityEdition, Sure::Guess, absent::community_edition),
    (Kind::RakeEnvInfo, Sure::Source, env_info::env_info),
    (Kind::RailsConsole, Sure::Inference, console::console),
    (Kind::RailsRunner, Sure::Source, runner::runner),
    (Kind::SubscriptionPage, Sure::Measured, subscription_page::subscription_page),
    (Kind::Dashboard, Sure::Measured, dashboard::dashboard),
    (Kind::UsersStatistics, Sure::Inference, statistics::users_statistics),
    (Kind::HelpPage, Sure::Inference, help_page::help_page),
];

#[cfg(test)]
mod tests;
