//! Instances that have no license, and those that can have none. Neither says anything else.

use super::console::shows_no_license;
use super::lines::{after, clean};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// Of the rake task, and of the pages of several versions.
const NO_LICENSE: [&str; 4] = [
    "No license has been applied.",
    "You do not have a license.",
    "You do not have an active license",
    "You do not have an active subscription",
];

pub(super) fn no_license(text: &str, _: &Context<'_>) -> Option<Reading> {
    if !["icense", "subscription"].iter().any(|word| text.contains(word)) {
        return None;
    }
    let text = clean(text);
    let is_told = NO_LICENSE.iter().any(|sentence| text.contains(sentence));
    (is_told || text.contains("License.current") && shows_no_license(&text)).then(Reading::default)
}

/// Community Edition has neither the rake task nor the classes.
pub(super) fn community_edition(text: &str, _: &Context<'_>) -> Option<Reading> {
    if !["gitlab:license:", "uninitialized"].iter().any(|word| text.contains(word)) {
        return None;
    }
    let text = clean(text);
    let is_unknown = after(&text, "know how to build task").any(|rest| {
        let task = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        task.starts_with("gitlab:license:")
    });
    let is_class_unknown = after(&text, "uninitialized constant ").any(|rest| {
        let class = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != ':').next();
        matches!(class, Some("License" | "HistoricalData"))
    });
    (is_unknown || is_class_unknown).then(Reading::default)
}
