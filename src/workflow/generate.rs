//! Generating a license: check, seal, and one commit of license, event, delivery and response.

use super::{
    Error, LicenseService,
    idempotency::{IdempotentRequest, Response},
    written,
};
use crate::{
    license::{
        Actor, Agent, Customer, EligibilityNote, Event, EventKind, License, LicenseDetails, LicenseId, Notice, Purpose,
        Seats, Terms, Ticket, follow_up, notices, record::today,
    },
    metrics::LicenseResult,
    sealing::{Attributes, SealError},
    store::{self, ResponseKind, Transaction},
};

/// How many of a customer's unexpired licenses are looked at for a running one.
const MAX_DUPLICATES: u32 = 20;

/// The command. No request can name days, dates or plan.
#[derive(Debug, Clone)]
pub(crate) struct GenerateLicense {
    pub ticket: Ticket,
    pub agent: Agent,
    pub customer: Customer,
    pub seats: Seats,
    pub eligibility: EligibilityNote,
    /// The agent knows that the customer has a running license.
    pub confirm_duplicate: bool,
}

impl LicenseService {
    /// Generates a license. When this returns a response, the license is on disk and its email is enqueued.
    pub(crate) async fn generate(
        &self,
        command: GenerateLicense,
        request: &IdempotentRequest,
    ) -> Result<Response, Error> {
        if let Some(response) = self.stored_response(request).await? {
            return Ok(response);
        }
        self.require_permission(command.agent.zendesk_user_id)?;
        if command.eligibility.is_restricted() {
            return Err(Error::RestrictedAccount);
        }
        // Checked after the stored response: what was in scope when it was generated is answered alike after midnight.
        if command.eligibility.lacks_override() {
            return Err(Error::OutOfScope(command.eligibility.reason));
        }
        let usual = self.rules.usual_seats(command.eligibility.recommended_seats);
        if command.seats.get() > usual && command.eligibility.override_reason.is_none() {
            return Err(Error::UnusualSeats { usual });
        }
        let confirm_duplicate = command.confirm_duplicate;
        let license = self.seal(command, self.terms()).await?;
        let response = self
            .execute_once(request, async |tx| {
                if !confirm_duplicate {
                    self.check_duplicate(tx, &license).await?;
                }
                self.check_limits(tx, &license).await?;
                let Agent { username, zendesk_user_id, .. } = &license.agent;
                tx.set_username(*zendesk_user_id, username.as_str()).await?;
                let details = self.add(tx, license.clone()).await?;
                self.generated(&details, request)
            })
            .await?;
        self.count(&license, &response);
        Ok(response)
    }

    /// The license with its file, or with the reason why there is none.
    pub(super) async fn seal(&self, command: GenerateLicense, terms: Terms) -> Result<License, Error> {
        let now = self.clock.now();
        let attributes = Attributes::emergency(&command.customer, command.seats, terms);
        let (file, seal_error) = match self.signer.seal(attributes, self.random.for_rsa()).await {
            Ok(file) => (Some(file), None),
            Err(SealError::Failed(error)) => (None, Some(error)),
            Err(SealError::Unavailable(reason)) => return Err(Error::SignerUnavailable(reason)),
        };
        Ok(License {
            id: LicenseId(self.random.id(now)),
            created_at: now,
            ticket: command.ticket,
            agent: command.agent,
            customer: command.customer,
            seats: command.seats,
            terms,
            file,
            seal_error,
            eligibility: command.eligibility,
            replaces: None,
            replaced_by: None,
            drill: false,
        })
    }

    async fn check_duplicate(&self, tx: &mut Transaction, license: &License) -> Result<(), Error> {
        let today = today(license.created_at);
        for id in tx.list_unexpired(&license.customer.email, today, MAX_DUPLICATES).await? {
            let details = written(tx, id).await?;
            if details.is_running(today) {
                return Err(Error::Duplicate(Box::new(details)));
            }
        }
        Ok(())
    }

    /// Records the license and enqueues its email, or what announces that it could not be sealed. Returns what was
    /// written.
    pub(super) async fn add(&self, tx: &mut Transaction, license: License) -> store::Result<LicenseDetails> {
        let now = license.created_at;
        let at = self.rules.digest_at.clone().unwrap_or_default();
        let remind_at = Some(follow_up::remind_at(license.terms, &at)).filter(|at| !license.drill && *at > now);
        tx.insert_license(&license, remind_at).await?;
        let mut details = LicenseDetails::new(license);
        let license = &details.license;
        let mut tick = self.tick(now);
        let eligibility = license.eligibility_summary();
        let (kind, detail, deliveries) = match &license.seal_error {
            None => {
                let to = license.customer.email.as_str();
                let email = notices::email(license, Purpose::First, to, self.rules.email_deadline, &mut tick);
                let detail = format!("{} seats, last day {}; {eligibility}", license.seats, license.terms.last_day());
                (EventKind::Generated, detail, vec![email])
            }
            Some(error) => {
                let notice = Notice::SealingFailed { error: error.clone() };
                let deliveries = notices::notices_for(&details, notice, &mut tick);
                (EventKind::SealingFailed, format!("{error}; {eligibility}"), deliveries)
            }
        };
        let actor = if license.drill { Actor::Operator } else { Actor::from(&license.agent) };
        let (id, event) = (license.id, Event::new(now, &actor, kind, Some(detail)));
        tx.insert_event(id, &event).await?;
        details.events.push(event);
        for new in &deliveries {
            details.deliveries.push(tx.insert_delivery(id, new, now).await?);
        }
        Ok(details)
    }

    pub(super) fn generated(&self, details: &LicenseDetails, request: &IdempotentRequest) -> Result<Response, Error> {
        let is_sealed = details.license.seal_error.is_none();
        let kind = if is_sealed { ResponseKind::Created } else { ResponseKind::SealingFailed };
        self.respond(kind, details, request)
    }

    /// Counts the license, unless the response is of another request under the same key.
    pub(super) fn count(&self, license: &License, response: &Response) {
        if response.license_id == license.id {
            let is_sealed = license.seal_error.is_none();
            self.metrics.license(if is_sealed { LicenseResult::Generated } else { LicenseResult::SealingFailed });
        }
    }
}
