//! The deliveries still to be made, and the worker that makes them.
//!
//! - [`backoff`]: when to try again. Pure.
//! - [`machine`]: what an attempt's outcome makes of a delivery, and what follows from it. Pure.
//! - [`worker`]: claim → act → record, for each channel on its own.

pub mod backoff;
pub mod machine;
pub mod worker;

pub use worker::{Clients, Outbox};
