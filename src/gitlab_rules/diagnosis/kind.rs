//! What can be recognised.

use serde::Serialize;
use utoipa::ToSchema;

/// What was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema, strum::EnumIter)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingKind)]
pub enum Kind {
    /// The peak of the last term is above the new seats.
    PastUsersTooMany,
    /// More users now than seats.
    CurrentUsersTooMany,
    /// Too few seats; now or at the peak is not said.
    TooFewSeats,
    /// As many users as seats, which the oldest versions refuse.
    LimitReached,
    /// Old versions print numbers that cannot be right.
    WrongNumbers,
    /// The license's true-up keys do not fit.
    TrueUp,
    /// Most seats are used.
    SeatsNearlyUsed,
    /// More users than seats; billed later, nothing is blocked.
    SeatsExceeded,
    /// Restricted access is on, and every seat is used.
    NoSeatsLeft,
    /// The user cap of the settings is reached.
    UserCapReached,
    ReconciliationDue,
    LicenseExpired,
    /// The instance cannot read the license file.
    LicenseKeyInvalid,
    /// The form was sent without a license.
    FormEmpty,
    /// A cloud license in the form for files.
    CloudLicenseInForm,
    Accepted,
    /// Accepted, and starts later than the server's date.
    AcceptedForLater,
    /// A license was removed; the previous one counts again.
    FellBackToPreviousLicense,
    /// The last license was removed.
    LicenseRemoved,
    NoLicense,
    /// The license file at install time was refused.
    InstallFileInvalid,
    InstallFileMissing,
    SubscriptionPageUnavailable,
    /// Community Edition or GitLab.com.
    NoSubscriptionPage,
    /// A license was added, but a process does not know it yet.
    RestartNeeded,
    ActivationCodeInvalid,
    /// Not 24 characters: mistyped, or a license file in the field for codes.
    ActivationCodeMalformed,
    /// The code's subscription has expired or does not fit.
    ActivationCodeIneligible,
    /// The subscription has no cloud license.
    SubscriptionNotCloud,
    Activated,
    /// Activation failed; the message gives no reason.
    ActivationFailed,
    SilentMode,
    /// The activation code could not be checked: no connection.
    NoConnection,
    SyncFailed,
    /// Activation was tried on GitLab.com.
    NotSelfManaged,
    /// The health check found no cloud license to synchronize.
    NoCloudLicense,
    /// The grace period is over.
    ReadOnly,
    /// Expired, and changes are not blocked yet.
    InGrace,
    /// Not expired; the message names a day from which changes are blocked.
    ReadOnlyAhead,
    TemporaryExtensionEnded,
    TemporaryExtensionEnds,
    TrialEnded,
    TrialEndsSoon,
    SubscriptionExpired,
    SubscriptionExpiresSoon,
    /// Read-only for another reason than the license: maintenance mode, or a Geo secondary site.
    ReadOnlyMode,
    /// Several LDAP servers without a license for them: every page fails.
    LdapServersUnlicensed,
    GeoUnlicensed,
    /// A limit of trial licenses.
    TrialTokenLimit,
    LicenseFile,
    LicenseFileUnreadable,
    ActivationCode,
    /// GitLab.com: the customer has no account there yet.
    GitlabComNoAccount,
    /// GitLab.com: no group to choose when buying.
    GitlabComNoGroup,
    /// GitLab.com: the purchase is not linked to its group.
    GitlabComNotLinked,
    /// GitLab.com: more seats in use than bought.
    GitlabComTrueUp,
    /// GitLab.com, and nothing more precise.
    GitlabCom,
    Unknown,
}

impl Kind {
    /// Whether GitLab refused a license for its seats.
    pub(crate) fn is_refused_seats(self) -> bool {
        use Kind::{CurrentUsersTooMany, LimitReached, PastUsersTooMany, TooFewSeats, WrongNumbers};
        matches!(self, PastUsersTooMany | CurrentUsersTooMany | TooFewSeats | LimitReached | WrongNumbers)
    }

    /// Whether it says why an activation failed.
    pub(crate) fn is_activation_failure(self) -> bool {
        use Kind::{
            ActivationCodeIneligible, ActivationCodeInvalid, ActivationCodeMalformed, InstallFileInvalid,
            InstallFileMissing, NoConnection, NotSelfManaged, SilentMode, SubscriptionNotCloud, TrialEnded, TrueUp,
        };
        self.is_refused_seats()
            || matches!(
                self,
                ActivationCodeIneligible
                    | ActivationCodeInvalid
                    | ActivationCodeMalformed
                    | InstallFileInvalid
                    | InstallFileMissing
                    | NoConnection
                    | NotSelfManaged
                    | SilentMode
                    | SubscriptionNotCloud
                    | TrialEnded
                    | TrueUp
            )
    }

    /// Whether it says how far the expiry has gone, so that a mere "expired" adds nothing.
    pub(crate) fn is_stage_of_expiry(self) -> bool {
        use Kind::{InGrace, ReadOnly, TemporaryExtensionEnded, TrialEnded};
        matches!(self, ReadOnly | InGrace | TemporaryExtensionEnded | TrialEnded)
    }
}
