//! Who has to do what next, and by when.

use jiff::civil::Date;

use super::escape::code;
use crate::license::{License, LicenseDetails, MailFailure, Notice};

/// What is left to do, in Markdown. `status` is the notice that says how the license stands.
pub(super) fn next_steps(details: &LicenseDetails, status: Option<&Notice>) -> Vec<String> {
    let license = &details.license;
    let deliver = match status {
        Some(Notice::SealingFailed { .. }) => return vec![seal_again(license)],
        Some(Notice::Erased) => return Vec::new(),
        Some(Notice::Replaced { by, .. }) => {
            return vec![format!("**Licensing:** go on with the issue of the license {}.", code(by))];
        }
        Some(Notice::EmailLate { error, needs_operator }) => {
            let failure =
                error.as_deref().map_or(MailFailure::Temporary, |error| MailFailure::of(error, *needs_operator));
            Some(mail(failure))
        }
        Some(
            Notice::EmailRefused { error, needs_operator }
            | Notice::ResendRefused { error, needs_operator, open: true, .. },
        ) => Some(mail(MailFailure::of(error, *needs_operator))),
        Some(Notice::Bounced { reason, open: true, .. }) => Some(mail(MailFailure::of(reason, false))),
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

/// What brings the license to the customer.
fn mail(failure: MailFailure) -> &'static str {
    match failure {
        MailFailure::Operator => {
            "Tell the operator of Stopgap: the mail server refuses our login, sender or connection. The error above says \
             why; `stopgap check` tries it. If the customer cannot wait, download the file from the ticket and hand it \
             over there."
        }
        MailFailure::Expired => {
            "This license ended before its mail was accepted. If the customer still needs one, generate another from the \
             ticket's sidebar; then close this issue."
        }
        MailFailure::Suppressed => {
            "Forward the license to another address of the customer from the ticket's sidebar. To this one the mail \
             provider sends nothing before the operator of Stopgap has removed it from the provider's list."
        }
        MailFailure::MailboxFull => {
            "Forward the license to another address of the customer from the ticket's sidebar, or resend it once their \
             mailbox has room."
        }
        MailFailure::Address => {
            "Check the address with the customer on the ticket; then correct it, or forward the license, from the \
             ticket's sidebar. An accepted mail closes this issue."
        }
        MailFailure::Content => {
            "Download the file from the ticket and hand it over there; then close this issue. The customer's mail server \
             refuses the mail for what is in it, and would refuse it again."
        }
        MailFailure::Temporary => {
            "If the customer cannot wait, forward the license to another address from the ticket's sidebar. An accepted \
             mail closes this issue."
        }
        MailFailure::Other => {
            "Check the address with the customer on the ticket. Resend the license, or forward it to another address, \
             from the ticket's sidebar. An accepted mail closes this issue."
        }
    }
}

/// `Monday, 2026-11-30`.
fn weekday_and_date(day: Date) -> String {
    day.strftime("%A, %Y-%m-%d").to_string()
}
