//! Who has to do what next, and by when.

use jiff::civil::Date;

use super::escape::code;
use crate::license::{License, LicenseDetails, MailFailure, Notice};

/// What is left to do, in Markdown. `status` is the notice that says how the license stands.
pub(super) fn next_steps(details: &LicenseDetails, status: Option<&Notice>) -> Vec<String> {
    let license = &details.license;
    if let Some(settled) = &details.settled {
        return vec![format!("Nothing: settled by {}.", code(&settled.by))];
    }
    let deliver = match status {
        Some(Notice::SealingFailed { .. }) => return vec![seal_again(license)],
        Some(Notice::Erased) => return Vec::new(),
        Some(Notice::Replaced { by, .. }) => {
            return vec![format!("**Licensing:** go on with the issue of the license {}.", code(by))];
        }
        Some(Notice::EmailLate { error, needs_operator }) => {
            let failure =
                error.as_deref().map_or(MailFailure::Temporary, |error| MailFailure::of(error, *needs_operator));
            Some(failure.advice())
        }
        Some(
            Notice::EmailRefused { error, needs_operator }
            | Notice::ResendRefused { error, needs_operator, open: true, .. },
        ) => Some(MailFailure::of(error, *needs_operator).advice()),
        Some(Notice::Bounced { reason, open: true, .. }) => Some(MailFailure::of(reason, false).advice()),
        _ => None,
    };
    let deliver = deliver.map(|what| format!("**{}, now:** {what}", code(license.agent.username.as_str())));
    // A drill has no customer.
    let renew = (!license.drill).then(|| renew(license));
    deliver.into_iter().chain(renew).collect()
}

fn renew(license: &License) -> String {
    let terms = license.terms;
    format!(
        "**Licensing, by {}:** renew the subscription, and send the customer the new activation code or license file. \
         This license stops at 00:00 of {} and cannot be extended.",
        weekday_and_date(terms.last_business_day()),
        terms.expires_on
    )
}

fn seal_again(license: &License) -> String {
    format!(
        "**{}, now:** Tell the operator of Stopgap: the license key needs attention. Then generate the license again from \
         the ticket's sidebar, and close this issue.",
        code(license.agent.username.as_str())
    )
}

/// `Monday, 2026-11-30`.
fn weekday_and_date(day: Date) -> String {
    day.strftime("%A, %Y-%m-%d").to_string()
}
