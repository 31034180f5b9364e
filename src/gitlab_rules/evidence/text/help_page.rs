//! The help page of an instance.

use super::lines::{clean, version};
use crate::gitlab_rules::evidence::reading::{Context, Reading};

/// Its title is not translated. A badge about updates may be glued to the version.
pub(super) fn help_page(text: &str, _: &Context<'_>) -> Option<Reading> {
    if !text.contains("Edition") {
        return None;
    }
    let gitlab_version = clean(text).lines().find_map(|line| {
        let rest = line.trim_start_matches(['#', ' ']).strip_prefix("GitLab ")?;
        ["Enterprise Edition", "Community Edition"].iter().find_map(|edition| version(rest.strip_prefix(edition)?))
    })?;
    Some(Reading { gitlab_version: Some(gitlab_version), ..Reading::default() })
}
