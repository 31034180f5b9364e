//! Errors of the API, as RFC 9457 `application/problem+json`.

use std::fmt;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde::Serialize;
use tracing::error;
use utoipa::ToSchema;

use super::AppState;
use crate::{
    license::{FieldError, LicenseId},
    store,
    workflow::{self, Limited, actions::Obstacle, view::LicenseView},
};

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

    pub(super) fn status(&self) -> StatusCode {
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

/// `text` with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    let sentence: String = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    format!("{sentence}.")
}
