//! What handlers take: the session, and the parts of the request that need one.

use std::{future::Future, ops::Deref, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, CONTENT_LENGTH, TRANSFER_ENCODING},
    web::{Data, block},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{AppState, body, error::ApiError, request_id, security::log_agent};
use crate::{
    license::{FieldError, LicenseId},
    store::{self, IdempotencyKey},
    workflow::idempotency::IdempotentRequest,
};

/// Bearer tokens of sessions have 64 hex digits.
const MAX_BEARER_CHARS: usize = 64;

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// The caller's session. A handler that takes it is authenticated.
#[derive(Clone)]
pub(crate) struct Session {
    session: store::Session,
    bearer: String,
}

/// A session, and then what only an authenticated caller may have read: actix extracts a handler's arguments in no
/// order, so `T` is extracted here.
pub(crate) struct Authenticated<T>(pub(crate) Session, pub(crate) T);

/// The license id in the path. Anything that is not an id is not found.
pub(crate) struct LicensePath(pub(crate) LicenseId);

/// A query of known parameters, each at most once.
pub(crate) struct Query<Q>(pub(crate) Q);

pub(crate) trait QueryParameters: DeserializeOwned {
    const ALLOWED: &'static str;
}

/// A JSON body.
pub(crate) struct Json<B>(pub(crate) B);

/// A JSON body under an `Idempotency-Key`.
pub(crate) struct Command<B> {
    pub(crate) request: IdempotentRequest,
    pub(crate) body: B,
}

/// A body that is parsed field by field, so that all refused fields are named at once.
pub(crate) trait RequestBody: Sized + Send + 'static {
    const MAX_BYTES: usize = body::MAX_BODY_BYTES;
    /// Whether a request without a body counts as `{}`.
    const OPTIONAL: bool = false;

    fn parse(body: &Value, state: &AppState, session: &Session) -> Result<Self, Vec<FieldError>>;
}

impl Deref for Session {
    type Target = store::Session;

    fn deref(&self) -> &store::Session {
        &self.session
    }
}

impl Session {
    async fn authenticate(request: &HttpRequest) -> Result<Self, ApiError> {
        let state = app_state(request)?;
        let mut headers = request.headers().get_all(AUTHORIZATION);
        // Of two headers, a proxy might have checked the other one.
        let (Some(only), None) = (headers.next(), headers.next()) else { return Err(ApiError::NoSession) };
        let bearer = only.to_str().ok().and_then(bearer_token);
        let Some(bearer) = bearer.filter(|bearer| bearer.len() <= MAX_BEARER_CHARS) else {
            return Err(ApiError::NoSession);
        };
        let session = state.licenses.session(bearer).await?;
        // Sessions of an installation that is no longer configured have ended.
        let session = session.filter(|session| state.zendesk.installation_ids.contains(&session.installation_id));
        session.map(|session| Self { session, bearer: bearer.to_owned() }).ok_or(ApiError::NoSession)
    }

    /// Whether it has expired or was revoked since. A store that is unavailable ends no session.
    pub(crate) async fn is_over(&self, state: &AppState) -> bool {
        matches!(state.licenses.session(&self.bearer).await, Ok(None))
    }
}

impl FromRequest for Session {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let session = Self::authenticate(&request).await?;
            log_agent(session.agent_user_id);
            request.extensions_mut().insert(session.clone());
            Ok(session)
        })
    }
}

impl<T: FromRequest + 'static> FromRequest for Authenticated<T>
where
    T::Error: Into<actix_web::Error>,
{
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let session = Session::from_request(&request, &mut payload).await?;
            let rest = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(session, rest))
        })
    }
}

impl FromRequest for LicensePath {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").unwrap_or_default();
        std::future::ready(LicenseId::parse(id).map(Self).map_err(|_| ApiError::NotFound))
    }
}

impl<Q: QueryParameters> FromRequest for Query<Q> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = actix_web::web::Query::<Q>::from_query(request.query_string());
        std::future::ready(
            query.map(|query| Self(query.into_inner())).map_err(|_| ApiError::MalformedQuery(Q::ALLOWED)),
        )
    }
}

impl<B: RequestBody> FromRequest for Json<B> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let value = read::<B>(&request, payload).await?;
            parse(value, &request).await.map(|(body, _)| Self(body))
        })
    }
}

impl<B: RequestBody> FromRequest for Command<B> {
    type Error = ApiError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let agent_user_id = session(&request)?.agent_user_id;
            let key = IdempotencyKey { agent_user_id, key: idempotency_key(&request)? };
            let value = read::<B>(&request, payload).await?;
            let (body, mut value) = parse(value, &request).await?;
            value.sort_all_objects();
            // The path names operation and license, so that one key cannot stand for two of them.
            let canonical = format!("{} {value}", request.path());
            Ok(Self { request: IdempotentRequest { key, canonical, id: request_id::of(&request) }, body })
        })
    }
}

async fn read<B: RequestBody>(request: &HttpRequest, payload: Payload) -> Result<Value, ApiError> {
    if B::OPTIONAL && !has_body(request) {
        return Ok(Value::Object(Map::new()));
    }
    body::json(request, payload, B::MAX_BYTES).await
}

/// On a blocking thread: a body may hold a customer's license, or a text of a megabyte.
async fn parse<B: RequestBody>(value: Value, request: &HttpRequest) -> Result<(B, Value), ApiError> {
    let (state, session) = (app_state(request)?, session(request)?);
    let parsed = block(move || B::parse(&value, &state, &session).map(|body| (body, value))).await;
    parsed
        .map_err(|_| ApiError::Internal("The request could not be read. Try again."))?
        .map_err(ApiError::InvalidFields)
}

/// The session that [`Session`] has checked for this request.
fn session(request: &HttpRequest) -> Result<Session, ApiError> {
    request.extensions().get::<Session>().cloned().ok_or(ApiError::NoSession)
}

fn app_state(request: &HttpRequest) -> Result<Data<AppState>, ApiError> {
    request.app_data::<Data<AppState>>().cloned().ok_or(ApiError::Internal("The service is not set up."))
}

/// 1 to 255 visible ASCII characters in one header.
fn idempotency_key(request: &HttpRequest) -> Result<String, ApiError> {
    let mut values = request.headers().get_all("Idempotency-Key");
    let key = values.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fits = (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if fits && values.next().is_none() {
        Ok(key.to_owned())
    } else {
        let detail = "is required: one header of 1 to 255 visible ASCII characters";
        Err(ApiError::invalid("Idempotency-Key", detail))
    }
}

/// The token of a `Bearer` credential; the scheme is case-insensitive (RFC 9110, section 11.1).
pub(crate) fn bearer_token(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token)
}

fn has_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
}
