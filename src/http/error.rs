//! Errors of the API, as RFC 9457 `application/problem+json`.

use std::{fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

use super::AppState;
use crate::{
    license::{FieldError, LicenseId, verdict::OVERRIDE_REASON_CHARS},
    store,
    workflow::{self, Limited, actions::Obstacle, view::LicenseView},
};

/// When a client may repeat a request after the store was unavailable.
const STORE_RETRY: Duration = Duration::from_secs(2);
/// When a client may repeat a request after the HSM was unavailable.
const SIGNER_RETRY: Duration = Duration::from_secs(10);
/// When a client may repeat a request after the mail provider was unavailable.
const PROVIDER_RETRY: Duration = Duration::from_secs(10);
/// When another progress stream may be free.
const STREAM_RETRY: Duration = Duration::from_secs(5);

/// Why a request was refused. [`ApiError::status`] and [`ApiError::code`] are exhaustive, so that a new error chooses both.
#[derive(Debug)]
pub(crate) enum ApiError {
    InvalidFields(Vec<FieldError>),
    MalformedBody(String),
    MalformedQuery(&'static str),
    BodyTimeout,
    BodyTooLarge {
        max_bytes: usize,
    },
    NotJson,
    NoSession,
    BadMetricsToken,
    NotAllowed(String),
    NotFound,
    MethodNotAllowed {
        allow: String,
    },
    RestrictedAccount(String),
    /// Holds the running license.
    Duplicate(Box<LicenseView>),
    /// Holds the reason of the verdict.
    OutOfScope(String),
    UnusualSeats {
        usual: u32,
    },
    Unavailable {
        obstacle: Obstacle,
        detail: String,
    },
    KeyReused(String),
    Limited(Limited),
    TooManyStreams,
    WebhookRefused(String),
    SealingFailed(LicenseId),
    /// Holds a whole sentence.
    SignerUnavailable(String),
    /// Holds a whole sentence.
    ProviderUnavailable(String),
    StoreUnavailable,
    OutboxStalled,
    Internal(&'static str),
}

/// The error in one word: `code` of the problem, and the label of the metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, strum::IntoStaticStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum ErrorCode {
    InvalidFields,
    MalformedBody,
    MalformedQuery,
    BodyTimeout,
    BodyTooLarge,
    NotJson,
    NoSession,
    BadMetricsToken,
    AgentNotAllowed,
    NotFound,
    MethodNotAllowed,
    RestrictedAccount,
    Duplicate,
    OutOfScope,
    UnusualSeats,
    SealingFailed,
    Expired,
    Erased,
    Replaced,
    TooManyEmails,
    RecipientRefused,
    NothingFailed,
    Drill,
    NotSuppressed,
    ProviderNotConfigured,
    MarkedAsSpam,
    Unsubscribed,
    KeyReused,
    LimitReached,
    TooManyStreams,
    WebhookRefused,
    SignerUnavailable,
    ProviderUnavailable,
    StoreUnavailable,
    OutboxStalled,
    Internal,
    /// A signed URL of Zendesk was refused. It is answered with a page, not a problem.
    SignedUrl,
}

impl ErrorCode {
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem<'a> {
    /// Always `about:blank`.
    r#type: &'static str,
    /// The name of the status.
    title: &'a str,
    status: u16,
    code: ErrorCode,
    /// What is wrong and what to do, for the agent.
    detail: String,
    /// The refused fields, all of them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String, format = "uuid")]
    license_id: Option<LicenseId>,
    /// The running license of a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = LicenseView)]
    license: Option<&'a LicenseView>,
    /// The same as `X-Request-Id`: it names the log lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, value_type = String)]
    request_id: Option<&'a str>,
}

impl ApiError {
    pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self::InvalidFields(vec![FieldError { field: field.to_owned(), detail: detail.into() }])
    }

    /// The workflow's error, for this agent.
    pub(crate) fn of(error: workflow::Error, state: &AppState, agent_user_id: u64) -> Self {
        let detail = sentence(&error.to_string());
        match error {
            workflow::Error::KeyReused => Self::KeyReused(detail),
            workflow::Error::NotAllowed => Self::NotAllowed(detail),
            workflow::Error::Duplicate(details) => {
                Self::Duplicate(Box::new(state.licenses.view(&details, agent_user_id)))
            }
            workflow::Error::RestrictedAccount => Self::RestrictedAccount(detail),
            workflow::Error::OutOfScope(reason) => Self::OutOfScope(reason),
            workflow::Error::UnusualSeats { usual } => Self::UnusualSeats { usual },
            workflow::Error::Limited(limited) => Self::Limited(limited),
            workflow::Error::NotFound => Self::NotFound,
            workflow::Error::Unavailable { obstacle, .. } => Self::Unavailable { obstacle, detail },
            workflow::Error::SignerUnavailable(_) => Self::SignerUnavailable(detail),
            workflow::Error::ProviderUnavailable(_) => Self::ProviderUnavailable(detail),
            workflow::Error::Store(error) => error.into(),
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::InvalidFields(_)
            | Self::MalformedBody(_)
            | Self::MalformedQuery(_)
            | Self::OutOfScope(_)
            | Self::UnusualSeats { .. } => StatusCode::BAD_REQUEST,
            Self::NoSession | Self::BadMetricsToken => StatusCode::UNAUTHORIZED,
            Self::NotAllowed(_) | Self::RestrictedAccount(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::WebhookRefused(_) => StatusCode::NOT_ACCEPTABLE,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Duplicate(_) | Self::Unavailable { .. } => StatusCode::CONFLICT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::KeyReused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Limited(_) | Self::TooManyStreams => StatusCode::TOO_MANY_REQUESTS,
            Self::SealingFailed(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::SignerUnavailable(_)
            | Self::ProviderUnavailable(_)
            | Self::StoreUnavailable
            | Self::OutboxStalled => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidFields(_) => ErrorCode::InvalidFields,
            Self::MalformedBody(_) => ErrorCode::MalformedBody,
            Self::MalformedQuery(_) => ErrorCode::MalformedQuery,
            Self::BodyTimeout => ErrorCode::BodyTimeout,
            Self::BodyTooLarge { .. } => ErrorCode::BodyTooLarge,
            Self::NotJson => ErrorCode::NotJson,
            Self::NoSession => ErrorCode::NoSession,
            Self::BadMetricsToken => ErrorCode::BadMetricsToken,
            Self::NotAllowed(_) => ErrorCode::AgentNotAllowed,
            Self::NotFound => ErrorCode::NotFound,
            Self::MethodNotAllowed { .. } => ErrorCode::MethodNotAllowed,
            Self::RestrictedAccount(_) => ErrorCode::RestrictedAccount,
            Self::Duplicate(_) => ErrorCode::Duplicate,
            Self::OutOfScope(_) => ErrorCode::OutOfScope,
            Self::UnusualSeats { .. } => ErrorCode::UnusualSeats,
            Self::Unavailable { obstacle, .. } => match obstacle {
                Obstacle::AgentNotAllowed => ErrorCode::AgentNotAllowed,
                Obstacle::SealingFailed => ErrorCode::SealingFailed,
                Obstacle::Expired => ErrorCode::Expired,
                Obstacle::Erased => ErrorCode::Erased,
                Obstacle::Replaced => ErrorCode::Replaced,
                Obstacle::TooManyEmails => ErrorCode::TooManyEmails,
                Obstacle::RecipientRefused => ErrorCode::RecipientRefused,
                Obstacle::NothingFailed => ErrorCode::NothingFailed,
                Obstacle::Drill => ErrorCode::Drill,
                Obstacle::NotSuppressed => ErrorCode::NotSuppressed,
                Obstacle::ProviderNotConfigured => ErrorCode::ProviderNotConfigured,
                Obstacle::MarkedAsSpam => ErrorCode::MarkedAsSpam,
                Obstacle::Unsubscribed => ErrorCode::Unsubscribed,
            },
            Self::KeyReused(_) => ErrorCode::KeyReused,
            Self::Limited(_) => ErrorCode::LimitReached,
            Self::TooManyStreams => ErrorCode::TooManyStreams,
            Self::WebhookRefused(_) => ErrorCode::WebhookRefused,
            Self::SealingFailed(_) => ErrorCode::SealingFailed,
            Self::SignerUnavailable(_) => ErrorCode::SignerUnavailable,
            Self::ProviderUnavailable(_) => ErrorCode::ProviderUnavailable,
            Self::StoreUnavailable => ErrorCode::StoreUnavailable,
            Self::OutboxStalled => ErrorCode::OutboxStalled,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::InvalidFields(errors) => match errors.as_slice() {
                [only] => format!("{} {}.", only.field, only.detail),
                several => format!("{} fields are invalid.", several.len()),
            },
            Self::MalformedBody(detail)
            | Self::NotAllowed(detail)
            | Self::RestrictedAccount(detail)
            | Self::KeyReused(detail)
            | Self::SignerUnavailable(detail)
            | Self::ProviderUnavailable(detail)
            | Self::Unavailable { detail, .. } => detail.clone(),
            Self::MalformedQuery(detail) | Self::Internal(detail) => (*detail).to_owned(),
            Self::BodyTimeout => "The body took too long.".to_owned(),
            Self::BodyTooLarge { max_bytes } => format!("The body may have at most {} KiB.", max_bytes / 1024),
            Self::NotJson => "Send the body as application/json.".to_owned(),
            Self::NoSession => "There is no session, or it has ended: reload the app in the ticket.".to_owned(),
            Self::BadMetricsToken => "Send Authorization: Bearer METRICS_TOKEN.".to_owned(),
            Self::NotFound => "There is nothing here.".to_owned(),
            Self::MethodNotAllowed { allow } => format!("This path takes {allow}."),
            Self::Duplicate(license) => format!(
                "This customer already has a license, which stops on {}. Set confirm_duplicate to generate another one.",
                license.expires_on
            ),
            Self::OutOfScope(reason) => format!("override_reason {}.", override_required(reason)),
            Self::UnusualSeats { usual } => format!("override_reason {}.", seats_reason_required(*usual)),
            Self::Limited(limited) => limited.message.clone(),
            Self::TooManyStreams => {
                "You follow too many licenses at once: close a ticket's tab, or poll the license instead.".to_owned()
            }
            Self::WebhookRefused(reason) => format!("The report was refused: {reason}."),
            Self::SealingFailed(_) => "The license could not be sealed. The failure is recorded, filed and announced; \
                                       a new attempt needs a new Idempotency-Key."
                .to_owned(),
            Self::StoreUnavailable => {
                "The database is unavailable. Nothing is lost: repeat the request with the same key.".to_owned()
            }
            Self::OutboxStalled => "The outbox worker does not respond.".to_owned(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Limited(limited) => Some(limited.retry_after),
            Self::TooManyStreams => Some(STREAM_RETRY),
            Self::StoreUnavailable => Some(STORE_RETRY),
            Self::SignerUnavailable(_) => Some(SIGNER_RETRY),
            Self::ProviderUnavailable(_) => Some(PROVIDER_RETRY),
            _ => None,
        }
    }

    /// The response, with the id of its request.
    pub(crate) fn response(&self, request_id: Option<&str>) -> HttpResponse {
        let status = self.status();
        let mut response = HttpResponse::build(status);
        if let Some(after) = self.retry_after() {
            response.insert_header((RETRY_AFTER, after.as_secs().max(1).to_string()));
        }
        if let Self::MethodNotAllowed { allow } = self {
            response.insert_header((ALLOW, allow.as_str()));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        let missing = |detail| vec![FieldError { field: "override_reason".to_owned(), detail }];
        let errors = match self {
            Self::InvalidFields(errors) => errors.clone(),
            Self::OutOfScope(reason) => missing(override_required(reason)),
            Self::UnusualSeats { usual } => missing(seats_reason_required(*usual)),
            _ => Vec::new(),
        };
        let license = if let Self::Duplicate(license) = self { Some(&**license) } else { None };
        let license_id = match self {
            Self::SealingFailed(id) => Some(*id),
            _ => license.map(|license| license.id),
        };
        let problem = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code: self.code(),
            detail: self.detail(),
            errors: &errors,
            license_id,
            license,
            request_id,
        };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        response.content_type("application/problem+json").body(body)
    }
}

impl From<store::Error> for ApiError {
    fn from(e: store::Error) -> Self {
        error!(error = %e, "the store failed a request");
        Self::StoreUnavailable
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status().as_u16(), self.detail())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.response(None)
    }
}

/// The error of a missing `override_reason`; `reason` is that of the verdict.
pub(crate) fn override_required(reason: &str) -> String {
    let (min, max) = (OVERRIDE_REASON_CHARS.start(), OVERRIDE_REASON_CHARS.end());
    let reason = reason.trim_end_matches('.');
    format!("is required, with {min} to {max} characters, to generate out of scope: {reason}")
}

/// The error of a missing `override_reason` for so many seats.
fn seats_reason_required(usual: u32) -> String {
    let (min, max) = (OVERRIDE_REASON_CHARS.start(), OVERRIDE_REASON_CHARS.end());
    format!("is required, with {min} to {max} characters, for more than {usual} seats")
}

/// `text` with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    let sentence: String = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    format!("{sentence}.")
}
