//! One conversation with the mail server, driven step by step: lettre's own `send` waits without a bound, and does not
//! tell a connection that broke before the final dot from one that broke after it.

use std::{
    fmt,
    future::Future,
    iter,
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::Address;
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail as MailCommand, Rcpt, Rset},
    extension::ClientId,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::{
    classify::{Cause, Fault, Step},
    message::Mail,
};
use crate::{
    config::{self, SmtpTls},
    crash,
    delivery::sanitize,
};

/// The mechanisms that every provider of mail relays offers one of.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// How many addresses of the mail server's name are tried.
const MAX_ADDRESSES: usize = 4;

/// How long each kind of step may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// The TCP connection to one address.
    pub connect: Duration,
    /// Connecting altogether, greeting, TLS, login, and each command.
    pub step: Duration,
    /// RSET on a kept connection, and the farewell: little is lost when they fail.
    pub courtesy: Duration,
    /// The mail and the server's word on it. RFC 5321 (section 4.5.3.2.6) asks for ten minutes, so that a mail that is
    /// on its way does not go out twice; at an emergency two must do, and the outcome then says that it is uncertain.
    pub mail: Duration,
}

impl Timeouts {
    /// What the service uses.
    pub const DEFAULT: Self = Self {
        connect: Duration::from_secs(10),
        step: Duration::from_secs(30),
        courtesy: Duration::from_secs(2),
        mail: Duration::from_mins(2),
    };
}

/// A mail server, and how to talk to it.
pub struct Server {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<(String, SecretString)>,
    ehlo_name: ClientId,
    timeouts: Timeouts,
}

/// [`SmtpTls`] with what it takes.
enum Tls {
    Implicit(TlsParameters),
    Starttls(TlsParameters),
    None,
}

/// A connection on which the server has greeted us, and let us in.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    timeouts: Timeouts,
}

impl Server {
    pub fn new(smtp: &config::Smtp, timeouts: Timeouts) -> Result<Self, String> {
        let parameters = || {
            TlsParameters::new(smtp.host.clone())
                .map_err(|error| format!("TLS to {} cannot be prepared: {error}", smtp.host))
        };
        let tls = match smtp.tls {
            SmtpTls::Implicit => Tls::Implicit(parameters()?),
            SmtpTls::Starttls => Tls::Starttls(parameters()?),
            SmtpTls::None => Tls::None,
        };
        let credentials = smtp.credentials.clone();
        Ok(Self {
            host: smtp.host.clone(),
            port: smtp.port,
            tls,
            credentials,
            ehlo_name: ClientId::default(),
            timeouts,
        })
    }

    /// Connects, encrypts and logs in, as the settings say.
    ///
    /// # Errors
    /// The step that broke.
    pub async fn open(&self) -> Result<Connection, Fault> {
        let timeouts = self.timeouts;
        crash::point("email_before_connect");
        let smtp = match &self.tls {
            Tls::Implicit(tls) => self.greet_encrypted(tls).await?,
            Tls::Starttls(_) | Tls::None => self.greet().await?,
        };
        let mut connection = Connection { smtp, timeouts };
        if let Tls::Starttls(tls) = &self.tls {
            let encrypted = connection.smtp.starttls(tls.clone(), &self.ehlo_name);
            within(Step::Starttls, timeouts.step, encrypted).await?;
        }
        if let Some((user, password)) = &self.credentials {
            connection.log_in(user, password).await?;
        }
        crash::point("email_after_connect");
        Ok(connection)
    }

    /// lettre wraps only its own sockets in TLS from the first byte, so greeting and connecting are one step here, and
    /// Nagle's algorithm stays on.
    async fn greet_encrypted(&self, tls: &TlsParameters) -> Result<AsyncSmtpConnection, Fault> {
        let address = (self.host.as_str(), self.port);
        let greeting = AsyncSmtpConnection::connect_tokio1(
            address,
            Some(self.timeouts.connect),
            &self.ehlo_name,
            Some(tls.clone()),
            None,
        );
        within(Step::Greeting, self.timeouts.step, greeting).await
    }

    async fn greet(&self) -> Result<AsyncSmtpConnection, Fault> {
        let socket = timeout(self.timeouts.step, self.socket())
            .await
            .unwrap_or(Err(Cause::Timeout(self.timeouts.step)))
            .map_err(|cause| Fault { step: Step::Connect, cause })?;
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(socket), &self.ehlo_name);
        within(Step::Greeting, self.timeouts.step, greeting).await
    }

    /// A socket that does not hold small writes back: the server's delayed acknowledgements would cost 40 ms a mail.
    async fn socket(&self) -> Result<TcpStream, Cause> {
        let broken = |error: std::io::Error| Cause::Broken(sanitize::error_text(&error.to_string()));
        let addresses: Vec<SocketAddr> =
            lookup_host((self.host.as_str(), self.port)).await.map_err(broken)?.take(MAX_ADDRESSES).collect();
        let mut latest = Cause::Broken("its name has no address".to_owned());
        for address in addresses {
            match timeout(self.timeouts.connect, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => {
                    socket.set_nodelay(true).map_err(broken)?;
                    return Ok(socket);
                }
                Ok(Err(error)) => latest = broken(error),
                Err(_) => latest = Cause::Timeout(self.timeouts.connect),
            }
        }
        Err(latest)
    }
}

impl Connection {
    async fn log_in(&mut self, user: &str, password: &SecretString) -> Result<(), Fault> {
        let credentials = Credentials::new(user.to_owned(), password.expose_secret().to_owned());
        let answer = within(Step::Login, self.timeouts.step, self.smtp.auth(&MECHANISMS, &credentials)).await;
        answer.map(drop).map_err(|fault| without_credentials(fault, user, password))
    }

    /// Whether the connection can carry another mail.
    ///
    /// # Errors
    /// The step that broke.
    pub async fn reset(&mut self) -> Result<(), Fault> {
        within(Step::Reset, self.timeouts.courtesy, self.smtp.command(Rset)).await.map(drop)
    }

    /// Begins a mail: names its sender.
    ///
    /// # Errors
    /// The step that broke.
    pub async fn mail(&mut self, sender: &Address) -> Result<(), Fault> {
        let command = MailCommand::new(Some(sender.clone()), vec![]);
        within(Step::Mail, self.timeouts.step, self.smtp.command(command)).await.map(drop)
    }

    /// Names the recipient of `mail` and hands it over.
    ///
    /// # Errors
    /// The step that broke.
    pub async fn transmit(&mut self, mail: &Mail) -> Result<(), Fault> {
        let command = Rcpt::new(mail.recipient.clone(), vec![]);
        within(Step::Rcpt, self.timeouts.step, self.smtp.command(command)).await?;
        within(Step::Data, self.timeouts.step, self.smtp.command(Data)).await?;
        // lettre writes the final dot once the parts are used up, so the end of the iterator is the last moment at
        // which the server surely does not have the whole mail.
        let dot_is_next = AtomicBool::new(false);
        let end = iter::from_fn(|| {
            crash::point("email_before_dot");
            dot_is_next.store(true, Ordering::Relaxed);
            None
        });
        let parts = iter::once(mail.bytes.as_slice()).chain(end);
        let answer = within(Step::Body, self.timeouts.mail, self.smtp.message_iter(parts)).await;
        crash::point("email_after_reply");
        let step = if dot_is_next.load(Ordering::Relaxed) { Step::Dot } else { Step::Body };
        answer.map(drop).map_err(|fault| Fault { step, ..fault })
    }

    /// Says farewell, as far as the server listens.
    pub async fn quit(mut self) {
        // The conversation is over whatever the answer is.
        let _ = timeout(self.timeouts.courtesy, self.smtp.quit()).await;
    }
}

/// `call` as one step that takes at most `bound`.
async fn within<T>(step: Step, bound: Duration, call: impl Future<Output = Result<T, Error>>) -> Result<T, Fault> {
    match timeout(bound, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(Fault { step, cause: cause(&error) }),
        Err(_) => Err(Fault { step, cause: Cause::Timeout(bound) }),
    }
}

fn cause(error: &Error) -> Cause {
    use std::error::Error as _;
    match error.status() {
        Some(code) => {
            let said = error.source().map(ToString::to_string).unwrap_or_default();
            Cause::Reply { code: u16::from(code), words: sanitize::error_text(&said) }
        }
        None => Cause::Broken(sanitize::error_text(&error.to_string())),
    }
}

/// A server that repeats our login must not carry it into a history that people read.
fn without_credentials(mut fault: Fault, user: &str, password: &SecretString) -> Fault {
    let password = password.expose_secret();
    // The longest first: the encoded pair may end in the encoded password.
    let secrets = [STANDARD.encode(format!("\0{user}\0{password}")), STANDARD.encode(password), password.to_owned()];
    if let Cause::Reply { words, .. } | Cause::Broken(words) = &mut fault.cause {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            *words = words.replace(secret.as_str(), "[…]");
        }
    }
    fault
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
