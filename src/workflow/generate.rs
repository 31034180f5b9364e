//! Generating a license: check, seal, and one commit of license, event, delivery and answer.

use serde_json::Value;

use super::{
    Error, LicenseService,
    idempotency::{IdempotentRequest, Response},
    scope, written,
};
use crate::{
    license::{
        Actor, Agent, Customer, EligibilityNote, Event, EventKind, License, LicenseDetails, LicenseFile, LicenseId,
        Notice, Purpose, Seats, Terms, Ticket, notices, record::today,
    },
    sealing::Attributes,
    store::{self, Transaction},
};

/// What an agent asks for. No request can name days, dates or plan.
#[derive(Debug, Clone)]
pub struct GenerateLicense {
    /// The ticket it is for.
    pub ticket: Ticket,
    pub agent: Agent,
    pub customer: Customer,
    pub seats: Seats,
    /// What the scope check said.
    pub eligibility: EligibilityNote,
    /// The agent knows that the customer has a running license.
    pub confirm_duplicate: bool,
}

impl LicenseService {
    /// Generates one license, or answers as the same key was answered before.
    ///
    /// When it returns an [`Response`], the license is on disk and its mail is in the outbox.
    ///
    /// # Errors
    /// A [`Error`]; nothing was generated then, or it is not known where the store failed: ask again with the same key.
    pub async fn generate(&self, order: GenerateLicense, request: &IdempotentRequest) -> Result<Response, Error> {
        if let Some(answered) = self.stored_response(request).await? {
            return Ok(answered);
        }
        self.may_generate(order.agent.zendesk_user_id)?;
        // Asked only now: what was generated in scope is answered alike after midnight, too.
        scope::check(&order.eligibility)?;
        let license = self.seal(order.clone()).await;
        let answered = self.execute_once(request, async |tx| self.add(tx, &order, &license).await).await?;
        if answered.license_id == license.id {
            self.count(&license);
        }
        Ok(answered)
    }

    async fn add(&self, tx: &mut Transaction, order: &GenerateLicense, license: &License) -> Result<Response, Error> {
        self.check_duplicate(tx, order).await?;
        self.check_limits(tx, license).await?;
        let agent = &license.agent;
        tx.set_username(agent.zendesk_user_id, agent.username.as_str()).await?;
        Ok(self.keep(tx, license).await?)
    }

    /// Counts a license that was recorded.
    pub(super) fn count(&self, license: &License) {
        self.metrics.license(if license.seal_error.is_none() { "generated" } else { "sealing_failed" });
    }

    /// Whether this agent may put a license into anyone's hands: generate or replace it, mail it again, or take its file out. Asked at each
    /// request, so that the setting binds sessions that began before it.
    pub fn may_generate(&self, agent_user_id: u64) -> Result<(), Error> {
        match &self.allowed_agents {
            Some(allowed) if !allowed.contains(&agent_user_id) => Err(Error::NotAllowed),
            _ => Ok(()),
        }
    }

    /// The license with its file, or with the reason why there is none. Off the async threads: RSA takes its time.
    pub(super) async fn seal(&self, order: GenerateLicense) -> License {
        let now = self.clock.now();
        let terms = Terms::of(today(now), self.days);
        let attributes = Attributes::emergency(&order.customer, order.seats, terms);
        let (key, random) = (self.key.clone(), self.random);
        let sealed = tokio::task::spawn_blocking(move || key.seal(&attributes, &mut random.for_rsa()))
            .await
            .unwrap_or_else(|_| Err("sealing was interrupted".to_owned()));
        let (file, seal_error) = match sealed {
            Ok(file) => (Some(file), None),
            Err(error) => (None::<LicenseFile>, Some(error)),
        };
        License {
            id: LicenseId(self.random.id(now)),
            created_at: now,
            ticket: order.ticket,
            agent: order.agent,
            customer: order.customer,
            seats: order.seats,
            terms,
            file,
            seal_error,
            eligibility: order.eligibility,
            replaces: None,
            replaced_by: None,
            drill: false,
        }
    }

    async fn check_duplicate(&self, tx: &mut Transaction, order: &GenerateLicense) -> Result<(), Error> {
        if order.confirm_duplicate {
            return Ok(());
        }
        let day = today(self.clock.now()).to_string();
        let Some(running) = tx.running_license(&order.customer.email, &day).await? else { return Ok(()) };
        let details = written(tx, running.id).await?;
        Err(Error::Duplicate(Box::new(details)))
    }

    /// Writes the license with what follows from it, and makes the answer.
    pub(super) async fn keep(&self, tx: &mut Transaction, license: &License) -> store::Result<Response> {
        let now = license.created_at;
        tx.insert_license(license).await?;
        let mut tick = self.tick(now);
        let eligibility_summary = license.eligibility_summary();
        let (kind, detail, deliveries) = match &license.seal_error {
            None => {
                let to = license.customer.email.as_str();
                let email = notices::email(license, Purpose::First, to, self.rules.email_deadline, &mut tick);
                let detail =
                    format!("{} seats, last day {}; {eligibility_summary}", license.seats, license.terms.last_day());
                (EventKind::Generated, detail, vec![email])
            }
            Some(error) => {
                let notice = Notice::SealingFailed { error: error.clone() };
                let deliveries = notices::notices_for(&LicenseDetails::new(license.clone()), notice, &mut tick);
                (EventKind::SealingFailed, format!("{error}; {eligibility_summary}"), deliveries)
            }
        };
        let actor = if license.drill { Actor::Operator } else { Actor::from(&license.agent) };
        tx.insert_event(license.id, &Event::new(now, &actor, kind, Some(detail))).await?;
        for new in &deliveries {
            tx.insert_delivery(license.id, new, now).await?;
        }
        let details = written(tx, license.id).await?;
        Ok(answer_for(license, &self.show(&details)))
    }
}

pub(super) fn answer_for(license: &License, view: &Value) -> Response {
    let (status, body) = if license.seal_error.is_none() {
        (201, view.to_string())
    } else {
        let problem = serde_json::json!({
            "type": "about:blank", "title": "Internal Server Error", "status": 500,
            "detail": "The license could not be sealed. The failure is recorded, filed and told; \
                       a new try takes a new Idempotency-Key.",
            "license_id": license.id.to_string(),
        });
        (500, problem.to_string())
    };
    Response { license_id: license.id, status, body }
}
