//! Messages about the expiry of a license, and what follows from it.

use super::{
    super::{
        Kind, Values,
        table::{PLAIN, Row, day_after, expiry_before},
    },
    HAND_OVER,
};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: Kind::InGrace,
        wordings: &[
            "your ... license|subscription expired on @ pushing code and creation of issues and merge requests will be disabled on @",
        ],
        values: |found, _| Values {
            expires_on: found.dates.first().copied(),
            blocks_on: found.dates.get(1).copied(),
            ..Values::NONE
        },
        meaning: "The license expired on {expires_on}, and its grace period runs: GitLab blocks changes from {blocks_on}. Until then it \
                  stays fully usable.",
        steps: &[
            "If {blocks_on} is after the next business day, this is no emergency yet: sales renews.",
            "Otherwise check the scope with the expiry {expires_on}.",
        ],
        reply: "Your license expired on {expires_on}, but your GitLab stays fully usable until {blocks_on}. Please contact sales to renew \
                before that day.",
        ..PLAIN
    },
    Row {
        kind: Kind::InGrace,
        wordings: &[
            "creation of issues and merge requests will be disabled on @",
            "pushing code ... will be disabled on @",
        ],
        yields_to: |kind| kind == Kind::InGrace,
        values: |found, _| Values {
            expires_on: expiry_before(found.dates.first().copied()),
            blocks_on: found.dates.first().copied(),
            ..Values::NONE
        },
        meaning: "GitLab blocks changes from {blocks_on}. Until then it stays fully usable.",
        steps: &[
            "If {blocks_on} is after the next business day, this is no emergency yet: sales renews.",
            "Otherwise check the scope with the expiry {expires_on}.",
        ],
        reply: "Your GitLab stays fully usable until {blocks_on}. Please contact sales to renew before that day.",
        ..PLAIN
    },
    Row {
        kind: Kind::InGrace,
        wordings: &["you have # day|days to renew your ... subscription|license", "you have # day|days left to renew"],
        values: |found, today| {
            let blocks_on = day_after(today, found.numbers.first().copied());
            Values { expires_on: expiry_before(blocks_on), blocks_on, ..Values::NONE }
        },
        meaning: "The license has expired, and {0 days} of its grace period are left: read today, GitLab blocks changes from \
                  {blocks_on}, and the license expired on {expires_on}.",
        steps: &[
            "Ask when the message was seen, if not today: the days count from then.",
            "If {blocks_on} is after the next business day, this is no emergency yet: sales renews.",
        ],
        reply: "Your license has expired, but your GitLab stays fully usable for {0 days}. Please contact sales to renew in that time.",
        ..PLAIN
    },
    Row {
        kind: Kind::InGrace,
        wordings: &[
            "your ... subscription has expired please renew your ... subscription to continue",
            "please renew your subscription to continue using paid features",
            "dein ... abonnement ist abgelaufen bitte verlängere|erneuere",
            "you can still use all the ... features for now",
        ],
        yields_to: |kind| kind == Kind::InGrace,
        is_on_gitlab_com: true,
        meaning: "The license has expired, and GitLab does not block changes yet: its last day of use is still ahead. The message does \
                  not name it.",
        steps: &[
            "Find the day from which changes are blocked: `block_changes_at` in the license file, the license usage export or GraphQL; \
             without these, 14 days after the expiry.",
            "If that day is after the next business day, this is no emergency yet. Otherwise check the scope.",
        ],
        reply: "Your license has expired, but your GitLab accepts changes for now. Could you send us a screenshot of \
                Admin > Subscription, so that we see until when?",
        ..PLAIN
    },
    Row {
        kind: Kind::ReadOnlyAhead,
        wordings: &["if you dont|do not? renew by @ your ... instance will become read only"],
        values: |found, _| Values { blocks_on: found.dates.first().copied(), ..Values::NONE },
        meaning: "The license has not expired. Without a renewal the instance becomes read-only: {date} is the day from which changes \
                  are blocked up to GitLab 18.3, and the expiry in newer versions.",
        steps: &["This is no emergency: sales renews.", "Ask for the GitLab version if the day matters."],
        reply: "Your license has not expired. Please contact sales to renew it before {date}.",
        ..PLAIN
    },
    Row {
        kind: Kind::ReadOnly,
        wordings: &[
            "this instance is now read only",
            "restore write access to this instance",
            "your subscription|license expired please delete your current license",
            "delete your current license if you want to downgrade",
            "pushing code and creation of issues and merge requests has|have been disabled",
            "your subscription has been downgraded",
            "you didnt renew your ... subscription so it was downgraded",
        ],
        is_on_gitlab_com: true,
        meaning: "The grace period is over, and GitLab blocks changes. The data is safe.",
        steps: &[
            "First aid: the customer deletes the expired license; the instance can be written to again, with the features of Free.",
            "Check the scope, and generate an emergency license.",
            HAND_OVER,
        ],
        reply: "The grace period of your license is over, and your GitLab accepts no changes; your data is safe. If you need to \
                write at once, delete the expired license in the admin area: GitLab then works with the features of Free until you \
                add a new license.",
        ..PLAIN
    },
    Row {
        kind: Kind::TemporaryExtensionEnded,
        wordings: &[
            "subscription with a|an? temporary extension expired|ended",
            "subscription with a|an? temporary extension has|is expired",
        ],
        meaning: "The temporary extension that sales gave has ended. The contract itself ended before that.",
        steps: &[
            "Check the scope: the emergency workflow applies. Ask for the end of the contract, which is not this day.",
            HAND_OVER,
        ],
        reply: "The temporary extension of your license has ended. We are checking whether we can send you a short license until the \
                renewal is done.",
        ..PLAIN
    },
    Row {
        kind: Kind::TemporaryExtensionEnds,
        wordings: &[
            "subscription with a|an? temporary extension will expire on @",
            "temporary extension will expire on|in",
        ],
        yields_to: |kind| kind == Kind::TemporaryExtensionEnds,
        meaning: "The temporary extension that sales gave ends soon; the day is not the end of the contract.",
        steps: &["This is no emergency yet: sales renews, or extends once more."],
        reply: "The temporary extension of your license ends soon. Please contact sales to complete the renewal in time.",
        ..PLAIN
    },
    Row {
        kind: Kind::TrialEnded,
        wordings: &["your ... trial license|subscription? expired on @"],
        values: |found, _| Values { trial: Some(true), expires_on: found.dates.first().copied(), ..Values::NONE },
        is_on_gitlab_com: true,
        meaning: "A trial ended on {date}. A trial is out of scope, unless it was an emergency license of ours for a paid subscription.",
        steps: &[
            "Ask for the license before it (the history on Admin > Subscription), and check the scope with that one.",
            "Without a paid plan, sales sells a subscription.",
        ],
        reply: "Your trial ended on {date}. To use the paid features again you need a subscription: please contact sales. If you had a \
                paid license before, could you tell us when it expired?",
        ..PLAIN
    },
    Row {
        kind: Kind::TrialEndsSoon,
        wordings: &[
            "trial license|subscription? will expire|end in # day|days",
            "trial license|subscription? expires|ends in # day|days",
        ],
        values: |found, today| Values {
            trial: Some(true),
            expires_on: day_after(today, found.numbers.first().copied()),
            ..Values::NONE
        },
        is_on_gitlab_com: true,
        meaning: "A trial is running; read today, it ends on {expires_on}. A trial is out of scope.",
        steps: &["This is no emergency: sales sells a subscription."],
        reply: "Your trial runs for {0 days} more. Please contact sales if you want to go on with a subscription.",
        ..PLAIN
    },
    Row {
        kind: Kind::TrialEndsSoon,
        wordings: &[
            "trial license|subscription? will expire|end on @",
            "trial license|subscription? expires|ends on @",
        ],
        values: |found, _| Values { trial: Some(true), expires_on: found.dates.first().copied(), ..Values::NONE },
        is_on_gitlab_com: true,
        meaning: "A trial is running; it ends on {date}. A trial is out of scope.",
        steps: &["This is no emergency: sales sells a subscription."],
        reply: "Your trial runs until {date}. Please contact sales if you want to go on with a subscription.",
        ..PLAIN
    },
    Row {
        kind: Kind::SubscriptionExpired,
        wordings: &[
            "deine ... lizenz ist am @ abgelaufen",
            "your ... subscription|license expired on @",
            "license has expired on @",
        ],
        yields_to: Kind::is_stage_of_expiry,
        values: |found, _| Values { expires_on: found.dates.first().copied(), ..Values::NONE },
        is_on_gitlab_com: true,
        meaning: "A banner: the license expired on {date}. The grace period of a paid license may still run; until its end GitLab stays \
                  fully usable.",
        steps: &[
            "Check the scope with the expiry {date}.",
            "In scope: generate an emergency license. In grace: sales renews on the next business day.",
        ],
        reply: "Your license expired on {date}. Could you send us a screenshot of Admin > Subscription, so that we see until when \
                GitLab stays usable?",
        ..PLAIN
    },
    Row {
        kind: Kind::SubscriptionExpired,
        wordings: &[
            "deine mitgliedschaft ist abgelaufen",
            "votre abonnement ... a expiré",
            "dein ... abonnement ist abgelaufen",
            "deine ... lizenz ist abgelaufen",
            "your ... subscription expired",
            "your ... subscription is|has expired",
            "your ... license is|has expired",
        ],
        yields_to: |kind| kind.is_stage_of_expiry() || kind == Kind::SubscriptionExpired,
        is_on_gitlab_com: true,
        meaning: "A banner: the license has expired. The grace period of a paid license may still run; until its end GitLab stays \
                  fully usable.",
        steps: &[
            "Find the day of expiry (Admin > Subscription, or the old license file) and check the scope.",
            "In scope: generate an emergency license. In grace: sales renews on the next business day.",
        ],
        reply: "Your license has expired. Could you send us a screenshot of Admin > Subscription, so that we see since when and \
                until when GitLab stays usable?",
        ..PLAIN
    },
    Row {
        kind: Kind::SubscriptionExpiresSoon,
        wordings: &["dein ... abonnement läuft am @ ab", "your ... subscription|license will expire on @"],
        values: |found, _| Values { expires_on: found.dates.first().copied(), ..Values::NONE },
        is_on_gitlab_com: true,
        meaning: "A banner: the license has not expired yet; it does on {date}, and its grace period follows.",
        steps: &["This is no emergency: sales renews."],
        reply: "Your license holds until {date}, and a grace period follows. Please contact sales to renew it in time.",
        ..PLAIN
    },
    Row {
        kind: Kind::SubscriptionExpiresSoon,
        wordings: &["your ... subscription|license will expire on|in"],
        yields_to: |kind| kind == Kind::SubscriptionExpiresSoon,
        is_on_gitlab_com: true,
        meaning: "A banner: the license has not expired yet, and its grace period follows after that.",
        steps: &["This is no emergency: sales renews."],
        reply: "Your license still holds, and a grace period follows after its last day. Please contact sales to renew it in time.",
        ..PLAIN
    },
];
