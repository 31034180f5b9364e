//! A GitLab with one project. It keeps issues and notes, executes nothing, and misbehaves on demand.

mod api;
mod body;
mod issue;
mod page;
#[cfg(test)]
mod tests;

use std::{io, sync::Arc};

use serde::{Deserialize, Serialize};

pub use issue::State;
pub use issue::{Issue, Note, USERS, User};

use super::{
    faults::Faults,
    listener::Listener,
    message_log::MessageLog,
    web::{self, Fault, Reply, Request, Site},
};
use crate::clock::Clock;

/// The one project's path.
pub(crate) const PROJECT: &str = "support/emergency-licenses";
/// The one project's number.
pub(crate) const PROJECT_ID: u64 = 278;
/// The one token that is let in.
pub const TOKEN: &str = "glpat-sandbox-nothing-here-is-real";

/// A kind of call to the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    Create,
    /// An issue is changed, mostly closed.
    Close,
    Note,
    /// Issues or notes are listed.
    List,
    Other,
}

/// A fault, of one kind of call or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFault {
    /// The kind of call it hits; `None` for every kind.
    pub on: Option<Call>,
    pub fault: Fault,
}

impl CallFault {
    /// Hits one kind of call.
    pub fn on(call: Call, fault: Fault) -> Self {
        Self { on: Some(call), fault }
    }

    /// Hits every call.
    pub fn any(fault: Fault) -> Self {
        Self { on: None, fault }
    }
}

/// A stateful GitLab on loopback.
#[derive(Debug)]
pub struct Gitlab {
    listener: Listener,
    tracker: Arc<Tracker>,
    pub faults: Arc<Faults<CallFault>>,
}

/// What this GitLab holds, shared by its connections.
#[derive(Debug)]
struct Tracker {
    clock: Clock,
    kept: MessageLog<Kept>,
    faults: Arc<Faults<CallFault>>,
}

#[derive(Debug, Default)]
struct Kept {
    issues: Vec<Issue>,
    calls: Vec<Call>,
    next_id: u64,
}

impl Gitlab {
    /// Starts it on 127.0.0.1; port 0 takes any free one.
    pub(crate) async fn start(port: u16, clock: Clock) -> io::Result<Self> {
        let faults = Arc::<Faults<CallFault>>::default();
        let tracker = Arc::new(Tracker { clock, kept: MessageLog::default(), faults: Arc::clone(&faults) });
        let listener = web::serve(port, Arc::clone(&tracker)).await?;
        Ok(Self { listener, tracker, faults })
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// Every issue so far.
    pub fn issues(&self) -> Vec<Issue> {
        self.tracker.kept.read(|kept| kept.issues.clone())
    }

    /// How often `call` was asked, faults included.
    pub fn calls(&self, call: Call) -> usize {
        self.tracker.kept.read(|kept| kept.calls.iter().filter(|made| **made == call).count())
    }

    /// Waits until `count` issues exist in all, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Issue> {
        self.until(|issues| (issues.len() >= count).then(|| issues.to_vec())).await
    }

    /// Waits until `look` finds what it looks for.
    pub async fn until<R>(&self, look: impl Fn(&[Issue]) -> Option<R>) -> R {
        self.tracker.kept.until(|kept| look(&kept.issues)).await
    }

    /// What people change by hand.
    pub fn edit(&self, iid: u64, change: impl FnOnce(&mut Issue)) {
        self.tracker.kept.change(|kept| kept.issues.iter_mut().find(|issue| issue.iid == iid).map(change));
    }

    /// Closes the socket and every connection.
    pub(crate) async fn stop(&self) {
        self.listener.stop().await;
    }

    pub(super) fn revision(&self) -> u64 {
        self.tracker.kept.revision()
    }

    pub(super) async fn newer_than(&self, revision: u64) {
        self.tracker.kept.newer_than(revision).await;
    }
}

impl Site for Tracker {
    async fn reply(&self, mut request: Request) -> Reply {
        let call = call_of(&request);
        self.kept.change(|kept| kept.calls.push(call));
        let fault = self.faults.take(|fault| fault.on.is_none_or(|on| on == call)).map(|fault| fault.fault);
        if let Some(Fault::Altered { fields }) = &fault {
            request.alter(fields);
        }
        let date = http_date(self.clock.now());
        match Fault::spoil(fault, async { self.answer(&request) }).await {
            Reply::Whole(answer) => Reply::Whole(answer.with("Date", date)),
            other => other,
        }
    }
}

/// As in `Date: Sat, 21 Nov 2026 23:14:05 GMT` (RFC 9110, section 5.6.7).
fn http_date(now: jiff::Timestamp) -> String {
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn call_of(request: &Request) -> Call {
    match (request.method.as_str(), request.path.get(4..).unwrap_or_default()) {
        ("POST", [issues]) if issues == "issues" => Call::Create,
        ("PUT", [issues, _]) if issues == "issues" => Call::Close,
        ("POST", [_, _, notes]) if notes == "notes" => Call::Note,
        ("GET", [issues]) if issues == "issues" => Call::List,
        ("GET", [_, _, notes]) if notes == "notes" => Call::List,
        _ => Call::Other,
    }
}
