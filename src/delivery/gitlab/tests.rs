//! The GitLab client against the sandbox's GitLab.

mod answers;
mod confidential;
mod hand_over;
mod text;

use std::time::Duration;

use jiff::{SignedDuration, civil::Date};
use url::Url;
use uuid::Uuid;

use super::{Api, Gitlab, types::NewIssue};
use crate::{
    clock::Clock,
    config,
    delivery::testing::{delivery, license, links},
    license::{Channel, Delivery, DeliveryId, License, LicenseDetails, Notice, Outcome, Purpose},
    sandbox::{
        gitlab::{self as server, Call, CallFault, State},
        web::Fault,
    },
};

const LABEL: &str = "Mechanizer::Emergency License Generation";

struct World {
    server: server::Gitlab,
    clock: Clock,
    gitlab: Gitlab,
}

impl World {
    async fn start() -> Self {
        let clock = Clock::system();
        let server = server::Gitlab::start(0, clock.clone()).await.unwrap();
        let gitlab = gitlab(&server.url(), server::PROJECT);
        Self { server, clock, gitlab }
    }

    fn fail_next(&self, call: Call, fault: Fault) {
        self.server.faults.fail_next(CallFault::on(call, fault));
    }

    /// A license that was generated now.
    fn license(&self) -> License {
        License { created_at: self.clock.now(), ..license() }
    }

    async fn file(&self, delivery: &Delivery, known: Option<&str>) -> Outcome {
        self.gitlab.file(&LicenseDetails::new(self.license()), delivery, known).await
    }

    fn url(&self, iid: u64) -> String {
        format!("{}/{}/-/issues/{iid}", self.server.url(), server::PROJECT)
    }

    fn sent(&self, iid: u64) -> Outcome {
        Outcome::sent(Some(self.url(iid)))
    }
}

fn gitlab(url: &str, project: &str) -> Gitlab {
    let config = config::Gitlab {
        url: Url::parse(url).unwrap(),
        token: server::TOKEN.to_owned().into(),
        project: project.into(),
        labels: vec![LABEL.into()],
    };
    let api = Api::with_timeout(&config, Clock::system(), Duration::from_millis(400)).unwrap();
    Gitlab { api, labels: config.labels, links: links() }
}

fn first(notice: Notice) -> Delivery {
    delivery(Channel::Issue, Purpose::First, Some(notice))
}

fn news(notice: Notice) -> Delivery {
    let id = DeliveryId(Uuid::from_u128(7));
    Delivery { id, ..delivery(Channel::Issue, Purpose::FollowUp, Some(notice)) }
}

fn refused() -> Notice {
    Notice::EmailRefused {
        error: "the mail server refused the recipient: 550 no such user".into(),
        needs_operator: false,
    }
}

#[tokio::test]
async fn a_success_is_filed_confidentially_and_closed() {
    for project in [server::PROJECT.to_owned(), server::PROJECT_ID.to_string()] {
        let world = World::start().await;
        let world = World { gitlab: gitlab(&world.server.url(), &project), ..world };
        assert_eq!(world.file(&first(Notice::Generated), None).await, world.sent(1));
        let issue = world.server.issues().remove(0);
        assert_eq!(issue.title, "[Success] - Created a license under jane.roe@acme.example for 286 users");
        assert_eq!((issue.confidential, issue.state), (true, State::Closed));
        assert_eq!(issue.labels, [LABEL]);
        assert_eq!(issue.assignees[0].username, "jdoe");
        assert_eq!(issue.due_date, Some(Date::constant(2026, 11, 30)), "a Monday, before the license stops");
        assert_eq!(issue.web_url, world.url(1));
    }
}

#[tokio::test]
async fn a_failure_is_filed_and_left_open_even_without_an_assignee() {
    for no_user in [Fault::status(500, "<html>"), Fault::status(200, "[]")] {
        let world = World::start().await;
        world.fail_next(Call::Other, no_user);
        assert_eq!(world.file(&first(refused()), None).await, world.sent(1));
        let issue = world.server.issues().remove(0);
        assert_eq!((issue.state, issue.assignees.len()), (State::Opened, 0));
    }
}

#[tokio::test]
async fn a_retry_searches_all_pages_before_it_creates() {
    let world = World::start().await;
    let other = |n: usize| NewIssue {
        title: format!("issue {n}"),
        description: String::new(),
        labels: &world.gitlab.labels,
        confidential: true,
        assignee_ids: vec![],
        due_date: None,
    };
    for n in 0..100 {
        world.gitlab.api.create_issue(&other(n)).await.unwrap();
    }
    // GitLab's clock may be behind ours.
    world.clock.shift(SignedDuration::from_hours(-2));
    world.fail_next(Call::Create, Fault::DropAfter);
    let license = LicenseDetails::new(License { created_at: Clock::system().now(), ..license() });
    let lost = world.gitlab.file(&license, &first(Notice::Generated), None).await;
    assert!(matches!(lost, Outcome::Retry { uncertain: true, reference: None, .. }), "{lost:?}");
    let again = Delivery { attempts: 2, ..first(Notice::Generated) };
    assert_eq!(world.gitlab.file(&license, &again, None).await, world.sent(101));
    assert_eq!(world.server.issues().len(), 101);
    assert_eq!(world.server.issues()[100].state, State::Closed);
}

#[tokio::test]
async fn an_uncertain_issue_that_does_not_exist_is_created() {
    let world = World::start().await;
    let again = Delivery { uncertain: true, ..first(Notice::Generated) };
    assert_eq!(world.file(&again, None).await, world.sent(1));
    assert_eq!(world.server.calls(Call::List), 1);
}

#[tokio::test]
async fn a_late_mail_that_was_accepted_is_noted_and_closes_the_issue() {
    let world = World::start().await;
    world.file(&first(Notice::EmailLate { error: None, needs_operator: false }), None).await;
    assert_eq!(world.server.issues()[0].state, State::Opened);
    let accepted = news(Notice::SentAfterAll);
    assert_eq!(world.file(&accepted, Some(&world.url(1))).await, world.sent(1));
    let issue = world.server.issues().remove(0);
    assert_eq!(issue.state, State::Closed);
    assert!(issue.title.starts_with("[Success]"), "{}", issue.title);
    assert!(issue.notes[0].internal && issue.notes[0].body.contains(&format!("delivery={} -->", accepted.id)));
}

#[tokio::test]
async fn news_are_noted_once_and_a_failure_reopens_the_issue() {
    let world = World::start().await;
    world.file(&first(Notice::Generated), None).await;
    world.fail_next(Call::Note, Fault::DropAfter);
    let lost = world.file(&news(refused()), Some(&world.url(1))).await;
    let Outcome::Retry { uncertain: true, reference, .. } = lost else { panic!("{lost:?}") };
    assert_eq!(reference, Some(world.url(1)));
    let again = Delivery { attempts: 2, ..news(refused()) };
    assert_eq!(world.file(&again, Some(&world.url(1))).await, world.sent(1));
    let issue = world.server.issues().remove(0);
    assert_eq!((issue.state, issue.notes.len()), (State::Opened, 1));
}

#[tokio::test]
async fn the_url_of_an_issue_that_could_not_be_closed_is_kept() {
    for fault in [Fault::status(503, ""), Fault::status(422, "")] {
        let world = World::start().await;
        world.fail_next(Call::Close, fault);
        let outcome = world.file(&first(Notice::Generated), None).await;
        let Outcome::Retry { reference, uncertain: false, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(reference, Some(world.url(1)));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_gitlabs_leaves_the_outcome_uncertain() {
    for (fault, kind, text) in [
        (Fault::status(201, "{\"iid\": 12"), "uncertain", "not the JSON that was expected"),
        (Fault::status(200, "<html>please log in</html>"), "uncertain", "not the JSON that was expected"),
        (Fault::Huge, "uncertain", "longer than"),
        (Fault::Truncated, "uncertain", "answer was lost"),
        (Fault::HangAfter, "uncertain", "no answer in time"),
        (Fault::DropBefore, "uncertain", "answer was lost"),
        (Fault::Redirect { to: "http://evil.example/".into() }, "needs_operator", "it has moved"),
        (Fault::status(400, server::TOKEN), "refused", "(400): […]"),
    ] {
        let world = World::start().await;
        world.fail_next(Call::Create, fault.clone());
        let outcome = world.file(&first(refused()), None).await;
        let error = outcome.error().unwrap();
        assert_eq!(outcome.kind().as_str(), kind, "{fault:?}: {error}");
        assert!(error.contains(text), "{fault:?}: {error}");
        assert!(!error.contains("127.0.0.1") && !error.contains("evil") && !error.contains("glpat"), "{error}");
    }
}

#[tokio::test]
async fn a_gitlab_that_is_down_has_surely_filed_nothing() {
    let world = World::start().await;
    world.server.stop().await;
    let outcome = world.file(&first(Notice::Generated), None).await;
    let Outcome::Retry { error, uncertain: false, .. } = outcome else { panic!("{outcome:?}") };
    assert!(error.starts_with("GitLab could not be reached to create the issue"), "{error}");
}

#[tokio::test]
async fn an_endless_list_is_not_read() {
    let world = World::start().await;
    world.fail_next(Call::List, Fault::Huge);
    let outcome = world.file(&Delivery { attempts: 2, ..first(Notice::Generated) }, None).await;
    assert!(matches!(outcome, Outcome::Retry { uncertain: false, .. }), "{outcome:?}");
    assert_eq!(world.server.calls(Call::Create), 0);
}

#[tokio::test]
async fn an_answer_whose_number_and_url_differ_leads_to_no_other_issue() {
    let world = World::start().await;
    world.file(&first(refused()), None).await;
    let forged = format!(r#"{{"iid":2,"state":"opened","web_url":"{}"}}"#, world.url(1));
    world.fail_next(Call::Create, Fault::status(201, &forged));
    let outcome = world.file(&first(Notice::Generated), None).await;
    let Outcome::Retry { reference, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(reference, Some(world.url(2)), "built from the number");
    assert_eq!(world.server.issues()[0].state, State::Opened, "the other issue is untouched");
}

#[tokio::test]
async fn a_kept_url_of_another_project_is_not_followed() {
    let world = World::start().await;
    world.file(&first(refused()), None).await;
    for url in [world.url(1).replace("support/", "other/"), "https://gitlab.example/support/x/-/issues/1".into()] {
        assert_eq!(world.file(&news(Notice::SentAfterAll), Some(&url)).await, world.sent(1), "found by its marker");
    }
}
