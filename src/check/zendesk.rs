//! What Zendesk's signed URLs are checked with. Zendesk itself is not asked: the service never speaks to it.

use super::{Asking, finding::Finding};
use crate::zendesk::token::Verifier;

const PART: &str = "zendesk";

pub(super) async fn check(asking: Asking<'_>) -> Vec<Finding> {
    let zendesk = &asking.config.zendesk;
    let missing = zendesk.missing();
    if !missing.is_empty() {
        let words = format!(
            "{} not set: nobody is let in until the app is installed and these are filled in",
            missing.join(" and ")
        );
        return vec![Finding::warning(PART, words)];
    }
    vec![match Verifier::new(zendesk) {
        Ok(_) => Finding::ok(
            PART,
            format!("{} key(s), {} installation(s)", zendesk.public_keys.len(), zendesk.installation_ids.len()),
        ),
        Err(e) => Finding::failed(PART, format!("STOPGAP_ZENDESK_PUBLIC_KEYS: {e}")),
    }]
}
