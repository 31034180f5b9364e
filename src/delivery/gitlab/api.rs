//! The few calls of GitLab's REST API (version 4) that issues take. Every wait and answer is bounded.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reqwest::{
    Client, RequestBuilder,
    header::{HeaderMap, HeaderValue},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

use super::response::Call;
use crate::{clock::Clock, config, crash, delivery::http_client, license::delivery::Outcome};

/// How long one call may take, its answer included.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// How long looking for the assignee may hold up an issue: it is a courtesy.
const ASSIGNEE_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest answer that is read, in bytes. A page of our issues has some 500 KB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Issues or notes a page: the most that GitLab gives.
const PER_PAGE: usize = 100;

/// The most pages that are looked through: 5000 issues since one license was generated.
const MAX_PAGES: usize = 50;

/// How far GitLab's clock may be behind ours for an issue to be found by the time of its license: ours may have jumped
/// an hour ahead, and be set back.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(3);

/// One GitLab project, seen through one token.
pub struct Api {
    client: Client,
    root: Url,
    project: String,
    token: HeaderValue,
    clock: Clock,
}

/// An issue, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
pub struct Issue {
    /// Its number within the project.
    pub iid: u64,
    pub web_url: String,
    /// `opened` or `closed`, where known.
    pub state: Option<String>,
    pub description: Option<String>,
}

/// An issue to be created.
#[derive(Debug, Serialize)]
pub struct NewIssue<'a> {
    pub title: String,
    pub description: String,
    /// As an array, in which a comma does not split a label.
    pub labels: &'a [String],
    /// Always true: the description holds a license.
    pub confidential: bool,
    pub assignee_ids: Vec<u64>,
}

/// What is to change of an issue.
#[derive(Debug, Serialize)]
pub struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_event: Option<&'static str>,
}

#[derive(Serialize)]
struct NewNote<'a> {
    body: &'a str,
    internal: bool,
}

#[derive(Deserialize)]
struct Note {
    body: String,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    username: String,
}

/// Whatever JSON a successful answer holds.
#[derive(Deserialize)]
struct Anything {}

impl Issue {
    /// The issue at `web_url`, whose last path segment is its number; state and description are not known.
    pub fn known(web_url: &str) -> Option<Self> {
        let iid = Url::parse(web_url).ok()?.path_segments()?.next_back()?.parse().ok()?;
        Some(Self { iid, web_url: web_url.to_owned(), state: None, description: None })
    }

    /// Whether `marker` stands on a line of its own in the description.
    pub fn tells(&self, marker: &str) -> bool {
        self.description.as_deref().is_some_and(|text| has_line(text, marker))
    }

    /// What makes it closed or open, where it is not known to be so already.
    pub fn event_towards(&self, closed: bool) -> Option<&'static str> {
        let (state, event) = if closed { ("closed", "close") } else { ("opened", "reopen") };
        (self.state.as_deref() != Some(state)).then_some(event)
    }
}

impl Change {
    /// Whether anything is to change.
    pub fn is_needed(&self) -> bool {
        self.title.is_some() || self.description.is_some() || self.state_event.is_some()
    }
}

/// A line of its own, because what strangers wrote never stands at the start of one.
fn has_line(text: &str, marker: &str) -> bool {
    text.lines().any(|line| line.trim_end() == marker)
}

impl Api {
    pub fn new(gitlab: &config::Gitlab, clock: Clock) -> Result<Self, String> {
        Self::with_timeout(gitlab, clock, CALL_TIMEOUT)
    }

    pub(super) fn with_timeout(gitlab: &config::Gitlab, clock: Clock, total: Duration) -> Result<Self, String> {
        let mut token = HeaderValue::from_str(gitlab.token.expose_secret())
            .map_err(|_| "the GitLab token holds characters that no token has".to_owned())?;
        token.set_sensitive(true);
        let client = http_client::client(total)?;
        Ok(Self { client, root: gitlab.url.clone(), project: gitlab.project.clone(), token, clock })
    }

    /// The first issue since `license_at` that carries `labels` and, on a line of its own, `marker`.
    ///
    /// # Errors
    /// What became of the delivery.
    pub async fn find_issue(
        &self,
        labels: &[String],
        license_at: Timestamp,
        marker: &str,
    ) -> Result<Option<Issue>, Outcome> {
        let since = license_at.checked_sub(CLOCK_SLACK).unwrap_or(license_at);
        let mut query = vec![
            ("state", "all".to_owned()),
            ("created_after", since.to_string()),
            ("order_by", "created_at".to_owned()),
            ("sort", "asc".to_owned()),
        ];
        if !labels.is_empty() {
            query.push(("labels", labels.join(",")));
        }
        let deed = Call { verb: "list the issues", once: false };
        self.find(deed, &["issues"], &query, |issue: &Issue| issue.tells(marker)).await
    }

    /// # Errors
    /// What became of the delivery.
    pub async fn create_issue(&self, issue: &NewIssue<'_>) -> Result<Issue, Outcome> {
        let deed = Call { verb: "file the issue", once: true };
        crash::point("issue_before_create");
        let (issue, _) = self.call(deed, self.client.post(self.url(&["issues"])).json(issue)).await?;
        crash::point("issue_after_create");
        Ok(issue)
    }

    /// # Errors
    /// What became of the delivery.
    pub async fn change_issue(&self, iid: u64, change: &Change) -> Result<(), Outcome> {
        let deed = Call { verb: "update the issue", once: false };
        let request = self.client.put(self.url(&["issues", &iid.to_string()])).json(change);
        crash::point("issue_before_close");
        self.call::<Anything>(deed, request).await?;
        crash::point("issue_after_close");
        Ok(())
    }

    /// Whether a note of the issue carries `marker` on a line of its own.
    ///
    /// # Errors
    /// What became of the delivery.
    pub async fn has_note(&self, iid: u64, marker: &str) -> Result<bool, Outcome> {
        let deed = Call { verb: "list the issue's notes", once: false };
        let path = ["issues", &iid.to_string(), "notes"];
        Ok(self.find(deed, &path, &[], |note: &Note| has_line(&note.body, marker)).await?.is_some())
    }

    /// # Errors
    /// What became of the delivery.
    pub async fn add_note(&self, iid: u64, body: &str) -> Result<(), Outcome> {
        let deed = Call { verb: "add a note to the issue", once: true };
        let url = self.url(&["issues", &iid.to_string(), "notes"]);
        crash::point("issue_before_note");
        self.call::<Anything>(deed, self.client.post(url).json(&NewNote { body, internal: true })).await?;
        crash::point("issue_after_note");
        Ok(())
    }

    /// The id of a user; nothing where GitLab does not know the name, or will not say.
    pub async fn find_user(&self, username: &str) -> Option<u64> {
        let deed = Call { verb: "look up the engineer", once: false };
        let request = self.client.get(self.api(&["users"])).query(&[("username", username)]).timeout(ASSIGNEE_TIMEOUT);
        let (users, _) = self.call::<Vec<User>>(deed, request).await.ok()?;
        users.into_iter().find(|user| user.username.eq_ignore_ascii_case(username)).map(|user| user.id)
    }

    /// The first of a paged list that `fits`, which is looked through to its end.
    async fn find<T: DeserializeOwned>(
        &self,
        deed: Call,
        path: &[&str],
        query: &[(&str, String)],
        fits: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, Outcome> {
        for page in 1..=MAX_PAGES {
            let paging = [("per_page", PER_PAGE), ("page", page)];
            let request = self.client.get(self.url(path)).query(query).query(&paging);
            let (items, headers) = self.call::<Vec<T>>(deed, request).await?;
            let is_last = match headers.get("x-next-page") {
                Some(next) => next.is_empty(),
                None => items.len() < PER_PAGE,
            };
            let found = items.into_iter().find(&fits);
            if found.is_some() || is_last {
                return Ok(found);
            }
        }
        let error = format!("GitLab was asked to {}, and there are more than {MAX_PAGES} pages of them", deed.verb);
        Err(Outcome::retry(error))
    }

    /// One call, and its answer as JSON.
    async fn call<T: DeserializeOwned>(&self, deed: Call, request: RequestBuilder) -> Result<(T, HeaderMap), Outcome> {
        let mut answer = match request.header("PRIVATE-TOKEN", &self.token).send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => return Err(deed.unheard(&http_client::describe(error))),
            Err(error) => return Err(deed.lost(&http_client::describe(error))),
        };
        let status = answer.status();
        let body = http_client::body(&mut answer, MAX_ANSWER_BYTES).await;
        if !status.is_success() {
            let after = http_client::retry_after(answer.headers(), self.clock.now());
            let body = self.without_token(&body.unwrap_or_default());
            return Err(deed.refused(status.as_u16(), body.as_bytes(), after));
        }
        let body = body.map_err(|why| deed.lost(&why.to_string()))?;
        let json = serde_json::from_slice(&body).map_err(|_| deed.lost("it is not the JSON that was expected"))?;
        Ok((json, answer.headers().clone()))
    }

    /// A proxy that repeats our headers must not carry the token into a history that people read.
    fn without_token(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        self.token.to_str().map_or_else(|_| String::new(), |token| text.replace(token, "[…]"))
    }

    fn url(&self, path: &[&str]) -> Url {
        self.api(&[&["projects", self.project.as_str()], path].concat())
    }

    /// Each part becomes one segment: the slash of a project's path is encoded, as GitLab wants it.
    fn api(&self, path: &[&str]) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "v4"]).extend(path);
        }
        url
    }
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("root", &self.root.as_str()).field("project", &self.project).finish_non_exhaustive()
    }
}
