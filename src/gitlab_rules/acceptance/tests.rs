use super::*;
use proptest::prelude::*;

const OLD: Option<GitlabVersion> = Some(GitlabVersion { major: 14, minor: 1 });

fn plain(seats: u64) -> Restrictions {
    Restrictions { seats: Some(seats), ..Restrictions::default() }
}

#[test]
fn the_rules_hold_one_by_one() {
    let past = |users, seats| Err(Rejection::PastUsers { users, seats });
    let now = |users, seats| Err(Rejection::CurrentUsers { users, seats });
    let trueup = |quantity, needed| Err(Rejection::TrueUp { quantity, needed });
    let renewal = |seats, previous| Restrictions { previous_seats: Some(previous), ..plain(seats) };
    let reconciled = Restrictions { reconciled: true, ..plain(100) };
    let trued = |quantity| Restrictions { trueup: Some(quantity), ..renewal(100, 80) };
    let trued_period = Restrictions { trueup_period_seats: Some(90), ..trued(10) };
    let trued_alone = Restrictions { trueup: Some(0), ..plain(100) };
    for (rule, restrictions, billable, maximum, version, expected) in [
        ("1: no seats", Restrictions::default(), u64::MAX, u64::MAX, None, Ok(())),
        ("2: within slack", reconciled, 110, 999, None, Ok(())),
        ("2: beyond slack", reconciled, 111, 0, None, now(111, 100)),
        ("2: no slack before 14.2", reconciled, 101, 0, OLD, now(101, 100)),
        ("3: fits", trued(10), 110, 91, None, Ok(())),
        ("3: one too many", trued(10), 100, 92, None, trueup(10, 12)),
        ("3: no slack before 14.2", trued(10), 100, 91, OLD, trueup(10, 11)),
        ("3: then today's users", trued(10), 111, 91, None, now(111, 100)),
        ("3: the period's seats win", trued_period, 100, 101, None, Ok(())),
        ("3: the period's seats win", trued_period, 100, 102, None, trueup(10, 12)),
        ("3: no base", trued_alone, 110, 999, None, Ok(())),
        ("4: peak within the previous", renewal(100, 300), 110, 300, None, Ok(())),
        ("4: too many now", renewal(100, 300), 111, 300, None, now(111, 100)),
        ("4: no slack before 14.2", renewal(100, 300), 101, 300, OLD, now(101, 100)),
        ("5: peak above the previous", renewal(100, 80), 0, 110, None, Ok(())),
        ("5: peak above the previous", renewal(100, 80), 0, 111, None, past(111, 100)),
        ("5: today's users are not looked at", plain(100), 999, 110, None, Ok(())),
        ("5: no previous", plain(100), 0, 111, None, past(111, 100)),
        ("5: no slack before 14.2", plain(100), 0, 101, OLD, past(101, 100)),
        ("an example", renewal(250, 250), 240, 286, None, past(286, 250)),
        ("an example", Restrictions::emergency(286), 240, 286, None, Ok(())),
    ] {
        assert_eq!(acceptance(&restrictions, billable, maximum, version), expected, "{rule}");
    }
}

#[test]
fn a_refusal_speaks_gitlabs_words() {
    assert_eq!(
        Rejection::PastUsers { users: 1286, seats: 1285 }.to_string(),
        "During the year before this license started, this GitLab installation had 1,286 active users, exceeding \
         this license's limit of 1,285 by 1 user. Please add a license for at least 1,286 users or contact sales at \
         https://about.gitlab.com/sales/"
    );
    assert_eq!(
        Rejection::CurrentUsers { users: 1, seats: 0 }.to_string(),
        "This GitLab installation currently has 1 active user, exceeding this license's limit of 0 by 1 user. \
         Please add a license for at least 1 user or contact sales at https://about.gitlab.com/sales/"
    );
    assert_eq!(
        Rejection::TrueUp { quantity: 1, needed: 3 }.to_string(),
        "You have applied a True-up for 1 user but you need one for 3 users. Please contact sales at \
         https://about.gitlab.com/sales/"
    );
}

#[test]
fn restrictions_are_read_leniently() {
    let read = |json: &str| Restrictions::read(&serde_json::from_str(json).unwrap());
    assert_eq!(read("{}"), Restrictions::default());
    assert_eq!(read(r#"{"active_user_count": "12", "previous_user_count": -1}"#), plain(12));
    assert_eq!(read(r#"{"active_user_count": {}, "reconciliation_completed": "true"}"#), Restrictions::default());
    let halves = r#"{"trueup_quantity": 5, "trueup_from": "2025-01-01", "trueup_to": ""}"#;
    assert_eq!(read(halves).trueup, None);
    let whole = r#"{"trueup_quantity": 0, "trueup_from": "2025-01-01", "trueup_to": "2026-01-01"}"#;
    assert_eq!(read(whole).trueup, Some(0));
}

/// The fewest seats whose slack covers `users`.
fn fewest(users: u64) -> u64 {
    let start = (u128::from(users) * 10 / 11).try_into().unwrap_or(u64::MAX);
    (start..=users).find(|seats| with_slack(*seats) >= users).unwrap()
}

proptest! {
    #[test]
    fn an_emergency_license_with_the_recommended_seats_is_always_accepted(
        billable in any::<u64>(), maximum in any::<u64>(), old in any::<bool>(),
    ) {
        let seats = crate::license::seats::recommended_seats(billable, maximum);
        let version = if old { OLD } else { None };
        prop_assert_eq!(acceptance(&Restrictions::emergency(seats), billable, maximum, version), Ok(()));
    }

    /// Peak and slack decide alone where there are no more users now than at the peak, for the emergency license as
    /// for a plain one: a peak above the seats is above `previous_user_count` too, which brings both to rule 5.
    #[test]
    fn one_seat_fewer_than_the_slack_allows_is_never_accepted(
        maximum in 1_u64..=u64::MAX, now in 0.0..=1.0_f64, old in any::<bool>(),
    ) {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss,
            reason = "any number up to the maximum will do")]
        let billable = ((maximum as f64 * now) as u64).min(maximum);
        let (fewest, version) = if old { (maximum, OLD) } else { (fewest(maximum), None) };
        for made in [Restrictions::emergency as fn(u64) -> Restrictions, plain] {
            prop_assert_eq!(acceptance(&made(fewest), billable, maximum, version), Ok(()));
            let refused = acceptance(&made(fewest - 1), billable, maximum, version);
            prop_assert_eq!(refused, Err(Rejection::PastUsers { users: maximum, seats: fewest - 1 }));
        }
    }

    #[test]
    fn no_number_overflows(numbers in any::<[Option<u64>; 4]>(), reconciled in any::<bool>(), users in any::<[u64; 2]>()) {
        let [seats, previous_seats, trueup, trueup_period_seats] = numbers;
        let restrictions = Restrictions { seats, previous_seats, reconciled, trueup, trueup_period_seats };
        if let Err(rejection) = acceptance(&restrictions, users[0], users[1], None) {
            prop_assert!(!rejection.to_string().is_empty());
        }
    }
}
