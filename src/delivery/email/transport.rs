//! TCP and TLS below the SMTP conversation.
//!
//! lettre's own STARTTLS keeps what arrived in plaintext before the handshake, and reads it as the encrypted server's
//! replies (response injection). So the plaintext phase is ours, and lettre sees an encrypted stream from its first byte.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use lettre::transport::smtp::{client::AsyncTokioStream, extension::ClientId};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, ReadBuf},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, crypto::aws_lc_rs, pki_types::ServerName},
};

use super::classify::Cause;
use crate::delivery::sanitize;

/// How many addresses of the mail server's name are tried.
const MAX_ADDRESSES: usize = 4;

/// A line of a plaintext reply; RFC 5321 allows 512.
const MAX_LINE_BYTES: u64 = 2048;

/// The lines of a plaintext reply: EHLO's has one per extension.
const MAX_LINES: usize = 100;

/// What lettre reads instead of the greeting, which was read in plaintext.
const GREETING: &[u8] = b"220 encrypted\r\n";

/// TLS to one host, verified by the system's certificates.
pub(super) struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    pub(super) fn new(host: &str) -> Result<Self, String> {
        let failed = |error: &dyn fmt::Display| format!("TLS to {host} cannot be prepared: {error}");
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(&error))?;
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(BuilderVerifierExt::with_platform_verifier)
            .map_err(|error| failed(&error))?
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    /// From the first byte, as for `smtps://`.
    pub(super) async fn wrap(&self, socket: TcpStream) -> Result<Box<dyn AsyncTokioStream>, Cause> {
        self.handshake(socket, b"").await
    }

    /// After STARTTLS in plaintext. Nothing that was read there is used, except that the server offers STARTTLS.
    pub(super) async fn upgrade(
        &self,
        socket: TcpStream,
        ehlo_name: &ClientId,
    ) -> Result<Box<dyn AsyncTokioStream>, Cause> {
        let mut plain = BufReader::new(socket);
        reply(&mut plain).await?;
        let extensions = command(&mut plain, &format!("EHLO {ehlo_name}")).await?;
        if !extensions.iter().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
            return Err(Cause::Unencrypted("the mail server does not offer STARTTLS".into()));
        }
        command(&mut plain, "STARTTLS").await?;
        if !plain.buffer().is_empty() {
            let text = "the mail server, or someone in between, sent more than its reply to STARTTLS";
            return Err(Cause::Unencrypted(text.into()));
        }
        self.handshake(plain.into_inner(), GREETING).await
    }

    async fn handshake(&self, socket: TcpStream, greeting: &'static [u8]) -> Result<Box<dyn AsyncTokioStream>, Cause> {
        let peer = socket.peer_addr().map_err(|error| broken(&error))?;
        match self.connector.connect(self.name.clone(), socket).await {
            Ok(tls) => Ok(Box::new(Encrypted { greeting, tls, peer })),
            // rustls reports its own errors, such as an unknown issuer, as this kind.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(Cause::Unencrypted(sanitize::error_text(&error.to_string())))
            }
            Err(error) => Err(broken(&error)),
        }
    }
}

/// A socket without Nagle's algorithm: the server's delayed acknowledgements would cost 40 ms per mail.
pub(super) async fn connect(host: &str, port: u16, each: Duration) -> Result<TcpStream, Cause> {
    let addresses = lookup_host((host, port)).await.map_err(|error| broken(&error))?;
    let mut latest = Cause::Broken("its name has no address".to_owned());
    for address in addresses.take(MAX_ADDRESSES).collect::<Vec<SocketAddr>>() {
        match timeout(each, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                socket.set_nodelay(true).map_err(|error| broken(&error))?;
                return Ok(socket);
            }
            Ok(Err(error)) => latest = broken(&error),
            Err(_) => latest = Cause::Timeout(each),
        }
    }
    Err(latest)
}

async fn command(plain: &mut BufReader<TcpStream>, command: &str) -> Result<Vec<String>, Cause> {
    plain.get_mut().write_all(format!("{command}\r\n").as_bytes()).await.map_err(|error| broken(&error))?;
    reply(plain).await
}

/// The texts of a positive reply's lines.
async fn reply(plain: &mut BufReader<TcpStream>) -> Result<Vec<String>, Cause> {
    let mut texts = Vec::new();
    while texts.len() < MAX_LINES {
        let mut line = Vec::new();
        plain.take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await.map_err(|error| broken(&error))?;
        let line = String::from_utf8_lossy(&line);
        let (code, rest) = line
            .strip_suffix('\n')
            .and_then(|line| line.split_at_checked(3))
            .and_then(|(code, rest)| Some((code.parse::<u16>().ok().filter(|code| (200..600).contains(code))?, rest)))
            .ok_or_else(|| Cause::Broken("incomplete response".into()))?;
        texts.push(rest.get(1..).unwrap_or_default().trim_end().to_owned());
        if !rest.starts_with('-') {
            return match code {
                200..=399 => Ok(texts),
                _ => Err(Cause::Reply { code, text: sanitize::error_text(&texts.join(" ")) }),
            };
        }
    }
    Err(Cause::Broken("a reply without end".into()))
}

fn broken(error: &io::Error) -> Cause {
    Cause::Broken(sanitize::error_text(&error.to_string()))
}

/// Gives lettre the greeting that it waits for, and then the encrypted stream.
struct Encrypted {
    greeting: &'static [u8],
    tls: TlsStream<TcpStream>,
    peer: SocketAddr,
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.tls).poll_read(cx, buffer);
        }
        let (now, later) = self.greeting.split_at(self.greeting.len().min(buffer.remaining()));
        buffer.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tls).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tls).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tls).poll_shutdown(cx)
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encrypted({})", self.peer)
    }
}
