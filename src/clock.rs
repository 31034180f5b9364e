//! The only place that reads the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// The wall clock, handed on as an argument. Clones share their shift, so that tests can move the time of a whole
/// service.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's time.
    pub fn system() -> Self {
        Self::default()
    }

    /// Now, to the millisecond, which is what the store keeps.
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the place")]
        let ms = Timestamp::now().as_millisecond() + self.shift_ms.load(Ordering::Relaxed);
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }

    /// Moves this clock and all its clones, forward or back. For tests: deadlines pass without waiting.
    pub fn shift(&self, by: SignedDuration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.shift_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}
