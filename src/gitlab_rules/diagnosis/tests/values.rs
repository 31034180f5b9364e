use super::*;

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
fn a_limit_that_is_exactly_reached_wants_one_seat_more() {
    for text in [
        "During the year before this license started, this gitlab installation had 74 active users, exceeding this license’s limit of \
         74 by 0 users. Please upload a license for at least 74 users",
        "This GitLab installation currently has 74 active users, exceeding this license's limit of 74 by 0 users.",
        "This GitLab installation has 74 active users, exceeding this license's limit of 74 by 0 users.",
        "exceeding this license's limit of 74 by 0 users",
    ] {
        let findings = found(text);
        assert_eq!((kinds(text), findings[0].seats), (vec![Kind::LimitReached], Some(75)), "{text}");
    }
}

#[test]
fn the_days_that_a_message_names_are_read() {
    let expires = |day| Values { expires_on: Some(day), ..Values::NONE };
    let blocks = |expires_on, day| Values { blocks_on: Some(day), expires_on: Some(expires_on), ..Values::NONE };
    for (text, values) in [
        (
            "Your license expired on 2026-11-20. Pushing code and creation of issues and merge requests will be disabled on 2026-12-04.",
            blocks(date(2026, 11, 20), date(2026, 12, 4)),
        ),
        (
            "Pushing code and creation of issues and merge requests will be disabled on December 4, 2026.",
            blocks(date(2026, 11, 20), date(2026, 12, 4)),
        ),
        (
            "No worries, you can still use all the Premium features for now. You have 9 days to renew your subscription.",
            blocks(date(2026, 9, 26), date(2026, 10, 10)),
        ),
        (
            "If you don't renew by 2026-10-15 your instance will become read-only",
            Values { blocks_on: Some(date(2026, 10, 15)), ..Values::NONE },
        ),
        ("Your license expired on 2026-09-20.", expires(date(2026, 9, 20))),
        ("Your Premium subscription will expire on 20 Oct 2026", expires(date(2026, 10, 20))),
        ("Free trial will expire in 14 days", Values { trial: Some(true), ..expires(date(2026, 10, 15)) }),
        (
            "The license was successfully uploaded and will be active from 2026-11-23.",
            Values { starts_on: Some(date(2026, 11, 23)), ..Values::NONE },
        ),
    ] {
        let findings = found(text);
        assert_eq!((findings.len(), findings[0].values), (1, values), "{text}");
    }
}

#[test]
fn the_counts_that_a_message_names_are_read() {
    let counts = |licensed, billable, maximum| Values {
        licensed_seats: Some(licensed),
        billable_users: billable,
        maximum_users: maximum,
        ..Values::NONE
    };
    for (text, values) in [
        (PAST, counts(1250, None, Some(1286))),
        (NOW, counts(1, Some(2), None)),
        (
            "Your instance has 3 users remaining of the 1,250 included in your subscription.",
            counts(1250, Some(1247), None),
        ),
        ("You have 245 active users, which is almost at the user limit of 250.", counts(250, Some(245), None)),
    ] {
        assert_eq!(found(text)[0].values, values, "{text}");
    }
}

#[test]
fn days_beyond_any_term_are_no_date() {
    let findings = found("You have 9223372036854775807 days to renew your subscription.");
    assert_eq!((findings[0].kind, findings[0].values), (Kind::InGrace, Values::NONE));
}
