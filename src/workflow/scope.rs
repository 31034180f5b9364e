//! Whether the case is in scope, and for how many seats.

use serde_json::{Map, Value};

use super::LicenseService;
use crate::{
    gitlab_rules::{
        Eligibility, Evidence, Scope,
        eligibility::judge,
        evidence::{Received, reading::Context, receive},
    },
    license::{EligibilityNote, EvidenceRecord, FieldError, Seats, SingleLine, Username},
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

    /// What is kept of the check with a license.
    pub(crate) fn eligibility_note(
        &self,
        received: Option<&Received>,
        seats: Option<Seats>,
        overriding: Option<(&Username, &SingleLine)>,
        confirm_duplicate: bool,
    ) -> EligibilityNote {
        let overriding = overriding.map(|(by, why)| (by.as_str(), why.as_str()));
        self.judge(received.map(|received| received.merged.record.clone()), seats, overriding, confirm_duplicate)
    }

    /// Judges what was read, today. A reason is kept only if something needs one: the verdict, the seats, or that it is
    /// another license for a customer whose license still runs.
    pub(super) fn judge(
        &self,
        record: Option<EvidenceRecord>,
        seats: Option<Seats>,
        overriding: Option<(&str, &str)>,
        is_another: bool,
    ) -> EligibilityNote {
        let evidence = record.as_ref().map(|record| Evidence::from_reading(&record.read));
        let eligibility = evidence.map_or_else(Eligibility::without_evidence, |known| self.check_eligibility(&known));
        let recommended_seats = evidence.and_then(|evidence| evidence.recommended_seats());
        let is_unusual = seats.is_some_and(|seats| self.rules.usual_seats(recommended_seats) < seats.get());
        let overridden = overriding.filter(|_| is_another || is_unusual || eligibility.verdict.needs_override());
        EligibilityNote {
            override_reason: overridden.map(|(_, why)| why.to_owned()),
            overridden_by: overridden.map(|(by, _)| by.to_owned()),
            verdict: eligibility.verdict,
            reason: eligibility.reason,
            recommended_seats,
            evidence: record,
        }
    }
}
