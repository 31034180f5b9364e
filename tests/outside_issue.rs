//! GitLab's answer decides between a retry and failure, and exactly one issue exists.

use std::{io::ErrorKind, net::TcpListener};

use serde_json::{Value, json};
use stopgap::sandbox::{
    gitlab::{Call, CallFault, State},
    smtp,
    web::Fault,
};

use crate::world::{World, ended, fresh_key, generate, history, order, post, through};

async fn after(fault: CallFault) -> (World, Value) {
    let world = World::start().await;
    world.sandbox.gitlab.faults.fail_next(fault);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    (world, license)
}

#[tokio::test]
async fn what_may_pass_is_tried_on_and_exactly_one_issue_exists() {
    let limited = |wait: &str| Fault::RateLimited { retry_after: Some(wait.into()) };
    let faults = [
        Fault::status(401, r#"{"message":"401 Unauthorized"}"#),
        Fault::status(403, r#"{"message":"403 Forbidden"}"#),
        Fault::status(404, r#"{"message":"404 Project Not Found"}"#),
        Fault::status(409, r#"{"message":"conflict"}"#),
        Fault::status(500, "oops"),
        Fault::status(502, "<html>bad gateway</html>"),
        limited("1"),
        limited("Sun, 06 Nov 1994 08:49:37 GMT"),
        Fault::RateLimited { retry_after: None },
        Fault::Redirect { to: "http://127.0.0.1:9/elsewhere".into() },
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::Truncated,
        Fault::Huge,
    ];
    for fault in faults {
        let (world, license) = after(CallFault::on(Call::Create, fault.clone())).await;
        let issue = through(&license, "issue")[0].clone();
        assert_eq!((&issue["state"], &issue["attempts"]), (&"sent".into(), &2.into()), "{fault:?}");
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state), (1, State::Closed), "{fault:?}");
        assert_eq!(issue["reference"], issues[0].web_url.as_str());
        let is_shown = history(&license).into_iter().any(|what| what == "issue_retry" || what == "issue_uncertain");
        assert!(is_shown, "{fault:?}: the agent sees it: {license}");
        assert_eq!(world.sandbox.mail.mails().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_issue_that_could_not_be_closed_is_closed_at_the_retry_and_not_created_again() {
    let faults =
        [Fault::status(500, "oops"), Fault::DropAfter, Fault::DropBefore, Fault::RateLimited { retry_after: None }];
    for fault in faults {
        let (world, _) = after(CallFault::on(Call::Close, fault.clone())).await;
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state), (1, State::Closed), "{fault:?}");
        assert_eq!(world.sandbox.gitlab.calls(Call::Create), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_issue_that_gitlab_refuses_as_wrong_fails_and_slack_says_that_it_is_not_filed() {
    for status in [400, 422] {
        let body = r#"{"message":{"title":["is strange"]}}"#;
        let (world, license) = after(CallFault::on(Call::Create, Fault::status(status, body))).await;
        let issue = through(&license, "issue")[0].clone();
        assert_eq!(issue["state"], "failed", "{status}");
        assert!(issue["last_error"].as_str().unwrap().contains("is strange"));
        assert_eq!(license["state"], "delivered", "the mail was sent nevertheless");
        assert_eq!(world.sandbox.slack.messages().len(), 1);
    }
}

#[tokio::test]
async fn a_list_that_fails_is_asked_again_before_anything_is_created() {
    let world = World::start().await;
    world.sandbox.gitlab.faults.fail_next(CallFault::on(Call::Create, Fault::DropAfter));
    world.sandbox.gitlab.faults.fail_next(CallFault::on(Call::List, Fault::status(500, "oops")));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    ended(&agent, &license).await;
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
    assert_eq!(world.sandbox.gitlab.calls(Call::Create), 1);
}

#[tokio::test]
async fn an_answer_that_never_comes_after_the_issue_was_made_makes_no_second_issue() {
    let (world, license) = after(CallFault::on(Call::Create, Fault::HangAfter)).await;
    let issue = through(&license, "issue")[0].clone();
    assert_eq!((&issue["state"], &issue["uncertain"]), (&"sent".into(), &true.into()));
    assert_eq!(world.sandbox.gitlab.calls(Call::Create), 1);
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
}

#[tokio::test]
async fn a_redirect_takes_neither_token_nor_license_to_another_host() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let to = format!("http://{}/api/v4", elsewhere.local_addr().unwrap());
    let (world, license) = after(CallFault::on(Call::Create, Fault::Redirect { to })).await;
    assert_eq!(through(&license, "issue")[0]["attempts"], 2);
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
    assert_eq!(elsewhere.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody connected");
}

/// What GitLab leaves undone although it answers with success.
fn confidential_is_ignored() -> CallFault {
    CallFault::any(Fault::ignored(["confidential"]))
}

fn details(license: &Value, kind: &str) -> Vec<String> {
    let of_kind = |event: &&Value| event["kind"] == kind;
    license["events"].as_array().unwrap().iter().filter(of_kind).map(|e| e["detail"].to_string()).collect()
}

#[tokio::test]
async fn an_answer_other_than_asked_is_put_right_and_the_issue_is_as_it_should_be() {
    let other_title = Fault::Altered { fields: [("title".into(), "Other".into())].into() };
    let faults = [
        (Call::Create, Fault::ignored(["confidential"]), 1),
        (Call::Create, Fault::Omitted { field: "confidential".into() }, 1),
        (Call::Create, Fault::ignored(["labels"]), 1),
        (Call::Create, other_title, 1),
        (Call::Close, Fault::ignored(["state_event"]), 2),
        (Call::Close, Fault::ignored(["description"]), 2),
        (Call::Create, Fault::status(400, r#"{"message":{"assignees":["is invalid"]}}"#), 1),
    ];
    for (call, fault, attempts) in faults {
        let (world, license) = after(CallFault::on(call, fault.clone())).await;
        let delivery = through(&license, "issue")[0].clone();
        assert_eq!((&delivery["state"], &delivery["attempts"]), (&"sent".into(), &attempts.into()), "{fault:?}");
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state, issues[0].confidential), (1, State::Closed, true), "{fault:?}");
        assert!(issues[0].title.starts_with("[Success]") && !issues[0].labels.is_empty(), "{fault:?}: {:?}", issues[0]);
        assert!(issues[0].description.contains(license_text(&world).as_str()), "{fault:?}");
        assert_eq!(details(&license, "issue_differs"), Vec::<String>::new(), "{fault:?}");
        assert_eq!(world.sandbox.slack.messages().len(), 1, "{fault:?}");
    }
}

fn license_text(world: &World) -> String {
    world.sandbox.mail.mails()[0].attachments[0].content.trim_end().to_owned()
}

#[tokio::test]
async fn a_license_in_an_issue_that_stays_readable_is_withheld_and_slack_and_history_say_so_once() {
    let world = World::start().await;
    world.sandbox.gitlab.faults.set_fault(Some(confidential_is_ignored()));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert_eq!((issue.confidential, issue.state), (false, State::Opened));
    assert!(!issue.description.contains(&license_text(&world)), "{}", issue.description);
    assert_eq!(details(&license, "issue_differs").len(), 1, "{license}");
    let told = |world: &World| {
        let messages = world.sandbox.slack.messages();
        messages
            .iter()
            .map(|m| serde_json::to_string(m).unwrap())
            .filter(|m| m.contains("did not make the issue confidential"))
            .count()
    };
    assert_eq!((world.sandbox.slack.messages().len(), told(&world)), (2, 1));

    let resend = format!("/api/v1/licenses/{}/resend", license["id"].as_str().unwrap());
    let answer = post(&agent, &resend, &fresh_key(), &json!({})).await;
    ended(&agent, &answer.body).await;
    assert_eq!(told(&world), 1, "Slack heard it before");
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert_eq!((issue.state, issue.notes.len()), (State::Opened, 1));

    world.sandbox.gitlab.faults.set_fault(None);
    let answer = post(&agent, &resend, &fresh_key(), &json!({})).await;
    ended(&agent, &answer.body).await;
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert_eq!((issue.state, issue.confidential), (State::Closed, true));
    assert!(issue.description.contains(&license_text(&world)), "it is back once GitLab keeps the issue confidential");
}

#[tokio::test]
async fn labels_that_gitlab_keeps_dropping_are_told_in_the_history() {
    let world = World::start().await;
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(Fault::ignored(["labels", "add_labels"]))));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    assert!(details(&license, "issue_differs")[0].contains("left off the label"), "{license}");
    assert_eq!(world.sandbox.gitlab.issues()[0].state, State::Closed);
}

#[tokio::test]
async fn the_issue_of_a_refused_mail_advises_what_helps() {
    let file = "download the file from the ticket and hand it over there";
    for (fault, said, unsaid) in [
        (smtp::Fault::Rcpt550, "Check the address", file),
        (smtp::Fault::AfterDot554, file, "Check the address"),
        (smtp::Fault::Data554, "Check the address", file),
    ] {
        let world = World::start().await;
        world.sandbox.mail.faults.fail_next(fault);
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        ended(&agent, &license).await;
        let description = world.sandbox.gitlab.issues().remove(0).description;
        assert!(description.contains(said) && !description.contains(unsaid), "{fault:?}: {description}");
        assert!(!description.contains("Resend") && !description.contains("resend"), "{fault:?}: {description}");
    }
}
