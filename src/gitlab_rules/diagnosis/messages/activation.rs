//! Messages about activation codes and the connection to GitLab.

use super::{
    super::{
        Kind, Values,
        table::{PLAIN, Row},
    },
    HAND_OVER,
};

const FILE_NEEDS_NO_ACTIVATION: &str = "If it cannot wait until the next business day, generate an emergency license: a file needs no code and no connection.";

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: Kind::ActivationCodeInvalid,
        wordings: &[
            "license key is invalid",
            "activation code is not valid",
            "invalid activation code",
            "subscription cannot be located",
            "der aktivierungscode ist nicht gültig",
            "dein abonnement wurde nicht gefunden",
            "le code dactivation nest pas valide",
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
        kind: Kind::ActivationCodeMalformed,
        wordings: &[
            "activation code should be a # character|characters alphanumeric",
            "activation code should|must be|have # character|characters",
            "der aktivierungscode sollte eine # stellige alphanumerische zeichenfolge sein",
            "le code dactivation doit être une chaîne alphanumérique de # caractères",
        ],
        meaning: "The activation code was mistyped or cut off, or a license file was pasted into the field for codes.",
        steps: &[
            "Ask whether a code or a file was entered: a code has {0 characters} and belongs on Admin > Subscription, a file under \
             Admin > Settings > General > Add License.",
            "The customer copies the code once more from the Customers Portal or the confirmation mail.",
            FILE_NEEDS_NO_ACTIVATION,
        ],
        reply: "An activation code has {0 characters}. If you have a license file, please add it under Admin > Settings > General > Add \
                License instead; if you have a code, copy it once more from the Customers Portal.",
        ..PLAIN
    },
    Row {
        kind: Kind::ActivationCodeIneligible,
        wordings: &["expired or ineligible activation code", "abgelaufenen oder ungültigen aktivierungscode"],
        meaning: "The activation code belongs to a subscription that has ended, or to one that this instance cannot use.",
        steps: &[
            "The customer takes the code of the current subscription from the Customers Portal.",
            FILE_NEEDS_NO_ACTIVATION,
            HAND_OVER,
        ],
        reply: "This activation code belongs to a subscription that has ended or does not fit. Could you look for the code of your \
                current subscription in the Customers Portal?",
        ..PLAIN
    },
    Row {
        kind: Kind::SubscriptionNotCloud,
        wordings: &["without a|an? cloud compatible subscription", "subscription is not cloud compatible"],
        meaning: "The subscription of this activation code has no cloud license, so it cannot be activated by a code: it needs a \
                  license file.",
        steps: &[
            "The licensing team provides the license file of the subscription on the next business day.",
            FILE_NEEDS_NO_ACTIVATION,
            HAND_OVER,
        ],
        reply: "Your subscription cannot be activated with a code; it needs a license file. Our licensing team will provide it, and we \
                can bridge the time with a short license.",
        ..PLAIN
    },
    Row {
        kind: Kind::TrialEnded,
        wordings: &["your trial is|has expired", "trial has expired"],
        values: |_, _| Values { trial: Some(true), ..Values::NONE },
        is_on_gitlab_com: true,
        meaning: "The trial has ended. A trial is out of scope, unless it was an emergency license of ours for a paid subscription.",
        steps: &[
            "Ask for the license before it (the history on Admin > Subscription), and check the scope with that one.",
            "Without a paid plan, sales sells a subscription.",
        ],
        reply: "Your trial has ended. To use the paid features again you need a subscription: please contact sales. If you had a paid \
                license before, could you tell us when it expired?",
        ..PLAIN
    },
    Row {
        kind: Kind::SilentMode,
        wordings: &[
            "if silent mode is enabled",
            "get head options and trace methods are allowed in silent mode",
            "blocked|not|disallowed ... silent mode",
            "abonnement kann nicht aktiviert werden wenn stiller modus aktiviert ist",
            "labonnement ne peut pas être activé en mode silencieux",
        ],
        meaning: "Silent mode is on, which blocks all outgoing requests, so the activation code cannot be checked.",
        steps: &[
            "The customer switches silent mode off (`Gitlab::CurrentSettings.update!(silent_mode_enabled: false)` in the Rails console, or \
             `PUT /api/v4/application/settings?silent_mode_enabled=false`), and activates again.",
            "On a copy for tests, where silent mode must stay on, a license file works: it needs no connection.",
            HAND_OVER,
        ],
        reply: "Your GitLab is in silent mode, which blocks the connection that an activation code needs. Please switch silent mode off \
                and try again, or tell us if it must stay on: a license file works without a connection.",
        ..PLAIN
    },
    Row {
        kind: Kind::NoConnection,
        wordings: &[
            "cannot activate instance due to a? connectivity issue",
            "your instance needs to connect to gitlab",
            "connectivity error",
            "to activate your subscription connect to gitlab servers",
            "um dein abonnement zu aktivieren musst du dich mit gitlab verbinden",
            "impossible dactiver linstance en raison dun problème de connectivité",
            "votre instance a besoin de se connecter à gitlab",
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
        kind: Kind::SyncFailed,
        wordings: &[
            "did not synchronize due to a? possible? connectivity issue",
            "you can no longer sync your subscription details",
            "there is a connectivity issue",
            "konnektivitätsproblems mit den gitlab servern nicht synchronisiert",
            "ein verbindungsproblem ist aufgetreten",
            "nont pas été synchronisées en raison dun possible problème de connectivité",
            "un problème de connectivité est survenu",
        ],
        yields_to: |kind| matches!(kind, Kind::SyncFailed | Kind::NoConnection),
        meaning: "An activated instance could not synchronize its subscription. A renewal may not have arrived; what was activated \
                  still counts until its own end.",
        steps: &[
            "The customer opens port 443 to customers.gitlab.com, and synchronizes again (Admin > Subscription).",
            "If the subscription expires before that, an emergency license bridges the time: a file needs no connection.",
            HAND_OVER,
        ],
        reply: "Your GitLab could not fetch its subscription from us. Please allow connections to customers.gitlab.com on port 443 and \
                press the button to synchronize under Admin > Subscription.",
        ..PLAIN
    },
    Row {
        kind: Kind::NotSelfManaged,
        wordings: &["not a|an? self managed instance"],
        meaning: "A code was to be activated on GitLab.com, which takes none: codes and license files are for self-managed GitLab.",
        steps: &[
            "Ask for the address of the instance that the subscription is for.",
            "For GitLab.com: the subscription is linked to its group in the Customers Portal. An emergency license does not help.",
        ],
        reply: "Activation codes are for self-managed GitLab only. A subscription for GitLab.com is linked to its group in the \
                Customers Portal instead. Which of the two do you use?",
        ..PLAIN
    },
    Row {
        kind: Kind::NoCloudLicense,
        wordings: &[
            "subscription for this instance cannot be synchronized",
            "contact gitlab customer support to obtain a license",
            "contact gitlab customer support to upgrade your license",
        ],
        yields_to: |kind| kind == Kind::NoCloudLicense,
        meaning: "The health check of GitLab Duo found no cloud license that it could synchronize. That is harmless with a license \
                  file.",
        steps: &[
            "Ask whether the instance uses a license file. If so, nothing is broken.",
            "Without any license, check the scope.",
        ],
        reply: "This line only says that your license is not synchronized with us. With a license file that is normal. Which license do \
                you see under Admin > Subscription?",
        ..PLAIN
    },
    Row {
        kind: Kind::Activated,
        wordings: &["subscription was successfully activated", "dein abonnement wurde erfolgreich aktiviert"],
        meaning: "The subscription is activated.",
        steps: &["Nothing to do."],
        reply: "Your subscription is active; there is nothing more to do.",
        ..PLAIN
    },
    Row {
        kind: Kind::ActivationFailed,
        wordings: &[
            "error occurred during activation",
            "error occurred while adding|activating your subscription",
            "could not activate subscription",
            "activation unsuccessful",
            "une erreur sest produite lors de lactivation",
            "impossible dactiver labonnement",
        ],
        yields_to: Kind::is_activation_failure,
        is_on_gitlab_com: true,
        meaning: "Activation failed, and the page does not tell why: silent mode, a proxy or firewall, or, from 1,000 users, too few \
                  seats, whose message the page does not recognise.",
        steps: &[
            "Ask for the answer to the request named `graphql` (browser's developer tools, tab Network, while activating): it holds the \
             reason. Paste it here.",
            "A license file needs no activation and no connection: generate an emergency license if the case is in scope.",
            HAND_OVER,
        ],
        reply: "Could you open your browser's developer tools, select the tab \"Network\", activate once more, and send us the response \
                to the request \"graphql\"? It holds the reason. A license file works without activation; we can send you one to go on \
                with.",
        ..PLAIN
    },
];
