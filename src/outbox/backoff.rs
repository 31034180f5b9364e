//! Retry delays. Pure.

use std::time::Duration;

use crate::license::Channel;

const FIRST: Duration = Duration::from_secs(1);
/// Delays are shortened by up to this share, so that deliveries that failed together are not retried together.
const JITTER: f64 = 0.25;

/// The cap of our own back-off. A customer is waiting for the email; issue and Slack are read the next day.
const fn cap(channel: Channel) -> Duration {
    match channel {
        Channel::Email => Duration::from_mins(1),
        Channel::Issue | Channel::Slack => Duration::from_mins(10),
    }
}

/// The longest delay before the next attempt. GitLab and Slack may ask for more than our own back-off.
pub const fn max_delay(channel: Channel) -> Duration {
    match channel {
        Channel::Email => Duration::from_mins(1),
        Channel::Issue | Channel::Slack => Duration::from_hours(1),
    }
}

/// The retry delay after attempt number `attempts` (from 1): 1, 2, 4, 8 … seconds up to a cap of one minute for email
/// and ten for issue and Slack, less up to a quarter by `jitter` (0 up to 1).
///
/// `retry_after` is what the other side asked for; it is honoured up to [`max_delay`].
pub(crate) fn retry_delay(channel: Channel, attempts: u32, retry_after: Option<Duration>, jitter: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    let own = doubled.min(cap(channel)).mul_f64(1.0 - JITTER * jitter);
    own.max(retry_after.unwrap_or_default()).min(max_delay(channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_channels_cap() {
        let series = |channel| [1, 2, 3, 6, 7, 8, 11, 99].map(|n| retry_delay(channel, n, None, 0.0).as_secs());
        assert_eq!(series(Channel::Email), [1, 2, 4, 32, 60, 60, 60, 60]);
        assert_eq!(series(Channel::Slack), [1, 2, 4, 32, 64, 128, 600, 600]);
    }

    #[test]
    fn jitter_shortens_a_delay_by_at_most_a_quarter() {
        assert_eq!(retry_delay(Channel::Email, 3, None, 1.0), Duration::from_secs(3));
    }

    #[test]
    fn retry_after_is_honoured_up_to_an_hour() {
        let asked = |s| retry_delay(Channel::Issue, 1, Some(Duration::from_secs(s)), 0.5);
        assert_eq!(asked(90), Duration::from_secs(90));
        assert_eq!(asked(0), Duration::from_millis(875));
        assert_eq!(asked(86_400), max_delay(Channel::Issue));
    }
}
