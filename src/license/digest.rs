//! The digest of a business day: what was generated since the one before, and what people still have to do.

use jiff::{Timestamp, civil::Date};

use uuid::Uuid;

use super::{DeliveryId, LicenseDetails, State, Task, business_day::business_day_after};

/// The period of a digest, and the day that it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DigestPeriod {
    pub day: Date,
    /// Exclusive.
    pub since: Timestamp,
    /// Inclusive.
    pub until: Timestamp,
}

impl DigestPeriod {
    /// The same for every attempt: the day as a number, such as 20261130.
    pub(crate) fn id(&self) -> DeliveryId {
        let (year, month, day) = (self.day.year(), self.day.month(), self.day.day());
        let number = i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day);
        DeliveryId(Uuid::from_u128(number.unsigned_abs().into()))
    }
}

/// Each list has the most urgent first.
#[derive(Debug)]
pub(crate) struct Digest<'a> {
    pub period: DigestPeriod,
    pub generated: Vec<&'a LicenseDetails>,
    /// The customer does not have the license, and nobody has settled that.
    pub failures: Vec<&'a LicenseDetails>,
    /// The renewal has to be in place by the next business day.
    pub ending: Vec<&'a LicenseDetails>,
}

impl<'a> Digest<'a> {
    /// Drills and erased licenses are in no list. A replaced license counts as generated, and needs nothing else.
    pub(crate) fn of(licenses: &'a [LicenseDetails], period: DigestPeriod) -> Self {
        let select = |is_in: &dyn Fn(&LicenseDetails) -> bool| {
            let mut selected: Vec<_> =
                licenses.iter().filter(|l| !l.license.drill && l.erased_at.is_none() && is_in(l)).collect();
            selected.sort_by_key(|l| (l.license.terms.expires_on, l.license.created_at));
            selected
        };
        let DigestPeriod { day, since, until } = period;
        let is_open = |l: &LicenseDetails| l.is_follow_up_open() && !l.license.terms.is_expired(day);
        Self {
            period,
            generated: select(&|l| l.license.created_at > since && l.license.created_at <= until),
            failures: select(&|l| is_open(l) && is_failure(l)),
            ending: select(&|l| {
                is_open(l) && !is_failure(l) && l.license.terms.last_business_day() <= business_day_after(day)
            }),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.generated.is_empty() && self.failures.is_empty() && self.ending.is_empty()
    }
}

/// An email on its way is no failure yet.
fn is_failure(details: &LicenseDetails) -> bool {
    Task::of(details) != Task::Renew && details.state() != State::Delivering
}
