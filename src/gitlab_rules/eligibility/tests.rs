use jiff::civil::date;

use super::*;
use crate::license::verdict::override_reason;

const USUAL: Scope = Scope { grace_days: 14, window_days: 3 };

fn paid(expires_on: Date) -> Evidence {
    Evidence { plan: Some(Plan::Premium), expires_on: Some(expires_on), ..Evidence::default() }
}

#[test]
fn every_boundary_is_exact_to_the_day() {
    let none = Scope { grace_days: 0, window_days: 0 };
    let from_expiry = Scope { grace_days: 0, window_days: 3 };
    let expires_on = date(2026, 11, 1);
    for (scope, days, verdict) in [
        (USUAL, -400, Verdict::NotExpired),
        (USUAL, -1, Verdict::NotExpired),
        (USUAL, 0, Verdict::InGrace),
        (USUAL, 1, Verdict::InGrace),
        (USUAL, 13, Verdict::InGrace),
        (USUAL, 14, Verdict::InScope),
        (USUAL, 15, Verdict::InScope),
        (USUAL, 16, Verdict::InScope),
        (USUAL, 17, Verdict::InScope),
        (USUAL, 18, Verdict::TooLate),
        (USUAL, 4000, Verdict::TooLate),
        (from_expiry, -1, Verdict::NotExpired),
        (from_expiry, 0, Verdict::InScope),
        (from_expiry, 3, Verdict::InScope),
        (from_expiry, 4, Verdict::TooLate),
        (none, -1, Verdict::NotExpired),
        (none, 0, Verdict::InScope),
        (none, 1, Verdict::TooLate),
    ] {
        let today = expires_on + i64::from(days).days();
        assert_eq!(judge(&paid(expires_on), today, &scope).verdict, verdict, "{scope:?}, E{days:+}");
    }
}

#[test]
fn what_settles_the_matter_alone_comes_first() {
    let today = date(2026, 11, 22);
    let in_scope = paid(date(2026, 11, 6));
    let nothing = Evidence::default();
    for (evidence, verdict) in [
        (in_scope, Verdict::InScope),
        (Evidence { plan: Some(Plan::Starter), ..in_scope }, Verdict::InScope),
        (Evidence { trial: Some(false), ..in_scope }, Verdict::InScope),
        (Evidence { trial: Some(true), ..in_scope }, Verdict::Trial),
        (Evidence { plan: Some(Plan::Free), ..in_scope }, Verdict::NotPaid),
        (Evidence { plan: Some(Plan::Free), ..nothing }, Verdict::NotPaid),
        (Evidence { plan: None, ..in_scope }, Verdict::Unchecked),
        (Evidence { plan: None, ..paid(date(2027, 1, 1)) }, Verdict::NotExpired),
        (Evidence { plan: None, ..paid(date(2025, 1, 1)) }, Verdict::TooLate),
        (Evidence { expires_on: None, ..in_scope }, Verdict::Unchecked),
        (nothing, Verdict::Unchecked),
    ] {
        let eligibility = judge(&evidence, today, &USUAL);
        assert_eq!(eligibility.verdict, verdict, "{evidence:?}");
        assert!(eligibility.reason.ends_with('.') && !eligibility.reason.contains("  "), "{}", eligibility.reason);
    }
}

#[test]
fn a_grace_period_is_weighed_against_the_next_business_day() {
    let emergency = "so this will be an emergency from";
    let none = "so this is no emergency";
    for (today, blocked_on, outlook, business_day) in [
        // Wednesday
        (date(2026, 11, 18), date(2026, 11, 19), emergency, "Thursday, 2026-11-19"),
        (date(2026, 11, 18), date(2026, 11, 20), none, "Thursday, 2026-11-19"),
        // Friday
        (date(2026, 11, 20), date(2026, 11, 21), emergency, "Monday, 2026-11-23"),
        (date(2026, 11, 20), date(2026, 11, 23), emergency, "Monday, 2026-11-23"),
        (date(2026, 11, 20), date(2026, 11, 24), none, "Monday, 2026-11-23"),
        // Saturday
        (date(2026, 11, 21), date(2026, 11, 23), emergency, "Monday, 2026-11-23"),
        (date(2026, 11, 21), date(2026, 11, 24), none, "Monday, 2026-11-23"),
        // Sunday
        (date(2026, 11, 22), date(2026, 11, 23), emergency, "Monday, 2026-11-23"),
        (date(2026, 11, 22), date(2026, 11, 24), none, "Monday, 2026-11-23"),
    ] {
        let eligibility = judge(&paid(blocked_on - 14.days()), today, &USUAL);
        assert_eq!(eligibility.verdict, Verdict::InGrace, "{today}");
        for words in [outlook, business_day, &format!("blocks changes from {}", name(blocked_on))] {
            assert!(eligibility.reason.contains(words), "{today}: {:?} lacks {words:?}", eligibility.reason);
        }
        let weekend = is_weekend(today).then(|| format!("Today is a {}.", today.strftime("%A")));
        assert_eq!(eligibility.reason.contains("Today is a"), weekend.is_some(), "{}", eligibility.reason);
    }
}

#[test]
fn the_servers_own_date_is_named_where_it_would_change_the_verdict() {
    let expires_on = date(2026, 11, 1);
    for (days, is_named) in [
        (-2, false),
        (-1, true),
        (0, true),
        (1, false),
        (12, false),
        (13, true),
        (14, true),
        (15, false),
        (16, false),
        (17, true),
        (18, true),
        (19, false),
    ] {
        let reason = judge(&paid(expires_on), expires_on + i64::from(days).days(), &USUAL).reason;
        assert_eq!(reason.contains("the date in UTC"), is_named, "E{days:+}: {reason}");
    }
}

#[test]
fn reasons_are_sentences_for_the_customer() {
    let reason = |today| judge(&paid(date(2026, 11, 6)), today, &USUAL).reason;
    assert_eq!(
        reason(date(2026, 11, 1)),
        "The license has not expired yet: it is valid up to and including Thursday, 2026-11-05. After that GitLab stays fully \
         usable for a grace period of 14 days, up to and including Thursday, 2026-11-19."
    );
    assert_eq!(
        reason(date(2026, 11, 15)),
        "The license expired on Friday, 2026-11-06, but its grace period of 14 days still runs: GitLab stays fully usable up to \
         and including Thursday, 2026-11-19, and blocks changes from Friday, 2026-11-20. Today is a Sunday. It still runs on the \
         next business day, Monday, 2026-11-16, so this is no emergency. Business days are Monday to Friday; public holidays are \
         not taken into account."
    );
    assert_eq!(
        reason(date(2026, 11, 22)),
        "The license expired on Friday, 2026-11-06, and its grace period of 14 days is over since Friday, 2026-11-20. That is \
         within the days in which we give emergency licenses, up to and including Monday, 2026-11-23."
    );
    assert_eq!(
        reason(date(2026, 11, 30)),
        "The license expired on Friday, 2026-11-06, and its grace period of 14 days is over since Friday, 2026-11-20. That is 10 \
         days ago, and emergency licenses are given for 3 days after that day, up to and including Monday, 2026-11-23. Please \
         contact sales to renew."
    );
}

#[test]
fn no_date_and_no_setting_overflows() {
    let most = Scope { grace_days: u16::MAX, window_days: u16::MAX };
    for expires_on in [Date::MIN, date(1970, 1, 1), Date::MAX] {
        for today in [Date::MIN, date(2026, 11, 22), Date::MAX] {
            for scope in [USUAL, most] {
                assert!(!judge(&paid(expires_on), today, &scope).reason.is_empty());
            }
        }
    }
}

#[test]
fn only_a_known_verdict_out_of_scope_needs_an_override() {
    use Verdict::{InGrace, InScope, NotExpired, NotPaid, TooLate, Trial, Unchecked};
    for verdict in [NotExpired, InGrace, TooLate, NotPaid, Trial] {
        assert!(verdict.needs_override());
    }
    assert!(!InScope.needs_override() && !Unchecked.needs_override());
    for verdict in [InScope, NotExpired, InGrace, TooLate, NotPaid, Trial, Unchecked] {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
    }
}

#[test]
fn a_reason_to_go_on_is_one_line_of_ten_to_five_hundred_characters() {
    let taken = |text: &str| override_reason(text).map(|line| line.to_string());
    assert_eq!(taken("  the manager\r\n\r\n\tvouches ").as_deref(), Ok("the manager vouches"));
    assert!(taken(&"日".repeat(10)).is_ok() && taken(&"日".repeat(500)).is_ok());
    for bad in ["", "nine char", "a    b    c", &"日".repeat(501)] {
        assert_eq!(taken(bad), Err("must have 10 to 500 characters".to_owned()), "{bad}");
    }
    assert!(taken("0123456789\u{202e}").unwrap_err().contains("direction-changing"));
}
