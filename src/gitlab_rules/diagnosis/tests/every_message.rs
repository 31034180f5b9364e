//! Every message, as GitLab prints it.

use super::{super::kind::Kind::*, seat_messages::SEATS, *};

/// A text, its one finding, and the seats to generate.
pub(super) type Case = (&'static str, Kind, Option<u32>);

const ADDING: &[Case] = &[
    ("This license has already expired.", LicenseExpired, None),
    (
        "The license key is invalid. Make sure it is exactly as you received it from GitLab Inc.",
        LicenseKeyInvalid,
        None,
    ),
    (
        "The license you uploaded is invalid. If the issue persists, contact support at https://support.gitlab.com.",
        FormEmpty,
        None,
    ),
    ("Please enter or upload a valid license.", FormEmpty, None),
    (
        "It looks like you're attempting to activate your subscription. Use the Subscription page instead.",
        CloudLicenseInForm,
        None,
    ),
    ("The license was successfully uploaded and is now active. You can see the details below.", Accepted, None),
    (
        "The license was successfully uploaded and will be active from 2026-11-23. You can see the details below.",
        AcceptedForLater,
        None,
    ),
    ("Your future dated license was successfully added", AcceptedForLater, None),
    ("You have a future dated license", AcceptedForLater, None),
    (
        "You have successfully added a license that activates on 2026-11-23. Please see the subscription history below.",
        AcceptedForLater,
        None,
    ),
    (
        "License Added:\n\nFilePath: /etc/gitlab/acme.gitlab-license\nLicense valid from: 2026-11-01 to 2027-11-01",
        Accepted,
        None,
    ),
    ("License Invalid:\n\nFilePath: /etc/gitlab/acme.gitlab-license", InstallFileInvalid, None),
    ("License File Missing:\n\nFilePath: /etc/gitlab/acme.gitlab-license", InstallFileMissing, None),
    ("The license was removed. GitLab has fallen back on the previous license.", FellBackToPreviousLicense, None),
    ("The license was removed. GitLab now no longer has a valid license.", LicenseRemoved, None),
    ("You do not have an active license", NoLicense, None),
    ("You have a license that activates at a future date.", NoLicense, None),
    ("You do not have a license.", NoLicense, None),
    ("You do not have an active subscription", NoLicense, None),
    ("No license has been applied.", NoLicense, None),
    ("Subscription unavailable", SubscriptionPageUnavailable, None),
    (
        "Your current subscription cannot be displayed at the moment. Please reload the page.",
        SubscriptionPageUnavailable,
        None,
    ),
    ("Fetching licenses failed. You are not permitted to perform this action.", SubscriptionPageUnavailable, None),
    ("No Subscription area", NoSubscriptionPage, None),
    ("Start GitLab Ultimate trial", RestartNeeded, None),
];

const ACTIVATION: &[Case] = &[
    ("The license key is invalid.", ActivationCodeInvalid, None),
    ("The activation code is not valid. Please make sure to copy it exactly", ActivationCodeInvalid, None),
    ("The activation code should be a 24-character alphanumeric string", ActivationCodeMalformed, None),
    (
        "You may have entered an expired or ineligible activation code. To request a new activation code, purchase a new \
         subscription and try again.",
        ActivationCodeIneligible,
        None,
    ),
    ("errors: [\"Cannot activate instance without cloud compatible subscription\"]", SubscriptionNotCloud, None),
    ("Your trial is expired", TrialEnded, None),
    ("{\"errors\":[\"Trial has expired\"]}", TrialEnded, None),
    ("An error occurred during activation", ActivationFailed, None),
    ("An error occurred while adding your subscription", ActivationFailed, None),
    (
        "An error occurred while activating your subscription.\nYou can learn more about activating your subscription. If you need \
         further assistance, please contact GitLab Support.",
        ActivationFailed,
        None,
    ),
    ("Activation unsuccessful", ActivationFailed, None),
    ("Could not activate subscription", ActivationFailed, None),
    (
        "Could not activate subscription\nSubscription cannot be activated if Silent Mode is enabled. Disable Silent Mode and try again.",
        SilentMode,
        None,
    ),
    (
        "[{\"data\":{\"gitlabSubscriptionActivate\":{\"errors\":[\"<error> returned=1 errno=0 state=error: only get, head, options, and \
         trace methods are allowed in silent mode\"],\"license\":null,\"__typename\":\"GitlabSubscriptionActivatePayload\"}}}]",
        SilentMode,
        None,
    ),
    ("Cannot activate instance due to a connectivity issue", NoConnection, None),
    ("{\"errors\":[\"CONNECTIVITY_ERROR\"]}", NoConnection, None),
    (
        "To activate your subscription, connect to GitLab servers through the Cloud Licensing service, a hassle-free way.",
        NoConnection,
        None,
    ),
    (
        "There is a connectivity issue\nSubscription details did not synchronize due to a possible connectivity issue with GitLab \
         servers.",
        SyncFailed,
        None,
    ),
    ("You can no longer sync your subscription details with GitLab.", SyncFailed, None),
    ("Not self-managed instance", NotSelfManaged, None),
    (
        "Subscription for this instance cannot be synchronized. Contact GitLab customer support to obtain a license.",
        NoCloudLicense,
        None,
    ),
    (
        "Subscription for this instance cannot be synchronized. Contact GitLab customer support to upgrade your license.",
        NoCloudLicense,
        None,
    ),
    ("Your subscription was successfully activated. You can see the details below.", Activated, None),
];

const EXPIRY: &[Case] = &[
    (
        "This instance is now read-only. Don't worry, your data is safe. To change to GitLab Free and restore write access to this \
         instance, delete your expired license.",
        ReadOnly,
        None,
    ),
    ("Pushing code and creation of issues and merge requests has been disabled.", ReadOnly, None),
    (
        "Your subscription has been downgraded\nYou didn't renew your Premium subscription so it was downgraded to the GitLab Core Plan.",
        ReadOnly,
        None,
    ),
    (
        "Your Ultimate subscription has expired. Please renew your subscription to continue using paid features.",
        InGrace,
        None,
    ),
    (
        "Your subscription expired!\nNo worries, you can still use all the Premium features for now. You have 9 days to renew your \
         subscription.",
        InGrace,
        None,
    ),
    (
        "No worries, you can still use all the Gold features for now. You have 1 day to renew your subscription.",
        InGrace,
        None,
    ),
    (
        "Your license expired on 2026-09-24. Pushing code and creation of issues and merge requests will be disabled on 2026-10-08. \
         Upload a new license in the admin area to ensure uninterrupted service.",
        InGrace,
        None,
    ),
    (
        "If you don't renew by 2026-10-15 your instance will become read-only, and you won't be able to create issues or merge requests. \
         You will also lose access to your paid features and support entitlement.",
        ReadOnlyAhead,
        None,
    ),
    ("Your subscription with temporary extension expired!", TemporaryExtensionEnded, None),
    ("Your Premium subscription with a temporary extension will expire on 2026-10-08", TemporaryExtensionEnds, None),
    ("Your subscription expired!", SubscriptionExpired, None),
    ("Your license expired on 2020-01-31.", SubscriptionExpired, None),
    ("Your Enterprise Edition license expired on 2020-01-31.", SubscriptionExpired, None),
    ("Your Ultimate subscription will expire on 2026-11-23", SubscriptionExpiresSoon, None),
    ("Your Enterprise Edition license will expire in 5 days.", SubscriptionExpiresSoon, None),
    ("Your Enterprise Edition trial license will expire in 5 days.", TrialEndsSoon, None),
    ("Expires: in 1 week\nFree trial will expire in 14 days", TrialEndsSoon, None),
    ("Your trial license expired on 2020-01-31.", TrialEnded, None),
];

const INSTANCE: &[Case] = &[
    ("GitLab is undergoing maintenance", ReadOnlyMode, None),
    (
        "Git push is not allowed because this GitLab instance is currently in (read-only) maintenance mode.",
        ReadOnlyMode,
        None,
    ),
    ("You cannot perform write operations on a read-only instance", ReadOnlyMode, None),
    ("You are on a secondary, read-only Geo site.", ReadOnlyMode, None),
    (
        "Could not find a strategy with name `Ldapsecondary'. Please ensure it is required or explicitly set it using the \
         :strategy_class option. (Devise::OmniAuth::StrategyNotFound)",
        LdapServersUnlicensed,
        None,
    ),
    ("License does not support Geo, and Geo is not enabled", GeoUnlicensed, None),
    ("Geo is only available for users who have at least a Premium subscription.", GeoUnlicensed, None),
    (
        "You can only have one active project access token with a trial license. You cannot generate a new token until the existing \
         token is deleted.",
        TrialTokenLimit,
        None,
    ),
    ("My printer is on fire.", Unknown, None),
    ("You need 3 users", Unknown, None),
];

#[test]
fn every_message_of_gitlab_is_explained() {
    for &(text, kind, seats) in [SEATS, ADDING, ACTIVATION, EXPIRY, INSTANCE].into_iter().flatten() {
        let findings = found(text);
        assert_eq!((kinds(text), findings[0].seats), (vec![kind], seats), "{text}");
        let Finding { meaning, steps, reply, .. } = &findings[0];
        assert!(!meaning.is_empty() && !steps.is_empty() && !reply.is_empty(), "{text}");
        for said in steps.iter().chain([meaning, reply]) {
            assert!(!said.contains(['{', '}']) || said.contains("Gitlab::"), "{said}");
            assert!(!said.contains("  ") && !said.contains("unknown day"), "{said}");
        }
    }
}

#[test]
fn every_kind_of_message_has_a_case() {
    let cases = [SEATS, ADDING, ACTIVATION, EXPIRY, INSTANCE].into_iter().flatten();
    let tried: Vec<Kind> = cases.map(|(_, kind, _)| *kind).collect();
    let missing = super::super::messages::rows().find(|row| !tried.contains(&row.kind) && row.kind != LimitReached);
    assert_eq!(missing.map(|row| row.kind), None);
}
