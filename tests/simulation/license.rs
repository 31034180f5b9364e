//! The license of each history.

use jiff::Timestamp;
use stopgap::license::{
    Agent, Customer, EligibilityNote, Email, Language, License, LicenseId, Seats, Terms, Ticket, TicketId, Username,
    Verdict,
};
use uuid::Uuid;

pub fn license() -> License {
    let created_at: Timestamp = "2026-11-21T23:14:05Z".parse().unwrap();
    License {
        id: LicenseId(Uuid::from_u128(1)),
        created_at,
        ticket: Ticket { id: TicketId::parse(4711).unwrap(), subject: None },
        agent: Agent { username: Username::parse("jdoe").unwrap(), email: None, zendesk_user_id: 42 },
        customer: Customer {
            email: Email::parse("jane@acme.example").unwrap(),
            name: None,
            company: None,
            language: Language::En,
        },
        seats: Seats::parse(286).unwrap(),
        terms: Terms::of(jiff::civil::date(2026, 11, 21), 10),
        file: None,
        seal_error: None,
        eligibility: EligibilityNote {
            verdict: Verdict::Unchecked,
            reason: String::new(),
            override_reason: None,
            overridden_by: None,
            recommended_seats: None,
            evidence: None,
        },
        replaces: None,
        replaced_by: None,
        drill: false,
    }
}
