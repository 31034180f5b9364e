//! One license through the whole path, and what arrived of it.

use std::{fmt, time::Duration};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use super::{
    World,
    agent::{self, Browser},
    gitlab::{Issue, State},
    smtp::{Attachment, Mail},
};

/// How long mail, issue and message may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The agent who presses the button.
const AGENT_ID: u64 = 42;

/// The license that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub email: String,
    pub name: String,
    pub company: String,
    pub seats: u32,
    pub ticket: u64,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            email: "jane@acme.example".to_owned(),
            name: "Jane Doe".to_owned(),
            company: "Acme GmbH".to_owned(),
            seats: 286,
            ticket: 4711,
        }
    }
}

/// What arrived of one license.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Arrived {
    /// The license as the API shows it at the end.
    pub license: Value,
    /// The license file, as it came with the mail.
    pub license_file: String,
    /// The key that opens it, in PEM.
    pub public_key: String,
    /// The mail to the customer.
    pub email: EmailArrived,
    pub issue: IssueArrived,
    /// The message in support's channel.
    pub slack: SlackArrived,
}

/// A mail that arrived.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EmailArrived {
    pub from: String,
    pub to: String,
    pub reply_to: String,
    pub subject: String,
    pub message_id: String,
    pub text: String,
    pub html: String,
    pub attachments: Vec<Attachment>,
}

/// An issue that arrived.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct IssueArrived {
    pub title: String,
    pub state: State,
    pub labels: Vec<String>,
    pub confidential: bool,
    pub description: String,
    pub web_url: String,
    pub assignees: Vec<&'static str>,
}

/// A Slack message that arrived.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SlackArrived {
    pub text: String,
    pub blocks: Vec<Value>,
}

/// Why not all of it arrived.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The service did not take the order.
    #[error(transparent)]
    Browser(#[from] agent::Error),
    /// The answer to the order names no license.
    #[error("the service's answer names no license: {0}")]
    NoId(Value),
    #[error("after {} seconds: email {email}, closed issue {issue}, slack {slack}", PATIENCE.as_secs())]
    NotAll { email: Word, issue: Word, slack: Word },
    /// The mail came without the license file.
    #[error("the mail has no attachment")]
    NoAttachment,
    /// The service still works on something that has arrived.
    #[error("all arrived, but after {} more seconds the service still shows deliveries under way", PATIENCE.as_secs())]
    Unsettled,
}

/// Whether something arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word(bool);

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "arrived" } else { "missing" })
    }
}

/// Orders one license as an agent would, and waits until mail, closed issue and Slack message are there.
///
/// # Errors
/// The service refused, or something did not arrive in time.
pub(crate) async fn once(world: &World, service: &Url, order: Order) -> Result<Arrived, Error> {
    // What was there before is none of this license.
    let (mails, issues, messages) =
        (world.mail.mails().len(), world.gitlab.issues().len(), world.slack.messages().len());
    let mut browser = Browser::new(world, service);
    browser.open(&world.token(AGENT_ID)).await?;
    let key = world.random.id(world.clock.now()).to_string();
    let generated = browser.post("/api/v1/licenses", &key, &body(&order)).await?;
    let Some(id) = generated["id"].as_str() else { return Err(Error::NoId(generated)) };

    let (email, issue, slack) = tokio::join!(
        timeout(PATIENCE, world.mail.until(|all| mail_to(&order.email, all.get(mails..)?))),
        timeout(PATIENCE, world.gitlab.until(|all| closed(all.get(issues..)?))),
        timeout(PATIENCE, world.slack.until(|all| all.get(messages).cloned())),
    );
    let (Ok(mail), Ok(issue), Ok(slack)) = (&email, &issue, &slack) else {
        return Err(Error::NotAll {
            email: Word(email.is_ok()),
            issue: Word(issue.is_ok()),
            slack: Word(slack.is_ok()),
        });
    };
    timeout(PATIENCE, browser.follow(id)).await.map_err(|_| Error::Unsettled)??;
    Ok(Arrived {
        license: browser.get(&format!("/api/v1/licenses/{id}")).await?,
        license_file: mail.attachments.first().ok_or(Error::NoAttachment)?.content.clone(),
        public_key: world.keys.license_public_pem.clone(),
        email: mail.clone().into(),
        issue: issue.clone().into(),
        slack: SlackArrived { text: slack.text.clone(), blocks: slack.blocks.clone() },
    })
}

fn body(order: &Order) -> Value {
    json!({
        "ticket": {"id": order.ticket, "subject": "License expired"},
        "agent": {"username": "jdoe"},
        "customer": {"email": order.email, "name": order.name, "company": order.company},
        "seats": order.seats,
    })
}

fn mail_to(email: &str, mails: &[Mail]) -> Option<Mail> {
    mails.iter().find(|mail| mail.envelope_to.iter().any(|to| to.eq_ignore_ascii_case(email))).cloned()
}

fn closed(issues: &[Issue]) -> Option<Issue> {
    issues.iter().find(|issue| issue.state == State::Closed).cloned()
}

impl From<Mail> for EmailArrived {
    fn from(mail: Mail) -> Self {
        let Mail { from, to, reply_to, subject, message_id, text, html, attachments, .. } = mail;
        Self { from, to, reply_to, subject, message_id, text, html, attachments }
    }
}

impl From<Issue> for IssueArrived {
    fn from(issue: Issue) -> Self {
        let Issue { title, state, labels, confidential, description, web_url, assignees, .. } = issue;
        let assignees = assignees.into_iter().map(|user| user.username).collect();
        Self { title, state, labels, confidential, description, web_url, assignees }
    }
}

/// For people; for machines it serializes.
impl fmt::Display for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { license, license_file, email, issue, slack, .. } = self;
        let word = |field: &str| license[field].as_str().unwrap_or("?").to_owned();
        let files: Vec<&str> = email.attachments.iter().map(|file| file.filename.as_str()).collect();
        writeln!(f, "License {}: {} seats, {}", word("id"), license["seats"], word("state"))?;
        writeln!(f, "  from {}, stops at 00:00 of {}", word("starts_on"), word("expires_on"))?;
        writeln!(f, "  license file of {} characters", license_file.len())?;
        writeln!(f, "Email to {}\n  from {}, answers to {}", email.to, email.from, email.reply_to)?;
        writeln!(f, "  {}\n  with {}", email.subject, files.join(", "))?;
        let state = if issue.state == State::Closed { "closed" } else { "open" };
        let manner = if issue.confidential { "confidential" } else { "public" };
        writeln!(f, "Issue {} ({state}, {manner})\n  {}", issue.web_url, issue.title)?;
        write!(f, "Slack\n  {}", slack.text.replace('\n', "\n  "))
    }
}
