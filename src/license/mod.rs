//! The license, its deliveries, events and notices. Pure: no I/O, clock, environment or async; imports no other room.
//!
//! - [`customer`], [`ticket`], [`seats`], [`terms`], [`single_line`]: values that are always valid
//! - [`record`], [`verdict`], [`mod@file`], [`event`]: the license and its history
//! - [`follow_up`], `digest`, [`business_day`]: what is left to do, and by when
//! - [`delivery`], [`notice`], [`notices`], [`arrival`], [`mail_failure`]: what is delivered and announced

pub(crate) mod arrival;
pub(crate) mod business_day;
pub(crate) mod customer;
pub(crate) mod delivery;
mod digest;
mod email;
pub(crate) mod event;
pub(crate) mod field_error;
pub(crate) mod file;
pub(crate) mod follow_up;
mod language;
pub(crate) mod limit;
pub(crate) mod mail_failure;
pub(crate) mod notice;
pub mod notices;
mod organization;
mod reading;
pub mod record;
pub(crate) mod seats;
pub mod single_line;
mod slack_ts;
pub(crate) mod terms;
pub(crate) mod ticket;
pub(crate) mod verdict;

pub(crate) use arrival::{Arrival, ArrivalState, SuppressionList};
pub use business_day::DailyTime;
pub use customer::Customer;
pub use delivery::Channel;
pub use delivery::{
    Attempt, AttemptOutcome, Delivery, DeliveryId, DeliveryState, NewDelivery, Outcome, Purpose, ResendKind,
};
pub(crate) use digest::{Digest, DigestPeriod};
pub use email::Email;
pub(crate) use event::{Actor, DeliveryChange, Event, EventKind};
pub use field_error::FieldError;
pub(crate) use file::Digests;
pub use file::LicenseFile;
pub(crate) use follow_up::{FollowUpState, Settled, Task};
pub use language::Language;
pub use limit::Limit;
pub(crate) use mail_failure::MailFailure;
pub use notice::Notice;
pub use organization::{TakenFrom, ZendeskOrganization};
pub use reading::{EvidenceRecord, Reading};
pub use record::{Agent, License, LicenseDetails, LicenseId, State};
pub use seats::Seats;
pub use single_line::SingleLine;
pub use slack_ts::SlackTs;
pub use terms::Plan;
pub use terms::Terms;
pub use ticket::{Ticket, TicketId, Username};
pub use verdict::EligibilityNote;
pub use verdict::Verdict;
