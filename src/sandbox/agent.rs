//! An agent at their browser, over real sockets.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde_json::Value;
use url::Url;

use super::{
    World,
    token::{self, Token},
};

/// How long one call may take, streams excepted.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);
/// The most that is read of a progress stream, in bytes.
const MAX_STREAM_BYTES: usize = 4 * 1024 * 1024;

/// Why the browser did not get what it wanted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer came, or a torn one.
    #[error("no whole answer came: {0}")]
    Unanswered(#[from] reqwest::Error),
    /// An answer other than the wanted one.
    #[error("the service answered {status}: {body}")]
    Refused { status: u16, body: String },
    /// The sidebar's page lacks its session.
    #[error("the sidebar's page carries no session")]
    NoSession,
    /// The stream ended before it said anything, or said something else than JSON.
    #[error("the progress stream broke: {0}")]
    Progress(&'static str),
}

/// One agent's browser. It has no session before [`Browser::open`].
#[derive(Debug, Clone)]
pub struct Browser {
    http: Client,
    service: Url,
    origin: String,
    zendesk_private_pem: String,
    session: Option<String>,
}

impl Browser {
    /// A browser of this world, which reaches the service at `service`.
    ///
    /// # Panics
    /// Never: see below.
    pub fn new(world: &World, service: &Url) -> Self {
        // The builder fails only where the machine has no TLS back end, and that one is compiled in.
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client builds");
        Self {
            http,
            service: service.clone(),
            origin: world.zendesk.origin(),
            zendesk_private_pem: world.keys.zendesk_private_pem.clone(),
            session: None,
        }
    }

    /// Posts `token` to the sidebar and shows the raw answer.
    ///
    /// # Errors
    /// No answer came.
    pub async fn post_token(&self, token: &str) -> Result<Response, Error> {
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish();
        let request = self
            .http
            .post(token::address(&self.service, token::Place::TicketSidebar, &self.origin, "light"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, &self.origin)
            .header("Sec-Fetch-Site", "cross-site")
            .header("Sec-Fetch-Dest", "iframe")
            .timeout(CALL_TIMEOUT)
            .body(body);
        Ok(request.send().await?)
    }

    /// Signs `token`, loads the sidebar with it, keeps the session and gives the page.
    ///
    /// # Errors
    /// The service refused, or its page has no session.
    pub async fn open(&mut self, token: &Token) -> Result<String, Error> {
        let answer = self.post_token(&token.sign(&self.zendesk_private_pem)).await?;
        let page = wanted(answer).await?.text().await?;
        let session = meta(&page, "stopgap-session").filter(|session| !session.is_empty()).ok_or(Error::NoSession)?;
        self.session = Some(session.to_owned());
        Ok(page)
    }

    /// The bearer token of the session.
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// A request to `path` (`/api/v1/…`) with the session, to be completed and sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.service.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        let request = self.http.request(method, url);
        match &self.session {
            Some(session) => request.bearer_auth(session),
            None => request,
        }
    }

    /// GETs `path` and reads its JSON.
    ///
    /// # Errors
    /// No answer, or another status than 2xx.
    pub async fn get(&self, path: &str) -> Result<Value, Error> {
        let answer = self.request(Method::GET, path).timeout(CALL_TIMEOUT).send().await?;
        Ok(wanted(answer).await?.json().await?)
    }

    /// POSTs `body` to `path` under `key` and reads the JSON of the answer.
    ///
    /// # Errors
    /// No answer, or another status than 2xx.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Value, Error> {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key).json(body);
        Ok(wanted(request.timeout(CALL_TIMEOUT).send().await?).await?.json().await?)
    }

    /// Follows a license's progress until the service ends the stream, and gives every state that it showed. It has no
    /// bound in time: put a timeout around it.
    ///
    /// # Errors
    /// No stream, or a broken one.
    pub async fn follow(&self, license_id: &str) -> Result<Vec<Value>, Error> {
        let path = format!("/api/v1/licenses/{license_id}/progress");
        let request = self.request(Method::GET, &path).header(header::ACCEPT, "text/event-stream");
        let mut answer = wanted(request.send().await?).await?;
        let mut stream = Vec::new();
        while let Some(bytes) = answer.chunk().await? {
            stream.extend_from_slice(&bytes);
            if stream.len() > MAX_STREAM_BYTES {
                return Err(Error::Progress("it does not end"));
            }
        }
        let stream = String::from_utf8(stream).map_err(|_| Error::Progress("it is no UTF-8"))?;
        events(&stream)
            .map(|event| serde_json::from_str(&event).map_err(|_| Error::Progress("it is no JSON")))
            .collect()
    }
}

async fn wanted(answer: Response) -> Result<Response, Error> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    Err(Error::Refused { status: answer.status().as_u16(), body: answer.text().await? })
}

/// The content of `<meta name="NAME" content="…">`.
fn meta<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let tag = page.split("<meta ").skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    let tag = tag.into_iter().find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
    tag.split_once("content=\"")?.1.split_once('"').map(|(content, _)| content)
}

/// The data of each server-sent event; comments and other fields are left out.
fn events(stream: &str) -> impl Iterator<Item = String> {
    let lines = stream.replace("\r\n", "\n");
    let each: Vec<String> = lines
        .split("\n\n")
        .map(|event| {
            let data = event.lines().filter_map(|line| line.strip_prefix("data:"));
            data.map(|data| data.strip_prefix(' ').unwrap_or(data)).collect::<Vec<_>>().join("\n")
        })
        .filter(|data| !data.is_empty())
        .collect();
    each.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_read_off_the_page() {
        let page = r#"<head><meta charset="utf-8"><meta name="stopgap-session" content="abc"></head>"#;
        assert_eq!(meta(page, "stopgap-session"), Some("abc"));
        assert_eq!(meta(page, "stopgap-username"), None);
    }

    #[test]
    fn events_are_their_data_without_comments_and_names() {
        let stream = ": hello\n\nevent: license\ndata: {\"a\":\ndata: 1}\n\ndata:2\n\n";
        assert_eq!(events(stream).collect::<Vec<_>>(), ["{\"a\":\n1}", "2"]);
    }
}
