//! Messages that refuse a license for its seats.

use super::{
    super::{
        Kind, Values,
        table::{PLAIN, Row, count},
    },
    HAND_OVER,
};

pub(super) const ASK_FOR_NUMBERS: &str = "Ask for the numbers of billable users and maximum users (Admin > Subscription; in old \
                               versions the number of active users under Admin > Users), and for the GitLab version.";

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: Kind::WrongNumbers,
        wordings: &[
            "had # active user|users exceeding this licenses limit of # by # user|users",
            "currently? has # active user|users exceeding this licenses limit of # by # user|users",
        ],
        holds: |numbers| numbers[0] < numbers[1],
        meaning: "GitLab refused the license for too many users, but {0} is below the limit of {1}: versions before \
                  10.7 have a bug that prints wrong numbers here. The instance has more active users than the license allows; \
                  how many, the message does not tell.",
        steps: &[
            ASK_FOR_NUMBERS,
            "Generate a license for the larger of the two numbers.",
            "Suggest to buy more seats where they are needed for good.",
        ],
        reply: "Your GitLab has more active users than the license allows, but this version prints the wrong number. Could you \
                tell us how many active users you have? You find the number in the admin area under Users, next to the tab \
                \"Active\".",
        ..PLAIN
    },
    Row {
        kind: Kind::LimitReached,
        wordings: &[
            "had # active user|users exceeding this licenses limit of # by # user|users",
            "currently? has # active user|users exceeding this licenses limit of # by # user|users",
        ],
        holds: |numbers| numbers[0] == numbers[1],
        seats: |numbers| numbers[0].checked_add(1),
        values: |found, _| Values { licensed_seats: count(found.numbers.get(1).copied()), ..Values::NONE },
        meaning: "The license has exactly as many seats as the instance has or had users, {0}. The numbers are right: the oldest \
                  versions of GitLab refuse a limit that is exactly reached, and want one seat more.",
        steps: &["Generate a license again, with one seat more than {0}.", HAND_OVER],
        reply: "Your version of GitLab wants one seat more than the {0 users} it counts. We are sending you such a license; please \
                add it in place of the former.",
        ..PLAIN
    },
    Row {
        kind: Kind::LimitReached,
        wordings: &["exceeding this licenses limit of # by # user|users"],
        holds: |numbers| numbers[1] == 0,
        yields_to: Kind::is_refused_seats,
        seats: |numbers| numbers[0].checked_add(1),
        meaning: "The license has exactly as many seats as the instance has or had users, {0}. The oldest versions of GitLab \
                  refuse a limit that is exactly reached, and want one seat more.",
        steps: &["Generate a license again, with one seat more than {0}.", HAND_OVER],
        reply: "Your version of GitLab wants one seat more than the {0 users} it counts. We are sending you such a license; please \
                add it in place of the former.",
        ..PLAIN
    },
    Row {
        kind: Kind::PastUsersTooMany,
        wordings: &[
            "during the year before this license started this gitlab installation had # active user|users exceeding this \
             licenses limit of # by # user|users",
            "had # active user|users exceeding this licenses limit of # by # user|users",
        ],
        seats: |numbers| numbers.first().copied(),
        values: |found, _| Values {
            maximum_users: count(found.numbers.first().copied()),
            licensed_seats: count(found.numbers.get(1).copied()),
            ..Values::NONE
        },
        meaning: "The license has {1 seats}, but during the term of the license before this instance had {0 users} at its peak: \
                  {2} too many. Blocking users now does not help, because the peak counts.",
        steps: &["Generate a license again, for {0 users}.", HAND_OVER],
        reply: "Your GitLab had {0 users} at the peak of the previous license, more than the {1} of the license we sent. We are \
                sending you one for {0 users}; please add it in place of the former.",
        ..PLAIN
    },
    Row {
        kind: Kind::CurrentUsersTooMany,
        wordings: &[
            "this gitlab installation currently has # active user|users exceeding this licenses limit of # by # user|users",
            "has # active user|users exceeding this licenses limit of # by # user|users",
            "currently has # active user|users exceeding this licenses limit of # by # user|users",
        ],
        seats: |numbers| numbers.first().copied(),
        values: |found, _| Values {
            billable_users: count(found.numbers.first().copied()),
            licensed_seats: count(found.numbers.get(1).copied()),
            ..Values::NONE
        },
        meaning: "The license has {1 seats}, but this instance has {0 billable users} now: {2} too many.",
        steps: &[
            "Generate a license again, for {0 users}.",
            "Or the customer blocks or deactivates {2 users} and waits for the next daily count before adding the license.",
            HAND_OVER,
        ],
        reply: "Your GitLab has {0 users} now, more than the {1} of the license we sent. We are sending you one for {0 users}; \
                please add it in place of the former.",
        ..PLAIN
    },
    Row {
        kind: Kind::TooFewSeats,
        wordings: &[
            "gitlab installation has # active user|users which exceeds your new? subscription seat count of # by #",
            "gitlab installation umfasst # aktive ... was deine anzahl neuer abonnementplätze von # um # übersteigt",
        ],
        seats: |numbers| numbers.first().copied(),
        meaning: "The subscription has {1 seats}, but this instance has or had {0 users}: {2} too many. This is the form for \
                  activation codes; it does not tell whether the users now or those at the peak are meant.",
        steps: &[
            "Generate a license for {0 users}.",
            HAND_OVER,
            "For good the customer buys {2 seats} more, or deactivates or blocks as many users.",
        ],
        reply: "Your GitLab counts {0 users}, more than the {1} of the subscription. We are sending you a license for \
                {0 users} to go on with.",
        ..PLAIN
    },
    Row {
        kind: Kind::TrueUp,
        wordings: &[
            "you have applied a true up|trueup for # user|users but you need one for # user|users",
            "du hast ein true up für # ... beantragt du benötigst ... true up für #",
            "vous avez appliqué un ajustement pour # ... vous devez en faire un pour #",
        ],
        meaning: "The license carries a true-up for {0 users}, and this instance needs one for {1 users}: the right number is \
                  {1}. An emergency license carries no true-up keys, so that this check does not apply to it and it passes.",
        steps: &[
            "Weekend: generate an emergency license with seats for the larger of billable users and maximum users.",
            "For good, where the customer has bought enough: find their last license in the license app by address or company, \
             duplicate it, set its true-up count to {1}, and save it.",
            "Where they have not: sales sells the difference.",
        ],
        reply: "The license you added covers a true-up for {0 users}, but your GitLab needs one for {1 users}. Could you tell us \
                the numbers of billable users and maximum users from Admin > Subscription? With these we can send you a short \
                license without a true-up, until the corrected one is ready.",
        ..PLAIN
    },
    Row {
        kind: Kind::TooFewSeats,
        wordings: &["upload|add a license for at least # user|users"],
        yields_to: Kind::is_refused_seats,
        seats: |numbers| numbers.first().copied(),
        meaning: "The end of GitLab's message about too few seats: this instance has or had {0 users}.",
        steps: &["Generate a license for {0 users}.", HAND_OVER],
        reply: "Your GitLab asks for a license for at least {0 users}. We are sending you one.",
        ..PLAIN
    },
    Row {
        kind: Kind::TooFewSeats,
        wordings: &["exceeding this licenses limit of # by # user|users"],
        yields_to: Kind::is_refused_seats,
        seats: |numbers| numbers[0].checked_add(numbers[1]).filter(|_| numbers[1] > 0),
        meaning: "A part of GitLab's message about too few seats: the license has {0}, and {1} more are needed.",
        steps: &["Generate a license for the sum of the two.", HAND_OVER],
        reply: "Your GitLab has or had {1 users} more than the license allows. We are sending you one with more seats.",
        ..PLAIN
    },
    Row {
        kind: Kind::TooFewSeats,
        wordings: &[
            "activation not possible due to seat mismatch",
            "activation impossible en raison de sièges qui ne correspondent pas",
        ],
        yields_to: Kind::is_refused_seats,
        meaning: "The subscription has fewer seats than the instance has or had users. This is the title of the message; the \
                  numbers stand below it.",
        steps: &[
            ASK_FOR_NUMBERS,
            "Generate a license for the larger of the two numbers: a license file needs no activation.",
            HAND_OVER,
        ],
        reply: "Your GitLab counts more users than the subscription has seats. Could you send us the whole message, with the numbers \
                below its title?",
        ..PLAIN
    },
    Row {
        kind: Kind::TrueUp,
        wordings: &[
            "activation not possible due to true up|ups value? mismatch",
            "due to trueup value? mismatch",
            "activation impossible en raison de valeurs dapurement qui ne correspondent pas",
        ],
        yields_to: |kind| kind == Kind::TrueUp,
        meaning: "The subscription carries a true-up that does not fit the number of users. This is the title of the message; the \
                  numbers stand below it. An emergency license carries no true-up keys, so this check does not apply to it.",
        steps: &[
            ASK_FOR_NUMBERS,
            "Weekend: generate an emergency license with seats for the larger of billable users and maximum users.",
            "For good, sales or the licensing team corrects the true-up.",
        ],
        reply: "The true-up of your subscription does not fit the number of users. Could you send us the whole message, and the \
                numbers of billable users and maximum users from Admin > Subscription?",
        ..PLAIN
    },
];
