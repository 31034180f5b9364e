//! A drill: a license for the operator through the production path, marked as a drill wherever it shows.

use super::{LicenseService, generate::GenerateLicense};
use crate::{
    license::{
        Agent, Customer, EligibilityNote, Email, Language, LicenseId, Seats, SingleLine, Ticket, TicketId, Username,
        Verdict,
    },
    store,
};

const COMPANY: &str = "Drill";
const TICKET: u64 = 1;
const SEATS: u64 = 1;

impl LicenseService {
    /// Records a license and enqueues its email to `email`, for the running service to deliver. It counts for no limit
    /// and is no duplicate.
    pub(crate) async fn drill(&self, email: Email, username: Username) -> Result<LicenseId, String> {
        let command = GenerateLicense {
            ticket: Ticket { id: TicketId::parse(TICKET)?, subject: None },
            agent: Agent { username, email: None, zendesk_user_id: 0 },
            customer: Customer {
                email,
                name: None,
                company: Some(SingleLine::parse(COMPANY, COMPANY.len())?),
                language: Language::En,
            },
            seats: Seats::parse(SEATS)?,
            eligibility: EligibilityNote {
                verdict: Verdict::Unchecked,
                reason: "A drill.".into(),
                override_reason: None,
                overridden_by: None,
                recommended_seats: None,
                evidence: None,
            },
            confirm_duplicate: true,
        };
        let mut license = self.seal(command, self.terms()).await.map_err(|e| e.to_string())?;
        license.drill = true;
        let message = |e: store::Error| e.to_string();
        let mut tx = self.store.begin().await.map_err(message)?;
        let details = self.add(&mut tx, license).await.map_err(message)?;
        tx.commit().await.map_err(message)?;
        Ok(details.license.id)
    }
}
