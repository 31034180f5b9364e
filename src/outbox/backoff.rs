//! When to try again. Pure.

use std::time::Duration;

use crate::{license::Channel, store::max_wait};

/// The first wait.
const FIRST: Duration = Duration::from_secs(1);
/// A customer is waiting: the mail is tried at least this often.
const EMAIL_CAP: Duration = max_wait(Channel::Email);
/// Issue and Slack are read the next day.
const OTHERS_CAP: Duration = Duration::from_mins(10);
/// Waits are spread by up to this share, so that what failed together is not tried together.
const JITTER: f64 = 0.25;

/// The wait after the `attempts`-th attempt (1 or more): 1, 2, 4, 8 … seconds up to a cap (a minute for email, ten
/// for issue and Slack), shortened by up to a quarter by `chance` (0 up to 1), and never shorter than `asked`,
/// the other side's own wish, which is honoured up to [`max_wait`].
#[must_use]
pub fn wait(channel: Channel, attempts: u32, asked: Option<Duration>, chance: f64) -> Duration {
    let cap = match channel {
        Channel::Email => EMAIL_CAP,
        Channel::Issue | Channel::Slack => OTHERS_CAP,
    };
    let doubled = FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    let own = doubled.min(cap).mul_f64(1.0 - JITTER * chance);
    own.max(asked.unwrap_or_default()).min(max_wait(channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_channels_cap() {
        let series = |channel| [1, 2, 3, 6, 7, 8, 11, 99].map(|n| wait(channel, n, None, 0.0).as_secs());
        assert_eq!(series(Channel::Email), [1, 2, 4, 32, 60, 60, 60, 60]);
        assert_eq!(series(Channel::Slack), [1, 2, 4, 32, 64, 128, 600, 600]);
    }

    #[test]
    fn chance_shortens_a_wait_by_a_quarter_at_most() {
        assert_eq!(wait(Channel::Email, 3, None, 1.0), Duration::from_secs(3));
    }

    #[test]
    fn the_other_sides_wish_is_honoured_up_to_an_hour() {
        let asked = |s| wait(Channel::Issue, 1, Some(Duration::from_secs(s)), 0.5);
        assert_eq!(asked(90), Duration::from_secs(90));
        assert_eq!(asked(0), Duration::from_millis(875));
        assert_eq!(asked(86_400), max_wait(Channel::Issue));
    }
}
