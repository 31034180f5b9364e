//! Sample licenses and deliveries for the clients' tests.

use jiff::{Timestamp, civil::date};
use uuid::Uuid;

use super::Links;
use crate::license::{
    Agent, Channel, Customer, Delivery, DeliveryId, DeliveryState, EligibilityNote, Email, Language, License,
    LicenseFile, LicenseId, Notice, Purpose, Seats, SingleLine, Terms, Ticket, TicketId, Username, Verdict,
};
use crate::sealing::envelope::encode64;

/// When the sample license was generated.
pub(crate) const CREATED_AT: &str = "2026-11-21T23:14:05Z";

#[expect(clippy::unnecessary_wraps, reason = "records hold optional lines")]
pub(crate) fn line(text: &str) -> Option<SingleLine> {
    Some(SingleLine::parse(text, 300).unwrap())
}

pub(crate) fn license() -> License {
    License {
        id: LicenseId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001)),
        created_at: CREATED_AT.parse().unwrap(),
        ticket: Ticket { id: TicketId::parse(4711).unwrap(), subject: line("License expired") },
        agent: Agent { username: Username::parse("jdoe").unwrap(), email: None, zendesk_user_id: 42 },
        customer: Customer {
            email: Email::parse("jane.roe@acme.example").unwrap(),
            name: line("Jane Roe"),
            company: line("Acme GmbH & Co. KG"),
            language: Language::En,
        },
        seats: Seats::parse(286).unwrap(),
        terms: Terms::of(date(2026, 11, 21), 10),
        file: Some(LicenseFile::new(encode64(&[b"{\"data\":\"".as_slice(), &[7; 1200]].concat()))),
        seal_error: None,
        eligibility: EligibilityNote {
            verdict: Verdict::InScope,
            reason: "the grace period ended 1 day ago".into(),
            override_reason: None,
            overridden_by: Some("mallory".into()),
            recommended_seats: Some(286),
            evidence: None,
        },
        replaces: None,
        replaced_by: None,
        drill: false,
    }
}

pub(crate) fn delivery(channel: Channel, purpose: Purpose, notice: Option<Notice>) -> Delivery {
    let at: Timestamp = CREATED_AT.parse().unwrap();
    Delivery {
        id: DeliveryId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_00d1)),
        license_id: license().id,
        channel,
        purpose,
        recipient: (channel == Channel::Email).then(|| "jane.roe@acme.example".to_owned()),
        without_attachment: false,
        notice,
        state: DeliveryState::Pending,
        attempts: 1,
        uncertain: false,
        late: false,
        created_at: at,
        deadline_at: None,
        expires_at: at,
        next_attempt_at: at,
        sent_at: None,
        last_error: None,
        reference: None,
        reply: None,
        thread_ts: None,
        arrival: None,
        request_id: None,
    }
}

pub(crate) fn links() -> Links {
    Links { zendesk_origin: "https://acme.zendesk.com".into(), subdomain: "acme".into() }
}
