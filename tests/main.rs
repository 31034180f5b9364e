//! The promises that Stopgap keeps, one file a promise.

mod world;

mod architecture;
mod bad_input;
mod command_line;
mod fixed_term;
mod full_page;
mod fuzz;
mod idempotency;
mod license_file;
mod main_job;
mod never_lost;
mod one_text;
mod outside_email;
mod outside_issue;
mod outside_slack;
mod page_size;
mod sessions;
mod settings_table;
mod tokens;
