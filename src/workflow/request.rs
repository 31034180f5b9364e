//! One idempotency key, one deed: what an agent asks for once happens once, and each repeat gets the same answer.

use std::time::Duration;

use super::{Desk, session::sha256};
use crate::{
    crash,
    license::LicenseId,
    store::{self, Answer, AnswerKey, Dossier, Writing},
};

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
    /// The HTTP status: 201 or 202, or 500 where sealing failed.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

/// Why a deed was not done. Nothing is kept of these, the key included.
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

/// A limit is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited {
    /// Which one, in a word: `agent`, `customer`, `domain`, `all`.
    pub limit: &'static str,
    /// Which one, in a sentence for the agent.
    pub sentence: String,
    /// When the next license would be within it.
    pub retry_after: Duration,
}

impl Desk {
    /// What this request was answered before, if it was.
    ///
    /// # Errors
    /// [`Refusal::OtherBody`], or [`Refusal::Store`].
    pub(super) async fn answered_before(&self, request: &Request) -> Result<Option<Answered>, Refusal> {
        self.store.answer(&request.key).await?.map(|answer| same_or_refused(answer, request)).transpose()
    }

    /// Does `deed` and keeps its answer under the request's key, in one commit. Another request may have used the key
    /// meanwhile: it won, and both get its answer.
    ///
    /// # Errors
    /// The deed's [`Refusal`]; nothing was changed then, or it is not known where the store failed: ask again with the
    /// same key.
    pub(super) async fn once(
        &self,
        request: &Request,
        deed: impl AsyncFnOnce(&mut Writing) -> Result<Answered, Refusal>,
    ) -> Result<Answered, Refusal> {
        let mut writing = self.store.write().await?;
        writing.because_of(Some(&request.id));
        if let Some(answer) = writing.answer(&request.key).await? {
            return same_or_refused(answer, request);
        }
        let answered = deed(&mut writing).await?;
        let Answered { license_id, status, body } = answered.clone();
        let answer = Answer { request_hash: sha256(&request.canonical), license_id, status, body };
        writing.add_answer(&request.key, &answer).await?;
        crash::point("answer_before_commit");
        writing.commit().await?;
        crash::point("answer_after_commit");
        Ok(answered)
    }
}

fn same_or_refused(answer: Answer, request: &Request) -> Result<Answered, Refusal> {
    let Answer { request_hash, license_id, status, body } = answer;
    if request_hash == sha256(&request.canonical) {
        Ok(Answered { license_id, status, body })
    } else {
        Err(Refusal::OtherBody)
    }
}
