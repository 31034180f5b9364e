//! Messages about the use of seats that refuse no license.

use super::{
    super::{
        Kind, Values,
        table::{PLAIN, Row, count},
    },
    seats::ASK_FOR_NUMBERS,
};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: Kind::SeatsNearlyUsed,
        wordings: &[
            "your instance has # user|users remaining of the # included in your subscription",
            "has # user|users remaining of the # in your subscription",
            "deine instanz hat noch # ... von der # in deinem abonnement",
        ],
        values: |found, _| Values {
            licensed_seats: count(found.numbers.get(1).copied()),
            billable_users: count(found.numbers[1].checked_sub(found.numbers[0])),
            ..Values::NONE
        },
        is_on_gitlab_com: true,
        meaning: "{0} of {1 seats} are free. Nothing is blocked.",
        steps: &["This is no emergency: sales sells more seats."],
        reply: "Your GitLab still has {0 seats} left of {1}. Nothing is blocked; please contact sales if you need more.",
        ..PLAIN
    },
    Row {
        kind: Kind::SeatsNearlyUsed,
        wordings: &["you have # active|billable? user|users which is almost at the user limit of #"],
        values: |found, _| Values {
            licensed_seats: count(found.numbers.get(1).copied()),
            billable_users: count(found.numbers.first().copied()),
            ..Values::NONE
        },
        is_on_gitlab_com: true,
        meaning: "{0} of {1 seats} are used. Nothing is blocked.",
        steps: &["This is no emergency: sales sells more seats."],
        reply: "Your GitLab uses {0} of {1 seats}. Nothing is blocked; please contact sales if you need more.",
        ..PLAIN
    },
    Row {
        kind: Kind::SeatsNearlyUsed,
        wordings: &[
            "approaching its licensed user count",
            "is nearing its user limit",
            "deine instanz nähert sich der anzahl der lizenzierten benutzer",
        ],
        yields_to: |kind| kind == Kind::SeatsNearlyUsed,
        meaning: "Most seats of the license are used. Nothing is blocked.",
        steps: &["This is no emergency: sales sells more seats."],
        reply: "Most of your seats are used, but nothing is blocked. Please contact sales if you need more.",
        ..PLAIN
    },
    Row {
        kind: Kind::SeatsExceeded,
        wordings: &[
            "exceeded your subscriptions licensed user count",
            "exceeded your licensed user count",
            "anzahl der lizenzierten benutzer innen deines abonnements überschritten",
        ],
        meaning: "More users than seats. The overage is billed at the next renewal or reconciliation; nothing is blocked.",
        steps: &[
            "This alone is no emergency.",
            "If a license is needed for another reason, take the maximum users as its seats.",
            ASK_FOR_NUMBERS,
        ],
        reply: "Your GitLab has more users than seats. Nothing is blocked: the additional users are billed later. Please contact \
                sales if you have questions about that.",
        ..PLAIN
    },
    Row {
        kind: Kind::NoSeatsLeft,
        wordings: &[
            "no seats left in subscription",
            "you have used all seats in your subscription",
            "there are no seats left on your gitlab instance",
            "there are no more seats left in your subscription",
            "there are not enough available seats to invite",
            "no seat|seats available",
            "when there are no more seats",
        ],
        yields_to: |kind| kind == Kind::SeatsNearlyUsed,
        is_on_gitlab_com: true,
        meaning: "Restricted access (seat control) is on, and every seat is used, so no user can be added. The license itself may be \
                  fine.",
        steps: &[
            "The customer buys seats, or sets seat control to Open access (Admin > Settings > General > Sign-up restrictions).",
            "If an emergency license is needed anyway, leave room: take the maximum users as its seats, not the billable users \
             less the blocked ones.",
        ],
        reply: "All seats of your license are used, and your GitLab is set to add no users beyond them. You can buy more seats, or \
                set \"Seat control\" to \"Open access\" under Admin > Settings > General > Sign-up restrictions.",
        ..PLAIN
    },
    Row {
        kind: Kind::UserCapReached,
        wordings: &[
            "your instance has reached its user cap",
            "reached its user cap",
            "additional users must be reviewed and approved by a system|a|an? administrator",
        ],
        is_on_gitlab_com: true,
        meaning: "The user cap of the settings is reached, and new users wait for approval. This is a setting, not the license.",
        steps: &["The customer raises or clears the user cap (Admin > Settings > General > Sign-up restrictions)."],
        reply: "Your GitLab has reached the user cap in its settings. You can raise it under Admin > Settings > General > Sign-up \
                restrictions; the license is not the reason.",
        ..PLAIN
    },
    Row {
        kind: Kind::ReconciliationDue,
        wordings: &[
            "quarterly reconciliation is due on @",
            "quarterly reconciliation will occur on @",
            "quarterly reconciliation is|will due|occur",
            "you have more active users than are allowed by your license",
            "report your license usage data to gitlab",
            "subscription failed to reconcile",
        ],
        yields_to: |kind| kind == Kind::ReconciliationDue,
        is_on_gitlab_com: true,
        meaning: "A matter of billing: users beyond the seats are charged every quarter. Nothing is blocked.",
        steps: &[
            "This is no emergency: pass the ticket on to the licensing team.",
            "Without a connection to GitLab, the customer mails the license usage file (Admin > Subscription > Export license usage file).",
        ],
        reply: "This message is about the quarterly billing of additional users; nothing is blocked. Our licensing team will look at \
                it. If your instance has no connection to us, please export the license usage file under Admin > Subscription and \
                mail it to us.",
        ..PLAIN
    },
];
