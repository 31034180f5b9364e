use std::time::Duration;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::sealing::file::parse_public_key;

const LICENSE: &str = include_str!("../../../tests/vectors/paid-plain.gitlab-license");
const OTHER: &str = include_str!("../../../tests/vectors/signed-by-another-key.gitlab-license");
const TRUNCATED: &str = include_str!("../../../tests/vectors/truncated.gitlab-license");
const PAST: &str = "During the year before this license started, this GitLab installation had 1,286 active users, exceeding this \
                    license's limit of 1,250 by 36 users. Please add a license for at least 1,286 users or contact sales at \
                    https://about.gitlab.com/sales/";
const NOW: &str = "This GitLab installation currently has 2 active users, exceeding this license's limit of 1 by 1 user. Please \
                   upload a license for at least 2 users or contact sales at renewals@gitlab.com";
const TRUE_UP: &str = "You have applied a True-up for 2 users but you need one for 3 users. Please contact sales at \
                       https://about.gitlab.com/sales/";

fn found(text: &str) -> Vec<Finding> {
    diagnose(text, &public_key(), date(2026, 10, 1)).unwrap()
}

fn public_key() -> PublicKey {
    parse_public_key(include_str!("../../../tests/vectors/test_key.pub.pem")).unwrap()
}

fn kinds(text: &str) -> Vec<Kind> {
    found(text).into_iter().map(|finding| finding.kind).collect()
}

#[test]
fn every_message_of_gitlab_is_known() {
    let zero = "During the year before this license started, this GitLab installation had 0 active users, exceeding this license's \
                limit of 5 by -5 users. Please upload a license for at least 0 users or contact sales at renewals@gitlab.com";
    for (text, kind, seats) in [
        (PAST, Kind::PastUsersTooMany, Some(1286)),
        (zero, Kind::WrongNumbers, None),
        (NOW, Kind::CurrentUsersTooMany, Some(2)),
        (TRUE_UP, Kind::TrueUp, None),
        ("This license has already expired.", Kind::LicenseExpired, None),
        (
            "The license key is invalid. Make sure it is exactly as you received it from GitLab Inc.",
            Kind::LicenseKeyInvalid,
            None,
        ),
        ("The license key is invalid.", Kind::ActivationCodeInvalid, None),
        (
            "The license you uploaded is invalid. If the issue persists, contact support at https://support.gitlab.com.",
            Kind::FormEmpty,
            None,
        ),
        (
            "It looks like you're attempting to activate your subscription. Use the Subscription page instead.",
            Kind::CloudLicenseInForm,
            None,
        ),
        (
            "This instance is now read-only. Don't worry, your data is safe. To change to GitLab Free and restore write access to \
             this instance, delete your expired license.",
            Kind::ReadOnly,
            None,
        ),
        (
            "The license was successfully uploaded and is now active. You can see the details below.",
            Kind::Accepted,
            None,
        ),
        (
            "The license was successfully uploaded and will be active from 2026-11-23. You can see the details below.",
            Kind::AcceptedForLater,
            None,
        ),
        ("Your subscription expired!", Kind::SubscriptionExpired, None),
        ("Your Ultimate subscription will expire on 2026-11-23", Kind::SubscriptionExpiresSoon, None),
        // Older wordings, and those of the page for activation codes.
        ("Please enter or upload a valid license.", Kind::FormEmpty, None),
        ("Your license expired on 2020-01-31.", Kind::SubscriptionExpired, None),
        ("Pushing code and creation of issues and merge requests has been disabled.", Kind::ReadOnly, None),
        (
            "Your current GitLab installation has 22 active users, which exceeds your new subscription seat count of 18 by 4.",
            Kind::TooFewSeats,
            Some(22),
        ),
        ("The activation code is not valid. Please make sure to copy it exactly", Kind::ActivationCodeInvalid, None),
        ("Cannot activate instance due to a connectivity issue", Kind::NoConnection, None),
        // Parts.
        ("upload a license for at least 1,286 users or contact sales", Kind::TooFewSeats, Some(1286)),
        ("exceeding this license's limit of 250 by 36 users", Kind::TooFewSeats, Some(286)),
        ("exceeding this license's limit of 5 by -5 users", Kind::TooFewSeats, None),
        ("My printer is on fire.", Kind::Unknown, None),
        ("You need 3 users", Kind::Unknown, None),
    ] {
        let findings = found(text);
        assert_eq!((findings.len(), findings[0].kind, findings[0].seats), (1, kind, seats), "{text}");
        let Finding { meaning, steps, reply, .. } = &findings[0];
        assert!(!meaning.is_empty() && !steps.is_empty() && !reply.is_empty(), "{text}");
        for said in steps.iter().chain([meaning, reply]) {
            assert!(!said.contains(['{', '}']) && !said.contains("  "), "{said}");
        }
    }
}

#[test]
fn a_message_is_known_in_any_dress() {
    let plain = "During the year before this license started, this GitLab installation had 1286 active users, exceeding this \
                 license's limit of 1250 by 36 users. Please upload a license for at least 1286 users.";
    let wrapped = |prefix: &str| {
        let lines = plain.as_bytes().chunks(40).map(|line| format!("{prefix}{}", String::from_utf8_lossy(line)));
        lines.collect::<Vec<_>>().join("=\r\n")
    };
    for text in [
        plain.to_owned(),
        PAST.to_owned(),
        PAST.replace("license's", "license’s"),
        PAST.replace("license's", "license&#39;s").replace("1,286", "<b>1,286</b>"),
        PAST.replace("license's", "licenses"),
        PAST.to_uppercase(),
        PAST.to_lowercase(),
        PAST.replace(',', "."),
        PAST.replace("1,", "1\u{a0}"),
        PAST.replace("1,", "1\u{202f}"),
        PAST.replace("1,", "1 "),
        PAST.replace(' ', "&nbsp;"),
        PAST.replace(' ', "\r\n> "),
        PAST.replace(' ', "\n> > "),
        PAST.replace(' ', "  \t"),
        PAST.replace("During the year before this license started, this GitLab installation", "... it"),
        format!("<div class=\"flash-alert\"><span>{PAST}</span><br/></div>"),
        format!("&lt;p&gt;{PAST}&lt;/p&gt;"),
        format!("Hi team,\n\nwe get \u{201c}{PAST}\u{201d} (GitLab 16.7.2) since 2026-11-21!\n\nBest\nJane"),
        format!("Error:{PAST}Error:{PAST}"),
        wrapped(""),
    ] {
        let findings = found(&text);
        assert_eq!(
            (findings.len(), findings[0].kind, findings[0].seats),
            (1, Kind::PastUsersTooMany, Some(1286)),
            "{text}"
        );
        assert!(findings[0].meaning.contains("1,250") && findings[0].reply.contains("1,286 users"));
    }
}

#[test]
fn several_messages_are_each_explained_once_and_in_order() {
    let text = format!("First {TRUE_UP}\nthen {PAST}\nand {NOW}\nand again {PAST}\nThis license has already expired.");
    assert_eq!(kinds(&text), [Kind::TrueUp, Kind::PastUsersTooMany, Kind::CurrentUsersTooMany, Kind::LicenseExpired]);
    let twice = format!("{PAST} {}", PAST.replace("1,286", "1,300"));
    assert_eq!(found(&twice).iter().map(|finding| finding.seats).collect::<Vec<_>>(), [Some(1286), Some(1300)]);
}

#[test]
fn a_true_up_names_the_right_number_and_why_an_emergency_license_passes() {
    let finding = &found(TRUE_UP)[0];
    assert!(finding.meaning.contains("the right number is 3"), "{}", finding.meaning);
    assert!(finding.meaning.contains("carries no true-up keys"));
    assert!(finding.steps.iter().any(|step| step.contains("set its true-up count to 3")));
}

#[test]
fn numbers_beyond_any_license_are_no_seats() {
    for number in ["1000001", "9223372036854775807", "9999999999999999999999"] {
        let text = format!("had {number} active users, exceeding this license's limit of 5 by 4 users");
        assert!(found(&text).iter().all(|finding| finding.seats.is_none_or(|seats| seats == 9)), "{number}");
    }
    let sum = format!("exceeding this license's limit of {0} by {0} users", i64::MAX);
    assert_eq!(found(&sum)[0].seats, None);
}

#[test]
fn the_license_file_is_opened_and_gitlabs_answer_is_foretold() {
    let key = public_key();
    for (today, answer) in [
        (date(2025, 10, 1), "to be active from 2025-11-01 on"),
        (
            date(2026, 10, 31),
            "It is current; it can be added with up to 275 billable users now where the peak of the license before was at most 240",
        ),
        (date(2026, 11, 1), "This license has already expired."),
    ] {
        let findings = diagnose(LICENSE, &key, today).unwrap();
        assert_eq!((findings.len(), findings[0].kind), (1, Kind::LicenseFile));
        let meaning = &findings[0].meaning;
        assert!(
            meaning.contains("Premium for 250 seats, made for Jane Doe, Acme GmbH, jane@acme.example"),
            "{meaning}"
        );
        assert!(meaning.contains(answer), "{meaning}");
    }
}

#[test]
fn a_license_file_among_words_hides_no_message_and_is_never_repeated() {
    for (license, kind) in
        [(LICENSE, Kind::LicenseFile), (OTHER, Kind::LicenseFileUnreadable), (TRUNCATED, Kind::LicenseFileUnreadable)]
    {
        let text = format!("Hello,\n{license}\n{PAST}\nThis is our code: aB3dE5gH7jK9mN1pQ_sT-vX2, thanks");
        let findings = found(&text);
        let kinds: Vec<Kind> = findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [kind, Kind::ActivationCode, Kind::PastUsersTooMany], "{license:.20}");
        let said = serde_json::to_string(&findings).unwrap();
        assert!(!said.contains("aB3dE5gH7jK9mN1pQ_sT-vX2") && !said.contains(&license[..30]));
    }
    assert_eq!(kinds("aB3dE5gH7jK9mN1pQ_sT-vX2"), [Kind::ActivationCode]);
    let line = LICENSE.replace('\n', "");
    let narrow: Vec<_> = line.as_bytes().chunks(5).map(String::from_utf8_lossy).collect();
    assert_eq!(kinds(&narrow.join("\n")), [Kind::LicenseFile]);
}

#[test]
fn stories_about_the_site_get_the_handbooks_steps_and_the_plain_word() {
    for (text, kind) in [
        ("We want to buy Premium for GitLab.com but have no account yet.", Kind::GitlabComNoAccount),
        ("Our manager doesn't have a GitLab.com account, how do we purchase?", Kind::GitlabComNoAccount),
        ("Do I need to create an account on gitlab.com to buy a subscription?", Kind::GitlabComNoAccount),
        ("I can't see my groups when purchasing a subscription for GitLab.com", Kind::GitlabComNoGroup),
        ("GitLab SaaS: there is no group to choose when I buy", Kind::GitlabComNoGroup),
        ("On https://gitlab.com/acme our group is not listed in the purchase form.", Kind::GitlabComNoGroup),
        ("We bought Premium last week but our group on GitLab.com still shows Free", Kind::GitlabComNotLinked),
        ("Our GitLab.com purchase isn't linked to its group.", Kind::GitlabComNotLinked),
        ("How do we link the subscription to our group on gitlab.com?", Kind::GitlabComNotLinked),
        ("We got an invoice for a true-up of our GitLab.com plan", Kind::GitlabComTrueUp),
        ("SaaS Ultimate: 12 seats owed since March", Kind::GitlabComTrueUp),
        ("Our GitLab.com subscription ran out on Saturday!", Kind::GitlabCom),
        ("On gitlab.com it says \"Your subscription expired!\"", Kind::GitlabCom),
    ] {
        let findings = found(text);
        assert_eq!((findings.len(), findings[0].kind), (1, kind), "{text}");
        let said = findings[0].steps.join(" ") + &findings[0].meaning;
        assert!(said.contains("emergency license does not help here"), "{text}");
    }
}

#[test]
fn the_sites_addresses_alone_are_no_story_about_it() {
    for text in
        [PAST, NOW, TRUE_UP, "Our license at gitlab.acme.example: mail renewals@gitlab.com, no account, no group"]
    {
        let kinds = kinds(text);
        assert!(!serde_json::to_string(&kinds).unwrap().contains("gitlab_com"), "{text}: {kinds:?}");
    }
}

#[test]
fn text_has_a_bound() {
    let key = public_key();
    let of = |text: &str| diagnose(text, &key, date(2026, 10, 1));
    assert_eq!(of(&"a".repeat(MAX_TEXT_BYTES + 1)), Err(DiagnosisError::TooLong));
    assert_eq!(of("\n \u{a0}"), Err(DiagnosisError::Empty));
    let flood: Vec<_> =
        (0..600).map(|n| format!("you have applied a true-up for {n} users but you need one for 7 users ")).collect();
    assert_eq!(of(&flood.concat()).unwrap().len(), MAX_FINDINGS);
}

#[test]
fn a_text_made_to_be_slow_is_answered_quickly() {
    for piece in [
        "during the year before this license started this gitlab installation had 5 ",
        "gitlab.com cannot ",
        "gitlab.com group ",
        "gitlab.com bought bought still ",
        "saas 1 ",
        "1,000",
        "1 000 ",
        "<a",
        "</",
        "&lt;",
        "&amp;",
        "&#x3c;b&#x3e;",
        "a-B3_",
        "aB3dE5gH7jK9mN1pQ_sT-vX2/",
        "> > > ",
        "=\n",
        "a ",
        "'",
        "eyJkYXRhIjoi",
        "eyJkYXRhIjoi\n",
        "-----BEGIN GITLAB LICENSE-----\n",
        "\u{a0}",
        "İ",
    ] {
        let text = piece.repeat(MAX_TEXT_BYTES / piece.len());
        #[expect(clippy::disallowed_methods, reason = "how long it takes is what is promised")]
        let started = std::time::Instant::now();
        let _ = diagnose(&text, &public_key(), date(2026, 10, 1));
        assert!(started.elapsed() < Duration::from_secs(2), "{piece:?} took {:?}", started.elapsed());
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,300}") {
        prop_assume!(!text.trim().is_empty());
        prop_assert!(!found(&text).is_empty());
    }

    #[test]
    fn gitlabs_own_message_comes_back_with_its_number(users in 1_u64..=1_000_000, fewer in 1_u64..=1_000_000) {
        use crate::gitlab_rules::acceptance::Rejection;
        let seats = users.saturating_sub(fewer);
        let said = found(&Rejection::CurrentUsers { users, seats }.to_string());
        prop_assert_eq!((said[0].kind, said[0].seats.map(u64::from)), (Kind::CurrentUsersTooMany, Some(users)));
        let said = found(&Rejection::PastUsers { users, seats }.to_string());
        prop_assert_eq!((said[0].kind, said[0].seats.map(u64::from)), (Kind::PastUsersTooMany, Some(users)));
    }
}
