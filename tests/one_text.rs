//! A license is sealed once: every mail, issue and download carries the same bytes, and nothing else carries any.

use reqwest::Method;

use crate::world::{World, ended, generate, get, order, read};

#[tokio::test]
async fn mail_issue_and_download_carry_the_same_text_and_slack_and_api_none() {
    let world = World::start().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order()).await;
    let license = ended(&agent, &license).await;
    let id = license["id"].as_str().unwrap();

    let mail = &world.sandbox.mail.mails()[0];
    let text = mail.attachments[0].content.clone();
    assert_eq!(mail.attachments[0].filename, "AcmeGmbH.gitlab-license");
    assert!(text.starts_with("eyJkYXRhIjoi"));
    assert!(mail.text.replace("\r\n", "\n").contains(text.trim_end()), "the key stands in the mail's text too");
    assert!(world.sandbox.gitlab.issues()[0].description.contains(text.trim_end()));
    let download = read(agent.request(Method::GET, &format!("/api/v1/licenses/{id}/file?reason=air-gapped"))).await;
    assert_eq!(download.body.as_str(), Some(text.as_str()));

    let secret = &text[..40];
    let view = get(&agent, &format!("/api/v1/licenses/{id}")).await.body;
    assert!(!view.to_string().contains(secret));
    let slack = world.sandbox.slack.messages()[0].shown();
    assert!(!slack.contains(secret) && !slack.contains("jane@acme.example"));
    // Its note on the issue may be there by now.
    let events = view["events"].as_array().unwrap();
    let downloaded = events.iter().find(|event| event["kind"] == "downloaded").expect("a download is recorded");
    assert_eq!(downloaded["detail"], "air-gapped");
    assert!(downloaded["actor"].as_str().unwrap().contains("42"));
}
