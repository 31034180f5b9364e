//! The log of the real program, over a whole notice, holds nothing that is secret, and nothing that a stranger wrote.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Duration,
};

use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use stopgap::sandbox::{
    Browser, Token,
    gitlab::{self, CallFault},
    web::Fault,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

use crate::world::{AGENT, World, ended, fresh_key, generate, get, hostile, keys, order, order_for, post, within};

const PASSWORD: &str = "smtpPASSWORDcanary";
const METRICS_TOKEN: &str = "metricsTOKENcanary";
/// How long the program may take to say that it is ready.
const START: Duration = Duration::from_secs(30);

/// `stopgap serve`, and every line of its log.
struct Program {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reading: JoinHandle<()>,
    url: Url,
}

impl Program {
    async fn start(settings: Vec<(String, String)>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stopgap"))
            .arg("serve")
            .env_clear()
            .envs(settings)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let (told, mut ready) = tokio::sync::mpsc::channel(1);
        let from = BufReader::new(child.stderr.take().unwrap()).split(b'\n');
        let kept = Arc::clone(&lines);
        let reading = std::thread::spawn(move || {
            for line in from {
                let line = String::from_utf8(line.unwrap()).expect("the log is UTF-8");
                if let Some(port) = line.contains("ready").then(|| port_in(&line)).flatten() {
                    let _ = told.try_send(port);
                }
                kept.lock().unwrap().push(line);
            }
        });
        let port = tokio::time::timeout(START, ready.recv()).await.expect("it starts in time");
        let Some(port) = port else { panic!("it did not start: {:#?}", lines.lock().unwrap()) };
        Self { child, lines, reading, url: Url::parse(&format!("http://127.0.0.1:{port}")).unwrap() }
    }

    /// Stops it well and gives its whole log.
    fn stop(mut self) -> Vec<String> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
        self.reading.join().unwrap();
        self.lines.lock().unwrap().clone()
    }
}

fn port_in(line: &str) -> Option<u16> {
    let rest = line.split_once("127.0.0.1:")?.1;
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// A mail server that repeats whatever it was told: the first login, the recipient it refuses, the license it refuses.
async fn gossip(listener: TcpListener) {
    let refuse_login = Arc::new(Mutex::new(true));
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(chat(socket, Arc::clone(&refuse_login)));
    }
}

async fn chat(socket: TcpStream, refuse_login: Arc<Mutex<bool>>) {
    let (reading, mut writing) = socket.into_split();
    let mut lines = tokio::io::BufReader::new(reading).lines();
    let mut body: Option<Vec<String>> = None;
    let _ = writing.write_all(b"220 gossip ESMTP\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match (&mut body, line.split(' ').next().unwrap_or_default()) {
            (Some(mail), ".") => {
                let key = mail.iter().find(|line| line.len() > 50 && !line.contains(' ')).cloned().unwrap_or_default();
                let is_spam = mail.iter().any(|line| line.contains("spam@acme.example"));
                body = None;
                if is_spam { format!("554 spam\x1b[31m: {key}") } else { "250 taken".into() }
            }
            (Some(mail), _) => {
                mail.push(line);
                continue;
            }
            (None, "EHLO") => "250-gossip\r\n250 AUTH PLAIN LOGIN".into(),
            (None, "AUTH") if std::mem::take(&mut *refuse_login.lock().unwrap()) => {
                format!("535 no: {line} {PASSWORD}")
            }
            (None, "AUTH") => "235 welcome".into(),
            (None, "RCPT") if line.contains("refused@") => {
                format!("550 5.1.1 {line}: no such user; ask refused@acme.example")
            }
            (None, "DATA") => {
                body = Some(Vec::new());
                "354 go on".into()
            }
            (None, _) => "250 fine".into(),
        };
        if writing.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Everything that must not be in the log, by what it is.
type Secrets = Vec<(String, String)>;

/// Signs in, succeeds, fails, is refused, looks up, asks nonsense; gives what no log may hold.
async fn notice(world: &World, program: &Program) -> Secrets {
    let mut browser = Browser::new(&world.sandbox, &program.url);
    let token = world.sandbox.token(AGENT);
    let signed = token.sign(&keys().zendesk_private_pem);
    browser.open(&token).await.unwrap();
    let echo = Fault::status(500, &format!("your token is {}", gitlab::TOKEN));
    world.sandbox.gitlab.faults.fail_next(CallFault::on(gitlab::Call::Create, echo));
    world.sandbox.slack.faults.fail_next(Fault::status(500, &world.sandbox.slack.url()));
    let license = generate(&browser, &order()).await;
    let refused = generate(&browser, &order_for("refused@acme.example")).await;
    let spam = generate(&browser, &order_for("spam@acme.example")).await;
    assert_eq!(ended(&browser, &refused).await["state"], "failed");
    assert_eq!(ended(&browser, &spam).await["state"], "failed");
    assert_eq!(ended(&browser, &license).await["state"], "delivered");
    let file = format!("/api/v1/licenses/{}/file?reason=mine", license["id"].as_str().unwrap());
    let file = get(&browser, &file).await.body.as_str().unwrap().to_owned();

    refusals(world, &browser, &signed).await;
    let mut secrets: Secrets = file.lines().map(|line| ("a line of the license".into(), line.to_owned())).collect();
    secrets.extend(signed.split('.').map(|part| ("a part of the token".into(), part.to_owned())));
    for (what, secret) in [
        ("the bearer", browser.session().unwrap()),
        ("the GitLab token", gitlab::TOKEN),
        ("the mail password", PASSWORD),
        ("the metrics token", METRICS_TOKEN),
        ("the webhook", world.sandbox.slack.url().rsplit_once('/').unwrap().1),
        ("the private key", keys().license_private_pem.lines().nth(3).unwrap()),
        ("an address", "jane@acme.example"),
        ("an address", "refused@acme.example"),
        ("an address", "spam@acme.example"),
        ("a name", "Jane Doe"),
        ("a company", "Acme GmbH"),
        ("a subject", "License expired"),
        ("what was looked for", "needle"),
        ("what a stranger wrote", "INJECTED"),
    ] {
        secrets.push((what.into(), secret.to_owned()));
    }
    secrets
}

/// Everything that is turned away: replayed and forged tokens, wrong bodies, unknown paths.
async fn refusals(world: &World, browser: &Browser, signed: &str) {
    assert_eq!(browser.post_token(signed).await.unwrap().status(), 403, "replayed");
    let hostile = "INJECTED\n2026-11-22T00:00:00Z  INFO stopgap: all is well \u{1b}[31m \u{202e} \u{9b}31m";
    let forge = |change: &dyn Fn(&mut Token)| {
        let mut token = world.sandbox.token(AGENT);
        change(&mut token);
        token
    };
    let (ours, strangers) = (keys().zendesk_private_pem, include_str!("keys/stranger.pem").to_owned());
    for (token, key) in [
        (forge(&|token| token.header["typ"] = json!([hostile])), &strangers),
        (forge(&|token| token.header["jwk"] = json!({ "kty": hostile })), &strangers),
        (forge(&|token| token.header["alg"] = hostile.into()), &ours),
        (forge(&|token| token.claims["exp"] = hostile.into()), &ours),
        (forge(&|token| token.claims["iss"] = hostile.into()), &ours),
        (forge(&|token| token.claims["sub"] = hostile.into()), &ours),
        (forge(&|token| token.claims["context"] = hostile.into()), &ours),
    ] {
        assert_eq!(browser.post_token(&token.sign(key)).await.unwrap().status(), 403);
    }
    let mut body = order();
    body[hostile] = hostile.into();
    assert_eq!(post(browser, "/api/v1/licenses", &fresh_key(), &body).await.status, 400);
    assert_eq!(get(browser, "/api/v1/licenses?q=needle&limit=1").await.status, 200);
    for text in hostile::BREAKING.iter().chain(hostile::INERT) {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("INJECTED", text).finish();
        let path = format!("/INJECTED/{query}?{query}");
        let request = browser.request(Method::from_bytes(b"INJECTED").unwrap(), &path).header("User-Agent", "INJECTED");
        within(request.header("X-Request-Id", "INJECTED").send()).await.unwrap();
    }
    let stranger = browser.request(Method::GET, "/api/v1/licenses").header("Authorization", "Bearer INJECTED");
    assert_eq!(within(stranger.send()).await.unwrap().status(), 401, "one session too many");
}

fn settings(world: &World, mail_port: u16, format: &str) -> Vec<(String, String)> {
    let database = world.folder().join(format!("{format}.db"));
    let token = world.folder().join("token");
    std::fs::write(&token, gitlab::TOKEN).unwrap();
    let mut settings = world.sandbox.settings(0, database.to_str().unwrap());
    settings.retain(|(name, _)| !["STOPGAP_SMTP_URL", "STOPGAP_GITLAB_TOKEN"].contains(&name.as_str()));
    settings.extend(
        [
            ("SMTP_URL", format!("smtp://user:{PASSWORD}@127.0.0.1:{mail_port}")),
            ("GITLAB_TOKEN_FILE", token.display().to_string()),
            ("METRICS_TOKEN", METRICS_TOKEN.to_owned()),
            ("LOG", "debug".into()),
            ("LOG_FORMAT", format.into()),
        ]
        .map(|(name, value)| (format!("STOPGAP_{name}"), value)),
    );
    settings
}

/// The whole log of a whole notice.
async fn log_of_a_story(format: &str) -> Vec<String> {
    let mut world = World::start().await;
    world.stop().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mail_port = listener.local_addr().unwrap().port();
    let mail = tokio::spawn(gossip(listener));
    let program = Program::start(settings(&world, mail_port, format)).await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "no core dump: {core}");
    let secrets = notice(&world, &program).await;
    let log = program.stop();
    mail.abort();
    for line in &log {
        for (what, secret) in &secrets {
            assert!(!line.contains(secret.as_str()), "{what} stands in the log: {line}");
        }
        let is_clean = |c: char| {
            !c.is_control() && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(line.chars().all(is_clean), "{line:?}");
    }
    let whole = log.join("\n");
    for said in [
        "ready",
        "a signed URL was refused",
        "the token was used before",
        "alg is not RS256",
        "iss is another Zendesk",
        "refused permanently",
        "***@acme.example",
        "not delivered yet",
        "your token is […]",
        "STOPGAP_GITLAB_TOKEN_FILE names",
        "answered",
        "stopped",
    ] {
        assert!(whole.contains(said), "the log says {said:?}: {whole}");
    }
    log
}

#[tokio::test]
async fn a_log_for_people_holds_no_secret_and_nothing_that_a_stranger_wrote() {
    for line in log_of_a_story("text").await {
        let begins = line.chars().take(4).all(|c| c.is_ascii_digit());
        assert!(begins, "every line is one of ours: {line:?}");
    }
}

#[tokio::test]
async fn a_log_for_machines_holds_no_secret_and_nothing_that_a_stranger_wrote() {
    for line in log_of_a_story("json").await {
        let line: Value = serde_json::from_str(&line).expect("every line is one JSON object");
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
}
