//! One connection's dialogue (RFC 5321, as much of it as a mail client needs).

mod wire;

use std::{io, sync::Arc};

use tokio::{io::BufStream, net::TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{
    Act, Fault, Inbox, Mail,
    fault::Stage::{self, Auth, Body, Data, Dot, Ehlo, Greeting, Mail as Sender, Pace, Rcpt},
    tls::{Encryption, Socket},
};

/// The largest mail taken, in bytes.
const MAX_MAIL_BYTES: usize = 25 * 1024 * 1024;
/// How many lines of the mail [`Fault::DropInsideBody`] reads.
const LINES_BEFORE_DROP: usize = 5;

/// Why a dialogue ends early: the client went, or a fault says so.
type Step<T = ()> = io::Result<T>;

pub(super) async fn serve(stream: TcpStream, inbox: Arc<Inbox>) -> io::Result<()> {
    inbox.seen.change(|seen| seen.connections += 1);
    let pace = inbox.fault(Pace);
    let (stream, starttls): (Box<dyn Socket>, _) = match inbox.encryption() {
        None => (Box::new(stream), None),
        Some(Encryption::Implicit(tls)) => (Box::new(tls.accept(stream).await?), None),
        Some(Encryption::Starttls(tls)) => (Box::new(stream), Some(tls)),
    };
    let stream = BufStream::new(stream);
    Dialogue { stream, starttls, inbox, pace, sender: None, recipients: Vec::new() }.run().await
}

struct Dialogue {
    stream: BufStream<Box<dyn Socket>>,
    /// What STARTTLS encrypts with, until it has.
    starttls: Option<TlsAcceptor>,
    inbox: Arc<Inbox>,
    pace: Option<Fault>,
    sender: Option<String>,
    recipients: Vec<String>,
}

impl Dialogue {
    async fn run(mut self) -> Step {
        if let Some(act) = self.inbox.scripted(Greeting) {
            self.act(act).await?;
        } else if !self.greet().await? {
            return Ok(());
        }
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            let verb = verb.to_ascii_uppercase();
            self.inbox.seen.change(|seen| seen.commands.push(verb.clone()));
            match Stage::of_command(&verb).and_then(|stage| self.inbox.scripted(stage)) {
                Some(act) => self.act(act).await?,
                None if !self.execute(&verb, rest).await? => return Ok(()),
                None => {}
            }
        }
        Ok(())
    }

    /// Does what a test has scripted.
    async fn act(&mut self, act: Act) -> Step {
        match act {
            Act::Say(text) => self.say(&text).await,
            Act::Trickle(text) => self.trickle(&format!("{text}\r\n"), wire::TRICKLE).await,
            Act::Drop => dropped(),
            Act::Hang => self.hang().await,
        }
    }

    /// False ends the dialogue.
    async fn greet(&mut self) -> Step<bool> {
        match self.inbox.fault(Greeting) {
            Some(Fault::DropAtGreeting) => {}
            Some(Fault::HangAtGreeting) => self.hang().await?,
            Some(Fault::Greeting554) => self.say("554 5.3.2 sandbox.example: no mail service here").await?,
            Some(_) => self.say("421 4.3.2 sandbox.example: service not available, try later").await?,
            None => {
                self.say("220 sandbox.example ESMTP: nothing here is real").await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// False ends the dialogue.
    async fn execute(&mut self, verb: &str, rest: &str) -> Step<bool> {
        match verb {
            "EHLO" => self.ehlo().await?,
            "HELO" => self.say("250 sandbox.example").await?,
            "STARTTLS" => self.starttls().await?,
            "AUTH" => self.auth(rest).await?,
            "MAIL" => self.mail(rest).await?,
            "RCPT" => self.rcpt(rest).await?,
            "DATA" => return self.data().await,
            "RSET" => {
                self.forget();
                self.say("250 2.0.0 reset").await?;
            }
            "NOOP" => self.say("250 2.0.0 still here").await?,
            "QUIT" => {
                self.say("221 2.0.0 bye").await?;
                return Ok(false);
            }
            _ => self.say("502 5.5.1 command not implemented").await?,
        }
        Ok(true)
    }

    async fn ehlo(&mut self) -> Step {
        self.forget();
        if self.inbox.fault(Ehlo).is_some() {
            return dropped();
        }
        self.say("250-sandbox.example").await?;
        self.say(&format!("250-SIZE {MAX_MAIL_BYTES}")).await?;
        self.say("250-8BITMIME").await?;
        self.say("250-ENHANCEDSTATUSCODES").await?;
        if self.starttls.is_some() {
            // As a careful server does, it takes no password before the connection is encrypted.
            return self.say("250 STARTTLS").await;
        }
        self.say("250 AUTH PLAIN LOGIN").await
    }

    /// Goes on encrypted, as with a new client.
    async fn starttls(&mut self) -> Step {
        let Some(tls) = self.starttls.take() else {
            return self.say("502 5.5.1 command not implemented").await;
        };
        self.say("220 2.0.0 go ahead").await?;
        let nothing: Box<dyn Socket> = Box::new(tokio::io::empty());
        let plain = std::mem::replace(&mut self.stream, BufStream::new(nothing)).into_inner();
        let encrypted: Box<dyn Socket> = Box::new(tls.accept(plain).await?);
        self.stream = BufStream::new(encrypted);
        self.forget();
        Ok(())
    }

    /// Takes any credentials; they are read, and not looked at.
    async fn auth(&mut self, rest: &str) -> Step {
        let mut parts = rest.split_whitespace();
        let (mechanism, initial) = (parts.next().unwrap_or_default().to_ascii_uppercase(), parts.next());
        // Base64 of "Username:" and "Password:", as LOGIN asks them.
        let prompts: &[&str] = match (mechanism.as_str(), initial) {
            ("PLAIN", None) => &[""],
            ("LOGIN", None) => &["VXNlcm5hbWU6", "UGFzc3dvcmQ6"],
            ("LOGIN", Some(_)) => &["UGFzc3dvcmQ6"],
            ("PLAIN", Some(_)) => &[],
            _ => return self.say("504 5.5.4 unknown mechanism").await,
        };
        for prompt in prompts {
            self.say(&format!("334 {prompt}")).await?;
            self.line().await?;
        }
        match self.inbox.fault(Auth) {
            Some(Fault::Auth454) => self.say("454 4.7.0 temporary authentication failure").await,
            Some(_) => self.say("535 5.7.8 authentication credentials invalid").await,
            None => self.say("235 2.7.0 welcome").await,
        }
    }

    async fn mail(&mut self, rest: &str) -> Step {
        let Some(address) = path(rest, "FROM:") else {
            return self.say("501 5.5.4 syntax: MAIL FROM:<address>").await;
        };
        if self.sender.is_some() {
            return self.say("503 5.5.1 one mail at a time").await;
        }
        match self.inbox.fault(Sender) {
            Some(Fault::Mail451) => self.say("451 4.3.0 local error, try later").await,
            Some(Fault::DropAtMail) => dropped(),
            Some(Fault::Mail552) => self.say("552 5.3.4 the mail is larger than this server takes").await,
            Some(_) => self.say("550 5.7.1 this sender may not send here").await,
            None => {
                self.sender = Some(address);
                self.say("250 2.1.0 sender ok").await
            }
        }
    }

    async fn rcpt(&mut self, rest: &str) -> Step {
        let Some(address) = path(rest, "TO:") else {
            return self.say("501 5.5.4 syntax: RCPT TO:<address>").await;
        };
        if self.sender.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        match self.inbox.fault(Rcpt) {
            Some(Fault::DropAtRcpt) => dropped(),
            Some(Fault::Rcpt554Relay) => self.say(&format!("554 5.7.1 <{address}>: Relay access denied")).await,
            Some(Fault::Rcpt553Sender) => {
                let sender = self.sender.clone().unwrap_or_default();
                self.say(&format!("553 5.7.1 <{sender}>: Sender address rejected: not owned by user stopgap")).await
            }
            Some(Fault::Rcpt450) => self.say("450 4.2.0 greylisted, try later").await,
            Some(_) => self.say("550 5.1.1 no such user here").await,
            None => {
                self.recipients.push(address);
                self.say("250 2.1.5 recipient ok").await
            }
        }
    }

    /// Takes the mail. False ends the dialogue.
    async fn data(&mut self) -> Step<bool> {
        if self.recipients.is_empty() {
            self.say("503 5.5.1 RCPT first").await?;
            return Ok(true);
        }
        match self.inbox.fault(Data) {
            Some(Fault::Data451) => return self.say("451 4.3.1 no room for mails now").await.map(|()| true),
            Some(Fault::Data554) => return self.say("554 5.5.1 no valid recipients").await.map(|()| true),
            Some(_) => return Ok(false),
            None => self.say("354 end with a line that is one dot").await?,
        }
        let cut = self.inbox.fault(Body).map(|_| LINES_BEFORE_DROP);
        let Some(raw) = self.body(cut).await? else { return Ok(false) };
        if let Some(act) = self.inbox.scripted(Dot) {
            self.forget();
            return self.act(act).await.map(|()| true);
        }
        let fault = self.inbox.fault(Dot);
        // Like some real servers, it repeats the address.
        let kept = format!("250 2.0.0 kept for <{}>", self.recipients.join(">, <"));
        match fault {
            Some(Fault::AfterDot451) => self.say("451 4.3.0 local error, try later").await?,
            Some(Fault::AfterDot554) => self.say("554 5.7.1 the mail was refused as spam").await?,
            _ => self.keep(raw),
        }
        self.forget();
        match fault {
            Some(Fault::DropAfterDot) => return Ok(false),
            Some(Fault::HangAfterDot) => {
                self.hang().await?;
                return Ok(false);
            }
            Some(_) => {}
            None => self.say(&kept).await?,
        }
        Ok(true)
    }

    /// The mail up to its final dot, dots unstuffed; `None` if the client went or `cut` lines were read.
    async fn body(&mut self, cut: Option<usize>) -> Step<Option<Vec<u8>>> {
        let mut raw = Vec::new();
        let mut lines = 0;
        while let Some(line) = self.line().await? {
            if line == b".\r\n" {
                return Ok(Some(raw));
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            lines += 1;
            if cut == Some(lines) || raw.len() > MAX_MAIL_BYTES {
                return Ok(None);
            }
        }
        Ok(None)
    }

    fn keep(&mut self, raw: Vec<u8>) {
        let sender = self.sender.take().unwrap_or_default();
        let recipients = std::mem::take(&mut self.recipients);
        let mail = Mail::read(self.inbox.clock.now(), sender, recipients, raw);
        self.inbox.seen.change(|seen| seen.mails.push(mail));
    }

    fn forget(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }
}

/// A fault that closes the connection without a word.
fn dropped() -> Step {
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// The address out of `FROM:<address> SIZE=1`.
fn path(rest: &str, keyword: &str) -> Option<String> {
    let rest = rest.trim_start();
    let (found, rest) = rest.split_at_checked(keyword.len())?;
    let inside = rest.trim_start().strip_prefix('<')?.split_once('>')?.0;
    found.eq_ignore_ascii_case(keyword).then(|| inside.to_owned())
}
