//! From a signed sidebar load to a mailed license, a closed GitLab issue and a Slack message.

use jiff::civil::Date;
use serde_json::{Value, json};
use stopgap::sandbox::gitlab::State;

use crate::world::{World, ended, generate, get, history, order, through, within};

#[tokio::test]
async fn one_press_mails_the_license_files_a_closed_issue_and_tells_slack() {
    let world = World::start().await;
    let agent = world.agent().await;

    let license = generate(&agent, &order()).await;
    assert_eq!(license["state"], "delivering");
    let license = ended(&agent, &license).await;

    assert_eq!(license["state"], "delivered");
    assert_eq!(history(&license), ["generated", "email_sent", "issue_sent", "slack_sent"]);
    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].envelope_to, ["jane@acme.example"]);
    let issues = world.sandbox.gitlab.issues();
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].title, "[Success] - Created a license under jane@acme.example for 286 users");
    assert_eq!(issues[0].state, State::Closed);
    assert!(issues[0].confidential);
    assert_eq!(issues[0].labels, ["Mechanizer::Emergency License Generation"]);
    assert_eq!(issues[0].assignees[0].username, "jdoe");
    assert!(issues[0].due_date.is_some_and(|day| day < until(&license)), "{:?}", issues[0].due_date);
    let messages = world.sandbox.slack.messages();
    assert_eq!(messages.len(), 1);
    let said = messages[0].shown();
    assert!(said.contains(&issues[0].web_url), "Slack links the issue: {said}");
    assert!(said.contains("/agent/tickets/4711"), "Slack links the ticket: {said}");
}

fn until(license: &Value) -> Date {
    license["expires_on"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn api_and_issue_show_when_and_with_which_words_the_mail_server_accepted_the_mail() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut order = order();
    order["evidence"] = json!({ "plan": "premium", "expires_on": "2026-01-01", "seats": 250, "billable_users": 280,
        "maximum_users": 286, "gitlab_version": "18.2.1" });
    order["override_reason"] = "they vouch for it".into();
    let license = generate(&agent, &order).await;
    let license = ended(&agent, &license).await;
    let mail = through(&license, "email")[0];
    assert_eq!(mail["reply"], "250 2.0.0 kept for <jane@acme.example>");
    let message_id = mail["reference"].as_str().unwrap();
    let description = world.sandbox.gitlab.issues().remove(0).description;
    for part in [
        "Server said  250 2.0.0 kept for <***@acme.example>",
        &format!("Message-ID   <{message_id}>"),
        license["license_md5"].as_str().unwrap(),
        license["license_sha256"].as_str().unwrap(),
        "Expired on  2026-01-01 (typed)",
        "Maximum   286 (typed)",
        "Over      36 more users than seats were bought",
        "because they vouch for it",
    ] {
        assert!(description.contains(part), "{part} in {description}");
    }
}

#[tokio::test]
async fn the_api_shows_who_asked_for_whom_until_when_and_how_far_it_is() {
    let world = World::start().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;

    assert_eq!(license["ticket"]["id"], 4711);
    assert_eq!(license["ticket"]["subject"], "License expired");
    assert_eq!(license["agent"], serde_json::json!({ "username": "jdoe", "zendesk_user_id": 42 }));
    assert_eq!(license["customer"]["company"], "Acme GmbH");
    assert_eq!(license["plan"], "ultimate");
    assert_eq!(license["trial"], true);
    assert_eq!(license["days_left"], 10);
    for channel in ["email", "issue", "slack"] {
        let deliveries = through(&license, channel);
        assert_eq!(deliveries.len(), 1, "{channel}");
        assert_eq!(deliveries[0]["state"], "sent");
        assert_eq!(deliveries[0]["purpose"], "first");
        assert_eq!(deliveries[0]["attempts"], 1);
    }
    let id = license["id"].as_str().unwrap();
    assert_eq!(get(&agent, &format!("/api/v1/licenses/{id}")).await.body["id"], id);
}

#[tokio::test]
async fn an_issue_is_filed_without_assignee_where_gitlab_does_not_know_the_username() {
    let world = World::start().await;
    let agent = world.agent().await;
    let mut order = order();
    order["agent"]["username"] = "nobody.here".into();
    let license = generate(&agent, &order).await;
    ended(&agent, &license).await;
    assert!(world.sandbox.gitlab.issues()[0].assignees.is_empty());
}

#[tokio::test]
async fn the_page_remembers_the_username_of_its_agent() {
    let world = World::start().await;
    let agent = world.agent().await;
    generate(&agent, &order()).await;
    let mut again = world.stranger();
    let page = again.open(&world.sandbox.token(crate::world::AGENT)).await.unwrap();
    assert!(page.contains(r#"name="stopgap-username" content="jdoe""#), "{page}");
    let mut other = world.stranger();
    let page = other.open(&world.sandbox.token(7)).await.unwrap();
    assert!(page.contains(r#"name="stopgap-username" content="""#), "{page}");
}

#[tokio::test]
async fn several_licenses_at_once_are_all_delivered() {
    let world = World::with(&[("AGENT_HOURLY_LIMIT", "1000"), ("CUSTOMER_DAILY_LIMIT", "1000")]).await;
    let agent = world.agent().await;
    for n in 0..20 {
        generate(&agent, &crate::world::order_for(&format!("customer{n}@acme.example"))).await;
    }
    within(world.sandbox.mail.wait_for(20)).await;
    within(
        world.sandbox.gitlab.until(|all| (all.iter().filter(|i| i.state == State::Closed).count() == 20).then_some(())),
    )
    .await;
    within(world.sandbox.slack.wait_for(20)).await;
    assert_eq!(world.sandbox.mail.mails().len(), 20);
    assert_eq!(world.sandbox.gitlab.issues().len(), 20);
}

#[tokio::test]
async fn the_email_is_in_the_requesters_language_as_far_as_there_is_a_translation() {
    let world = World::with(&[("EMERGENCY_CONTACT", "+49 30 1234")]).await;
    let agent = world.agent().await;
    for (locale, greeting) in [("de-AT", "Guten Tag Jane Doe,"), ("fr", "Hello Jane Doe,")] {
        let mut order = order();
        order["customer"]["locale"] = locale.into();
        order["confirm_duplicate"] = true.into();
        ended(&agent, &generate(&agent, &order).await).await;
        let mails = world.sandbox.mail.mails();
        let text = &mails.last().unwrap().text;
        assert!(text.starts_with(greeting) && text.contains("+49 30 1234"), "{locale}: {text}");
    }
}
