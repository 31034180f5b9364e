//! What GitLab's answers mean for the delivery.

use std::time::Duration;

use serde_json::Value;

use crate::{delivery::sanitize, license::delivery::Outcome};

/// A call, as far as its failure goes.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// For "GitLab refused to …".
    pub verb: &'static str,
    /// Whether doing it twice would show, so that a lost answer leaves the outcome uncertain.
    pub once: bool,
}

impl Call {
    /// An answer that did not arrive, although the request may have.
    pub fn lost(self, why: &str) -> Outcome {
        let error = format!("GitLab's answer was lost when asked to {}: {why}", self.verb);
        if self.once { Outcome::uncertain(error) } else { Outcome::retry(error) }
    }

    /// A request that did not arrive.
    pub fn unheard(self, why: &str) -> Outcome {
        Outcome::retry(format!("GitLab could not be reached to {}: {why}", self.verb))
    }

    /// An answer other than success.
    ///
    /// What GitLab finds wrong with the words themselves (400, 413, 422) stays wrong: refused. What the operator can
    /// mend (3xx, 401, 403, 404) or time heals (408, 409, 425, 429, 5xx), and whatever else comes, is tried again. A
    /// proxy's 502 and 504 do not say whether GitLab heard us.
    pub fn refused(self, status: u16, body: &[u8], after: Option<Duration>) -> Outcome {
        let remedy = match status {
            300..=399 => "it has moved; set STOPGAP_GITLAB_URL and STOPGAP_GITLAB_PROJECT to where it is now",
            401 => "it does not take the token; renew STOPGAP_GITLAB_TOKEN",
            403 => "the token's role or scope is too small, or issues are switched off in the project",
            404 => "the token sees no such project or issue; check STOPGAP_GITLAB_PROJECT and the token's role",
            429 => "too many requests",
            500.. => "it is in trouble itself",
            _ => "",
        };
        let said = said(body);
        let parts = [remedy, &said].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        let error = format!("GitLab refused to {} ({status}): {parts}", self.verb);
        match status {
            400 | 413 | 422 => Outcome::Refused { error },
            502 | 504 => Outcome::Retry { error, after, uncertain: self.once, reference: None },
            _ => Outcome::Retry { error, after, uncertain: false, reference: None },
        }
    }
}

/// GitLab's own words: its JSON's `message` or `error`, or plain text. A page of HTML says nothing worth repeating.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let words = match serde_json::from_str::<Value>(&text) {
        Ok(json) => match json.get("message").or_else(|| json.get("error")) {
            Some(Value::String(words)) => words.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        },
        Err(_) if text.trim_start().starts_with('<') => String::new(),
        Err(_) => text.into_owned(),
    };
    sanitize::words(&words)
}
