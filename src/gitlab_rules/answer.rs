//! What the customer's GitLab would answer to an emergency license of some seats.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Evidence, GitlabVersion,
    acceptance::{Restrictions, acceptance},
    diagnosis::{Finding, Kind},
};
use crate::license::Seats;

/// GitLab's answer to an emergency license with these seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct GitlabAnswer {
    pub seats: u32,
    pub accepted: bool,
    /// GitLab's message if it refuses the license.
    pub message: Option<String>,
}

/// The counts that GitLab compares the seats with.
#[derive(Debug, Clone, Copy)]
struct Users {
    billable: u32,
    maximum: u32,
}

impl Users {
    /// A count that is not known is taken to be the other one; `None` if neither is known.
    fn of(billable: Option<u32>, maximum: Option<u32>) -> Option<Self> {
        Some(Self { billable: billable.or(maximum)?, maximum: maximum.or(billable)? })
    }
}

/// The answers for the seats that the agent asks for, for the recommended ones and for those of the old license. Empty
/// unless the billable users are known; an unknown peak is taken to be their number.
pub(crate) fn for_evidence(evidence: &Evidence, requested: Option<Seats>) -> Vec<GitlabAnswer> {
    let Some(billable) = evidence.billable_users else { return Vec::new() };
    let Some(users) = Users::of(Some(billable), evidence.maximum_users) else { return Vec::new() };
    let seats = [requested.map(Seats::get), evidence.recommended_seats(), evidence.seats];
    answers(seats.into_iter().flatten(), users, evidence.gitlab_version)
}

/// The answers for the seats that the findings ask for, by the users that GitLab's messages named. Empty if they named
/// none.
pub(crate) fn for_findings(findings: &[Finding]) -> Vec<GitlabAnswer> {
    let largest = |kinds: &[Kind]| findings.iter().filter(|f| kinds.contains(&f.kind)).filter_map(|f| f.seats).max();
    // `TooFewSeats` does not say which of the two it counts.
    let billable = largest(&[Kind::CurrentUsersTooMany, Kind::TooFewSeats]);
    let maximum = largest(&[Kind::PastUsersTooMany, Kind::TooFewSeats]);
    let Some(users) = Users::of(billable, maximum) else { return Vec::new() };
    let self_managed = [Kind::CurrentUsersTooMany, Kind::PastUsersTooMany, Kind::TooFewSeats];
    let seats = findings.iter().filter(|f| self_managed.contains(&f.kind)).filter_map(|f| f.seats);
    answers(seats, users, None)
}

/// Each number of seats once, in the given order.
fn answers(seats: impl Iterator<Item = u32>, users: Users, version: Option<GitlabVersion>) -> Vec<GitlabAnswer> {
    let mut answers: Vec<GitlabAnswer> = Vec::new();
    for seats in seats {
        if answers.iter().any(|answer| answer.seats == seats) {
            continue;
        }
        let license = Restrictions::emergency(seats.into());
        let rejection = acceptance(&license, users.billable.into(), users.maximum.into(), version).err();
        answers.push(GitlabAnswer {
            seats,
            accepted: rejection.is_none(),
            message: rejection.map(|rejection| rejection.to_string()),
        });
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn evidence(seats: Option<u32>, billable_users: Option<u32>, maximum_users: Option<u32>) -> Evidence {
        Evidence { seats, billable_users, maximum_users, ..Evidence::default() }
    }

    fn seats(seats: u64) -> Seats {
        Seats::parse(seats).unwrap()
    }

    fn summary(answers: &[GitlabAnswer]) -> Vec<(u32, bool)> {
        answers.iter().map(|answer| (answer.seats, answer.accepted)).collect()
    }

    fn finding(kind: Kind, seats: Option<u32>) -> Finding {
        Finding {
            kind,
            meaning: String::new(),
            steps: Vec::new(),
            seats,
            reply: String::new(),
            values: crate::gitlab_rules::diagnosis::Values::NONE,
        }
    }

    #[test]
    fn the_recommended_seats_are_accepted_and_the_old_ones_refused_with_gitlabs_message() {
        let answers = for_evidence(&evidence(Some(250), Some(240), Some(286)), None);
        assert_eq!(summary(&answers), [(286, true), (250, false)]);
        assert_eq!(answers[0].message, None);
        let message = answers[1].message.as_deref().unwrap();
        assert!(
            message.starts_with(
                "During the year before this license started, this GitLab installation had 286 active users, exceeding \
                 this license's limit of 250 by 36 users."
            ),
            "{message}"
        );
    }

    #[test]
    fn the_requested_seats_come_first_and_each_number_once() {
        let known = evidence(Some(286), Some(240), Some(286));
        assert_eq!(summary(&for_evidence(&known, Some(seats(200)))), [(200, false), (286, true)]);
        assert_eq!(summary(&for_evidence(&known, Some(seats(286)))), [(286, true)]);
    }

    #[test]
    fn nothing_is_answered_without_the_billable_users() {
        assert_eq!(for_evidence(&evidence(Some(250), None, Some(286)), Some(seats(286))), []);
    }

    #[test]
    fn an_unknown_peak_is_taken_to_be_the_number_of_billable_users() {
        let answers = for_evidence(&evidence(Some(200), Some(240), None), None);
        assert_eq!(summary(&answers), [(240, true), (200, false)]);
        assert!(answers[1].message.as_deref().unwrap().contains("had 240 active users"));
    }

    #[test]
    fn old_versions_have_no_slack() {
        let version = |text| GitlabVersion::parse(text).unwrap();
        let at = |text| Evidence { gitlab_version: Some(version(text)), ..evidence(Some(260), Some(286), Some(286)) };
        assert_eq!(summary(&for_evidence(&at("16.7"), None)), [(286, true), (260, true)]);
        assert_eq!(summary(&for_evidence(&at("14.1"), None)), [(286, true), (260, false)]);
    }

    #[test]
    fn a_message_about_today_does_not_hide_a_higher_peak() {
        let both = [finding(Kind::CurrentUsersTooMany, Some(250)), finding(Kind::PastUsersTooMany, Some(286))];
        assert_eq!(summary(&for_findings(&both)), [(250, false), (286, true)]);
        assert_eq!(summary(&for_findings(&both[..1])), [(250, true)]);
    }

    #[test]
    fn messages_without_user_counts_and_those_of_gitlab_com_are_not_answered() {
        let others = [finding(Kind::LicenseExpired, None), finding(Kind::GitlabComTrueUp, Some(5))];
        assert_eq!(for_findings(&others), []);
    }

    proptest! {
        #[test]
        fn gitlab_accepts_the_recommended_seats(
            billable in 0..=Seats::MAX, maximum in proptest::option::of(0..=Seats::MAX), old in proptest::option::of(1..=Seats::MAX)
        ) {
            let known = evidence(old, Some(billable), maximum);
            let answers = for_evidence(&known, None);
            prop_assert_eq!(Some(answers[0].seats), known.recommended_seats());
            prop_assert!(answers[0].accepted);
            for answer in &answers {
                prop_assert_eq!(answer.accepted, answer.message.is_none());
            }
        }
    }
}
