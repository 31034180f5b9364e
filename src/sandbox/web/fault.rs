//! What can go wrong at an HTTP service.

use std::{collections::BTreeMap, future::Future, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::sleep;

use super::{Answer, Reply};

/// The size of the answer that [`Fault::Huge`] gives, in bytes.
const HUGE_BYTES: usize = 10 * 1024 * 1024;

/// One way in which an HTTP stand-in misbehaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Answers this status with this body, and does nothing.
    Status { status: u16, body: String },
    /// 429, with a `Retry-After` (seconds or an HTTP date) or without one; does nothing.
    RateLimited { retry_after: Option<String> },
    /// Closes the connection before it does anything.
    DropBefore,
    /// Does what it was asked, then closes the connection without an answer.
    DropAfter,
    /// Does what it was asked, and never answers.
    HangAfter,
    /// Does what it was asked; half the answer arrives.
    Truncated,
    /// Does nothing, and answers ten megabytes.
    Huge,
    /// Sends the client to another address.
    Redirect { to: String },
    /// Does what it was asked, as if these fields of the request's JSON had other values; null stands for none.
    Altered { fields: BTreeMap<String, Value> },
    /// Does what it was asked; the objects in the answer's JSON lack the field.
    Omitted { field: String },
    /// Waits, then does what it was asked.
    Slow { delay_ms: u64 },
}

impl Fault {
    /// A status with a body.
    pub fn status(status: u16, body: &str) -> Self {
        Self::Status { status, body: body.to_owned() }
    }

    /// Does what it was asked, but for these fields.
    pub fn ignored<const N: usize>(fields: [&str; N]) -> Self {
        Self::Altered { fields: fields.map(|field| (field.to_owned(), Value::Null)).into() }
    }

    /// Lets `handle` answer, as far as `fault` allows.
    pub(in crate::sandbox) async fn spoil(fault: Option<Self>, handle: impl Future<Output = Answer>) -> Reply {
        match fault {
            None | Some(Self::Altered { .. }) => Reply::Whole(handle.await),
            Some(Self::Status { status, body }) => {
                let json = body.starts_with(['{', '[']);
                let kind = if json { "application/json" } else { "text/plain; charset=utf-8" };
                Reply::Whole(Answer::of(status, kind, body))
            }
            Some(Self::RateLimited { retry_after }) => {
                let mut answer = Answer::text(429, "Retry later\n");
                answer.headers.extend(retry_after.map(|wait| ("Retry-After", wait)));
                Reply::Whole(answer)
            }
            Some(Self::DropBefore) => Reply::Dropped,
            Some(Self::DropAfter) => {
                handle.await;
                Reply::Dropped
            }
            Some(Self::HangAfter) => {
                handle.await;
                Reply::Hung
            }
            Some(Self::Truncated) => Reply::Truncated(handle.await),
            Some(Self::Huge) => Reply::Whole(Answer::of(200, "application/json", vec![b' '; HUGE_BYTES])),
            Some(Self::Redirect { to }) => Reply::Whole(Answer::text(307, "").with("Location", to)),
            Some(Self::Omitted { field }) => Reply::Whole(handle.await.without(&field)),
            Some(Self::Slow { delay_ms }) => {
                sleep(Duration::from_millis(delay_ms)).await;
                Reply::Whole(handle.await)
            }
        }
    }
}
