//! What stands between the browser and the service: passes everything on, or answers the API's calls as a service in
//! trouble does.

use std::{io, net::SocketAddr, sync::Arc};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy, copy_bidirectional},
    net::TcpStream,
};

use super::{
    faults::Faults,
    listener::Listener,
    web::{Answer, Fault},
};

/// The largest head of a request, in bytes.
const MAX_HEAD_BYTES: u64 = 64 * 1024;
/// The calls that fail; the pages themselves still load.
const API: &str = "/api/";

/// A proxy on loopback. Dropping it stops it.
#[derive(Debug)]
pub struct Gateway {
    listener: Listener,
}

impl Gateway {
    /// Listens on any free port of 127.0.0.1 in front of `service`.
    ///
    /// # Errors
    /// The machine refuses a socket.
    pub(crate) async fn start(service: SocketAddr, faults: Arc<Faults<Fault>>) -> io::Result<Self> {
        let listener = Listener::start(0, move |browser| pass(browser, service, Arc::clone(&faults))).await?;
        Ok(Self { listener })
    }

    pub fn port(&self) -> u16 {
        self.listener.address().port()
    }
}

/// One request per connection, so that each is looked at.
async fn pass(browser: TcpStream, service: SocketAddr, faults: Arc<Faults<Fault>>) -> io::Result<()> {
    let mut browser = BufReader::new(browser);
    let head = read_head(&mut browser).await?;
    let is_call = head.split(' ').nth(1).is_some_and(|path| path.starts_with(API));
    let Some(fault) = faults.take(|_| is_call) else {
        let mut upstream = TcpStream::connect(service).await?;
        upstream.set_nodelay(true)?;
        upstream.write_all(closing(&head).as_bytes()).await?;
        copy_bidirectional(&mut browser, &mut upstream).await?;
        return Ok(());
    };
    let Some(answer) = answer(&fault) else { return Ok(()) };
    browser.write_all(answer.head().as_bytes()).await?;
    browser.write_all(&answer.body).await?;
    browser.shutdown().await?;
    // A connection that closes with unread bytes is reset, and the answer with it.
    copy(&mut browser, &mut tokio::io::sink()).await?;
    Ok(())
}

/// `None` drops the connection.
fn answer(fault: &Fault) -> Option<Answer> {
    let problem = |status: u16, code: &str| Answer::json(status, &json!({"status": status, "code": code}));
    let answer = match fault {
        Fault::Status { status, body } => problem(*status, body),
        Fault::RateLimited { retry_after } => {
            let limited = problem(429, "limit_reached");
            retry_after.iter().fold(limited, |answer, wait| answer.with("Retry-After", wait))
        }
        _ => return None,
    };
    Some(answer.with("Connection", "close"))
}

/// The head as far as its empty line.
async fn read_head(browser: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut head = String::new();
    let mut limited = browser.take(MAX_HEAD_BYTES);
    while !head.ends_with("\r\n\r\n") {
        if limited.read_line(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(head)
}

/// The same head, of a connection that is closed after its answer.
fn closing(head: &str) -> String {
    let kept = head.trim_end().split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let lines: Vec<_> = kept.chain(["Connection: close", "", ""]).collect();
    lines.join("\r\n")
}
