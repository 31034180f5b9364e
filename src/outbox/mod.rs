//! The deliveries still to be made, and the worker that makes them.
//!
//! - [`backoff`]: when to try again. Pure.
//! - [`machine`]: what an attempt's outcome makes of a delivery, and what follows from it. Pure.
//! - [`hold`]: no deliveries for now, after a backup was restored.
//! - [`worker`]: claim → act → record, for each channel on its own.
//! - `desk`: what every attempt needs at hand.
//! - `record`: what came of an attempt, into the store.
//! - `under_way`: what this process is making right now, and must not claim again.

pub mod backoff;
mod desk;
mod held;
pub mod machine;
mod record;
mod under_way;
pub mod worker;

pub use desk::Clients;
pub use held::hold;
pub use worker::Outbox;
