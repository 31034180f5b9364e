//! What the page's server answers.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use super::{Page, StandIns, files, switches};
use crate::sandbox::{
    APP_GUID, INSTALLATION_ID, SUBDOMAIN,
    gitlab::Issue,
    old_license::FILE_NAME,
    token,
    web::{Answer, Reply, Request, Site},
};

/// How long the page's question for news is left open.
const NEWS_WAIT: Duration = Duration::from_secs(20);

/// The page wants the app loaded.
#[derive(Deserialize)]
struct Load {
    agent_id: u64,
    origin: String,
    color_scheme: String,
    /// The full page in place of the sidebar.
    #[serde(default)]
    full: bool,
}

impl Site for Page {
    async fn reply(&self, request: Request) -> Reply {
        let answer = match request.route() {
            ("GET", path) if format!("/{}", path.join("/")) == files::SDK_PATH => {
                Answer::of(200, "text/javascript; charset=utf-8", self.sdk.clone())
            }
            ("GET", path) if path == ["api", "setup"] => self.setup(),
            ("GET", path) if path == ["api", "world"] => self.news(&request).await,
            ("GET", path) if path == ["attachments", FILE_NAME] => self.attachment(),
            ("POST", path) if path == ["api", "faults"] => self.switch(&request),
            ("POST", path) if path == ["api", "load"] => self.load(&request),
            ("GET", path) => match path[..] {
                [name] => files::find(name).unwrap_or_else(not_found),
                _ => not_found(),
            },
            _ => not_found(),
        };
        Reply::Whole(answer.with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff"))
    }
}

impl Page {
    fn setup(&self) -> Answer {
        let attachment = self.old_license.as_ref().map(|content| json!({"filename": FILE_NAME, "content": content}));
        let setup = json!({"app_guid": APP_GUID, "installation_id": INSTALLATION_ID, "subdomain": SUBDOMAIN,
            "faults": switches::offered(), "attachment": attachment});
        Answer::json(200, &setup)
    }

    /// Where the ticket's comments say that it is.
    fn attachment(&self) -> Answer {
        self.old_license.clone().map_or_else(not_found, |content| Answer::of(200, "text/plain; charset=utf-8", content))
    }

    /// All that the stand-ins hold, once it is newer than what the page has seen.
    async fn news(&self, request: &Request) -> Answer {
        let seen = request.parameter("seen").and_then(|seen| seen.parse().ok()).unwrap_or(0);
        // Nothing new in that time: the same state again, and the page asks anew.
        timeout(NEWS_WAIT, self.newer_than(seen)).await.ok();
        Answer::json(200, &self.world())
    }

    fn world(&self) -> Value {
        let StandIns { mail, gitlab, slack, mailgun, service } = &self.stand_ins;
        json!({
            "revision": self.revision(),
            "service": self.service.read(|service| service.as_ref().map(Url::to_string)),
            "mails": mail.mails(),
            "held_back": mailgun.held_back(),
            "issues": gitlab.issues().iter().map(with_notes).collect::<Vec<_>>(),
            "messages": slack.messages(),
            "faults": {
                "smtp": mail.faults.standing(),
                "mailgun": mailgun.trouble(),
                "gitlab": gitlab.faults.standing(),
                "slack": slack.faults.standing(),
                "service": service.standing(),
            },
        })
    }

    /// Every change at any stand-in raises it.
    fn revision(&self) -> u64 {
        let StandIns { mail, gitlab, slack, mailgun, .. } = &self.stand_ins;
        1 + self.service.revision() + mail.revision() + gitlab.revision() + slack.revision() + mailgun.revision()
    }

    async fn newer_than(&self, seen: u64) {
        let StandIns { mail, gitlab, slack, mailgun, .. } = &self.stand_ins;
        loop {
            let (own, mails) = (self.service.revision(), mail.revision());
            let (issues, messages, events) = (gitlab.revision(), slack.revision(), mailgun.revision());
            if 1 + own + mails + issues + messages + events > seen {
                return;
            }
            tokio::select! {
                () = self.service.newer_than(own) => {}
                () = mail.newer_than(mails) => {}
                () = gitlab.newer_than(issues) => {}
                () = slack.newer_than(messages) => {}
                () = mailgun.newer_than(events) => {}
            }
        }
    }

    fn switch(&self, request: &Request) -> Answer {
        let Ok(switch) = request.json::<switches::Switch>() else { return unreadable() };
        switch.set(&self.stand_ins);
        // So that every open page shows it.
        self.service.change(|_| ());
        Answer::json(200, &self.world())
    }

    /// The signed form that loads the app: where it goes, and its token.
    fn load(&self, request: &Request) -> Answer {
        let Ok(load) = request.json::<Load>() else { return unreadable() };
        let Some(service) = self.service.read(Clone::clone) else {
            return Answer::json(503, &json!({"error": "no service is running yet"}));
        };
        let place = if load.full { token::Place::NavBar } else { token::Place::TicketSidebar };
        let action = token::address(&service, place, &load.origin, &load.color_scheme);
        Answer::json(200, &json!({"action": action.as_str(), "token": self.signer.token(load.agent_id, place)}))
    }
}

fn with_notes(issue: &Issue) -> Value {
    let mut shown = json!(issue);
    shown["notes"] = json!(issue.notes);
    shown
}

fn unreadable() -> Answer {
    Answer::json(400, &json!({"error": "the body is not what this address expects"}))
}

fn not_found() -> Answer {
    Answer::text(404, "There is nothing here. The sandbox's page is at /.\n")
}
