//! The results of the check, one line each.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Ok,
    /// It works, but someone should look at it.
    Warning,
    /// Licenses would not be delivered.
    Failed,
}

/// In rustls's error for a certificate that no trusted authority has signed.
const UNKNOWN_ISSUER: &str = "UnknownIssuer";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub part: &'static str,
    pub status: Status,
    /// One line without secrets; for a warning or failure with the remedy.
    pub message: String,
}

impl Finding {
    pub(crate) fn ok(part: &'static str, message: impl Into<String>) -> Self {
        Self { part, status: Status::Ok, message: message.into() }
    }

    pub(crate) fn warning(part: &'static str, message: impl Into<String>) -> Self {
        Self { part, status: Status::Warning, message: message.into() }
    }

    pub(crate) fn failed(part: &'static str, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.contains(UNKNOWN_ISSUER) {
            message.push_str("; for a certificate by an authority of your own, set SSL_CERT_FILE to its file");
        }
        Self { part, status: Status::Failed, message }
    }
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<16} {}", self.status.as_str(), self.part, self.message)
    }
}
