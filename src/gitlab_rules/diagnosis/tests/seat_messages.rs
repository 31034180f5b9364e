//! The messages about seats, as GitLab prints them.

use super::{super::kind::Kind::*, every_message::Case, *};

pub(super) const SEATS: &[Case] = &[
    (PAST, PastUsersTooMany, Some(1286)),
    (NOW, CurrentUsersTooMany, Some(2)),
    (TRUE_UP, TrueUp, None),
    (
        "During the year before this license started, this GitLab installation had 0 active users, exceeding this license's limit of \
         5 by -5 users. Please upload a license for at least 0 users or contact sales at renewals@gitlab.com",
        WrongNumbers,
        None,
    ),
    (
        "This GitLab installation has 1,050 active users, exceeding this license's limit of 1,000 by 50 users. Please upload a license \
         for at least 1,050 users.",
        CurrentUsersTooMany,
        Some(1050),
    ),
    (
        "Your current GitLab installation has 22 active users, which exceeds your new subscription seat count of 18 by 4.",
        TooFewSeats,
        Some(22),
    ),
    ("upload a license for at least 1,286 users or contact sales", TooFewSeats, Some(1286)),
    ("exceeding this license's limit of 250 by 36 users", TooFewSeats, Some(286)),
    ("exceeding this license's limit of 5 by -5 users", TooFewSeats, None),
    ("Activation not possible due to seat mismatch", TooFewSeats, None),
    (
        "Activation not possible due to seat mismatch\nYour current GitLab installation has 22 active users, which exceeds your new \
         subscription seat count of 18 by 4.",
        TooFewSeats,
        Some(22),
    ),
    ("Activation not possible due to true-up value mismatch", TrueUp, None),
    (
        "Activation not possible due to true-up value mismatch. You have applied a True-up for 2 users but you need one for 3 users.",
        TrueUp,
        None,
    ),
    ("Your instance is approaching its licensed user count", SeatsNearlyUsed, None),
    (
        "Your instance has 3 users remaining of the 250 included in your subscription. You can add more users than the number \
         included in your license, and we will include the overage in your next bill.",
        SeatsNearlyUsed,
        None,
    ),
    (
        "Your instance has 1 user remaining of the 250 in your subscription. When there are no more seats, new users cannot be added.",
        SeatsNearlyUsed,
        None,
    ),
    (
        "Acme GmbH is nearing its user limit. You have 245 active users, which is almost at the user limit of 250.",
        SeatsNearlyUsed,
        None,
    ),
    ("Your instance has exceeded your subscription's licensed user count.", SeatsExceeded, None),
    ("No seats left in subscription", NoSeatsLeft, None),
    ("You have used all seats in your subscription, so you cannot add new users.", NoSeatsLeft, None),
    ("There are no seats left on your GitLab instance. Ask an administrator.", NoSeatsLeft, None),
    (
        "There are no more seats left in your subscription. New users cannot be approved for this instance.",
        NoSeatsLeft,
        None,
    ),
    ("There are not enough available seats to invite this many users.", NoSeatsLeft, None),
    ("No seat available", NoSeatsLeft, None),
    ("{\"message\": \"NO_SEATS_AVAILABLE\"}", NoSeatsLeft, None),
    ("Your instance has reached its user cap", UserCapReached, None),
    ("Additional users must be reviewed and approved by a system administrator.", UserCapReached, None),
    ("A quarterly reconciliation is due on 2026-12-01", ReconciliationDue, None),
    ("Quarterly reconciliation will occur on 2026-12-01", ReconciliationDue, None),
    (
        "You have more active users than are allowed by your license. Before 2026-12-01 GitLab must reconcile your subscription.",
        ReconciliationDue,
        None,
    ),
    ("Report your license usage data to GitLab", ReconciliationDue, None),
    ("Action required: Your GitLab subscription failed to reconcile", ReconciliationDue, None),
];
