//! A small HTTP/1.1 server for the stand-ins.
//!
//! A framework answers every request in good manners; a stand-in must also drop, hang and tear its answers apart.

mod fault;
mod message;
#[cfg(test)]
mod tests;

use std::{future::Future, io, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
};

pub use fault::Fault;
pub(crate) use message::{Answer, Reply, Request};

use super::listener::Listener;

/// The longest request line or header, in bytes.
const MAX_LINE_BYTES: u64 = 64 * 1024;
/// The most headers of a request.
const MAX_HEADERS: usize = 100;
/// The largest body of a request, in bytes.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// What answers the requests of one stand-in.
pub(crate) trait Site: Send + Sync + 'static {
    /// Handles one request.
    fn reply(&self, request: Request) -> impl Future<Output = Reply> + Send;
}

/// Serves `site` on 127.0.0.1; port 0 takes any free one.
///
/// # Errors
/// The port is taken.
pub(crate) async fn serve(port: u16, site: Arc<impl Site>) -> io::Result<Listener> {
    Listener::start(port, move |stream| converse(BufStream::new(stream), Arc::clone(&site))).await
}

/// Answers the requests of one connection until either side ends it.
async fn converse(mut stream: BufStream<TcpStream>, site: Arc<impl Site>) -> io::Result<()> {
    while let Some(request) = read(&mut stream).await? {
        let method = request.method.clone();
        match site.reply(request).await {
            Reply::Whole(answer) => write(&mut stream, &method, &answer).await?,
            Reply::Truncated(answer) => {
                let head = answer.head();
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(&answer.body[..answer.body.len() / 2]).await?;
                return stream.flush().await;
            }
            Reply::Dropped => return Ok(()),
            Reply::Hung => {
                // Whatever the client still says, until it goes.
                while stream.read(&mut [0; 1024]).await? > 0 {}
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn write(stream: &mut BufStream<TcpStream>, method: &str, answer: &Answer) -> io::Result<()> {
    stream.write_all(answer.head().as_bytes()).await?;
    if method != "HEAD" {
        stream.write_all(&answer.body).await?;
    }
    stream.flush().await
}

/// The next request; nothing where the client has gone or does not speak HTTP.
async fn read(stream: &mut BufStream<TcpStream>) -> io::Result<Option<Request>> {
    let Some(first) = line(stream).await? else { return Ok(None) };
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let mut headers = Vec::new();
    loop {
        let Some(header) = line(stream).await? else { return Ok(None) };
        if header.is_empty() {
            break;
        }
        let Some((name, value)) = header.split_once(':') else { return Ok(None) };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        if headers.len() > MAX_HEADERS {
            return Ok(None);
        }
    }
    let mut request = Request::new(method, target, headers);
    request.body = match (request.header("transfer-encoding"), request.header("content-length")) {
        (Some(_), _) => chunks(stream).await?,
        (None, Some(length)) => {
            let length = length.parse().ok().filter(|length| *length <= MAX_BODY_BYTES);
            let mut body = vec![0; length.ok_or(io::ErrorKind::InvalidData)?];
            stream.read_exact(&mut body).await?;
            body
        }
        (None, None) => Vec::new(),
    };
    Ok(Some(request))
}

async fn chunks(stream: &mut BufStream<TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        if size > MAX_BODY_BYTES - body.len() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let start = body.len();
        body.resize(start + size, 0);
        stream.read_exact(&mut body[start..]).await?;
        line(stream).await?;
        if size == 0 {
            return Ok(body);
        }
    }
}

async fn line(stream: &mut BufStream<TcpStream>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await?;
    let whole = line.ends_with(b"\n");
    Ok(whole.then(|| String::from_utf8_lossy(&line).trim_end().to_owned()))
}
