//! The only place that reads the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// The wall clock, passed as an argument. Clones share their shift, so a test can move the time of a whole service.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
}

impl Clock {
    pub fn system() -> Self {
        Self::default()
    }

    /// In milliseconds, as in the store.
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the only place that may")]
        let ms = Timestamp::now().as_millisecond() + self.shift_ms.load(Ordering::Relaxed);
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }

    /// Moves this clock and its clones forward or back. For tests.
    pub fn shift(&self, by: SignedDuration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.shift_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}
