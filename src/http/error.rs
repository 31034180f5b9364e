//! One shape for everything that went wrong: RFC 9457 `application/problem+json`.

use std::{fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde_json::{Value, json};
use tracing::error;

use crate::{
    license::{FieldError, LicenseDetails, verdict::OVERRIDE_REASON_CHARS},
    store,
    workflow::Error,
};

/// When a client may ask again after the store was away.
const STORE_RETRY: Duration = Duration::from_secs(2);
/// When a place for another progress stream may be free.
const STREAM_RETRY: Duration = Duration::from_secs(5);

/// An answer that says what is wrong and what to do.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    detail: String,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    license: Option<Value>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let parts = Parts { status, detail: detail.into(), errors: Vec::new(), retry_after: None, license: None };
        Self(Box::new(parts))
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400 that names every wrong field.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{} {}.", only.field, only.detail),
            several => format!("{} fields need another look.", several.len()),
        };
        let mut problem = Self::bad_request(detail);
        problem.0.errors = errors;
        problem
    }

    pub fn no_session() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "There is no session, or it has ended: reload the app in the ticket.")
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is nothing here.")
    }

    /// An agent who follows too many licenses at once.
    pub fn too_many_streams() -> Self {
        let detail = "You follow too many licenses at once: close a ticket's tab, or ask for the license itself.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail).after(STREAM_RETRY)
    }

    /// Says when to ask again.
    fn after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "type": "about:blank",
            "title": self.0.status.canonical_reason().unwrap_or("Error"),
            "status": self.0.status.as_u16(),
            "detail": self.0.detail,
        });
        if !self.0.errors.is_empty() {
            body["errors"] = self.0.errors.iter().map(|e| json!({ "field": e.field, "detail": e.detail })).collect();
        }
        if let Some(license) = &self.0.license {
            body["license_id"] = license["id"].clone();
            body["license"] = license.clone();
        }
        body
    }

    /// A refusal of the workflow; `show` makes the API's view of an earlier license.
    pub fn of_refusal(refusal: Error, show: impl Fn(&LicenseDetails) -> Value) -> Self {
        let detail = format!("{}.", capitalized(refusal.to_string().trim_end_matches('.')));
        match refusal {
            Error::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail),
            Error::NotAllowed => Self::new(StatusCode::FORBIDDEN, detail),
            Error::Duplicate(details) => {
                let detail = format!(
                    "This customer already has a license, whose last day is {}. Confirm that another one is \
                     wanted (confirm_duplicate).",
                    details.license.terms.last_day()
                );
                let mut problem = Self::new(StatusCode::CONFLICT, detail);
                problem.0.license = Some(show(&details));
                problem
            }
            Error::OutOfScope(reason) => {
                let detail = override_wanted(&reason);
                Self::invalid(vec![FieldError { field: "override_reason".into(), detail }])
            }
            Error::Limited(limited) => Self::new(StatusCode::TOO_MANY_REQUESTS, detail).after(limited.retry_after),
            Error::NotFound => Self::not_found(),
            Error::Conflict(_) => Self::new(StatusCode::CONFLICT, detail),
            Error::Store(e) => e.into(),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(e: store::Error) -> Self {
        error!(error = %e, "the store failed a request");
        let detail = "The database does not answer just now. Nothing is lost: try again with the same key.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail).after(STORE_RETRY)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.status.as_u16(), self.0.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(None)
    }
}

impl Problem {
    /// The answer; with the id of its request, so that whoever reports it can name the log lines.
    pub fn answer(&self, request_id: Option<&str>) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        if let Some(after) = self.0.retry_after {
            response.insert_header((RETRY_AFTER, after.as_secs().max(1).to_string()));
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        let mut body = self.body();
        if let Some(request_id) = request_id {
            body["request_id"] = request_id.into();
        }
        response.content_type("application/problem+json").body(body.to_string())
    }

    /// Why, in a word for the metrics.
    pub fn reason(&self) -> &'static str {
        match self.0.status {
            StatusCode::BAD_REQUEST => "invalid",
            StatusCode::UNAUTHORIZED => "no_session",
            StatusCode::FORBIDDEN => "not_allowed",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::CONFLICT => "duplicate",
            StatusCode::UNPROCESSABLE_ENTITY => "key_reused",
            StatusCode::TOO_MANY_REQUESTS => "limited",
            StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => "body",
            StatusCode::SERVICE_UNAVAILABLE => "unavailable",
            _ => "other",
        }
    }
}

/// What is said of a missing `override_reason`; `reason` is why the case is out of scope.
pub fn override_wanted(reason: &str) -> String {
    let (min, max) = (OVERRIDE_REASON_CHARS.start(), OVERRIDE_REASON_CHARS.end());
    let reason = reason.trim_end_matches('.');
    format!("is required, with {min} to {max} characters, to go on out of scope: {reason}")
}

/// Every path and method that is not there is answered alike.
pub async fn no_such_thing() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found())
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
