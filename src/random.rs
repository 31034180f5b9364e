//! The only source of randomness.

use jiff::Timestamp;
use rand::{Rng as _, rngs::SysRng};
use uuid::Uuid;

/// The operating system's generator, passed as an argument.
#[derive(Debug, Clone, Copy, Default)]
pub struct Random;

impl Random {
    /// A time-ordered id (UUID version 7) for `now`.
    pub fn id(self, now: Timestamp) -> Uuid {
        let ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &self.bytes()).into_uuid()
    }

    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        #[expect(clippy::disallowed_methods, reason = "the only place that may")]
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }

    /// From 0 up to 1, 1 excluded.
    pub fn fraction(self) -> f64 {
        f64::from(u32::from_le_bytes(self.bytes())) / (f64::from(u32::MAX) + 1.0)
    }

    /// The generator for RSA operations.
    pub fn for_rsa(self) -> SysRng {
        SysRng
    }
}
