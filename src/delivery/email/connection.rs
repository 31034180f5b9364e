//! One conversation with the mail server, driven step by step: lettre's own `send` waits without a bound, and does not
//! tell a connection that broke before the final dot from one that broke after it.

use std::{
    fmt,
    future::Future,
    iter,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream},
        commands::{Data, Mail as MailCommand, Rcpt, Rset},
        extension::ClientId,
        response::Response,
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::{
    classify::{Cause, SmtpError, Step},
    message::Mail,
    transport::{self, Tls},
};
use crate::{
    config::{self, SmtpTls},
    crash,
    delivery::sanitize,
};

/// Every mail relay offers one of them.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// The TCP connection to one address.
    pub(super) connect: Duration,
    /// Connecting altogether, greeting, TLS, login, and each command.
    pub(super) step: Duration,
    /// RSET on an idle connection, and QUIT: little is lost if they fail.
    pub(super) courtesy: Duration,
    /// The mail and the reply to it. RFC 5321 (section 4.5.3.2.6) asks for ten minutes, so that a mail does not go out
    /// twice; in an emergency two have to do, and the outcome is then uncertain.
    pub(super) mail: Duration,
    /// How long a connection waits for the next mail. Some servers serve only one connection at a time.
    pub(super) idle: Duration,
}

impl Timeouts {
    pub(super) const DEFAULT: Self = Self {
        connect: Duration::from_secs(10),
        step: Duration::from_secs(30),
        courtesy: Duration::from_secs(2),
        mail: Duration::from_mins(2),
        idle: Duration::from_secs(3),
    };
}

pub(super) struct Server {
    host: String,
    port: u16,
    tls: Encryption,
    credentials: Option<(String, SecretString)>,
    ehlo_name: ClientId,
    timeouts: Timeouts,
}

/// [`SmtpTls`] with what it takes.
enum Encryption {
    Implicit(Tls),
    Starttls(Tls),
    None,
}

/// A connection that is greeted, encrypted and logged in.
pub(super) struct Connection {
    smtp: AsyncSmtpConnection,
    timeouts: Timeouts,
}

impl Server {
    pub(super) fn new(smtp: &config::Smtp, timeouts: Timeouts) -> Result<Self, String> {
        let config::Smtp { host, port, tls, credentials, ehlo_name, from: _, emergency_contact: _ } = smtp;
        let tls = match tls {
            SmtpTls::Implicit => Encryption::Implicit(Tls::new(host)?),
            SmtpTls::Starttls => Encryption::Starttls(Tls::new(host)?),
            SmtpTls::None => Encryption::None,
        };
        let ehlo_name = ehlo_name.clone().map_or_else(ClientId::default, ClientId::Domain);
        Ok(Self { host: host.clone(), port: *port, tls, credentials: credentials.clone(), ehlo_name, timeouts })
    }

    pub(super) async fn open(&self) -> Result<Connection, SmtpError> {
        let timeouts = self.timeouts;
        crash::point("email_before_connect");
        let stream = self.stream().await?;
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, &self.ehlo_name);
        let smtp = within(Step::Greeting, timeouts.step, greeting).await?;
        let mut connection = Connection { smtp, timeouts };
        if let Some((user, password)) = &self.credentials {
            connection.log_in(user, password).await?;
        }
        crash::point("email_after_connect");
        Ok(connection)
    }

    async fn stream(&self) -> Result<Box<dyn AsyncTokioStream>, SmtpError> {
        let Timeouts { connect, step, .. } = self.timeouts;
        let socket = bounded(Step::Connect, step, transport::connect(&self.host, self.port, connect)).await?;
        match &self.tls {
            Encryption::None => Ok(Box::new(socket)),
            Encryption::Implicit(tls) => bounded(Step::Connect, step, tls.wrap(socket)).await,
            Encryption::Starttls(tls) => bounded(Step::Starttls, step, tls.upgrade(socket, &self.ehlo_name)).await,
        }
    }
}

impl Connection {
    async fn log_in(&mut self, user: &str, password: &SecretString) -> Result<(), SmtpError> {
        let credentials = Credentials::new(user.to_owned(), password.expose_secret().to_owned());
        let answer = within(Step::Login, self.timeouts.step, self.smtp.auth(&MECHANISMS, &credentials)).await;
        answer.map(drop).map_err(|error| without_credentials(error, user, password))
    }

    /// Ends a transaction without a mail. An error means that the connection cannot carry another one.
    pub(super) async fn reset(&mut self) -> Result<(), SmtpError> {
        within(Step::Reset, self.timeouts.courtesy, self.smtp.command(Rset)).await.map(drop)
    }

    /// MAIL, which begins a transaction.
    pub(super) async fn mail(&mut self, sender: &Address) -> Result<(), SmtpError> {
        let command = MailCommand::new(Some(sender.clone()), vec![]);
        within(Step::Mail, self.timeouts.step, self.smtp.command(command)).await.map(drop)
    }

    pub(super) async fn rcpt(&mut self, recipient: &Address) -> Result<(), SmtpError> {
        let command = Rcpt::new(recipient.clone(), vec![]);
        within(Step::Rcpt, self.timeouts.step, self.smtp.command(command)).await.map(drop)
    }

    /// RCPT, DATA and the mail. Returns the reply that accepts it, such as `250 2.0.0 Ok: queued as 4Xy`.
    pub(super) async fn transmit(&mut self, mail: &Mail) -> Result<String, SmtpError> {
        self.rcpt(&mail.recipient).await?;
        within(Step::Data, self.timeouts.step, self.smtp.command(Data)).await?;
        // lettre writes the final dot after the last part, so the end of the iterator is the last moment at which the
        // server surely does not have the whole mail.
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
        answer.map(|reply| accepting(&reply)).map_err(|error| SmtpError { step, ..error })
    }

    pub(super) async fn quit(mut self) {
        // The conversation is over whatever the reply is.
        let _ = timeout(self.timeouts.courtesy, self.smtp.quit()).await;
    }
}

/// `call` as one step that takes at most `bound`.
async fn within<T>(step: Step, bound: Duration, call: impl Future<Output = Result<T, Error>>) -> Result<T, SmtpError> {
    bounded(step, bound, async { call.await.map_err(|error| cause(&error)) }).await
}

async fn bounded<T>(step: Step, bound: Duration, call: impl Future<Output = Result<T, Cause>>) -> Result<T, SmtpError> {
    let result = timeout(bound, call).await.unwrap_or(Err(Cause::Timeout(bound)));
    result.map_err(|cause| SmtpError { step, cause })
}

fn accepting(reply: &Response) -> String {
    let text = reply.message().collect::<Vec<_>>().join(" ");
    sanitize::error_text(&format!("{} {text}", reply.code()))
}

fn cause(error: &Error) -> Cause {
    use std::error::Error as _;
    match error.status() {
        Some(code) => {
            let text = error.source().map(ToString::to_string).unwrap_or_default();
            Cause::Reply { code: u16::from(code), text: sanitize::error_text(&text) }
        }
        None => Cause::Broken(sanitize::error_text(&error.to_string())),
    }
}

/// A server that repeats our login must not carry it into a history that people read.
fn without_credentials(mut error: SmtpError, user: &str, password: &SecretString) -> SmtpError {
    let password = password.expose_secret();
    // The longest first: the encoded pair may end in the encoded password.
    let secrets = [STANDARD.encode(format!("\0{user}\0{password}")), STANDARD.encode(password), password.to_owned()];
    if let Cause::Reply { text, .. } | Cause::Broken(text) = &mut error.cause {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            *text = text.replace(secret.as_str(), "[…]");
        }
    }
    error
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
