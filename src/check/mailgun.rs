//! Mailgun's API: whether the key reads what became of emails, and the list of bounces. Only reads.

use super::{CheckContext, finding::Finding};
use crate::delivery::email::mailgun::Mailgun;

const REPORTS: &str = "mailgun reports";
const BOUNCES: &str = "mailgun bounces";

/// No findings if it is not configured.
pub(super) async fn check(context: CheckContext<'_>) -> Vec<Finding> {
    let Some(config) = &context.config.mailgun else { return Vec::new() };
    let mailgun = match Mailgun::new(config, context.clock.clone()) {
        Ok(mailgun) => mailgun,
        Err(reason) => return vec![Finding::failed(REPORTS, reason)],
    };
    let own_address = context.config.smtp.from.email.to_string();
    let reports = match mailgun.check_reports(&own_address).await {
        Ok(()) => Finding::ok(REPORTS, format!("{}: readable; emails without a report are asked about", config.domain)),
        Err(error) => Finding::failed(REPORTS, error.to_string()),
    };
    let bounces = match mailgun.bounce(&own_address).await {
        Ok(_) => Finding::ok(BOUNCES, "readable; suppressed addresses can be freed"),
        Err(error) => Finding::failed(BOUNCES, error.to_string()),
    };
    vec![reports, bounces]
}
