//! A refusal as it is answered: a problem (RFC 9457), with a sentence for the agent.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ErrorCode};
use crate::{
    license::{FieldError, LicenseId, verdict::OVERRIDE_REASON_CHARS},
    workflow::view::LicenseView,
};

/// When a client may repeat a request after the store was unavailable.
const STORE_RETRY: Duration = Duration::from_secs(2);
/// When a client may repeat a request after the HSM was unavailable.
const SIGNER_RETRY: Duration = Duration::from_secs(10);
/// When a client may repeat a request after the mail provider was unavailable.
const PROVIDER_RETRY: Duration = Duration::from_secs(10);
/// When another progress stream may be free.
const STREAM_RETRY: Duration = Duration::from_secs(5);

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
    pub(super) fn detail(&self) -> String {
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
