//! What can be done with a license now. The operations and the API ask the same functions.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Error;
use crate::license::{ArrivalState, Channel, Delivery, DeliveryState, Email, LicenseDetails, State, SuppressionList};

/// Emails of one license, the first included.
pub(crate) const MAX_EMAILS: usize = 20;

/// Why an action is not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, strum::IntoStaticStr, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Obstacle {
    AgentNotAllowed,
    SealingFailed,
    Expired,
    Erased,
    Replaced,
    TooManyEmails,
    RecipientRefused,
    NothingFailed,
    Drill,
    NotSuppressed,
    ProviderNotConfigured,
    MarkedAsSpam,
    Unsubscribed,
}

impl Obstacle {
    /// What the agent can do instead.
    pub(crate) fn detail(self, details: &LicenseDetails) -> String {
        match self {
            Self::AgentNotAllowed => Error::NotAllowed.to_string(),
            Self::SealingFailed => {
                "this license could not be sealed, so there is no license file; generate another one".into()
            }
            Self::Expired => "this license has expired; generate another one".into(),
            Self::Erased => "this license was erased; generate another one".into(),
            Self::Replaced => match details.license.replaced_by {
                Some(later) => format!("this license was replaced by license {later}; use that one"),
                None => "this license was replaced".into(),
            },
            Self::TooManyEmails => format!("this license was mailed {MAX_EMAILS} times; download it instead"),
            Self::RecipientRefused => {
                let domain = details.license.customer.email.domain();
                format!("no license may go to {domain} any more; forward it to the customer's own contact")
            }
            Self::Drill => "this license is a drill: there is nothing to follow up".into(),
            Self::NotSuppressed => "the mail provider did not hold back the last email of this license".into(),
            Self::ProviderNotConfigured => {
                "the service has no key for the mail provider's API (MAILGUN_API_KEY), so the address has to be taken off \
                 its list there"
                    .into()
            }
            Self::MarkedAsSpam => {
                "the recipient marked an email as spam, so the address stays blocked; send the license to another address"
                    .into()
            }
            Self::Unsubscribed => {
                "the recipient has unsubscribed, so the address stays blocked; send the license to another address".into()
            }
            Self::NothingFailed => "no delivery of this license has failed that a retry could fix".into(),
        }
    }

    pub(super) fn error(self, details: &LicenseDetails) -> Error {
        match self {
            Self::AgentNotAllowed => Error::NotAllowed,
            obstacle => Error::Unavailable { obstacle, detail: obstacle.detail(details) },
        }
    }
}

/// Whether the license can be mailed again, to any address.
pub(crate) fn can_email(details: &LicenseDetails, today: Date) -> Result<(), Obstacle> {
    let license = &details.license;
    let emails = details.deliveries.iter().filter(|d| d.channel == Channel::Email).count();
    if license.seal_error.is_some() {
        Err(Obstacle::SealingFailed)
    } else if license.terms.is_expired(today) {
        Err(Obstacle::Expired)
    } else if license.file.is_none() {
        Err(Obstacle::Erased)
    } else if emails >= MAX_EMAILS {
        Err(Obstacle::TooManyEmails)
    } else {
        Ok(())
    }
}

/// Whether the license can be mailed to the customer again. Settings may have changed since it was generated.
pub(crate) fn can_resend(details: &LicenseDetails, refused_domains: &[String], today: Date) -> Result<(), Obstacle> {
    can_email(details, today)?;
    may_receive(details, refused_domains)
}

fn may_receive(details: &LicenseDetails, refused_domains: &[String]) -> Result<(), Obstacle> {
    if details.license.customer.email.is_in(refused_domains) { Err(Obstacle::RecipientRefused) } else { Ok(()) }
}

/// Whether another license can take its place. An expired one has no place left: replacing it would stretch the term.
pub(crate) fn can_replace(details: &LicenseDetails, refused_domains: &[String], today: Date) -> Result<(), Obstacle> {
    if details.license.terms.is_expired(today) {
        Err(Obstacle::Expired)
    } else if details.license.replaced_by.is_some() {
        Err(Obstacle::Replaced)
    } else if details.erased_at.is_some() {
        Err(Obstacle::Erased)
    } else {
        may_receive(details, refused_domains)
    }
}

/// The email that the provider held back, if its recipient can be freed and mailed again. Only the last email counts: after
/// it, something else is under way.
pub(crate) fn can_unblock<'a>(
    details: &'a LicenseDetails,
    refused_domains: &[String],
    has_provider: bool,
    today: Date,
) -> Result<&'a Delivery, Obstacle> {
    let last = details.deliveries.iter().rfind(|delivery| delivery.channel == Channel::Email);
    let email = last.ok_or(Obstacle::NotSuppressed)?;
    let arrival = email.arrival.as_ref().filter(|arrival| arrival.state == ArrivalState::Suppressed);
    match arrival.ok_or(Obstacle::NotSuppressed)?.list {
        Some(SuppressionList::Complaints) => return Err(Obstacle::MarkedAsSpam),
        Some(SuppressionList::Unsubscribes) => return Err(Obstacle::Unsubscribed),
        Some(SuppressionList::Bounces) | None => {}
    }
    if !has_provider {
        return Err(Obstacle::ProviderNotConfigured);
    }
    can_email(details, today)?;
    let recipient = email.recipient.as_deref().and_then(|address| Email::parse(address).ok());
    match recipient {
        None => Err(Obstacle::Erased),
        Some(recipient) if recipient.is_in(refused_domains) => Err(Obstacle::RecipientRefused),
        Some(_) => Ok(email),
    }
}

pub(crate) fn can_download(details: &LicenseDetails) -> Result<(), Obstacle> {
    match (&details.license.file, &details.license.seal_error) {
        (Some(_), _) => Ok(()),
        (None, Some(_)) => Err(Obstacle::SealingFailed),
        (None, None) => Err(Obstacle::Erased),
    }
}

pub(crate) fn can_retry(details: &LicenseDetails, today: Date) -> Result<(), Obstacle> {
    retryable(details, today).next().map(drop).ok_or(Obstacle::NothingFailed)
}

/// The failed deliveries that a retry could fix. An email is not one of them once the license has expired or was
/// replaced, or the customer has it by another email.
pub(crate) fn retryable(details: &LicenseDetails, today: Date) -> impl Iterator<Item = &Delivery> {
    let license = &details.license;
    let needs_email = license.file.is_some()
        && !license.terms.is_expired(today)
        && license.replaced_by.is_none()
        && details.state() != State::Delivered;
    details.deliveries.iter().filter(move |delivery| {
        delivery.state == DeliveryState::Failed
            && details.erased_at.is_none()
            && (delivery.channel != Channel::Email || needs_email)
    })
}
