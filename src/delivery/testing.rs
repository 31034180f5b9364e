//! Samples and scripted servers for this room's own tests.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{Timestamp, civil::date};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use super::Links;
use crate::license::{
    Agent, Channel, Customer, Delivery, DeliveryId, DeliveryState, EligibilityNote, Email, License, LicenseFile,
    LicenseId, Notice, Purpose, Seats, SingleLine, Terms, Ticket, TicketId, Username, Verdict,
};
use crate::sealing::envelope::encode64;

/// When the sample license was generated.
pub const CREATED_AT: &str = "2026-11-21T23:14:05Z";

#[expect(clippy::unnecessary_wraps, reason = "records hold optional lines")]
pub fn line(text: &str) -> Option<SingleLine> {
    Some(SingleLine::parse(text, 300).unwrap())
}

pub fn license() -> License {
    License {
        id: LicenseId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001)),
        created_at: CREATED_AT.parse().unwrap(),
        ticket: Ticket { id: TicketId::parse(4711).unwrap(), subject: line("License expired") },
        agent: Agent { username: Username::parse("jdoe").unwrap(), zendesk_user_id: 42 },
        customer: Customer {
            email: Email::parse("jane.roe@acme.example").unwrap(),
            name: line("Jane Roe"),
            company: line("Acme GmbH & Co. KG"),
        },
        seats: Seats::parse(286).unwrap(),
        terms: Terms::of(date(2026, 11, 21), 10),
        file: Some(LicenseFile::new(encode64(&[b"{\"data\":\"".as_slice(), &[7; 1200]].concat()))),
        seal_error: None,
        eligibility: EligibilityNote {
            verdict: Verdict::InScope,
            reason: "the grace period ended 1 day ago".into(),
            override_reason: None,
            overridden_by: Some("mallory".into()),
            recommended_seats: Some(286),
        },
        replaces: None,
        replaced_by: None,
        drill: false,
    }
}

pub fn delivery(channel: Channel, purpose: Purpose, notice: Option<Notice>) -> Delivery {
    let at: Timestamp = CREATED_AT.parse().unwrap();
    Delivery {
        id: DeliveryId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_00d1)),
        license_id: license().id,
        channel,
        purpose,
        recipient: (channel == Channel::Email).then(|| "jane.roe@acme.example".to_owned()),
        notice,
        state: DeliveryState::Pending,
        attempts: 1,
        uncertain: false,
        late: false,
        created_at: at,
        deadline_at: None,
        expires_at: at,
        next_attempt_at: at,
        sent_at: None,
        last_error: None,
        reference: None,
        arrival: None,
        request_id: None,
    }
}

pub fn links() -> Links {
    Links { zendesk_origin: "https://acme.zendesk.com".into(), subdomain: "acme".into() }
}

/// What a scripted HTTP server does with one request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers with this status, these further header lines and this body.
    Answer(u16, &'static str, String),
    /// Answers, but breaks off within the body.
    Truncate(u16, String),
    /// Closes the connection without an answer.
    Drop,
    Hang,
}

/// A request that a scripted server has seen.
#[derive(Debug, Clone)]
pub struct Seen {
    pub line: String,
    pub head: String,
    pub body: Value,
}

/// An HTTP server that works off its script, one connection a request, and then listens no more.
pub struct HttpServer {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl HttpServer {
    pub async fn start(script: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::default();
        tokio::spawn(play(listener, script, Arc::clone(&seen)));
        Self { url, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests' first lines, without query and version.
    pub fn lines(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.line.split('?').next().unwrap_or_default().to_owned()).collect()
    }
}

async fn play(listener: TcpListener, script: Vec<Act>, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut hanging = Vec::new();
    for act in script {
        let (mut socket, _) = listener.accept().await.unwrap();
        let request = read_request(&mut socket).await;
        seen.lock().unwrap().push(request);
        match act {
            Act::Answer(status, headers, body) => {
                let head = format!("HTTP/1.1 {status} Said\r\n{headers}Connection: close\r\n");
                let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
            Act::Truncate(status, body) => {
                let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 9999\r\n\r\n{body}");
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
            Act::Drop => drop(socket),
            Act::Hang => hanging.push(socket),
        }
    }
    drop(listener);
    // Whoever still waits is kept waiting for as long as the test runs.
    tokio::time::sleep(Duration::from_mins(1)).await;
}

async fn read_request(socket: &mut TcpStream) -> Seen {
    let mut reader = BufReader::new(socket);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).await.unwrap() > 0, "the request broke off: {head}");
    }
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap()))
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.unwrap();
    let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    Seen { line, head, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
}
