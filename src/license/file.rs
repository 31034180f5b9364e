//! The sealed license file.

use std::fmt;

use md5::{Digest as _, Md5};
use sha2::Sha256;

/// The sealed text that GitLab reads. Having it is having the license, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct LicenseFile(String);

impl LicenseFile {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// Only the email, the confidential issue and a recorded download may contain it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The digests under which GitLab reports usage. Its `License` model hashes the text with `\n` line breaks and one
    /// at the end.
    pub(crate) fn digests(&self) -> Digests {
        let text = format!("{}\n", self.0.replace("\r\n", "\n").trim_end_matches('\n'));
        Digests { md5: hex(&Md5::digest(text.as_bytes())), sha256: hex(&Sha256::digest(text.as_bytes())) }
    }
}

/// Hex digests of a license file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    pub md5: String,
    pub sha256: String,
}

/// In lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Debug for LicenseFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LicenseFile(redacted)")
    }
}
