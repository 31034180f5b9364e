//! Explaining a customer's error message.

use super::LicenseService;
use crate::gitlab_rules::diagnosis::{DiagnosisError, Finding, diagnose};

impl LicenseService {
    /// Takes time in proportion to the text: call it on a blocking thread. Returns an error if the text is empty or too
    /// long.
    pub(crate) fn diagnose(&self, text: &str) -> Result<Vec<Finding>, DiagnosisError> {
        diagnose(text, self.signer.public(), self.today())
    }
}
