//! What a stand-in is asked, and what it answers.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// One request, its body read.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub method: String,
    /// The parts of the path, each percent-decoded: `a%2Fb` is one part.
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: &str, target: &str, headers: Vec<(String, String)>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.split('/').skip(1).map(decode).collect(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers,
            body: Vec::new(),
        }
    }

    /// Method and path, ready for a `match`.
    pub(crate) fn route(&self) -> (&str, Vec<&str>) {
        (&self.method, self.path.iter().map(String::as_str).collect())
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter's value.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Changes fields of a JSON object; null removes one. Those that the object lacks stay away.
    pub(crate) fn alter(&mut self, fields: &BTreeMap<String, Value>) {
        change_objects(&mut self.body, |object| {
            object.retain(|name, _| fields.get(name) != Some(&Value::Null));
            for (name, value) in object.iter_mut() {
                *value = fields.get(name).unwrap_or(value).clone();
            }
        });
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(&self.body)
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub status: u16,
    /// `Content-Length` is added by itself.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer of any type.
    pub(crate) fn of(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("Content-Type", content_type.to_owned())], body: body.into() }
    }

    /// Plain text.
    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::of(status, "text/plain; charset=utf-8", text.into())
    }

    /// A page.
    pub(crate) fn html(status: u16, html: impl Into<String>) -> Self {
        Self::of(status, "text/html; charset=utf-8", html.into())
    }

    /// JSON.
    ///
    /// # Panics
    /// Where a type does not serialize; the stand-ins' own do.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("the stand-ins' own types have string keys and serialize");
        Self::of(status, "application/json", body)
    }

    /// The same answer with one header more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer without one field of the objects in its JSON.
    pub(in crate::sandbox) fn without(mut self, field: &str) -> Self {
        change_objects(&mut self.body, |object| {
            object.remove(field);
        });
        self
    }

    pub(in crate::sandbox) fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} \r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            // Writing to a String cannot fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head + "\r\n"
    }
}

/// How a request ends.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Whole(Answer),
    /// Half the body, then the connection closes.
    Truncated(Answer),
    /// The connection closes without an answer.
    Dropped,
    /// No answer comes, and the connection stays open.
    Hung,
}

/// Changes a body that is a JSON object, or each object of a list.
fn change_objects(body: &mut Vec<u8>, change: impl Fn(&mut Map<String, Value>)) {
    let Ok(mut json) = serde_json::from_slice::<Value>(body) else { return };
    match &mut json {
        Value::Object(object) => change(object),
        Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(change),
        _ => return,
    }
    *body = json.to_string().into();
}

/// Resolves `%2F`; a `%` that begins nothing stands for itself, as does a `+`.
fn decode(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.filter(|_| first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
