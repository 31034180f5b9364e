//! The license, its deliveries, events and notices. Pure: no I/O, clock, environment or async; imports no other room.
//!
//! - [`customer`], [`ticket`], [`seats`], [`terms`], [`single_line`]: values that are always valid
//! - [`record`], [`verdict`], [`mod@file`], [`event`]: the license and its history
//! - [`delivery`], [`notice`], [`notices`], [`arrival`]: what is delivered and announced

pub mod arrival;
pub mod customer;
pub mod delivery;
pub mod event;
pub mod field_error;
pub mod file;
pub mod limit;
pub mod notice;
pub mod notices;
pub mod record;
pub mod seats;
pub mod single_line;
pub mod terms;
pub mod ticket;
pub mod verdict;

pub use arrival::{Arrival, ArrivalState};
pub use customer::{Customer, Email};
pub use delivery::{
    Attempt, AttemptOutcome, Channel, Delivery, DeliveryId, DeliveryState, NewDelivery, Outcome, Purpose, ResendKind,
};
pub use event::{Actor, DeliveryChange, Event, EventKind};
pub use field_error::FieldError;
pub use file::{Digests, LicenseFile};
pub use limit::Limit;
pub use notice::Notice;
pub use record::{Agent, License, LicenseDetails, LicenseId, State};
pub use seats::Seats;
pub use single_line::SingleLine;
pub use terms::{Plan, Terms};
pub use ticket::{Ticket, TicketId, Username};
pub use verdict::{EligibilityNote, Verdict};
