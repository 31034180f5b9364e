//! The only place that makes randomness.

use jiff::Timestamp;
use rand::Rng as _;
use rsa::rand_core::OsRng;
use uuid::Uuid;

/// Chance from the operating system, handed on as an argument.
#[derive(Debug, Clone, Copy, Default)]
pub struct Random;

impl Random {
    /// A time-ordered id (UUID version 7) for something made at `now`.
    pub fn id(self, now: Timestamp) -> Uuid {
        let ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &self.bytes()).into_uuid()
    }

    /// `N` unpredictable bytes.
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        #[expect(clippy::disallowed_methods, reason = "this is the place")]
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }

    /// A number from 0 up to 1, 1 excluded: for jitter.
    pub fn fraction(self) -> f64 {
        f64::from(u32::from_le_bytes(self.bytes())) / (f64::from(u32::MAX) + 1.0)
    }

    /// The generator that the crate `rsa` understands.
    pub fn for_rsa(self) -> OsRng {
        OsRng
    }
}
