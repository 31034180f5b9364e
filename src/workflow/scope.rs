//! The scope check: is an emergency license for this, and for how many seats?

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{Error, LicenseService};
use crate::{
    gitlab_rules::{
        Eligibility, Evidence, Scope,
        eligibility::judge,
        evidence::{Received, receive},
    },
    license::{EligibilityNote, FieldError, SingleLine, Username, record::today},
};

impl LicenseService {
    /// Checks an evidence object and opens the old license in it: a few milliseconds for the longest.
    ///
    /// # Errors
    /// Every field that cannot be used.
    pub fn receive(&self, object: &Map<String, Value>) -> Result<Received, Vec<FieldError>> {
        receive(object, self.key.public())
    }

    /// Judges `evidence` today.
    pub fn judge(&self, evidence: &Evidence) -> Eligibility {
        let scope = Scope { grace_days: self.rules.grace_days, window_days: self.rules.window_days };
        judge(evidence, self.today(), &scope)
    }

    /// What is kept of the scope check with a license. A reason to go on is kept only where the verdict asks for one:
    /// the history must not tell of an override that there was none of.
    pub fn eligibility(
        &self,
        received: Option<&Received>,
        overriding: Option<(&Username, &SingleLine)>,
    ) -> EligibilityNote {
        let eligibility =
            received.map_or_else(Eligibility::without_evidence, |received| self.judge(&received.evidence));
        let overridden = overriding.filter(|_| eligibility.verdict.needs_override());
        EligibilityNote {
            override_reason: overridden.map(|(_, why)| why.to_string()),
            overridden_by: overridden.map(|(by, _)| by.to_string()),
            verdict: eligibility.verdict,
            reason: eligibility.reason,
            recommended_seats: received.and_then(|received| received.evidence.recommended_seats()),
        }
    }

    /// The date in UTC.
    pub(super) fn today(&self) -> Date {
        today(self.clock.now())
    }
}

/// # Errors
/// [`Error::OutOfScope`], where the agent would have to say why they go on.
pub(super) fn check(note: &EligibilityNote) -> Result<(), Error> {
    if note.lacks_override() { Err(Error::OutOfScope(note.reason.clone())) } else { Ok(()) }
}
