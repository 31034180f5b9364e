//! The real program as a process of its own, against the stand-ins of a world: to be watched, stopped and killed.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, OnceLock, mpsc},
    time::Duration,
};

use jiff::SignedDuration;
use serde_json::Value;
use stopgap::{clock::Clock, sandbox::Browser};
use tokio::sync::watch;
use url::Url;

use super::{PATIENCE, World, log::is_indiscreet};

/// Starting takes some tenths of a second.
const START: Duration = Duration::from_mins(1);
const SIGABRT: i32 = 6;

/// A running `stopgap serve`, logging JSON. Dropping it kills it.
pub struct Process {
    child: Arc<Mutex<Child>>,
    pid: u32,
    url: Option<Url>,
    log: watch::Receiver<String>,
}

/// The real program.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_stopgap"))
}

/// The same with its crash points, and with leases of three seconds; built when it is first asked for.
pub fn crash_program() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(["build", "--quiet", "--locked", "--example", "crash_points", "--features", "crash-points"]);
        assert!(cargo.status().expect("cargo runs").success(), "the program with crash points cannot be built");
        program().with_file_name("examples").join("crash_points")
    })
}

/// `stopgap serve` in `world`, beside the service that may run in it: with a SQLite file of its own.
pub async fn serve(world: &World, settings: &[(&str, &str)]) -> Process {
    let mut service = command(&program(), &beside(world));
    service.envs(settings.iter().copied());
    Process::start(service).await
}

/// The variables of that service.
pub fn beside(world: &World) -> BTreeMap<String, String> {
    let database = world.folder().join("process.db");
    world.sandbox.settings(0, database.to_str().unwrap()).into_iter().collect()
}

/// `program serve` with these variables and no others.
pub fn command(program: &Path, variables: &BTreeMap<String, String>) -> Command {
    command_of("serve", program, variables)
}

/// The same for another command.
pub fn command_of(name: &str, program: &Path, variables: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    command.arg(name).env_clear().envs(variables);
    command.env("STOPGAP_BIND", "127.0.0.1:0").env("STOPGAP_LOG_FORMAT", "json");
    command
}

impl Process {
    /// Starts it, and waits until it is ready or dead.
    pub async fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (heard, log) = watch::channel(String::new());
        let (ready, is_ready) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if event["message"] == "ready" {
                    let _ = ready.send(format!("http://{}", event["address"].as_str().unwrap()));
                }
                heard.send_modify(|log| log.extend([&line, "\n"]));
            }
        });
        let waiting = tokio::task::spawn_blocking(move || is_ready.recv_timeout(START));
        let url = waiting.await.unwrap().ok().map(|url| Url::parse(&url).unwrap());
        Self { pid: child.id(), child: Arc::new(Mutex::new(child)), url, log }
    }

    /// Where it listens.
    pub fn url(&self) -> &Url {
        self.url.as_ref().unwrap_or_else(|| panic!("the service did not start:\n{}", self.log()))
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// The events that it has logged so far.
    pub fn lines(&self) -> Vec<Value> {
        let log = self.log();
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    }

    /// Waits for the first event with this message.
    pub async fn line(&self, message: &str) -> Value {
        let mut log = self.log.clone();
        let is_it = |line: &Value| line["message"] == message;
        let find = |log: &String| log.lines().filter_map(|line| serde_json::from_str(line).ok()).find(is_it);
        let waiting = tokio::time::timeout(PATIENCE, log.wait_for(|log| find(log).is_some()));
        let log =
            waiting.await.expect("it is logged in time").unwrap_or_else(|_| panic!("no {message}: {}", self.log()));
        find(&log).expect("it was found")
    }

    /// An agent who has opened the ticket.
    pub async fn agent(&self, world: &World) -> Browser {
        world.agent_at(self.url()).await
    }

    /// SIGKILL: it gets no word in.
    pub fn kill(&self) {
        // Fails only where it is dead already.
        let _ = Command::new("kill").args(["-KILL", &self.pid.to_string()]).stderr(Stdio::null()).status();
    }

    /// SIGTERM: it ends what is under way.
    pub fn terminate(&self) {
        let _ = Command::new("kill").args(["-TERM", &self.pid.to_string()]).stderr(Stdio::null()).status();
    }

    /// Waits for its end, and says whether it aborted.
    pub async fn aborted(&self) -> bool {
        self.status().await.signal() == Some(SIGABRT)
    }

    /// Waits for its end, and tells how long that took.
    pub async fn end(&self) -> (ExitStatus, SignedDuration) {
        let clock = Clock::system();
        let began = clock.now();
        let status = tokio::time::timeout(PATIENCE, self.status()).await.expect("it ends");
        (status, clock.now().duration_since(began))
    }

    async fn status(&self) -> ExitStatus {
        let child = Arc::clone(&self.child);
        let waiting = tokio::task::spawn_blocking(move || child.lock().unwrap().wait());
        let status = waiting.await.unwrap().unwrap();
        // Its last words may still be in the pipe: they are heard when nothing more comes.
        let mut log = self.log.clone();
        while log.changed().await.is_ok() {}
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.lock().map(|mut child| child.wait());
        if !std::thread::panicking() {
            assert!(!is_indiscreet(&self.log()), "in the log of a service: {}", self.log());
        }
    }
}
