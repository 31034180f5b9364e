//! The user count of a license.

use std::fmt;

/// How many billable users a license allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seats(u32);

impl Seats {
    pub(crate) const MIN: u32 = 1;
    /// Far beyond any GitLab instance.
    pub(crate) const MAX: u32 = 1_000_000;

    pub fn parse(number: u64) -> Result<Self, String> {
        match u32::try_from(number) {
            Ok(n) if (Self::MIN..=Self::MAX).contains(&n) => Ok(Self(n)),
            _ => Err(format!("must be a whole number from {} to {}", Self::MIN, Self::MAX)),
        }
    }

    pub(crate) fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Seats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The seats that an emergency license needs: the larger of the billable users now and their highest number during
/// the license before. At least one; beyond [`Seats::MAX`] no license can be generated.
pub(crate) fn recommended_seats(billable: u64, maximum: u64) -> u64 {
    billable.max(maximum).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recommendation_covers_now_and_the_peak() {
        assert_eq!(recommended_seats(240, 286), 286);
        assert_eq!(recommended_seats(286, 240), 286);
        assert_eq!(recommended_seats(0, 0), 1);
        assert_eq!(recommended_seats(u64::MAX, 0), u64::MAX);
    }

    #[test]
    fn seats_are_one_to_a_million() {
        assert!(Seats::parse(0).is_err());
        assert_eq!(Seats::parse(1).unwrap().get(), 1);
        assert_eq!(Seats::parse(1_000_000).unwrap().get(), 1_000_000);
        assert!(Seats::parse(1_000_001).is_err());
        assert!(Seats::parse(u64::MAX).is_err());
    }
}
