//! The promises that Stopgap keeps, one file a promise.

mod world;

mod aftercare;
mod architecture;
mod bad_input;
mod command_line;
mod erase;
mod fixed_term;
mod fuzz;
mod idempotency;
mod license_file;
mod lookup;
mod main_job;
mod never_lost;
mod one_text;
mod outside_email;
mod outside_issue;
mod outside_slack;
mod sessions;
mod settings_table;
mod tokens;
mod webhook;
