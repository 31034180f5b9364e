//! The deliveries still to be made, and the worker that makes them.
//!
//! - [`worker`]: claim → attempt → record, with a loop for each channel
//! - `record`: writes outcomes to the store and the log
//! - [`transition`]: the state machine. Pure
//! - [`backoff`]: retry delays. Pure
//! - `deadlines`: late emails and reminders
//! - `digest`: what each business day's morning begins with
//! - `in_flight`: what this process is attempting
//! - `pause`: starting with deliveries paused

pub mod backoff;
mod deadlines;
mod digest;
mod in_flight;
mod pause;
mod record;
pub mod transition;
pub(crate) mod worker;

pub(crate) use pause::pause;
pub(crate) use worker::{Clients, Outbox};
