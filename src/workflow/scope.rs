//! Whether the case is in scope, and for how many seats.

use serde_json::{Map, Value};

use super::LicenseService;
use crate::{
    gitlab_rules::{
        Eligibility, Evidence, Scope,
        eligibility::judge,
        evidence::{Received, reading::Context, receive},
    },
    license::{EligibilityNote, FieldError, Seats, SingleLine, Username},
};

impl LicenseService {
    /// Parses an evidence object, opens the license file in it, and reads the pasted text. Takes time in proportion to the
    /// text: call it on a blocking thread if that is long.
    pub(crate) fn receive(&self, object: &Map<String, Value>) -> Result<Received, Vec<FieldError>> {
        receive(object, &Context { key: self.signer.public(), today: self.today() })
    }

    pub(crate) fn check_eligibility(&self, evidence: &Evidence) -> Eligibility {
        let scope = Scope { grace_days: self.rules.grace_days, window_days: self.rules.window_days };
        judge(evidence, self.today(), &scope)
    }

    /// What is kept of the check with a license. A reason is kept only if the verdict or the seats need one.
    pub(crate) fn eligibility_note(
        &self,
        received: Option<&Received>,
        seats: Option<Seats>,
        overriding: Option<(&Username, &SingleLine)>,
    ) -> EligibilityNote {
        let eligibility =
            received.map_or_else(Eligibility::without_evidence, |received| self.check_eligibility(&received.evidence));
        let recommended_seats = received.and_then(|received| received.evidence.recommended_seats());
        let is_unusual = seats.is_some_and(|seats| self.rules.usual_seats(recommended_seats) < seats.get());
        let overridden = overriding.filter(|_| eligibility.verdict.needs_override() || is_unusual);
        EligibilityNote {
            override_reason: overridden.map(|(_, why)| why.to_string()),
            overridden_by: overridden.map(|(by, _)| by.to_string()),
            verdict: eligibility.verdict,
            reason: eligibility.reason,
            recommended_seats,
        }
    }
}
