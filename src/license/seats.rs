//! The user count of a license.

use std::fmt;

/// How many billable users a license allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seats(u32);

impl Seats {
    /// The fewest seats.
    pub const MIN: u32 = 1;
    /// The most seats; no GitLab instance is near it.
    pub const MAX: u32 = 1_000_000;

    /// # Errors
    /// A sentence that names the range.
    pub fn parse(number: u64) -> Result<Self, String> {
        match u32::try_from(number) {
            Ok(n) if (Self::MIN..=Self::MAX).contains(&n) => Ok(Self(n)),
            _ => Err(format!("must be a whole number from {} to {}", Self::MIN, Self::MAX)),
        }
    }

    /// The number itself.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Seats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_one_to_a_million() {
        assert!(Seats::parse(0).is_err());
        assert_eq!(Seats::parse(1).unwrap().get(), 1);
        assert_eq!(Seats::parse(1_000_000).unwrap().get(), 1_000_000);
        assert!(Seats::parse(1_000_001).is_err());
        assert!(Seats::parse(u64::MAX).is_err());
    }
}
