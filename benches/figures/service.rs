//! The real program as a process of its own, against the sandbox's stand-ins.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

use secrecy::SecretString;
use serde_json::{Value, json};
use stopgap::{
    clock::Clock,
    license::{Customer, Email, Language, LicenseFile, Seats, Terms},
    random::Random,
    sandbox::{Browser, Keys, World, WorldOptions},
    sealing::{Attributes, SealingKey},
};
use tempfile::TempDir;
use tokio::time::sleep;
use url::Url;

use crate::timing;

pub const LICENSE_KEY: &str = include_str!("../../tests/vectors/test_key.pem");

/// How often a starting process is asked whether it is ready.
const LOOK: Duration = Duration::from_millis(1);

/// Agents who take turns: one alone would reach an hour's limit.
const AGENTS: u64 = 4;

/// The service, its world and agents who have opened the ticket.
pub struct Running {
    pub world: World,
    pub idle_kib: u64,
    agents: Vec<Browser>,
    client: reqwest::Client,
    process: Process,
}

struct Process {
    child: Child,
    url: Url,
    _folder: TempDir,
}

pub fn sealing_key() -> SealingKey {
    SealingKey::parse(&SecretString::from(LICENSE_KEY)).expect("the tests' own key")
}

pub fn seal(key: &SealingKey) -> Result<LicenseFile, String> {
    let customer =
        Customer { email: Email::parse("jane@acme.example")?, name: None, company: None, language: Language::En };
    let terms = Terms::of(jiff::civil::date(2026, 11, 21), 10);
    key.seal(&Attributes::emergency(&customer, Seats::parse(286)?, terms), &mut Random.for_rsa())
}

impl Running {
    pub async fn start() -> Self {
        let world = world().await;
        let process = Process::start(&world).await;
        let idle_kib = process.resident_kib();
        let mut agents = Vec::new();
        for user in 0..AGENTS {
            let mut agent = Browser::new(&world, &process.url);
            agent.open(&world.token(42 + user)).await.expect("the sidebar opens");
            agents.push(agent);
        }
        Self { idle_kib, agents, process, world, client: reqwest::Client::new() }
    }

    /// One press, for a customer of its own.
    pub async fn generate(&self, number: usize) -> Value {
        let order = json!({
            "ticket": { "id": 4711 },
            "agent": { "username": "jdoe" },
            "customer": { "email": format!("customer{number}@acme.example") },
            "seats": 286,
        });
        let key = format!("bench-{number}");
        let agent = &self.agents[number % self.agents.len()];
        agent.post("/api/v1/licenses", &key, &order).await.expect("a license is generated")
    }

    /// Waits until all deliveries of a license have ended.
    pub async fn ended(&self, license: &Value) {
        let id = license["id"].as_str().unwrap_or_default();
        self.agents[0].follow(id).await.expect("the progress is told");
    }

    pub async fn post_to_slack(&self) {
        let message = json!({ "text": "bench" });
        self.client.post(self.world.slack.url()).json(&message).send().await.expect("Slack answers");
    }

    pub fn resident_kib(&self) -> u64 {
        self.process.resident_kib()
    }
}

/// How long a fresh process takes from its start until `/health/ready` says so.
pub async fn ready_after() -> Duration {
    let world = world().await;
    let began = timing::now();
    let process = Process::start(&world).await;
    let took = began.elapsed();
    drop(process);
    took
}

async fn world() -> World {
    let keys = Keys {
        license_private_pem: LICENSE_KEY.into(),
        license_public_pem: include_str!("../../tests/vectors/test_key.pub.pem").into(),
        zendesk_private_pem: include_str!("../../tests/keys/zendesk.pem").into(),
        zendesk_public_pem: include_str!("../../tests/keys/zendesk.pub.pem").into(),
    };
    let options = WorldOptions { page_port: 0, keys, sdk: None, clock: Clock::system(), random: Random };
    World::start(options).await.expect("the stand-ins start")
}

impl Process {
    async fn start(world: &World) -> Self {
        // The disk of the bare commits, not one in memory.
        let folder = tempfile::tempdir_in(".").expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let database = folder.path().join("stopgap.db");
        let limits = [
            ("STOPGAP_AGENT_HOURLY_LIMIT", "10000"),
            ("STOPGAP_CUSTOMER_DAILY_LIMIT", "10000"),
            ("STOPGAP_DAILY_LIMIT", "1000000"),
            ("STOPGAP_LOG", "warn"),
        ];
        let child = Command::new(env!("CARGO_BIN_EXE_stopgap"))
            .arg("serve")
            .env_clear()
            .envs(world.settings(port, &database.display().to_string()))
            .envs(limits)
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let url = Url::parse(&format!("http://127.0.0.1:{port}")).expect("an address");
        let process = Self { child, url, _folder: folder };
        let ready = process.url.join("/health/ready").expect("an address");
        let client = reqwest::Client::new();
        while !client.get(ready.clone()).send().await.is_ok_and(|answer| answer.status().is_success()) {
            sleep(LOOK).await;
        }
        process
    }

    /// `VmRSS`, in KiB; 0 where the system does not tell.
    fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
