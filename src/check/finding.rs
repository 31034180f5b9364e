//! What was found, one line each.

use std::fmt;

/// How a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Ok,
    /// It works, and deserves a look.
    Warning,
    /// Licenses would not get through.
    Failed,
}

/// What rustls says of a certificate that nobody it trusts has signed.
const UNKNOWN_ISSUER: &str = "UnknownIssuer";

/// One part and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub part: &'static str,
    pub verdict: Verdict,
    /// What was seen; where it is not as it should be, with the remedy. One line, and nothing secret in it.
    pub words: String,
}

impl Finding {
    /// As it should be.
    pub fn ok(part: &'static str, words: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Ok, words: words.into() }
    }

    /// It works; `words` say what to look at.
    pub fn warning(part: &'static str, words: impl Into<String>) -> Self {
        Self { part, verdict: Verdict::Warning, words: words.into() }
    }

    /// It does not work; `words` say what to do.
    pub fn failed(part: &'static str, words: impl Into<String>) -> Self {
        let mut words = words.into();
        if words.contains(UNKNOWN_ISSUER) {
            words.push_str("; where the certificate is of an authority of your own, name its file in SSL_CERT_FILE");
        }
        Self { part, verdict: Verdict::Failed, words }
    }
}

impl Verdict {
    /// The word at the beginning of the line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<16} {}", self.verdict.as_str(), self.part, self.words)
    }
}
