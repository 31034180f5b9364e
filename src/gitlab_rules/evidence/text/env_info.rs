//! What `gitlab:env:info` prints.

use super::lines::{clean, hostname, version};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// Shell, Gitaly and others print versions too, so only those under *GitLab information* count.
pub(super) fn env_info(text: &str, _: &Context<'_>) -> Option<Reading> {
    if !text.contains("information") {
        return None;
    }
    let mut reading = Reading::default();
    let mut is_inside = false;
    for line in clean(text).lines() {
        let Some((label, value)) = line.split_once(':') else {
            is_inside = line.trim() == "GitLab information";
            continue;
        };
        match label.trim() {
            "Version" if is_inside && reading.gitlab_version.is_none() => reading.gitlab_version = version(value),
            "URL" if is_inside && reading.hostname.is_none() => reading.hostname = hostname(value),
            _ => {}
        }
    }
    (reading != Reading::default()).then_some(reading)
}
