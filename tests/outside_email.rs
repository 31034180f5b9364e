//! The mail server's reply decides between a retry and failure.

use reqwest::Method;
use serde_json::Value;
use stopgap::sandbox::{Browser, gitlab::State, smtp::Fault};

use crate::world::{World, ended, generate, history, order, through, within};

/// Follows a license until its history has `kind`.
pub async fn until(agent: &Browser, license: &Value, kind: &str) {
    let path = format!("/api/v1/licenses/{}/progress", license["id"].as_str().unwrap());
    let mut answer = agent.request(Method::GET, &path).send().await.unwrap();
    let mut stream = Vec::new();
    while !String::from_utf8_lossy(&stream).contains(kind) {
        let chunk = within(answer.chunk()).await.unwrap();
        stream.extend_from_slice(&chunk.unwrap_or_else(|| panic!("the stream ended without {kind}")));
    }
}

/// One license whose first attempt meets `fault`.
async fn after(fault: Fault) -> (World, Value) {
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(fault);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    (world, license)
}

#[tokio::test]
async fn what_surely_was_not_sent_is_sent_at_the_next_try() {
    for fault in [
        Fault::DropAtGreeting,
        Fault::Greeting421,
        Fault::Greeting554,
        Fault::DropAtEhlo,
        Fault::DropAtMail,
        Fault::Mail451,
        Fault::Mail550,
        Fault::Mail552,
        Fault::DropAtRcpt,
        Fault::Rcpt450,
        Fault::Rcpt554Relay,
        Fault::Rcpt553Sender,
        Fault::Data451,
        Fault::DropAtData,
        Fault::AfterDot451,
    ] {
        let (world, license) = after(fault).await;
        let email = through(&license, "email")[0].clone();
        assert_eq!(email["state"], "sent", "{fault:?}");
        assert_eq!((&email["attempts"], &email["uncertain"]), (&2.into(), &false.into()), "{fault:?}");
        assert!(history(&license).contains(&"email_retry"), "{fault:?}");
        assert_eq!(world.sandbox.mail.mails().len(), 1, "{fault:?}");
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state), (1, State::Closed), "{fault:?}");
    }
}

#[tokio::test]
async fn a_connection_that_drops_inside_the_mail_costs_one_retry_and_no_second_mail() {
    // Whether the last bytes were taken cannot be known from here, so the history may say uncertain or not.
    let (world, license) = after(Fault::DropInsideBody).await;
    assert_eq!(through(&license, "email")[0]["state"], "sent");
    assert_eq!(world.sandbox.mail.mails().len(), 1);
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
}

#[tokio::test]
async fn what_perhaps_was_sent_goes_again_with_the_same_bytes_and_the_history_says_uncertain() {
    let (world, license) = after(Fault::DropAfterDot).await;
    let email = through(&license, "email")[0].clone();
    assert_eq!((&email["state"], &email["uncertain"]), (&"sent".into(), &true.into()));
    assert!(history(&license).contains(&"email_uncertain"));
    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].raw, mails[1].raw);
    assert!(!mails[0].message_id.is_empty());
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
}

#[tokio::test]
async fn a_permanent_refusal_fails_at_once_and_leaves_an_open_issue_and_a_slack_message() {
    for fault in [Fault::Rcpt550, Fault::Data554, Fault::AfterDot554] {
        let (world, license) = after(fault).await;
        assert_eq!(license["state"], "failed", "{fault:?}");
        let email = through(&license, "email")[0].clone();
        assert_eq!((&email["state"], &email["attempts"]), (&"failed".into(), &1.into()));
        let error = email["last_error"].as_str().unwrap();
        let issues = world.sandbox.gitlab.issues();
        assert_eq!((issues.len(), issues[0].state), (1, State::Opened), "{fault:?}");
        assert!(issues[0].title.starts_with("[Failure] - "), "{}", issues[0].title);
        assert!(error.contains('5'), "the server's own text: {error}");
        assert!(issues[0].description.contains(reply_code(fault)), "{}", issues[0].description);
        assert_eq!(world.sandbox.slack.messages().len(), 1);
        assert!(world.sandbox.mail.mails().is_empty());
    }
}

fn reply_code(fault: Fault) -> &'static str {
    if fault == Fault::Rcpt550 { "550" } else { "554" }
}

#[tokio::test]
async fn a_late_mail_is_announced_and_retried_and_the_issue_is_closed_once_it_is_accepted() {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Mail451));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let id = license["id"].as_str().unwrap().to_owned();
    world.pass(301);
    let issues = within(world.sandbox.gitlab.wait_for(1)).await;
    assert!(issues[0].title.starts_with("[Failure] - "), "{}", issues[0].title);
    assert_eq!(issues[0].state, State::Opened);
    within(world.sandbox.slack.wait_for(1)).await;
    assert_eq!(agent.get(&format!("/api/v1/licenses/{id}")).await.unwrap()["state"], "late");

    world.sandbox.mail.faults.set_fault(None);
    world.pass(61);
    let license = ended(&agent, &license).await;
    assert_eq!(license["state"], "delivered");
    let issues = world.sandbox.gitlab.issues();
    assert_eq!((issues.len(), issues[0].state, issues[0].notes.len()), (1, State::Closed, 1));
    assert_eq!(world.sandbox.slack.messages().len(), 2);
    assert_eq!(through(&license, "issue")[1]["purpose"], "follow_up");
}

#[tokio::test]
async fn a_mail_expires_with_its_license_and_the_cause_is_announced() {
    for (fault, cause, follow_up) in [
        (Fault::Mail451, "refused permanently", "generate another from the ticket"),
        (Fault::Rcpt554Relay, "refused all mail from us until the license expired", "Tell the operator of Stopgap"),
    ] {
        expires(fault, cause, follow_up).await;
    }
}

async fn expires(fault: Fault, cause: &str, follow_up: &str) {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(fault));
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    until(&agent, &license, "email_retry").await;
    world.pass(301);
    within(world.sandbox.slack.wait_for(1)).await;
    world.pass(10 * 24 * 3600);
    let agent = world.agent().await;
    let license = ended(&agent, &license).await;
    assert_eq!(license["state"], "failed");
    let issues = world.sandbox.gitlab.issues();
    assert_eq!((issues.len(), issues[0].state), (1, State::Opened));
    assert!(issues[0].notes[0].body.contains(cause), "{}", issues[0].notes[0].body);
    let messages = world.sandbox.slack.messages();
    assert_eq!(messages.len(), 2);
    let text = messages[1].shown();
    assert!(text.contains(follow_up), "{text}");
}

#[tokio::test]
async fn a_refused_login_is_retried() {
    for (fault, code) in [(Fault::Auth535, "535"), (Fault::Auth454, "454")] {
        let mut world = World::start().await;
        world.stop().await;
        let url = world.sandbox.mail.url().replace("smtp://", "smtp://stopgap:canary-password@");
        world.set("SMTP_URL", &url);
        world.start_service().await;
        world.sandbox.mail.faults.fail_next(fault);
        let agent = world.agent().await;
        let license = generate(&agent, &order()).await;
        let license = ended(&agent, &license).await;
        assert_eq!(license["state"], "delivered", "{fault:?}");
        assert!(license.to_string().contains(code), "{fault:?}");
        assert!(!license.to_string().contains("canary-password"));
    }
}

#[tokio::test]
async fn a_slow_mail_server_holds_up_no_other_channel() {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::HangAtGreeting));
    let agent = world.agent().await;
    for n in 0..6 {
        generate(&agent, &crate::world::order_for(&format!("c{n}@acme.example"))).await;
    }
    world.pass(301);
    // All six are announced as late while every mail slot hangs.
    within(world.sandbox.slack.wait_for(6)).await;
    assert_eq!(world.sandbox.gitlab.issues().len(), 6);
}

#[tokio::test]
async fn without_the_encryption_that_is_asked_for_no_mail_goes_and_people_are_told() {
    let mut world = World::with(&[("EMAIL_DEADLINE_SECONDS", "1")]).await;
    world.stop().await;
    let url = format!("{}?tls=required", world.sandbox.mail.url());
    world.set("SMTP_URL", &url);
    world.start_service().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let issues = within(world.sandbox.gitlab.wait_for(1)).await;
    assert_eq!(issues[0].state, State::Opened);
    within(world.sandbox.slack.wait_for(1)).await;
    let license = agent.get(&format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.unwrap();
    let email = through(&license, "email")[0];
    assert_eq!((&license["state"], &email["state"]), (&"late".into(), &"pending".into()), "it is retried");
    assert!(email["last_error"].as_str().unwrap().contains("STARTTLS"), "{email}");
    assert!(world.sandbox.mail.mails().is_empty());
}

#[tokio::test]
#[ignore = "takes two minutes: make soak"]
async fn a_server_without_a_reply_to_the_dot_gets_the_same_mail_again_and_the_history_says_uncertain() {
    // Two minutes of real time: a mail server may take that long.
    let world = World::start().await;
    world.sandbox.mail.faults.fail_next(Fault::HangAfterDot);
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let twice = tokio::time::timeout(std::time::Duration::from_secs(150), world.sandbox.mail.wait_for(2)).await;
    let mails = twice.expect("it goes again");
    assert_eq!(mails[0].raw, mails[1].raw);
    let license = ended(&agent, &license).await;
    assert_eq!(through(&license, "email")[0]["uncertain"], true);
    assert_eq!(world.sandbox.gitlab.issues().len(), 1);
}

#[tokio::test]
#[ignore = "takes half a minute: make soak"]
async fn a_server_without_a_greeting_costs_one_retry() {
    is_retried(Fault::HangAtGreeting).await;
}

#[tokio::test]
#[ignore = "takes half a minute: make soak"]
async fn a_server_that_sends_one_byte_a_second_costs_one_retry() {
    is_retried(Fault::Trickle).await;
}

async fn is_retried(fault: Fault) {
    let (world, license) = after(fault).await;
    let email = through(&license, "email")[0].clone();
    assert_eq!((&email["attempts"], &email["uncertain"]), (&2.into(), &false.into()));
    assert_eq!(world.sandbox.mail.mails().len(), 1);
}
