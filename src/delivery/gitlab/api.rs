//! The calls of GitLab's REST API (version 4) that issues and the configuration check take. Waits and answers are
//! bounded.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{
    Client, RequestBuilder,
    header::{DATE, HeaderMap, HeaderValue},
};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use super::{
    address::Address,
    error::{Call, Cause, Error},
    types::{Change, Ignored, Issue, IssueAnswer, Label, NewIssue, NewNote, Note, Project, Token, User, has_line},
};
use crate::{clock::Clock, config, crash, delivery::http_client};

/// How long one call may take, its answer included.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the search for the assignee may delay an issue: it may be filed without one.
const ASSIGNEE_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest answer that is read. A page of our issues has some 500 KB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Items per page: the most that GitLab gives.
const PER_PAGE: usize = 100;

/// The most pages that are searched: 5000 issues since one license was generated.
const MAX_PAGES: usize = 50;

/// How far GitLab's clock may be behind ours for an issue to be found by the time of its license: ours may have jumped
/// an hour ahead, and been set back.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(3);

/// One GitLab project, seen through one token.
pub(crate) struct Api {
    client: Client,
    address: Address,
    token: HeaderValue,
    clock: Clock,
}

impl Api {
    /// `clock` reads what a `Retry-After` with a date means.
    pub(crate) fn new(gitlab: &config::Gitlab, clock: Clock) -> Result<Self, String> {
        Self::with_timeout(gitlab, clock, CALL_TIMEOUT)
    }

    pub(super) fn with_timeout(gitlab: &config::Gitlab, clock: Clock, total: Duration) -> Result<Self, String> {
        let mut token = HeaderValue::from_str(gitlab.token.expose_secret())
            .map_err(|_| "the GitLab token has characters that no token has".to_owned())?;
        token.set_sensitive(true);
        let address = Address::new(gitlab.url.clone(), gitlab.project.clone());
        Ok(Self { client: http_client::client(total)?, address, token, clock })
    }

    /// The token, and the time by GitLab's clock.
    pub(crate) async fn token(&self) -> Result<(Token, Option<Timestamp>), Error> {
        let call = Call { verb: "show the token", once: false };
        let (token, headers) =
            self.send(call, self.client.get(self.address.api(&["personal_access_tokens", "self"]))).await?;
        let date = headers.get(DATE).and_then(|value| rfc2822::parse(value.to_str().ok()?).ok());
        Ok((token, date.map(|date| date.timestamp())))
    }

    pub(crate) async fn project(&self) -> Result<Project, Error> {
        let call = Call { verb: "show the project", once: false };
        Ok(self.send(call, self.client.get(self.address.project_api(&[]))).await?.0)
    }

    pub(crate) async fn has_label(&self, name: &str) -> Result<bool, Error> {
        let call = Call { verb: "list the labels", once: false };
        let query = [("search", name.to_owned())];
        Ok(self.find(call, &["labels"], &query, |label: &Label| label.name == name).await?.is_some())
    }

    /// The number of the issue at `url`; `None` unless it is one of this project.
    pub(super) fn issue_number(&self, url: &str) -> Option<u64> {
        self.address.issue_number(url)
    }

    pub(super) async fn get_issue(&self, iid: u64) -> Result<Issue, Error> {
        let call = Call { verb: "show the issue", once: false };
        let request = self.client.get(self.address.project_api(&["issues", &iid.to_string()]));
        let (issue, _) = self.send(call, request).await?;
        self.issue(call, issue)
    }

    /// The first issue since `license_at` whose description has the line `marker`. Not by label, title or state: people
    /// change those, and GitLab drops the labels of a token that may not set them.
    pub(super) async fn find_issue(&self, license_at: Timestamp, marker: &str) -> Result<Option<Issue>, Error> {
        let since = license_at.checked_sub(CLOCK_SLACK).unwrap_or(license_at);
        let query = [
            ("state", "all".to_owned()),
            ("created_after", since.to_string()),
            ("order_by", "created_at".to_owned()),
            ("sort", "asc".to_owned()),
        ];
        let call = Call { verb: "list the issues", once: false };
        let has_marker = |issue: &IssueAnswer| issue.description.as_deref().is_some_and(|text| has_line(text, marker));
        let found = self.find(call, &["issues"], &query, has_marker).await?;
        found.map(|issue| self.issue(call, issue)).transpose()
    }

    pub(super) async fn create_issue(&self, issue: &NewIssue<'_>) -> Result<Issue, Error> {
        let call = Call { verb: "create the issue", once: true };
        crash::point("issue_before_create");
        let (issue, _) = self.send(call, self.client.post(self.address.project_api(&["issues"])).json(issue)).await?;
        crash::point("issue_after_create");
        self.issue(call, issue)
    }

    pub(super) async fn change_issue(&self, iid: u64, change: &Change) -> Result<Issue, Error> {
        let call = Call { verb: "update the issue", once: false };
        let request = self.client.put(self.address.project_api(&["issues", &iid.to_string()])).json(change);
        crash::point("issue_before_close");
        let (issue, _) = self.send(call, request).await?;
        crash::point("issue_after_close");
        self.issue(call, issue)
    }

    /// Whether a note of the issue has the line `marker`.
    pub(super) async fn has_note(&self, iid: u64, marker: &str) -> Result<bool, Error> {
        let call = Call { verb: "list the issue's notes", once: false };
        let path = ["issues", &iid.to_string(), "notes"];
        Ok(self.find(call, &path, &[], |note: &Note| has_line(&note.body, marker)).await?.is_some())
    }

    pub(super) async fn add_note(&self, iid: u64, body: &str) -> Result<(), Error> {
        let call = Call { verb: "add a note to the issue", once: true };
        let url = self.address.project_api(&["issues", &iid.to_string(), "notes"]);
        crash::point("issue_before_note");
        self.send::<Ignored>(call, self.client.post(url).json(&NewNote { body, internal: true })).await?;
        crash::point("issue_after_note");
        Ok(())
    }

    /// The id of a user; `None` also if GitLab does not answer.
    pub(super) async fn find_user(&self, username: &str) -> Option<u64> {
        let call = Call { verb: "find the engineer", once: false };
        let request = self.client.get(self.address.api(&["users"])).query(&[("username", username)]);
        let (users, _) = self.send::<Vec<User>>(call, request.timeout(ASSIGNEE_TIMEOUT)).await.ok()?;
        users.into_iter().find(|user| user.username.eq_ignore_ascii_case(username)).map(|user| user.id)
    }

    fn issue(&self, call: Call, answer: IssueAnswer) -> Result<Issue, Error> {
        let IssueAnswer { iid, web_url, title, state, description, labels, confidential } = answer;
        match self.address.issue(iid, web_url.as_deref()) {
            Some(url) => {
                let is_confidential = confidential == Some(true);
                Ok(Issue { iid, url, title, state, description, labels, is_confidential })
            }
            None => Err(call.failed(Cause::Unexpected("an issue whose number and address differ"))),
        }
    }

    /// The first item of a paged list that matches.
    async fn find<T: DeserializeOwned>(
        &self,
        call: Call,
        path: &[&str],
        query: &[(&str, String)],
        matches: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, Error> {
        for page in 1..=MAX_PAGES {
            let paging = [("per_page", PER_PAGE), ("page", page)];
            let request = self.client.get(self.address.project_api(path)).query(query).query(&paging);
            let (items, headers) = self.send::<Vec<T>>(call, request).await?;
            let is_last = match headers.get("x-next-page") {
                Some(next) => next.is_empty(),
                None => items.len() < PER_PAGE,
            };
            let found = items.into_iter().find(&matches);
            if found.is_some() || is_last {
                return Ok(found);
            }
        }
        Err(call.failed(Cause::TooManyPages(MAX_PAGES)))
    }

    /// One call, and its answer as JSON.
    async fn send<T: DeserializeOwned>(&self, call: Call, request: RequestBuilder) -> Result<(T, HeaderMap), Error> {
        let mut answer = request.header("PRIVATE-TOKEN", &self.token).send().await.map_err(|error| {
            let is_unreachable = error.is_connect();
            let why = http_client::describe(error);
            call.failed(if is_unreachable { Cause::Unreachable(why) } else { Cause::Lost(why) })
        })?;
        let status = answer.status();
        let body = http_client::body(&mut answer, MAX_ANSWER_BYTES).await;
        if !status.is_success() {
            let after = http_client::retry_after(answer.headers(), self.clock.now());
            return Err(call.refused(status.as_u16(), &self.without_token(&body.unwrap_or_default()), after));
        }
        let body = body.map_err(|why| call.failed(Cause::Lost(why.to_string())))?;
        let json = serde_json::from_slice(&body)
            .map_err(|_| call.failed(Cause::Unexpected("not the JSON that was expected")))?;
        Ok((json, answer.headers().clone()))
    }

    /// A proxy that repeats our headers must not carry the token into a history that people read.
    fn without_token(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        self.token.to_str().map_or_else(|_| String::new(), |token| text.replace(token, "[…]"))
    }
}

/// GitLab answered with success, and its answer shows that it did not do it.
pub(super) fn not_done(verb: &'static str) -> Error {
    Call { verb, once: false }.failed(Cause::NotDone)
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("address", &self.address).finish_non_exhaustive()
    }
}
