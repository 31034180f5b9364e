//! The promises that Stopgap keeps, one file a promise.

mod world;

mod aftercare;
mod architecture;
mod backup;
mod bad_input;
mod check;
mod command_line;
mod diagnosis;
mod eligibility;
mod fixed_term;
mod framing;
mod fuzz;
mod idempotency;
mod injection;
mod license_file;
mod limits;
mod main_job;
mod never_lost;
mod one_text;
mod outside_email;
mod outside_issue;
mod outside_slack;
mod overrides;
mod secrets;
mod security_document;
mod security_headers;
mod security_log;
mod sessions;
mod settings_table;
mod slow_clients;
mod tokens;
