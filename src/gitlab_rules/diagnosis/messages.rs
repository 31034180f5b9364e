//! What a self-managed GitLab says to an administrator about licenses.

use super::{
    Kind,
    table::{About, PLAIN, Row},
};

const HAND_OVER: &str = "The customer adds it under Admin > Settings > General > Add License, as a file or as pasted text, \
                         and accepts the terms (older versions: Admin > License > Upload New License).";

const ASK_FOR_NUMBERS: &str = "Ask for the numbers of billable users and maximum users (Admin > Subscription; in old \
                               versions the number of active users under Admin > Users), and for the GitLab version.";

/// Every message; what stands earlier wins over what stands later at the same place.
pub(crate) const ROWS: &[Row] = &[
    Row {
        kind: Kind::WrongNumbers,
        wordings: &[
            "had # active user|users exceeding this licenses limit of # by # user|users",
            "currently has # active user|users exceeding this licenses limit of # by # user|users",
        ],
        holds: |numbers| numbers[0] <= numbers[1],
        meaning: "GitLab refused the license for too many users, but {0} is no more than the limit of {1}: versions before \
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
        kind: Kind::PastUsersTooMany,
        wordings: &[
            "during the year before this license started this gitlab installation had # active user|users exceeding this \
             licenses limit of # by # user|users",
            "had # active user|users exceeding this licenses limit of # by # user|users",
        ],
        seats: |numbers| numbers.first().copied(),
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
            "currently has # active user|users exceeding this licenses limit of # by # user|users",
        ],
        seats: |numbers| numbers.first().copied(),
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
        wordings: &["you have applied a true up|trueup for # user|users but you need one for # user|users"],
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
        kind: Kind::LicenseExpired,
        wordings: &["this license has already expired"],
        meaning: "The license is past its last day, counted from 00:00 on the server's own date; or the server's clock is wrong.",
        steps: &[
            "Ask which license was added, and open it here: an older file may have been picked by mistake.",
            "Ask for the server's date (`date -u` on the server).",
            "If date and file are right, generate a license again.",
        ],
        reply: "GitLab says that this license has already expired. Could you check that you added the newest file we sent, and \
                that the clock of the server is right (`date -u`)?",
        ..PLAIN
    },
    Row {
        kind: Kind::LicenseKeyInvalid,
        wordings: &["license key|file is invalid make sure"],
        meaning: "GitLab could not read the license: its text is damaged, it was made with another key, or its attributes are \
                  invalid.",
        steps: &[
            "Ask which file or text was added, and open it here.",
            "Send the license again as an attachment; the customer uploads the file instead of pasting its text.",
            HAND_OVER,
        ],
        reply: "GitLab could not read the license, most likely because its text was changed on the way. We are sending it again \
                as an attachment: please upload that file without opening it.",
        ..PLAIN
    },
    Row {
        kind: Kind::ActivationCodeInvalid,
        wordings: &[
            "license key is invalid",
            "activation code is not valid",
            "invalid activation code",
            "subscription cannot be located",
        ],
        meaning: "An activation code was not taken: mistyped, expired, of another subscription; or a license file was pasted into \
                  the field for codes.",
        steps: &[
            "Ask whether a code or a file was entered: a code has 24 characters and belongs on Admin > Subscription, a file under \
             Admin > Settings > General > Add License.",
            "The customer copies the code once more from the Customers Portal or the confirmation mail.",
            "An emergency license is a file and needs no code.",
        ],
        reply: "GitLab did not take the activation code. Could you copy it once more from the Customers Portal? A license file from \
                us is not a code: it is added under Admin > Settings > General > Add License.",
        ..PLAIN
    },
    Row {
        kind: Kind::NoConnection,
        wordings: &[
            "cannot activate instance due to a? connectivity issue",
            "your instance needs to connect to gitlab",
        ],
        meaning: "The instance could not reach GitLab to check its activation code. A license file needs no connection.",
        steps: &[
            "Where the network cannot be opened before the next business day, generate an emergency license: it is a file.",
            HAND_OVER,
        ],
        reply: "Your GitLab could not connect to us to check the activation code. A license file works without a connection; we can \
                send you one to go on with.",
        ..PLAIN
    },
    Row {
        kind: Kind::FormEmpty,
        wordings: &["license you uploaded is invalid", "please enter or upload a valid? license"],
        meaning: "The form was sent without a license: no file was chosen and the text field was empty.",
        steps: &[
            "The customer chooses the file or pastes its text, accepts the terms and presses Add License again.",
            HAND_OVER,
        ],
        reply: "The form arrived empty. Please choose the license file (or paste its whole text), accept the terms, and press Add \
                License once more.",
        ..PLAIN
    },
    Row {
        kind: Kind::CloudLicenseInForm,
        wordings: &["attempting to activate your subscription"],
        meaning: "A cloud license was put into the form for license files.",
        steps: &[
            "The customer enters the activation code on the Subscription page (Admin > Subscription).",
            "Without a code or a connection, an emergency license goes into this form.",
        ],
        reply: "What you added belongs to an activation code: please enter the code under Admin > Subscription instead.",
        ..PLAIN
    },
    Row {
        kind: Kind::ReadOnly,
        wordings: &[
            "this instance is now read only",
            "restore write access to this instance",
            "delete your current license if you want to downgrade",
            "pushing code and creation of issues and merge requests has been disabled",
        ],
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
        kind: Kind::Accepted,
        wordings: &["license was successfully uploaded|added and is now active"],
        meaning: "The license was added and works.",
        steps: &[
            "Nothing more to do now. Remind the customer to add the renewed license or its activation code by hand in time.",
        ],
        reply: "Your license is active. Once you have renewed, please add the new license file or enter the activation code by hand: \
                it does not replace the short license by itself.",
        ..PLAIN
    },
    Row {
        kind: Kind::AcceptedForLater,
        wordings: &["license was successfully uploaded|added and will be active from @"],
        meaning: "The license was added, but it starts on {date}, which is later than the server's own date.",
        steps: &[
            "Ask for the server's date (`date -u` on the server): an emergency license starts two days before it is made.",
            "If the clock is right, an ordinary license was added ahead of its time: until {date} the one before it counts.",
        ],
        reply: "Your GitLab has taken the license, and it starts on {date} by the server's date. Could you check that the clock of \
                the server is right (`date -u`)?",
        ..PLAIN
    },
    Row {
        kind: Kind::TooFewSeats,
        wordings: &["upload|add a license for at least # user|users"],
        is_weak: true,
        seats: |numbers| numbers.first().copied(),
        meaning: "The end of GitLab's message about too few seats: this instance has or had {0 users}.",
        steps: &["Generate a license for {0 users}.", HAND_OVER],
        reply: "Your GitLab asks for a license for at least {0 users}. We are sending you one.",
        ..PLAIN
    },
    Row {
        kind: Kind::TooFewSeats,
        wordings: &["exceeding this licenses limit of # by # user|users"],
        is_weak: true,
        seats: |numbers| numbers[0].checked_add(numbers[1]).filter(|_| numbers[1] > 0),
        meaning: "A part of GitLab's message about too few seats: the license has {0}, and {1} more are needed.",
        steps: &["Generate a license for the sum of the two.", HAND_OVER],
        reply: "Your GitLab has or had {1 users} more than the license allows. We are sending you one with more seats.",
        ..PLAIN
    },
    Row {
        kind: Kind::SubscriptionExpired,
        wordings: &[
            "your subscription expired",
            "your subscription is|has expired",
            "your trial? license expired on @",
            "your license has expired",
        ],
        about: About::SelfManaged,
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
        wordings: &[
            "your starter|premium|ultimate|bronze|silver|gold|trial subscription|license will expire on|in",
            "your subscription|license will expire on|in",
        ],
        about: About::SelfManaged,
        meaning: "A banner: the license has not expired yet, and its grace period follows after that.",
        steps: &["This is no emergency: sales renews."],
        reply: "Your license still holds, and a grace period follows after its last day. Please contact sales to renew it in time.",
        ..PLAIN
    },
];
