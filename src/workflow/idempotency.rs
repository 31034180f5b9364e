//! Idempotent operations: one key, one execution. A repeated request gets the stored response.

use super::{Error, LicenseService, session::sha256, view::LicenseView};
use crate::{
    crash,
    license::{LicenseDetails, LicenseId},
    store::{IdempotencyKey, ResponseKind, StoredResponse, Transaction},
};

/// A request under an idempotency key.
#[derive(Debug, Clone)]
pub(crate) struct IdempotentRequest {
    pub key: IdempotencyKey,
    /// The operation, its target and its body in canonical form: two requests are the same if these are.
    pub canonical: String,
    /// The request id of the log.
    pub id: String,
}

/// The response of an operation. Repeats of the request get the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub license_id: LicenseId,
    pub kind: ResponseKind,
    /// A [`LicenseView`] in JSON, or what an erasure left of it.
    pub body: String,
}

impl IdempotentRequest {
    pub(crate) fn agent_user_id(&self) -> u64 {
        self.key.agent_user_id
    }
}

impl LicenseService {
    /// The stored response, if the key was used before. Returns [`Error::KeyReused`] if it was used for another request.
    pub(super) async fn stored_response(&self, request: &IdempotentRequest) -> Result<Option<Response>, Error> {
        self.store.response(&request.key).await?.map(|stored| replay(stored, request)).transpose()
    }

    /// Executes `operation` and stores its response under the request's key, in one commit. If another request used the
    /// key meanwhile, both get that one's response. An operation that returns an error changes and stores nothing.
    pub(super) async fn execute_once(
        &self,
        request: &IdempotentRequest,
        operation: impl AsyncFnOnce(&mut Transaction) -> Result<Response, Error>,
    ) -> Result<Response, Error> {
        let mut tx = self.store.begin().await?;
        tx.set_request_id(Some(&request.id));
        if let Some(stored) = tx.response(&request.key).await? {
            return replay(stored, request);
        }
        let response = operation(&mut tx).await?;
        let Response { license_id, kind, body } = response.clone();
        let stored = StoredResponse { request_hash: sha256(&request.canonical), license_id, kind, body };
        tx.insert_response(&request.key, &stored).await?;
        crash::point("response_before_commit");
        tx.commit().await?;
        crash::point("response_after_commit");
        Ok(response)
    }

    /// A response that shows the license as it is now.
    pub(super) fn respond(
        &self,
        kind: ResponseKind,
        details: &LicenseDetails,
        request: &IdempotentRequest,
    ) -> Result<Response, Error> {
        let view: LicenseView = self.view(details, request.agent_user_id());
        let body = serde_json::to_string(&view).map_err(|e| crate::store::Error::Unreadable(e.to_string()))?;
        Ok(Response { license_id: details.license.id, kind, body })
    }
}

fn replay(stored: StoredResponse, request: &IdempotentRequest) -> Result<Response, Error> {
    let StoredResponse { request_hash, license_id, kind, body } = stored;
    if request_hash == sha256(&request.canonical) {
        Ok(Response { license_id, kind, body })
    } else {
        Err(Error::KeyReused)
    }
}
