//! Messages about adding and removing license files.

use super::{
    super::{
        Kind, Values,
        table::{PLAIN, Row},
    },
    HAND_OVER,
};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: Kind::LicenseExpired,
        wordings: &[
            "this license has already expired",
            "diese lizenz ist bereits abgelaufen",
            "cette licence a déjà expiré",
        ],
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
        wordings: &[
            "license key|file is invalid make sure",
            "der lizenzschlüssel ist ungültig stelle|stellen ... sicher",
            "der lizenzschlüssel ist ungültig",
        ],
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
        kind: Kind::FormEmpty,
        wordings: &[
            "license you uploaded is invalid",
            "please enter or upload a valid? license",
            "die hochgeladene lizenz ist ungültig",
        ],
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
        kind: Kind::Accepted,
        wordings: &[
            "license was successfully uploaded|added and is now active",
            "erfolgreich hochgeladen und ist jetzt|nun aktiv",
        ],
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
        wordings: &[
            "license was successfully uploaded|added and will be active from @",
            "erfolgreich hochgeladen und ist ab @ aktiv",
        ],
        values: |found, _| Values { starts_on: found.dates.first().copied(), ..Values::NONE },
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
        kind: Kind::AcceptedForLater,
        wordings: &[
            "added a license that activates on @",
            "lizenz hinzugefügt die am @ aktiviert wird",
            "licence qui sactive le @",
        ],
        values: |found, _| Values { starts_on: found.dates.first().copied(), ..Values::NONE },
        meaning: "A license was added that starts on {date}. Until then the one before it counts, and banners about its expiry are \
                  hidden.",
        steps: &[
            "Check when the license before it expires: if that is earlier than {date}, generate an emergency license.",
            "Ask for the server's date (`date -u` on the server) if the license should be active already.",
        ],
        reply: "The license you added starts on {date}; until then the one before it counts. Could you tell us when that one expires \
                or expired?",
        ..PLAIN
    },
    Row {
        kind: Kind::AcceptedForLater,
        wordings: &[
            "your future dated license was successfully added",
            "you have a future dated license",
            "lizenz mit einem zukünftigen datum",
            "vous avez une licence avec une date future",
        ],
        yields_to: |kind| kind == Kind::AcceptedForLater,
        meaning: "A license was added that starts later. Until then the one before it counts, and banners about its expiry are \
                  hidden.",
        steps: &[
            "Ask for the first day of the new license and the last day of the one before it (Admin > Subscription).",
            "If there is a gap between them, generate an emergency license.",
        ],
        reply: "The license you added starts on a later day; until then the one before it counts. Could you send us a screenshot of \
                Admin > Subscription with the dates of both?",
        ..PLAIN
    },
    Row {
        kind: Kind::Accepted,
        wordings: &["license added filepath"],
        meaning: "The license file at install time was added.",
        steps: &[
            "Nothing more to do now. If features are missing, the customer restarts GitLab (`gitlab-ctl restart`).",
        ],
        reply: "Your GitLab has added the license file. Once you have renewed, please add the new license file or enter the \
                activation code by hand: it does not replace this license by itself.",
        ..PLAIN
    },
    Row {
        kind: Kind::InstallFileInvalid,
        wordings: &["license invalid filepath", "license invalid"],
        yields_to: |kind| kind == Kind::LicenseKeyInvalid || kind == Kind::InstallFileInvalid,
        meaning: "GitLab refused the license file that it found at install time. The message does not tell which rule failed: the file \
                  may be damaged or expired, or have too few seats.",
        steps: &[
            "Open the file here, and compare its seats with the billable users and maximum users.",
            "The customer adds the file in the form: there GitLab names the reason.",
            HAND_OVER,
        ],
        reply: "Your GitLab refused the license file at install time, without a reason. Could you add it in the admin area and send \
                us the message that appears there?",
        ..PLAIN
    },
    Row {
        kind: Kind::InstallFileMissing,
        wordings: &["license file missing"],
        meaning: "At install time there was no license file at the configured path.",
        steps: &[
            "The customer checks the path (`initial_license_file`; without it, /etc/gitlab/*.gitlab-license) and the file's permissions.",
            HAND_OVER,
        ],
        reply: "Your GitLab found no license file at the configured path. You can correct the path, or add the license in the admin \
                area instead.",
        ..PLAIN
    },
    Row {
        kind: Kind::LicenseRemoved,
        wordings: &["now no longer has a valid license", "no longer has a valid license"],
        meaning: "The last license was removed, which is first aid for a read-only instance: it can be written to again, with the \
                  features of Free.",
        steps: &[
            "Check the scope, and generate an emergency license if paid features are needed before the renewal.",
            HAND_OVER,
        ],
        reply: "The expired license is removed: your GitLab accepts changes again, with the features of Free, until you add a new \
                license.",
        ..PLAIN
    },
    Row {
        kind: Kind::FellBackToPreviousLicense,
        wordings: &["fallen back on|to the previous license"],
        meaning: "A license was removed, and GitLab uses the one before it. If that one has expired, its own expiry counts: the \
                  instance may still be read-only.",
        steps: &[
            "Ask whether the instance accepts changes now. If not, the customer removes the older license as well.",
            "Check the scope with the license that counts now.",
        ],
        reply: "Your GitLab now uses the license before the removed one. Does it accept changes again? If not, please remove that \
                older license as well.",
        ..PLAIN
    },
    Row {
        kind: Kind::NoLicense,
        wordings: &[
            "you do not have a|an? active? license|subscription",
            "you dont have a|an? active? license|subscription",
            "you have a license that activates at a future date",
            "no license has been applied",
            "du hast kein aktives abonnement",
            "du hast keine aktive? lizenz",
            "vous navez pas dabonnement actif",
        ],
        is_on_gitlab_com: true,
        meaning: "No license counts at the moment: none was added, it was deleted, or the only one starts later. The instance works \
                  with the features of Free.",
        steps: &[
            "Ask for the license history (Admin > Subscription) and whether a license was deleted.",
            "Where the customer has a current license file or code, they add it again; otherwise check the scope.",
            HAND_OVER,
        ],
        reply: "Your GitLab has no current license and works with the features of Free. Do you still have your license file or \
                activation code? Then please add it again; otherwise tell us when your last license expired.",
        ..PLAIN
    },
    Row {
        kind: Kind::SubscriptionPageUnavailable,
        wordings: &[
            "subscription unavailable",
            "your current subscription cannot be displayed at the moment",
            "fetching licenses failed",
            "abonnement nicht verfügbar",
            "abonnement kann derzeit nicht angezeigt werden",
            "abonnement non disponible",
        ],
        is_on_gitlab_com: true,
        meaning: "The subscription page could not load. That tells nothing about the license.",
        steps: &[
            "The customer reloads the page.",
            "If it stays: ask for the output of `gitlab-rake gitlab:license:info`, or of `GET /api/v4/license`.",
        ],
        reply: "The subscription page could not be loaded. Please reload it; if it stays, send us the output of \
                `sudo gitlab-rake gitlab:license:info`.",
        ..PLAIN
    },
    Row {
        kind: Kind::NoSubscriptionPage,
        wordings: &[
            "no subscription area|menu|page",
            "no subscription ... in the? admin",
            "subscription|license area|menu|page|tab is missing|absent",
        ],
        meaning: "Without a Subscription page, the instance runs Community Edition, or it is GitLab.com. Neither takes a license.",
        steps: &[
            "Ask for the edition (`gitlab-rake gitlab:env:info`) and the address of the instance.",
            "Community Edition: the customer installs the package of Enterprise Edition of the same version, then adds the license.",
        ],
        reply: "A GitLab without a Subscription page runs the Community Edition, which takes no license. Could you send us the output of \
                `sudo gitlab-rake gitlab:env:info`?",
        ..PLAIN
    },
    Row {
        kind: Kind::RestartNeeded,
        wordings: &["start gitlab ultimate|premium trial", "start a|an? ultimate|premium trial"],
        is_on_gitlab_com: true,
        meaning: "GitLab still offers a trial although a license was added: a process does not know the license yet.",
        steps: &["The customer restarts Puma (`gitlab-ctl restart puma`), and reloads the page."],
        reply: "If GitLab still offers a trial after you added the license, please restart it with `sudo gitlab-ctl restart puma` and \
                reload the page.",
        ..PLAIN
    },
];
