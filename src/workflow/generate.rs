//! Generating a license: check, seal, and one commit of license, event, delivery and answer.

use serde_json::Value;

use super::{
    Desk,
    request::{Answered, Refusal, Request},
    scope,
    telling::{self, Case, Moment},
    written,
};
use crate::{
    license::{
        Agent, Attributes, Customer, DeliveryId, EligibilityNote, Event, License, LicenseFile, LicenseId, Purpose,
        Seats, Story, Terms, Ticket, record::today,
    },
    store::{self, Writing},
};

/// What an agent asks for. No request can name days, dates or plan.
#[derive(Debug, Clone)]
pub struct Order {
    /// The ticket it is for.
    pub ticket: Ticket,
    /// Who asks.
    pub agent: Agent,
    /// Whom it is for.
    pub customer: Customer,
    /// The user count.
    pub seats: Seats,
    /// What the scope check said.
    pub eligibility: EligibilityNote,
    /// The agent knows that the customer has a running license.
    pub confirm_duplicate: bool,
}

impl Desk {
    /// Generates one license, or answers as the same key was answered before.
    ///
    /// When it returns an [`Answered`], the license is on disk and its mail is in the outbox.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was generated then, or it is not known where the store failed: ask again with the same key.
    pub async fn generate(&self, order: Order, request: &Request) -> Result<Answered, Refusal> {
        if let Some(answered) = self.answered_before(request).await? {
            return Ok(answered);
        }
        self.may_generate(order.agent.zendesk_user_id)?;
        // Asked only now: what was generated in scope is answered alike after midnight, too.
        scope::check(&order.eligibility)?;
        let license = self.seal(order.clone()).await;
        let answered = self.once(request, async |writing| self.add(writing, &order, &license).await).await?;
        if answered.license_id == license.id {
            self.count(&license);
        }
        Ok(answered)
    }

    async fn add(&self, writing: &mut Writing, order: &Order, license: &License) -> Result<Answered, Refusal> {
        self.check_duplicate(writing, order).await?;
        self.check_limits(writing, license).await?;
        let agent = &license.agent;
        writing.remember_username(agent.zendesk_user_id, agent.username.as_str()).await?;
        Ok(self.keep(writing, license).await?)
    }

    /// Counts a license that was recorded.
    pub(super) fn count(&self, license: &License) {
        self.metrics.license(if license.seal_error.is_none() { "generated" } else { "sealing_failed" });
    }

    /// Whether this agent may put a license into anyone's hands: generate or replace it, mail it again, or take its file out. Asked at each
    /// request, so that the setting binds sessions that began before it.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`].
    pub fn may_generate(&self, agent_user_id: u64) -> Result<(), Refusal> {
        match &self.allowed_agents {
            Some(allowed) if !allowed.contains(&agent_user_id) => Err(Refusal::NotAllowed),
            _ => Ok(()),
        }
    }

    /// The license with its file, or with the reason why there is none. Off the async threads: RSA takes its time.
    pub(super) async fn seal(&self, order: Order) -> License {
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

    async fn check_duplicate(&self, writing: &mut Writing, order: &Order) -> Result<(), Refusal> {
        if order.confirm_duplicate {
            return Ok(());
        }
        let day = today(self.clock.now()).to_string();
        let Some(running) = writing.running_license(&order.customer.email, &day).await? else { return Ok(()) };
        let dossier = written(writing, running.id).await?;
        Err(Refusal::Duplicate(Box::new(dossier)))
    }

    /// Writes the license with what follows from it, and makes the answer.
    pub(super) async fn keep(&self, writing: &mut Writing, license: &License) -> store::Result<Answered> {
        let now = license.created_at;
        writing.add_license(license).await?;
        let mut fresh_id = || DeliveryId(self.random.id(now));
        let mut moment = Moment { now, chance: 0.0, fresh_id: &mut fresh_id };
        let scope_in_words = license.scope_in_words();
        let (what, detail, deliveries) = match &license.seal_error {
            None => {
                let to = license.customer.email.as_str();
                let email = telling::email(license, Purpose::First, to, self.rules.email_deadline, &mut moment);
                let detail =
                    format!("{} seats, last day {}; {scope_in_words}", license.seats, license.terms.last_day());
                ("generated", detail, vec![email])
            }
            Some(error) => {
                let story = Story::SealingFailed { error: error.clone() };
                let case = Case { license, deliveries: &[] };
                ("sealing_failed", format!("{error}; {scope_in_words}"), telling::tell(case, story, &mut moment))
            }
        };
        let by = if license.drill { "operator".to_owned() } else { by_agent(&license.agent) };
        writing.add_event(license.id, &Event { at: now, by, what: what.to_owned(), detail: Some(detail) }).await?;
        for new in &deliveries {
            writing.add_delivery(license.id, new, now).await?;
        }
        let dossier = written(writing, license.id).await?;
        Ok(answer_for(license, &self.show(&dossier)))
    }
}

/// How the history names an agent: by the session's identity first, their own word second.
pub(super) fn by_agent(agent: &Agent) -> String {
    format!("agent {} ({})", agent.zendesk_user_id, agent.username)
}

pub(super) fn answer_for(license: &License, view: &Value) -> Answered {
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
    Answered { license_id: license.id, status, body }
}
