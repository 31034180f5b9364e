//! The Duo health check's report: an array of probes, of which the license's holds the license in clear.

use serde_json::Value;

use super::line;
use crate::{
    gitlab_rules::evidence::{
        license::reading_of_attributes,
        reading::{Context, Reading},
    },
    sealing::Attributes,
};

pub(super) fn health_check(value: &Value, _: &Context<'_>) -> Option<Reading> {
    let probes = value.as_array()?;
    let details = probes.iter().filter(|probe| probe.get("success").is_some()).filter_map(|probe| probe.get("details"));
    let details: Vec<&Value> = details.collect();
    if details.is_empty() {
        return None;
    }
    let mut reading = Reading::default();
    for details in details {
        if let Some(license) = details.get("license").filter(|license| license.is_object()) {
            let mut license = license.clone();
            // Here the license's first day has another name.
            if let Some(starts) = license.get("starts_at").cloned() {
                license["issued_at"] = starts;
            }
            if let Ok(attributes) = serde_json::from_value::<Attributes>(license) {
                reading = Reading { gitlab_version: reading.gitlab_version, ..reading_of_attributes(&attributes) };
            }
        }
        reading.gitlab_version = reading.gitlab_version.or_else(|| line(&details["gitlab_version"]));
    }
    Some(reading)
}
