//! Problems with GitLab.com subscriptions, for which an emergency license does nothing.

use std::collections::HashSet;

use super::{
    Kind,
    pattern::matches,
    table::{PLAIN, Row},
    tokens::Token,
};

const NO_HELP: &str =
    "An emergency license does not help here: it is a file for self-managed GitLab, and GitLab.com takes none.";

/// Statements that the customer uses the site; a mere link or address is none.
const USES_SITE: &[&str] = &[
    "on|our|your|my|use|using|for gitlabcom|saas",
    "gitlabcom saas",
    "gitlabcom|saas group|groups|subscription|subscriptions|plan|account|namespace|customer|customers|user|users|purchase|seats",
    "gitlabcom|saas starter|premium|ultimate|bronze|silver|gold|says|shows|license|renewal|billing",
    "gitlab? saas subscription|plan|group|starter|premium|ultimate|bronze|silver|gold",
    "starter|premium|ultimate|subscription|plan gitlabcom|saas",
];

/// Sources on the site that any customer reads or writes to.
const ASIDES: &[&str] = &[
    "doc|docs|documentation|forum|issue|issues|page|pages|article|post|thread|handbook|blog|question|mirror|repo ... on gitlabcom",
    "found|read|asked|posted|reported|searched|looked|opened|filed ... on gitlabcom",
];

const USES_SELF_MANAGED: &[&str] = &[
    "self managed|hosted",
    "selfmanaged|selfhosted|onprem|onpremise|onpremises|omnibus",
    "on prem|premise|premises",
    "our|my|own gitlab? ee? server|instance|installation",
    "not|isnt|arent|dont|never on|use|using|about gitlabcom|saas",
];

/// Whether a message that GitLab.com prints too was seen there: the customer says so, and speaks of no instance.
pub(crate) fn is_meant(words: &[Token]) -> bool {
    uses_site(words) && !contains(USES_SELF_MANAGED, words)
}

/// The topics that the text may be about.
pub(crate) fn rows(words: &[Token]) -> impl Iterator<Item = &'static Row> {
    let is_named = contains(&["gitlabcom|gitlabcomlink|saas"], words) && !is_only_aside(words);
    let is_meant = is_meant(words);
    ROWS.iter().filter(move |row| is_named && (is_meant || row.kind != Kind::GitlabCom))
}

fn contains(wordings: &[&str], words: &[Token]) -> bool {
    wordings.iter().any(|wording| !matches(wording, words).is_empty())
}

fn uses_site(words: &[Token]) -> bool {
    let asides = ends(ASIDES, words);
    let statements = USES_SITE.iter().flat_map(|wording| matches(wording, words));
    statements.into_iter().any(|found| !(found.begin..=found.end).any(|end| asides.contains(&end)))
}

fn is_only_aside(words: &[Token]) -> bool {
    let asides = ends(ASIDES, words);
    ends(&["gitlabcom|gitlabcomlink|saas"], words).is_subset(&asides)
}

/// Where the matches end.
fn ends(wordings: &[&str], words: &[Token]) -> HashSet<usize> {
    wordings.iter().flat_map(|wording| matches(wording, words)).map(|found| found.end).collect()
}

/// The topics of support's page on GitLab.com subscriptions.
const ROWS: &[Row] = &[
    Row {
        kind: Kind::GitlabComNoAccount,
        wordings: &[
            "no account",
            "no gitlabcom|gitlab|saas user? account",
            "without a|an? gitlabcom|gitlab? account",
            "dont|not|havent|doesnt have|got|own any|an|a ... account|accounts",
            "need|needs|must|have|has to? create|register|make a|an? ... account",
            "how ... create|register|get a|an? ... account",
        ],
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
        yields_to: |_| true,
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
