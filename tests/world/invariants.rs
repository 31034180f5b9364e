//! What must be true of every license that was asked for, seen from outside: API, mailbox, GitLab and Slack.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use stopgap::sandbox::{Browser, gitlab::State};

use super::{PATIENCE, World, ended, history, post, through};

/// A license that somebody wants, and asks for until it is accepted.
pub struct Accepted {
    order: Value,
    key: String,
}

impl Accepted {
    pub fn new(order: Value, key: String) -> Self {
        Self { order, key }
    }

    /// Asks once; the id where a 201 came back before the service died.
    pub async fn try_once(&self, agent: &Browser) -> Option<String> {
        let request = agent.request(Method::POST, "/api/v1/licenses").header("Idempotency-Key", &self.key);
        let answer = request.json(&self.order).timeout(PATIENCE).send().await.ok()?;
        assert_eq!(answer.status(), 201);
        let license: Value = answer.json().await.ok()?;
        Some(license["id"].as_str().unwrap().to_owned())
    }

    /// Asks again under the same key. What was accepted once is the same license now (invariants 1 and 2).
    pub async fn insist(&self, agent: &Browser, accepted: Option<&str>) {
        let answer = post(agent, "/api/v1/licenses", &self.key, &self.order).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        if let Some(id) = accepted {
            assert_eq!(answer.body["id"], id, "a license that was answered with 201 is lost");
        }
    }

    /// Waits for its deliveries, and holds everything against the invariants after `deaths` of the service.
    pub async fn hold(&self, world: &World, agent: &Browser, deaths: usize, when: &str) {
        let email = self.order["customer"]["email"].as_str().unwrap();
        let found = agent.get(&format!("/api/v1/licenses?q={email}")).await.unwrap();
        let [license] = found["items"].as_array().unwrap().as_slice() else {
            panic!("{when}: one key, one license: {found}");
        };
        let license = ended(agent, license).await;
        let id = license["id"].as_str().unwrap();
        assert_eq!(license["state"], "delivered", "{when}: {license}");
        assert!(
            license["deliveries"].as_array().unwrap().iter().all(|d| d["state"] == "sent"),
            "{when}: what is accepted is delivered: {license}"
        );

        let mails = world.sandbox.mail.mails();
        let mails: Vec<_> = mails.iter().filter(|mail| mail.envelope_to == [email]).collect();
        let is_uncertain = through(&license, "email")[0]["uncertain"] == true;
        assert!((1..=deaths + 1).contains(&mails.len()), "{when}: {} mails", mails.len());
        assert!(mails.len() == 1 || is_uncertain, "{when}: a mail that went twice is marked: {license}");
        assert_eq!(is_uncertain, history(&license).contains(&"email_uncertain"), "{when}: {license}");
        assert!(mails.iter().all(|mail| mail.raw == mails[0].raw), "{when}: the same bytes each time");

        let issues = world.sandbox.gitlab.issues();
        let issues: Vec<_> = issues.iter().filter(|issue| issue.description.contains(id)).collect();
        assert_eq!(issues.len(), 1, "{when}: exactly one issue");
        assert_eq!(issues[0].state, State::Closed, "{when}: success and closed");
        assert!(issues[0].notes.len() < through(&license, "issue").len(), "{when}: a note for each follow-up, once");

        let file =
            agent.request(Method::GET, &format!("/api/v1/licenses/{id}/file?reason=air-gapped")).send().await.unwrap();
        let file = file.text().await.unwrap();
        assert!(mails[0].attachments.iter().any(|attachment| attachment.content == file), "{when}: one file");

        let messages = world.sandbox.slack.messages();
        let messages: Vec<_> = messages.iter().filter(|one| one.text.contains(&issues[0].web_url)).collect();
        let last = messages.last().unwrap_or_else(|| panic!("{when}: Slack heard of it, with its issue"));
        let is_true = |text: &str| text.contains("286 seats · sent\n") || text.contains("after all");
        assert!(is_true(&last.text), "{when}: the last word is true: {}", last.text);

        // By the app's bot token: one message, whatever happened, and each reply once.
        if messages.iter().any(|message| message.metadata.is_some()) {
            let roots: Vec<_> = messages.iter().filter(|message| message.thread_ts.is_none()).collect();
            assert_eq!(roots.len(), 1, "{when}: one message: {messages:#?}");
            assert!(is_true(&roots[0].text), "{when}: it is true: {}", roots[0].text);
            let markers: BTreeSet<_> = messages.iter().map(|message| format!("{:?}", message.metadata)).collect();
            assert_eq!(markers.len(), messages.len(), "{when}: nothing shows twice: {messages:#?}");
        }
    }
}
