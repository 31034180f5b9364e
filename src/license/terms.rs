//! The term of a license. No request can set it; the number of days is a setting.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::business_day::is_business_day;

/// How many days before today a license starts. On a server west of UTC, today's license might not be active yet;
/// GitLab's own emergency form does the same.
pub(crate) const DAYS_BACK: i64 = 2;

/// A GitLab plan, by the names that license files use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    Free,
    Starter,
    Premium,
    /// The plan of every emergency license.
    Ultimate,
}

impl Plan {
    /// Accepts current and former names (Core, Bronze, Silver, Gold) in any case.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "free" | "core" => Ok(Self::Free),
            "starter" | "bronze" => Ok(Self::Starter),
            "premium" | "silver" => Ok(Self::Premium),
            "ultimate" | "gold" => Ok(Self::Ultimate),
            _ => Err("must be one of free, starter, premium, ultimate".into()),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Starter => "Starter",
            Self::Premium => "Premium",
            Self::Ultimate => "Ultimate",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The first day.
    pub starts_on: Date,
    /// The license stops at 00:00 of this day, GitLab server's time.
    pub expires_on: Date,
}

impl Terms {
    /// The term of a license generated on `today` (UTC) for `days` (1 to 30).
    pub fn of(today: Date, days: u8) -> Self {
        Self {
            starts_on: today.saturating_sub(DAYS_BACK.days()),
            expires_on: today.saturating_add(i64::from(days).days()),
        }
    }

    /// The day before it stops.
    pub(crate) fn last_day(self) -> Date {
        self.expires_on.saturating_sub(1.day())
    }

    /// The last day on which the licensing team works, Monday to Friday, before the license stops. A renewal has to be in
    /// place by then. On the first day if the term has no such day.
    pub(crate) fn last_business_day(self) -> Date {
        let days = std::iter::successors(Some(self.last_day()), |day| day.yesterday().ok());
        let mut in_term = days.take_while(|day| *day >= self.starts_on);
        in_term.find(|day| is_business_day(*day)).unwrap_or(self.starts_on)
    }

    /// Whole days until the license stops; 0 once it has.
    pub(crate) fn days_left(self, today: Date) -> i32 {
        today.until(self.expires_on).map_or(0, |span| span.get_days()).max(0)
    }

    /// Whether it has stopped by `today` (UTC).
    pub(crate) fn is_expired(self, today: Date) -> bool {
        today >= self.expires_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_ten_day_license_starts_two_days_back_and_stops_at_midnight_of_day_ten() {
        let terms = Terms::of(date(2026, 11, 21), 10);
        assert_eq!(terms, Terms { starts_on: date(2026, 11, 19), expires_on: date(2026, 12, 1) });
        assert_eq!(terms.last_day(), date(2026, 11, 30));
        assert_eq!(terms.days_left(date(2026, 11, 21)), 10);
        assert_eq!(terms.days_left(date(2026, 11, 30)), 1);
        assert!(!terms.is_expired(date(2026, 11, 30)));
        assert!(terms.is_expired(date(2026, 12, 1)));
        assert_eq!(terms.days_left(date(2027, 1, 1)), 0);
    }

    #[test]
    fn the_last_business_day_is_never_on_a_weekend() {
        let ends_before = |day| Terms { starts_on: date(2026, 11, 19), expires_on: day };
        // The license stops on a Monday, Sunday, Saturday and Tuesday.
        assert_eq!(ends_before(date(2026, 12, 7)).last_business_day(), date(2026, 12, 4));
        assert_eq!(ends_before(date(2026, 12, 6)).last_business_day(), date(2026, 12, 4));
        assert_eq!(ends_before(date(2026, 12, 5)).last_business_day(), date(2026, 12, 4));
        assert_eq!(ends_before(date(2026, 12, 8)).last_business_day(), date(2026, 12, 7));
        let weekend = Terms { starts_on: date(2026, 11, 21), expires_on: date(2026, 11, 22) };
        assert_eq!(weekend.last_business_day(), date(2026, 11, 21));
    }
}
