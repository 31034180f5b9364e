//! Messages that seem to be about the license, and other effects of a missing one.

use super::{
    super::{
        Kind,
        table::{PLAIN, Row},
    },
    HAND_OVER,
};

pub(super) const ROWS: &[Row] = &[
    Row {
        kind: Kind::ReadOnlyMode,
        wordings: &[
            "gitlab instance? is undergoing maintenance",
            "currently in read? only? maintenance mode",
            "in read only maintenance mode",
            "maintenance mode is on|enabled|active",
            "cannot|cant perform write operations on a read only instance",
            "push code to a read only gitlab? instance",
            "secondary read only geo site|node",
            "read only geo site|node",
            "repository is temporarily read only",
        ],
        is_on_gitlab_com: true,
        meaning: "The instance is read-only for another reason than the license: maintenance mode, a Geo secondary site, or storage \
                  that is being moved. No license helps.",
        steps: &[
            "Maintenance mode: the customer switches it off (Admin > Settings > General > Maintenance mode).",
            "Geo secondary site: the customer works on the primary site.",
            "If changes stay blocked after that, ask for the exact message.",
        ],
        reply: "Your GitLab is read-only, but not because of the license: it is in maintenance mode, or you are on a secondary Geo site. \
                Could an administrator check Admin > Settings > General > Maintenance mode, or use the primary site?",
        ..PLAIN
    },
    Row {
        kind: Kind::LdapServersUnlicensed,
        wordings: &[
            "could not find a strategy with name ldapsecondary",
            "could not find a strategy with name ... devise omniauth strategynotfound",
            "devise omniauth strategynotfound",
        ],
        yields_to: |kind| kind == Kind::LdapServersUnlicensed,
        meaning: "Several LDAP servers are configured, which needs a paid license, and none counts. Every page fails (502), so the form \
                  for licenses cannot be reached.",
        steps: &[
            "The customer leaves one LDAP server in /etc/gitlab/gitlab.rb and runs `gitlab-ctl reconfigure`: the pages work again.",
            "They add the license, in the form or in the Rails console: `License.new(data: File.read(\"/path/to/file\")).save`.",
            "Then they put the other LDAP servers back and reconfigure.",
            "Check the scope, and generate an emergency license.",
        ],
        reply: "Your GitLab is configured with several LDAP servers, which needs a license. Please leave only one LDAP server in \
                /etc/gitlab/gitlab.rb and run `sudo gitlab-ctl reconfigure`; the pages then work again and the license can be added. \
                After that, put the other servers back.",
        ..PLAIN
    },
    Row {
        kind: Kind::GeoUnlicensed,
        wordings: &["license does not support geo", "geo is only available for users who have at least a premium"],
        meaning: "The plan is too low for Geo, or the instance has fallen to the features of Free because no license counts.",
        steps: &[
            "Ask for the plan and the expiry on Admin > Subscription.",
            "If a Premium or Ultimate license has expired, check the scope.",
            HAND_OVER,
        ],
        reply: "Geo needs a Premium or Ultimate license, and your GitLab has none that counts. Could you send us a screenshot of \
                Admin > Subscription?",
        ..PLAIN
    },
    Row {
        kind: Kind::TrialTokenLimit,
        wordings: &[
            "only have one active project|group access token with a trial",
            "one active ... access token with a trial license|subscription",
        ],
        is_on_gitlab_com: true,
        meaning: "A limit of trial licenses, which our emergency license is: one project access token only. Nothing is broken.",
        steps: &[
            "The limit ends with the renewed license. Until then the customer uses the token that exists, or a personal one.",
        ],
        reply: "This is a limit of the short license we sent: it allows one project access token only. Nothing is broken; the limit ends \
                when you add your renewed license.",
        ..PLAIN
    },
];
