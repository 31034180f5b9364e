//! What a customer's error message means.

use super::LicenseService;
use crate::gitlab_rules::diagnosis::{DiagnosisError, Finding, diagnose};

impl LicenseService {
    /// Explains `text`. A text made to be slow takes its time: call it off the async threads.
    ///
    /// # Errors
    /// The text is empty or too long.
    pub fn diagnose(&self, text: &str) -> Result<Vec<Finding>, DiagnosisError> {
        diagnose(text, self.key.public(), self.today())
    }
}
