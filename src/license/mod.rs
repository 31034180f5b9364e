//! What a license is: pure, without I/O, clock, environment or async, and knowing no other room.
//!
//! - [`customer`], [`ticket`], [`seats`], [`terms`]: values that cannot be wrong, parsed once at the door
//! - [`attributes`], [`envelope`], [`mod@file`]: the license file that GitLab reads
//! - [`eligibility`], [`evidence`], [`diagnosis`], [`version`]: what the customer's GitLab will say, and support's scope
//! - [`record`], [`delivery`], [`story`], [`arrival`]: what the store keeps and every room speaks of

pub mod arrival;
pub mod attributes;
pub mod customer;
pub mod delivery;
pub mod diagnosis;
pub mod eligibility;
pub mod envelope;
pub mod evidence;
pub mod file;
pub mod record;
pub mod seats;
pub mod story;
pub mod terms;
pub mod text;
pub mod ticket;
pub mod version;

pub use arrival::{Arrival, ArrivalState};
pub use attributes::Attributes;
pub use customer::{Customer, Email};
pub use delivery::{Channel, Delivery, DeliveryId, DeliveryState, Purpose};
pub use eligibility::{Judgement, Scope, Verdict};
pub use evidence::Evidence;
pub use file::{LicenseFile, SealingKey};
pub use record::{Agent, EVENTS, EligibilityNote, Event, License, LicenseId, State};
pub use seats::Seats;
pub use story::{Again, Story};
pub use terms::Terms;
pub use text::Line;
pub use ticket::{Ticket, TicketId, Username};
pub use version::GitlabVersion;
