//! GitLab's answer decides between a retry and failure, and exactly one issue exists.

use std::{io::ErrorKind, net::TcpListener};

use serde_json::Value;
use stopgap::sandbox::{
    gitlab::{Call, CallFault, State},
    web::Fault,
};

use crate::world::{World, ended, generate, history, order, through};

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
