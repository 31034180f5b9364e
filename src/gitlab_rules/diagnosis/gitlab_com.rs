//! Stories about GitLab.com subscriptions, for which an emergency license does nothing.

use super::{
    Kind,
    pattern::matches,
    table::{About, PLAIN, Row},
    tokens::Token,
};

const NO_HELP: &str =
    "An emergency license does not help here: it is a file for self-managed GitLab, and GitLab.com takes none.";

/// Whether the text speaks of the site, and not only of its addresses.
pub(crate) fn is_meant(words: &[Token]) -> bool {
    ["gitlabcom", "saas"].iter().any(|wording| !matches(wording, words).is_empty())
}

/// The topics of support's page on GitLab.com subscriptions.
pub(crate) const ROWS: &[Row] = &[
    Row {
        kind: Kind::GitlabComNoAccount,
        wordings: &[
            "no account",
            "no gitlabcom|gitlab|saas user? account",
            "without an? gitlabcom|gitlab? account",
            "dont|not|havent|doesnt have|got|own any|an|a ... account|accounts",
            "need|needs|must|have|has to? create|register|make an? ... account",
            "how ... create|register|get an? ... account",
        ],
        about: About::Site,
        meaning: "The customer has no account on GitLab.com yet; a subscription there is bought with one. An emergency license \
                  does not help here: it is a file for self-managed GitLab, and GitLab.com takes none.",
        steps: &[
            "Ask the customer to create an account on GitLab.com first (https://gitlab.com/users/sign_in).",
            NO_HELP,
        ],
        reply: "To buy a subscription for GitLab.com you need an account there. Please create one first at \
                https://gitlab.com/users/sign_in, and then go on with the purchase.",
        ..PLAIN
    },
    Row {
        kind: Kind::GitlabComNotLinked,
        wordings: &[
            "not|isnt|wasnt|arent|hasnt|never been? linked|connected|attached|applied|assigned|associated",
            "no group ... linked|connected|attached|associated",
            "still on? ... free ... bought|purchased|paid|purchase|buying|purchasing|payment",
            "bought|purchased|paid|purchase|payment ... ... still ... free",
            "link|connect|attach|apply|assign|associate ... subscription|purchase|plan ... group|namespace",
        ],
        about: About::Site,
        meaning: "What was bought is not linked to its group on GitLab.com. After a purchase through sales, an account exists on \
                  customers.gitlab.com under the same address. An emergency license does not help here: it is a file for \
                  self-managed GitLab, and GitLab.com takes none.",
        steps: &[
            "The customer goes to https://customers.gitlab.com/customers/password/new and resets the password of their account.",
            "They log in and open the menu \"Subscriptions\".",
            "They click \"Edit\" over the subscription and are led to GitLab.com to log in.",
            "There they make sure to log in with the account that they want to license.",
            "They select the group that they want to license and click \"Update\".",
            NO_HELP,
        ],
        reply: "Your subscription has to be linked to its group. Please reset your password at \
                https://customers.gitlab.com/customers/password/new, log in, open \"Subscriptions\", click \"Edit\" over the \
                subscription, log in to GitLab.com with the account you want to license, select the group, and click \"Update\".",
        ..PLAIN
    },
    Row {
        kind: Kind::GitlabComNoGroup,
        wordings: &[
            "cant|cannot|not|unable|dont|doesnt|couldnt|fail|failed ... see|find|select|choose|pick ... group|groups|namespace",
            "no group|groups|namespace",
            "group|groups ... not|isnt|arent|doesnt|dont ... listed|shown|show|appear|available|visible|displayed",
            "group|groups ... missing",
        ],
        about: About::Site,
        meaning: "The customer sees no group to choose when buying a subscription: there is none yet in which they are owner. An \
                  emergency license does not help here: it is a file for self-managed GitLab, and GitLab.com takes none.",
        steps: &[
            "The customer creates a group on GitLab.com first, then repeats the purchase and chooses it.",
            "Where the group exists: they log in with the account that owns it.",
            NO_HELP,
        ],
        reply: "A subscription for GitLab.com belongs to a group. Please create a group on GitLab.com first (or log in with the \
                account that owns it): it can then be chosen when you buy.",
        ..PLAIN
    },
    Row {
        kind: Kind::GitlabComTrueUp,
        wordings: &[
            "true up|ups",
            "trueup|trueups",
            "seats owed|overage",
            "users|seats over ... subscription|license|limit",
            "overage",
        ],
        about: About::Site,
        meaning: "More seats are in use on GitLab.com than were bought. There is no license file there, and so no true-up count to \
                  correct: the missing seats are bought for the subscription. An emergency license does not help here: it is a file \
                  for self-managed GitLab, and GitLab.com takes none.",
        steps: &[
            "The owner logs in at https://customers.gitlab.com, opens \"Subscriptions\", and adds seats; or sales adds them.",
            "Where the numbers are disputed, pass the ticket on to the licensing team.",
            NO_HELP,
        ],
        reply: "On GitLab.com a true-up is made by adding seats to the subscription: please log in at https://customers.gitlab.com, \
                open \"Subscriptions\", and add the missing seats, or contact sales.",
        ..PLAIN
    },
    Row {
        kind: Kind::GitlabCom,
        wordings: &[
            "subscription|subscriptions|license|licence|plan|seats|renewal|renew|purchase|purchased|bought|billing",
        ],
        is_weak: true,
        about: About::Site,
        meaning: "This is about a subscription on GitLab.com. An emergency license does not help here: it is a file for self-managed \
                  GitLab, and GitLab.com takes none.",
        steps: &[
            NO_HELP,
            "Follow support's workflow for emergencies of GitLab.com subscriptions, or pass the ticket on to the licensing team.",
        ],
        reply: "Your subscription is one for GitLab.com, where no license file is used; our licensing team will look at it.",
        ..PLAIN
    },
];
