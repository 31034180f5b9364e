//! Why a call failed, and what that means for the delivery.

use std::{fmt, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use crate::{delivery::sanitize, license::Outcome};

/// A call of the API, as far as its failure goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    /// For "GitLab refused to …".
    pub(super) verb: &'static str,
    /// Whether doing it twice would show, so that a lost answer leaves the outcome uncertain.
    pub(super) once: bool,
}

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Error {
    pub(super) call: Call,
    pub(super) cause: Cause,
}

/// Texts are sanitized already.
#[derive(Debug)]
pub(super) enum Cause {
    /// The request did not arrive.
    Unreachable(String),
    /// The answer did not arrive, although the request may have.
    Lost(String),
    /// The answer is not what GitLab would say, although the request may have arrived.
    Unexpected(&'static str),
    /// An answer other than success.
    Refused {
        status: u16,
        text: String,
        retry_after: Option<Duration>,
    },
    TooManyPages(usize),
    /// GitLab took the request and did something else.
    NotDone,
}

/// The parts of an error's JSON: `{"message": "…"}`, `{"message": {"title": ["…"]}}` or `{"error": "…"}`.
#[derive(Deserialize)]
struct ErrorBody {
    message: Option<Value>,
    error: Option<Value>,
}

impl Call {
    pub(super) fn failed(self, cause: Cause) -> Error {
        Error { call: self, cause }
    }

    /// `body` must not hold the token any more.
    pub(super) fn refused(self, status: u16, body: &str, retry_after: Option<Duration>) -> Error {
        self.failed(Cause::Refused { status, text: error_text(body), retry_after })
    }
}

impl Error {
    /// Asking again would get the same answer.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self.cause, Cause::Refused { status: 400 | 403 | 404 | 422, .. })
    }

    pub(super) fn is_not_found(&self) -> bool {
        matches!(self.cause, Cause::Refused { status: 404, .. })
    }

    /// GitLab finds fault with what an issue can do without: the assignee, who may be no member of the project, or the due
    /// date.
    pub(super) fn is_about_optional_field(&self) -> bool {
        let Cause::Refused { status: 400 | 422, text, .. } = &self.cause else { return false };
        let text = text.to_lowercase();
        ["assignee", "due_date", "due date"].iter().any(|field| text.contains(field))
    }

    pub(crate) fn is_unreachable(&self) -> bool {
        matches!(self.cause, Cause::Unreachable(_))
    }
}

/// What GitLab finds wrong with the request itself (400, 413, 422) stays wrong: refused. What the operator can mend (3xx,
/// 401, 403, 404) or time heals (408, 409, 425, 429, 5xx), and anything unforeseen, is retried. A proxy's 502 and 504 do
/// not say whether GitLab got the request.
impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error.cause {
            Cause::Lost(_) | Cause::Unexpected(_) if error.call.once => Self::uncertain(text),
            Cause::Unreachable(_) | Cause::Lost(_) | Cause::Unexpected(_) | Cause::TooManyPages(_) | Cause::NotDone => {
                Self::retry(text)
            }
            Cause::Refused { status: 400 | 413 | 422, .. } => Self::Refused { error: text },
            Cause::Refused { status, retry_after, .. } => {
                let uncertain = error.call.once && matches!(status, 502 | 504);
                let needs_operator = matches!(status, 300..=399 | 401 | 403 | 404);
                Self::Retry { error: text, after: retry_after, uncertain, needs_operator, reference: None }
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = self.call.verb;
        match &self.cause {
            Cause::Unreachable(why) => write!(f, "GitLab could not be reached to {verb}: {why}"),
            Cause::Lost(why) => write!(f, "GitLab's answer was lost when asked to {verb}: {why}"),
            Cause::Unexpected(what) => {
                write!(f, "GitLab was asked to {verb}, and its answer is {what}; check STOPGAP_GITLAB_URL")
            }
            Cause::TooManyPages(pages) => {
                write!(f, "GitLab was asked to {verb}, and there are more than {pages} pages")
            }
            Cause::NotDone => {
                write!(f, "GitLab was asked to {verb}, and left it as it was; check the token's role in the project")
            }
            Cause::Refused { status, text, .. } => {
                let parts = [remedy(*status), text].into_iter().filter(|part| !part.is_empty());
                write!(f, "GitLab refused to {verb} ({status}): {}", parts.collect::<Vec<_>>().join(": "))
            }
        }
    }
}

fn remedy(status: u16) -> &'static str {
    match status {
        300..=399 => "it has moved; set STOPGAP_GITLAB_URL and STOPGAP_GITLAB_PROJECT to its new address",
        401 => "it does not accept the token; renew STOPGAP_GITLAB_TOKEN",
        403 => "the token's role or scope is too small, or issues are switched off in the project",
        404 => "the token sees no such project or issue; check STOPGAP_GITLAB_PROJECT and the token's role",
        429 => "too many requests",
        500.. => "it has an error of its own",
        _ => "",
    }
}

/// GitLab's own text: its JSON's `message` or `error`, or plain text. A page of HTML says nothing worth repeating.
fn error_text(body: &str) -> String {
    let text = match serde_json::from_str::<ErrorBody>(body) {
        Ok(ErrorBody { message, error }) => match message.or(error) {
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => String::new(),
        },
        Err(_) if body.trim_start().starts_with('<') => String::new(),
        Err(_) => body.to_owned(),
    };
    sanitize::error_text(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: Call = Call { verb: "create the issue", once: true };

    #[test]
    fn each_status_of_gitlab_has_its_outcome() {
        for (status, body, outcome, text) in [
            (400, r#"{"message":{"title":["is too long"]}}"#, "refused", r#"{"title":["is too long"]}"#),
            (413, "", "refused", "(413): "),
            (422, r#"{"error":"labels is invalid"}"#, "refused", "labels is invalid"),
            (
                401,
                r#"{"message":"401 Unauthorized"}"#,
                "needs_operator",
                "renew STOPGAP_GITLAB_TOKEN: 401 Unauthorized",
            ),
            (403, "{}", "needs_operator", "role or scope"),
            (404, r#"{"message":"404 Project Not Found"}"#, "needs_operator", "check STOPGAP_GITLAB_PROJECT"),
            (409, r#"{"message":"Conflict"}"#, "retry", "Conflict"),
            (301, "", "needs_operator", "it has moved"),
            (308, "", "needs_operator", "it has moved"),
            (429, "Retry later\n", "retry", "too many requests: Retry later"),
            (500, r#"{"message":"500 Internal Server Error"}"#, "retry", "500 Internal Server Error"),
            (502, "<html><b>502</b></html>", "uncertain", "(502): it has an error of its own"),
            (503, "", "retry", "an error of its own"),
            (504, "", "uncertain", "an error of its own"),
        ] {
            let after = Some(Duration::from_secs(30));
            let outcome_of = |call: Call| Outcome::from(call.refused(status, body, after));
            let got = outcome_of(CREATE);
            assert_eq!(got.kind().as_str(), outcome, "{status}");
            assert!(got.error().unwrap().contains(text), "{got:?}");
            assert!(!got.error().unwrap().contains("<b>"), "{got:?}");
            if let Outcome::Retry { after: asked, .. } = got {
                assert_eq!(asked, after, "{status}");
            }
            let again = outcome_of(Call { once: false, ..CREATE });
            assert_ne!(again.kind().as_str(), "uncertain", "{status}: doing it twice does no harm");
        }
    }

    #[test]
    fn only_a_request_that_may_have_arrived_leaves_the_outcome_uncertain() {
        let kind = |cause| Outcome::from(CREATE.failed(cause)).kind().as_str();
        assert_eq!(kind(Cause::Unreachable("refused".into())), "retry");
        assert_eq!(kind(Cause::Lost("reset".into())), "uncertain");
        assert_eq!(kind(Cause::Unexpected("no JSON")), "uncertain");
        assert_eq!(kind(Cause::TooManyPages(50)), "retry");
    }
}
