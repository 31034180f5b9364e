//! Whether the case is in scope, and for how many seats.

use serde_json::{Map, Value};

use super::LicenseService;
use crate::{
    gitlab_rules::{
        Eligibility, Evidence, Scope,
        eligibility::judge,
        evidence::{Received, receive},
    },
    license::{EligibilityNote, FieldError, SingleLine, Username},
};

impl LicenseService {
    /// Parses an evidence object and opens the license file in it, which takes up to a few milliseconds.
    pub(crate) fn receive(&self, object: &Map<String, Value>) -> Result<Received, Vec<FieldError>> {
        receive(object, self.signer.public())
    }

    pub(crate) fn check_eligibility(&self, evidence: &Evidence) -> Eligibility {
        let scope = Scope { grace_days: self.rules.grace_days, window_days: self.rules.window_days };
        judge(evidence, self.today(), &scope)
    }

    /// What is kept of the check with a license. A reason is kept only if something needs one: the verdict, or that it is
    /// another license for a customer whose license still runs.
    pub(crate) fn eligibility_note(
        &self,
        received: Option<&Received>,
        overriding: Option<(&Username, &SingleLine)>,
        confirm_duplicate: bool,
    ) -> EligibilityNote {
        let eligibility =
            received.map_or_else(Eligibility::without_evidence, |received| self.check_eligibility(&received.evidence));
        let overridden = overriding.filter(|_| confirm_duplicate || eligibility.verdict.needs_override());
        EligibilityNote {
            override_reason: overridden.map(|(_, why)| why.to_string()),
            overridden_by: overridden.map(|(by, _)| by.to_string()),
            verdict: eligibility.verdict,
            reason: eligibility.reason,
            recommended_seats: received.and_then(|received| received.evidence.recommended_seats()),
        }
    }
}
