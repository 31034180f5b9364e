//! What GitLab answers is compared with what was asked.

use serde_json::json;

use super::{LABEL, World, first, news, refused};
use crate::{
    license::{Delivery, DeliveryState, Email, LicenseDetails, Notice, Outcome, ResendKind},
    sandbox::{
        gitlab::{Call, CallFault, Issue, State},
        web::Fault,
    },
};

impl World {
    pub(super) fn always(&self, fault: Option<Fault>) {
        self.server.faults.set_fault(fault.map(CallFault::any));
    }

    pub(super) fn issue(&self) -> Issue {
        let mut issues = self.server.issues();
        assert_eq!(issues.len(), 1, "exactly one issue: {issues:?}");
        issues.remove(0)
    }

    pub(super) fn has_license(&self) -> bool {
        let file = self.license().file.unwrap();
        self.issue().description.contains(file.expose().trim_end())
    }
}

pub(super) fn retried(delivery: Delivery) -> Delivery {
    Delivery { attempts: 2, ..delivery }
}

#[tokio::test]
async fn labels_that_gitlab_dropped_are_added_again_or_reported() {
    let world = World::start().await;
    world.fail_next(Call::Create, Fault::ignored(["labels"]));
    assert_eq!(world.file(&first(Notice::Generated), None).await, world.sent(1));
    assert_eq!(world.issue().labels, [LABEL]);

    let world = World::start().await;
    world.always(Some(Fault::ignored(["labels", "add_labels"])));
    let outcome = world.file(&first(Notice::Generated), None).await;
    let Outcome::Sent { reply: Some(reply), .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(reply, format!("GitLab left off the label {LABEL}; the token's role has to be Reporter"));
    assert_eq!((world.issue().labels.len(), world.issue().state), (0, State::Closed));
}

#[tokio::test]
async fn a_title_that_gitlab_changed_is_set_again_or_reported() {
    let other = || Fault::Altered { fields: [("title".into(), json!("Other"))].into() };
    let world = World::start().await;
    world.fail_next(Call::Create, other());
    assert_eq!(world.file(&first(Notice::Generated), None).await, world.sent(1));
    assert!(world.issue().title.starts_with("[Success]"), "{}", world.issue().title);

    let world = World::start().await;
    world.always(Some(other()));
    let outcome = world.file(&first(Notice::Generated), None).await;
    let Outcome::Sent { reply: Some(reply), .. } = outcome else { panic!("{outcome:?}") };
    assert!(reply.contains("another title"), "{reply}");
}

#[tokio::test]
async fn an_issue_whose_labels_were_dropped_is_found_after_a_lost_answer_and_labelled() {
    let world = World::start().await;
    world.fail_next(Call::Create, Fault::DropAfter);
    world.file(&first(Notice::Generated), None).await;
    world.server.edit(1, |issue| issue.labels.clear());
    assert_eq!(world.file(&retried(first(Notice::Generated)), None).await, world.sent(1));
    assert_eq!((world.issue().labels, world.issue().state), (vec![LABEL.to_owned()], State::Closed));
    assert!(world.has_license());
}

#[tokio::test]
async fn what_people_changed_about_an_issue_is_left_alone_and_makes_no_second_one() {
    let world = World::start().await;
    world.fail_next(Call::Create, Fault::DropAfter);
    world.file(&first(refused()), None).await;
    world.server.edit(1, |issue| {
        issue.labels = vec!["Mechanizer::Renewed".into()];
        issue.title = "Renewed".into();
        issue.state = State::Closed;
    });
    assert_eq!(world.file(&retried(first(refused())), None).await, world.sent(1));
    let restored = Delivery { uncertain: true, ..first(refused()) };
    assert_eq!(world.file(&restored, None).await, world.sent(1));
    let issue = world.issue();
    assert_eq!((&*issue.title, &*issue.labels), ("Renewed", &["Mechanizer::Renewed".to_owned()][..]));
    assert_eq!(issue.state, State::Opened, "someone has to act");
    assert!(world.has_license());
}

#[tokio::test]
async fn an_issue_whose_marker_someone_removed_is_found_by_its_number() {
    let world = World::start().await;
    world.file(&first(refused()), None).await;
    world.server.edit(1, |issue| issue.description = "done".into());
    assert_eq!(world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await, world.sent(1));
    assert!(world.has_license() && world.issue().state == State::Closed);
}

#[tokio::test]
async fn a_number_that_now_belongs_to_another_license_is_not_used() {
    let world = World::start().await;
    world.file(&first(refused()), None).await;
    let foreign = "<!-- stopgap:license=another -->";
    world.server.edit(1, |issue| issue.description = foreign.into());
    assert_eq!(world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await, world.sent(2));
    let issues = world.server.issues();
    assert_eq!((&*issues[0].description, issues[0].state), (foreign, State::Opened));
    assert_eq!(
        world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await,
        world.sent(2),
        "found by its marker"
    );
}

#[tokio::test]
async fn an_assignee_or_due_date_that_gitlab_refuses_is_left_out() {
    for (status, body) in [
        (400, r#"{"message":{"assignees":["is invalid"]}}"#),
        (422, r#"{"error":"assignee_ids is invalid"}"#),
        (400, r#"{"error":"due_date is invalid"}"#),
    ] {
        let world = World::start().await;
        world.fail_next(Call::Create, Fault::status(status, body));
        assert_eq!(world.file(&first(refused()), None).await, world.sent(1));
        assert_eq!((world.issue().assignees, world.issue().due_date), (vec![], None));
    }
}

#[tokio::test]
async fn an_issue_that_gitlab_left_open_or_closed_is_tried_again() {
    let world = World::start().await;
    world.fail_next(Call::Close, Fault::ignored(["state_event"]));
    let outcome = world.file(&first(Notice::Generated), None).await;
    let Outcome::Retry { error, reference, .. } = outcome else { panic!("{outcome:?}") };
    assert!(error.contains("close the issue") && error.contains("left it as it was"), "{error}");
    assert_eq!(reference, Some(world.url(1)));
    assert_eq!(world.file(&retried(first(Notice::Generated)), Some(&world.url(1))).await, world.sent(1));
    assert_eq!(world.issue().state, State::Closed);

    world.fail_next(Call::Close, Fault::ignored(["state_event"]));
    let outcome = world.file(&news(refused()), Some(&world.url(1))).await;
    assert!(outcome.error().is_some_and(|error| error.contains("leave the issue open")), "{outcome:?}");
    assert_eq!(world.file(&retried(news(refused())), Some(&world.url(1))).await, world.sent(1));
    assert_eq!((world.issue().state, world.issue().notes.len()), (State::Opened, 1));
}

#[tokio::test]
async fn a_corrected_address_renews_the_title() {
    let world = World::start().await;
    world.file(&first(Notice::Generated), None).await;
    let mut details = LicenseDetails::new(world.license());
    details.license.customer.email = Email::parse("joe@acme.example").unwrap();
    let notice =
        Notice::Resent { how: ResendKind::CorrectAddress, to: "j***@acme.example".into(), resolves_failure: false };
    let outcome = world.gitlab.file(&details, &news(notice), Some(&world.url(1))).await;
    assert_eq!(outcome, world.sent(1));
    assert_eq!(world.issue().title, "[Success] - Created a license under joe@acme.example for 286 users");
}

#[tokio::test]
async fn a_failed_delivery_that_is_filed_after_later_ones_does_not_turn_the_issue_back() {
    let world = World::start().await;
    let earlier = first(refused());
    let later = Delivery { state: DeliveryState::Sent, ..news(Notice::SentAfterAll) };
    world.file(&later, None).await;
    let deliveries = vec![earlier.clone(), later];
    let details = LicenseDetails { deliveries, ..LicenseDetails::new(world.license()) };
    assert_eq!(world.gitlab.file(&details, &retried(earlier), Some(&world.url(1))).await, world.sent(1));
    assert_eq!(world.issue().state, State::Closed);
    assert!(world.issue().description.contains("late, but the mail server accepted"), "{}", world.issue().description);
}

#[tokio::test]
async fn an_erasure_that_gitlab_did_not_take_is_tried_again() {
    for field in ["title", "description", "state_event"] {
        let world = World::start().await;
        world.file(&first(refused()), None).await;
        world.fail_next(Call::Close, Fault::ignored([field]));
        let erased = news(Notice::Erased);
        let outcome = world.file(&erased, Some(&world.url(1))).await;
        assert!(outcome.error().is_some_and(|error| error.contains("erase the customer")), "{field}: {outcome:?}");
        assert_eq!(world.file(&erased, Some(&world.url(1))).await, world.sent(1));
        assert!(!world.has_license() && world.issue().title.starts_with("[Erased]"));
        assert_eq!(world.issue().state, State::Closed);
    }
}
