//! The promises that Stopgap keeps, one file a promise.

mod world;

mod aftercare;
mod architecture;
mod backup;
mod bad_input;
mod check;
mod command_line;
mod crashes;
mod diagnosis;
mod drill;
mod eligibility;
mod erase;
mod fixed_term;
mod fuzz;
mod idempotency;
mod inside;
mod license_file;
mod load;
mod logs;
mod main_job;
mod metrics;
mod never_lost;
mod one_text;
mod openapi;
mod outside_email;
mod outside_issue;
mod outside_slack;
mod overrides;
mod replicas;
mod sessions;
mod settings_table;
mod shutdown;
mod simulation;
mod tokens;
mod webhook;
