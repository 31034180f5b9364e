//! The operations that no service of this kind can do without, each as bare as it gets.

use rsa::{Pkcs1v15Sign, PrivateKey, pkcs8::DecodePrivateKey as _};
use sqlx::{AnyConnection, Connection as _};
use stopgap::{random::Random, sandbox::World};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream},
    net::TcpStream,
};

use crate::service::LICENSE_KEY;

/// As long as a license's row with its events and its answer.
const ROW_BYTES: usize = 4 * 1024;
/// As long as a license's mail.
const MAIL_BYTES: usize = 16 * 1024;

pub struct Bare {
    key: PrivateKey,
    database: AnyConnection,
    _folder: TempDir,
}

impl Bare {
    pub async fn new() -> Self {
        sqlx::any::install_default_drivers();
        let folder = tempfile::tempdir_in(".").expect("a folder on the disk that is measured");
        let file = folder.path().join("bare.db");
        std::fs::File::create(&file).expect("the folder takes a file");
        let mut database = AnyConnection::connect(&format!("sqlite:{}", file.display())).await.expect("SQLite opens");
        let statements = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bare (text TEXT NOT NULL)";
        sqlx::raw_sql(statements).execute(&mut database).await.expect("SQLite makes a table");
        let key = PrivateKey::from_pkcs8_pem(LICENSE_KEY).or_else(|_| {
            use rsa::pkcs1::DecodeRsaPrivateKey as _;
            PrivateKey::from_pkcs1_pem(LICENSE_KEY).map_err(|e| e.to_string())
        });
        Self { key: key.expect("the tests' own key"), database, _folder: folder }
    }

    /// One private-key operation, blinded as the service's are.
    pub fn rsa(&self) {
        let padding = Pkcs1v15Sign::new_unprefixed();
        self.key.sign_with_rng(&mut Random.for_rsa(), padding, &[7; 16]).expect("the key signs");
    }

    /// One row, on disk.
    pub async fn commit(&mut self) {
        let mut tx = self.database.begin_with("BEGIN IMMEDIATE").await.expect("SQLite begins");
        let row = "x".repeat(ROW_BYTES);
        sqlx::query("INSERT INTO bare (text) VALUES ($1)").bind(row).execute(&mut *tx).await.expect("SQLite writes");
        tx.commit().await.expect("SQLite commits");
    }
}

/// A warm connection to a mail server of its own.
pub struct Mailbox {
    stream: BufStream<TcpStream>,
    mail: Vec<u8>,
}

impl Mailbox {
    pub async fn open(world: &World) -> Self {
        // The service's own mail server would mix these mails with the ones that are counted.
        let server = stopgap::sandbox::smtp::MailServer::start(0, stopgap::clock::Clock::system()).await;
        let server = server.expect("a mail server starts");
        let socket = TcpStream::connect(server.address()).await.expect("it is reached");
        socket.set_nodelay(true).expect("a socket has options");
        // It lives as long as the process.
        std::mem::forget(server);
        let line = format!("{}\r\n", "y".repeat(76));
        let head = format!("From: a@b.example\r\nTo: c@d.example\r\nSubject: {}\r\n\r\n", world.origin());
        let mail = [head.into_bytes(), line.repeat(MAIL_BYTES / line.len()).into_bytes(), b".\r\n".to_vec()].concat();
        let mut mailbox = Self { stream: BufStream::new(socket), mail };
        mailbox.answer().await;
        mailbox.say("EHLO bench").await;
        mailbox
    }

    /// The five steps that a mail takes on a connection that was used before.
    pub async fn deliver(&mut self) {
        for command in ["RSET", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"] {
            self.say(command).await;
        }
        let mail = self.mail.clone();
        self.stream.write_all(&mail).await.expect("it takes a mail");
        self.stream.flush().await.expect("it takes a mail");
        self.answer().await;
    }

    async fn say(&mut self, command: &str) {
        self.stream.write_all(format!("{command}\r\n").as_bytes()).await.expect("it listens");
        self.stream.flush().await.expect("it listens");
        self.answer().await;
    }

    async fn answer(&mut self) {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.expect("it answers");
            assert!(line.starts_with(['2', '3']), "{line}");
            if line.as_bytes().get(3) == Some(&b' ') {
                return;
            }
        }
    }
}
