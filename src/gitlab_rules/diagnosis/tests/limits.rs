use std::time::Duration;

use proptest::prelude::*;

use super::*;

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
        "gitlab.com",
        "on gitlab.com ",
        "your ",
        "remote: ",
        "[1] ",
        "1:00 ",
        "\\",
        "=3D",
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
