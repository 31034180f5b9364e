//! The license is only in an issue that GitLab says is confidential.

use serde_json::json;

use super::{World, answers::retried, first, news, refused};
use crate::{
    delivery::gitlab::text::WITHHELD_MARKER,
    license::{Notice, Outcome},
    sandbox::{
        gitlab::{Call, State},
        web::Fault,
    },
};

impl World {
    fn withheld(&self) -> Outcome {
        Outcome::Withheld { reference: Some(self.url(1)) }
    }
}

fn no_confidential() -> Fault {
    Fault::ignored(["confidential"])
}

#[tokio::test]
async fn a_new_issue_gets_the_license_only_after_gitlab_confirmed_that_it_is_confidential() {
    let world = World::start().await;
    world.fail_next(Call::Close, Fault::DropBefore);
    world.file(&first(Notice::Generated), None).await;
    assert!(world.issue().confidential && !world.has_license(), "{}", world.issue().description);
    assert!(world.issue().description.contains("The license follows"));
    assert_eq!(world.file(&retried(first(Notice::Generated)), None).await, world.sent(1));
    assert!(world.has_license() && !world.issue().description.contains(WITHHELD_MARKER));
}

#[tokio::test]
async fn an_issue_that_was_created_readable_is_made_confidential() {
    for fault in [no_confidential(), Fault::Omitted { field: "confidential".into() }] {
        let world = World::start().await;
        world.fail_next(Call::Create, fault.clone());
        assert_eq!(world.file(&first(Notice::Generated), None).await, world.sent(1), "{fault:?}");
        assert_eq!((world.issue().confidential, world.issue().state), (true, State::Closed), "{fault:?}");
        assert!(world.has_license(), "{fault:?}");
    }
}

#[tokio::test]
async fn an_issue_that_stays_readable_never_holds_the_license_and_stays_open() {
    for fault in [no_confidential(), Fault::Omitted { field: "confidential".into() }] {
        let world = World::start().await;
        world.always(Some(fault.clone()));
        assert_eq!(world.file(&first(Notice::Generated), None).await, world.withheld(), "{fault:?}");
        assert_eq!(world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await, world.withheld(), "{fault:?}");
        assert!(!world.has_license(), "{fault:?}");
        let issue = world.issue();
        assert_eq!((issue.state, issue.notes.len()), (State::Opened, 1), "{fault:?}");
        assert!(issue.description.contains("GitLab did not make this issue confidential"), "{}", issue.description);
    }
}

#[tokio::test]
async fn a_token_that_may_not_make_an_issue_confidential_withholds_the_license() {
    for status in [400, 403, 404, 422] {
        let world = World::start().await;
        world.fail_next(Call::Create, no_confidential());
        world.fail_next(Call::Close, Fault::status(status, r#"{"message":"not allowed"}"#));
        assert_eq!(world.file(&first(Notice::Generated), None).await, world.withheld(), "{status}");
        assert!(!world.has_license() && world.issue().state == State::Opened, "{status}");
    }
}

#[tokio::test]
async fn a_withheld_license_returns_once_gitlab_keeps_the_issue_confidential() {
    let world = World::start().await;
    world.always(Some(no_confidential()));
    world.file(&first(refused()), None).await;
    world.always(None);
    assert_eq!(world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await, world.sent(1));
    assert!(world.has_license() && world.issue().confidential);
    assert_eq!(world.issue().state, State::Closed);
}

#[tokio::test]
async fn the_license_leaves_an_issue_that_someone_published_before_anything_else() {
    let world = World::start().await;
    world.file(&first(refused()), None).await;
    world.server.edit(1, |issue| issue.confidential = false);
    world.always(Some(no_confidential()));
    world.fail_next(Call::Close, Fault::DropAfter);
    let lost = world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await;
    assert!(matches!(lost, Outcome::Retry { .. }), "{lost:?}");
    assert!(!world.has_license(), "the first change, whose answer was lost, took it out");
    assert_eq!(world.file(&retried(news(Notice::SentAfterAll)), Some(&world.url(1))).await, world.withheld());
    assert!(!world.has_license());
    assert_eq!((world.issue().state, world.issue().notes.len()), (State::Opened, 1));
}

#[tokio::test]
async fn an_issue_that_is_published_while_the_license_is_put_in_loses_it_again() {
    let world = World::start().await;
    let published = Fault::Altered { fields: [("confidential".into(), json!(false))].into() };
    world.file(&first(refused()), None).await;
    world.server.edit(1, |issue| issue.confidential = false);
    // Taken out, made confidential; then the answer to the change that puts it in says otherwise.
    world.fail_next(Call::Close, Fault::Slow { delay_ms: 0 });
    world.fail_next(Call::Close, Fault::Slow { delay_ms: 0 });
    world.fail_next(Call::Close, Fault::Omitted { field: "confidential".into() });
    world.fail_next(Call::Close, Fault::Slow { delay_ms: 0 });
    world.fail_next(Call::Close, published);
    assert_eq!(world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await, world.withheld());
    assert!(!world.has_license());
}

#[tokio::test]
async fn a_license_that_cannot_be_taken_out_is_tried_again() {
    let world = World::start().await;
    world.file(&first(refused()), None).await;
    world.server.edit(1, |issue| issue.confidential = false);
    world.fail_next(Call::Close, Fault::ignored(["description"]));
    let outcome = world.file(&news(Notice::SentAfterAll), Some(&world.url(1))).await;
    assert!(
        outcome.error().is_some_and(|e| e.contains("take the license out") && e.contains("as it was")),
        "{outcome:?}"
    );
    assert_eq!(world.file(&retried(news(Notice::SentAfterAll)), Some(&world.url(1))).await, world.sent(1));
    assert!(world.has_license() && world.issue().confidential);
}
