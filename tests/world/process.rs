//! The real program as a process of its own, against the stand-ins of a world.

use std::{
    fs::File,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use jiff::SignedDuration;
use serde_json::Value;
use stopgap::sandbox::Browser;
use tokio::time::sleep;
use url::Url;

use super::{PATIENCE, World, within};

/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A running `stopgap serve`, logging JSON into a file. Dropping it kills it.
pub struct Process {
    child: Child,
    log: PathBuf,
    pub url: Url,
}

/// `stopgap` with the settings of this world and nothing else of the environment.
pub fn command(world: &World, database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stopgap"));
    command.env_clear().envs(world.sandbox.settings(0, database)).env("STOPGAP_LOG_FORMAT", "json");
    command
}

impl Process {
    /// Starts the service and waits until it is ready.
    pub async fn serve(world: &World, settings: &[(&str, &str)]) -> Self {
        let database = world.folder().join("process.db");
        let log = world.folder().join(format!("log-{}", crate::world::fresh_key()));
        let mut command = command(world, database.to_str().unwrap());
        command.arg("serve").envs(settings.iter().copied()).stderr(File::create(&log).unwrap()).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        let mut process = Self { child, log, url: Url::parse("http://127.0.0.1:1").unwrap() };
        let ready = within(process.line("ready")).await;
        process.url = Url::parse(&format!("http://{}", ready["address"].as_str().unwrap())).unwrap();
        process
    }

    /// An agent who has opened the ticket.
    pub async fn agent(&self, world: &World) -> Browser {
        let mut browser = Browser::new(&world.sandbox, &self.url);
        browser.open(&world.sandbox.token(super::AGENT)).await.expect("the sidebar opens");
        browser
    }

    /// The whole log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// The log's lines so far.
    pub fn lines(&self) -> Vec<Value> {
        let log = self.log();
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
    }

    /// Waits for the first line with this message.
    pub async fn line(&self, message: &str) -> Value {
        loop {
            let log = self.log();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(line) = lines.into_iter().find(|line| line["message"] == message) {
                return line;
            }
            sleep(LOOK).await;
        }
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end, and tells how long that took.
    pub async fn end(&mut self) -> (ExitStatus, SignedDuration) {
        let clock = stopgap::clock::Clock::system();
        let began = clock.now();
        let status = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                sleep(LOOK).await;
            }
        });
        (status.await.expect("it ends"), clock.now().duration_since(began))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
