//! Generating a license: check, seal, and one commit of license, event, delivery and answer.

use serde_json::Value;

use super::{
    Desk,
    limits::Limited,
    scope,
    session::sha256,
    telling::{self, Case, Moment},
};
use crate::{
    crash,
    license::{
        Agent, Attributes, Customer, DeliveryId, EligibilityNote, Event, License, LicenseFile, LicenseId, Purpose,
        Seats, Story, Terms, Ticket, record::today,
    },
    store::{self, Answer, AnswerKey, Dossier, Writing},
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

/// An idempotency key and the request that it stands for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key, of this agent.
    pub key: AnswerKey,
    /// The request's body in one spelling: two bodies are the same where these are.
    pub canonical: String,
    /// Its id in the log.
    pub id: String,
}

/// An answer that is kept under its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The license it speaks of.
    pub license_id: LicenseId,
    /// The HTTP status: 201, or 500 where sealing failed.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

/// Why no license was generated. Nothing is kept of these, the key included.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The key stands for another request.
    #[error("this Idempotency-Key was used for another request; take a new one")]
    OtherBody,
    /// This agent may not generate.
    #[error(
        "your Zendesk user may look licenses up but not generate them or take them out; the operator's setting ZENDESK_ALLOWED_AGENTS says who may"
    )]
    NotAllowed,
    /// The customer has a license that is neither expired, failed nor replaced.
    #[error("this customer already has a running license")]
    Duplicate(Box<Dossier>),
    /// It is out of scope, and the agent gave no reason to go on; holds why it is.
    #[error("this is out of scope: {0}")]
    OutOfScope(String),
    /// A limit is reached.
    #[error("{}", .0.sentence)]
    Limited(Limited),
    /// There is no such license.
    #[error("there is nothing here")]
    NotFound,
    /// The license stands in a way that does not allow it; the sentence says what to do instead.
    #[error("{0}")]
    Conflict(String),
    /// The store is away.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Desk {
    /// Generates one license, or answers as the same key was answered before.
    ///
    /// When it returns an [`Answered`], the license is on disk and its mail is in the outbox.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was generated then, or it is not known where the store failed: ask again with the same key.
    pub async fn generate(&self, order: Order, request: &Request) -> Result<Answered, Refusal> {
        let hash = sha256(&request.canonical);
        if let Some(answer) = self.store.answer(&request.key).await? {
            return same_or_refused(answer, &hash);
        }
        self.may_generate(order.agent.zendesk_user_id)?;
        // Asked only now: what was generated in scope is answered alike after midnight, too.
        scope::check(&order.eligibility)?;
        let license = self.seal(order.clone()).await;
        let mut writing = self.store.write().await?;
        writing.because_of(Some(&request.id));
        // Another request may have used the key meanwhile: it won, and both get its answer.
        if let Some(answer) = writing.answer(&request.key).await? {
            return same_or_refused(answer, &hash);
        }
        self.check_duplicate(&mut writing, &order).await?;
        self.check_limits(&mut writing, &license).await?;
        let answered = self.keep(&mut writing, &license).await?;
        let answer =
            Answer { request_hash: hash, license_id: license.id, status: answered.status, body: answered.body.clone() };
        writing.add_answer(&request.key, &answer).await?;
        writing.remember_username(license.agent.zendesk_user_id, license.agent.username.as_str()).await?;
        crash::point("generate_before_commit");
        writing.commit().await?;
        crash::point("generate_after_commit");
        self.count(&license);
        Ok(answered)
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
        let dossier = writing.dossier(running.id).await?.ok_or_else(gone)?;
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
                let detail = format!("{} seats, until {}; {scope_in_words}", license.seats, license.terms.expires_on);
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
        let dossier = writing.dossier(license.id).await?.ok_or_else(gone)?;
        Ok(answer_for(license, &self.show(&dossier)))
    }
}

/// How the history names an agent: by the session's identity first, their own word second.
pub(super) fn by_agent(agent: &Agent) -> String {
    format!("agent {} ({})", agent.zendesk_user_id, agent.username)
}

pub(super) fn same_or_refused(answer: Answer, hash: &str) -> Result<Answered, Refusal> {
    if answer.request_hash == hash {
        Ok(Answered { license_id: answer.license_id, status: answer.status, body: answer.body })
    } else {
        Err(Refusal::OtherBody)
    }
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

pub(super) fn gone() -> store::Error {
    store::Error::Unreadable("a license of this transaction is gone".into())
}
