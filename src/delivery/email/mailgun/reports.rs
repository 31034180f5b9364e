//! What became of a mail: asked for, because the webhook's report may have been lost.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::{
    Error, Mailgun,
    event::{self, News},
    segment,
};
use crate::license::DeliveryId;

/// Pages of one question. A mail has a handful of events; more pages are other mails to the same address.
pub(super) const MAX_PAGES: usize = 10;
const LOGS_PAGE: usize = 100;
const EVENTS_PAGE: usize = 300;
/// How far Mailgun's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_mins(10);
const KINDS: [&str; 3] = ["delivered", "failed", "complained"];

/// A mail that the mail server has accepted.
#[derive(Debug, Clone)]
pub(crate) struct SentMail {
    pub delivery: DeliveryId,
    /// Without angle brackets.
    pub message_id: String,
    pub recipient: String,
    pub sent_at: Timestamp,
}

/// A page of the logs. Anything else in it is left alone.
#[derive(Deserialize)]
struct LogsPage {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    pagination: Pagination,
}

#[derive(Deserialize, Default)]
struct Pagination {
    next: Option<String>,
}

#[derive(Deserialize)]
struct EventsPage {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    paging: Pagination,
}

/// A question to the logs.
#[derive(Serialize)]
struct LogsQuery<'a> {
    /// As RFC 2822 writes times.
    start: String,
    end: String,
    events: [&'a str; 3],
    filter: Filter<'a>,
    pagination: LogsPagination<'a>,
}

#[derive(Serialize)]
struct Filter<'a> {
    #[serde(rename = "AND")]
    all: [Condition<'a>; 2],
}

#[derive(Serialize)]
struct Condition<'a> {
    attribute: &'a str,
    comparator: &'a str,
    values: [Labelled<'a>; 1],
}

#[derive(Serialize)]
struct Labelled<'a> {
    label: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct LogsPagination<'a> {
    sort: &'a str,
    limit: usize,
    /// Of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl Mailgun {
    /// The last word on the mail: of several events the worst final one. `None` while Mailgun knows of none.
    pub(crate) async fn news(&self, mail: &SentMail) -> Result<Option<News>, Error> {
        match self.read_logs(mail).await? {
            Some(news) => Ok(news),
            None => self.read_events(mail).await,
        }
    }

    /// Whether the key reads reports: asks about a mail that does not exist.
    pub(crate) async fn check_reports(&self, address: &str) -> Result<(), Error> {
        let mail = SentMail {
            delivery: DeliveryId(Uuid::nil()),
            message_id: Uuid::nil().to_string(),
            recipient: address.to_owned(),
            sent_at: self.clock.now(),
        };
        self.news(&mail).await.map(drop)
    }

    /// The outer `None` says that the account or its key has no logs, or that they do not take the filter: events are
    /// older, and still served.
    async fn read_logs(&self, mail: &SentMail) -> Result<Option<Option<News>>, Error> {
        let mut found = None;
        let mut token = None;
        for _ in 0..MAX_PAGES {
            let question = self.query(mail, token.as_deref());
            let answer = self.send(self.request(Method::POST, "v1/analytics/logs").json(&question)).await?;
            if matches!(answer.status.as_u16(), 400 | 403 | 404 | 405) {
                return Ok(None);
            }
            let page: LogsPage = answer.json()?;
            found = worst(found, &page.items, mail, self.clock.now());
            token = page.pagination.next.filter(|next| !next.is_empty() && !page.items.is_empty());
            if token.is_none() {
                break;
            }
        }
        Ok(Some(found))
    }

    fn query<'a>(&'a self, mail: &'a SentMail, token: Option<&'a str>) -> LogsQuery<'a> {
        let (start, end) = self.span(mail);
        LogsQuery {
            start: rfc2822(start),
            end: rfc2822(end),
            events: KINDS,
            filter: Filter { all: [is("domain", &self.domain), is("recipient", &mail.recipient)] },
            pagination: LogsPagination { sort: "timestamp:asc", limit: LOGS_PAGE, token },
        }
    }

    async fn read_events(&self, mail: &SentMail) -> Result<Option<News>, Error> {
        let (begin, end) = self.span(mail);
        let path = format!("v3/{}/events", segment(&self.domain));
        let (begin, end) = (begin.as_second().to_string(), end.as_second().to_string());
        let limit = EVENTS_PAGE.to_string();
        let mut request = self.request(Method::GET, &path).query(&[
            ("begin", begin.as_str()),
            ("end", &end),
            ("ascending", "yes"),
            ("limit", &limit),
            ("recipient", &mail.recipient),
            ("message-id", &mail.message_id),
        ]);
        let mut found = None;
        for _ in 0..MAX_PAGES {
            let page: EventsPage = self.send(request).await?.json()?;
            found = worst(found, &page.items, mail, self.clock.now());
            let Some(next) = page.paging.next.filter(|_| !page.items.is_empty()) else { break };
            request = match self.own(&next, &path) {
                Ok(url) => self.http.get(url),
                Err(_) if found.is_some() => break,
                Err(error) => return Err(error),
            };
        }
        Ok(found)
    }

    /// The next page's URL, if it is one of this API: the key must not go anywhere else.
    fn own(&self, next: &str, path: &str) -> Result<Url, Error> {
        let own = Url::parse(next).ok().filter(|url| {
            url.origin() == self.url.origin()
                && url.username().is_empty()
                && url.password().is_none()
                && url.path().starts_with(&format!("/{path}/"))
        });
        own.ok_or_else(|| Error::Unreadable("its next page is at another address".to_owned()))
    }

    /// From the sending until now.
    fn span(&self, mail: &SentMail) -> (Timestamp, Timestamp) {
        let begin = mail.sent_at.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
        let now = self.clock.now().max(mail.sent_at);
        (begin, now.checked_add(SKEW).unwrap_or(Timestamp::MAX))
    }
}

/// The worst of what is known and what these events say about the mail. Events come in any order.
fn worst(known: Option<News>, events: &[Value], mail: &SentMail, now: Timestamp) -> Option<News> {
    let ours = events.iter().filter_map(|event| event::news(event, event::time(event).unwrap_or(now)));
    let ours =
        ours.filter(|news| news.delivery == mail.delivery && news.message_id.eq_ignore_ascii_case(&mail.message_id));
    known.into_iter().chain(ours).reduce(
        |worst, news| {
            if news.arrival.supersedes(Some(&worst.arrival)) { news } else { worst }
        },
    )
}

fn is<'a>(attribute: &'a str, value: &'a str) -> Condition<'a> {
    Condition { attribute, comparator: "=", values: [Labelled { label: value, value }] }
}

fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
