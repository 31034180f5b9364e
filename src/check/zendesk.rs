//! The keys of Zendesk's signed URLs. Zendesk itself is not called: the service never does.

use super::{CheckContext, finding::Finding};
use crate::zendesk::token::Verifier;

const PART: &str = "zendesk";

pub(super) fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let zendesk = &context.config.zendesk;
    let missing = zendesk.missing();
    if !missing.is_empty() {
        let message = format!(
            "{} not set: nobody can sign in until the app is installed and these are set",
            missing.join(" and ")
        );
        return vec![Finding::warning(PART, message)];
    }
    vec![match Verifier::new(zendesk) {
        Ok(_) => Finding::ok(
            PART,
            format!("{} key(s), {} installation(s)", zendesk.public_keys.len(), zendesk.installation_ids.len()),
        ),
        Err(e) => Finding::failed(PART, format!("STOPGAP_ZENDESK_PUBLIC_KEYS: {e}")),
    }]
}
