//! One headless Chromium with its chromedriver. Whatever happens to the test, both end with it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, error::CmdError, wd::WebDriverCompatibleCommand};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

/// Machines that run these tests may have two cores: more browsers would only wait for each other.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// How often, and how long apart, the processes of a browser are looked for until all of them have ended.
const MOST_SWEEPS: u32 = 100;
const SWEEP_PAUSE: Duration = Duration::from_millis(20);

/// What runs in every page and every frame before their own scripts: what broke the policy, and how the document looked
/// before any script.
const WATCH: &str = r#"
    window.watched = { violations: [], scheme: null, marks: {} };
    addEventListener("securitypolicyviolation", (event) =>
        watched.violations.push(`${event.violatedDirective} ${event.blockedURI}`), true);
    document.addEventListener("readystatechange", () => {
        if (document.readyState === "interactive") watched.scheme = document.documentElement.dataset.scheme;
    });
"#;

/// A browser and what drives it.
pub struct Chromium {
    pub client: Client,
    driver: Child,
    // Goes after every program that writes to it.
    folder: TempDir,
    _turn: SemaphorePermit<'static>,
}

impl Chromium {
    /// Waits for its turn, then starts chromedriver on a free port and Chromium with an empty profile.
    pub async fn start(scale: f64) -> Self {
        let turn = BROWSERS.acquire().await.expect("nobody closes the semaphore");
        let folder = tempfile::tempdir().unwrap();
        let (mut driver, port) = start_driver(folder.path());
        let connected = ClientBuilder::rustls()
            .expect("TLS is not even used")
            .capabilities(capabilities(folder.path(), scale))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await;
        let client = connected.unwrap_or_else(|error| {
            end(&mut driver);
            panic!("Chromium does not start: {error}")
        });
        let chromium = Self { client, driver, folder, _turn: turn };
        chromium.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        chromium
    }

    /// A command of Chromium's own protocol.
    pub async fn cdp(&self, cmd: &'static str, params: Value) -> Value {
        self.issue("goog/cdp/execute", json!({ "cmd": cmd, "params": params })).await.expect("the browser obeys")
    }

    /// What the console said since it was asked last: `{level, source, message}`.
    pub async fn console(&self) -> Vec<Value> {
        let log = self.issue("se/log", json!({ "type": "browser" })).await.expect("the browser has a log");
        log.as_array().cloned().unwrap_or_default()
    }

    async fn issue(&self, path: &'static str, body: Value) -> Result<Value, CmdError> {
        self.client.issue_cmd(Own { path, body }).await
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver may be in the middle of a command of a test that failed: it is not asked, and neither is the browser.
        for _ in 0..MOST_SWEEPS {
            let _ = self.driver.try_wait();
            let alive = processes_of(self.folder.path());
            if alive.is_empty() {
                break;
            }
            let _ = Command::new("kill").arg("-9").args(&alive).stderr(Stdio::null()).status();
            thread::sleep(SWEEP_PAUSE);
        }
        end(&mut self.driver);
    }
}

/// The ids of the driver, the browser and all its helpers: each has this folder in its environment or its command line.
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.as_os_str().as_encoded_bytes();
    let names = |file: PathBuf| fs::read(file).is_ok_and(|all| all.windows(folder.len()).any(|part| part == folder));
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter(|process| names(process.path().join("cmdline")) || names(process.path().join("environ")))
        .filter_map(|process| process.file_name().into_string().ok())
        .filter(|name| name.bytes().all(|b| b.is_ascii_digit()))
        .collect()
}

/// A command that the standard does not know.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// How often a driver may find that its port is taken, which is rare enough once.
const DRIVERS: usize = 10;

/// A driver on a port that it has chosen. It takes a free one of IPv4 or IPv6, and ends where somebody has the other’s:
/// then another one has its turn.
fn start_driver(folder: &Path) -> (Child, u16) {
    for _ in 0..DRIVERS {
        match try_driver(folder) {
            Ok(started) => return started,
            Err(said) => assert!(said.contains("port not available"), "chromedriver does not start: {said}"),
        }
    }
    panic!("chromedriver finds no port in {DRIVERS} starts");
}

/// A driver and its port, or what it said before it ended.
fn try_driver(folder: &Path) -> Result<(Child, u16), String> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        // Both leave things in the folder for temporary files.
        .env("TMPDIR", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is there: Debian's package chromium-driver");
    let mut said = String::new();
    for line in BufReader::new(driver.stdout.take().expect("it is piped")).lines().map_while(Result::ok) {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            return Ok((driver, port.trim_end_matches('.').parse().expect("a port")));
        }
        said.push_str(&line);
    }
    end(&mut driver);
    Err(said)
}

fn end(driver: &mut Child) {
    let _ = driver.kill();
    let _ = driver.wait();
}

fn capabilities(folder: &Path, scale: f64) -> serde_json::Map<String, Value> {
    let flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        // Letters in greys: the same on every machine, and smaller pictures.
        "--disable-lcd-text",
        "--lang=en-US",
        "--window-size=1400,1100",
    ];
    let mut args: Vec<String> = flags.map(str::to_owned).to_vec();
    args.push(format!("--force-device-scale-factor={scale}"));
    args.push(format!("--user-data-dir={}", folder.join("profile").display()));
    let wanted = json!({
        "goog:chromeOptions": { "args": args },
        "goog:loggingPrefs": { "browser": "ALL" },
        "unhandledPromptBehavior": "ignore",
        "timeouts": { "script": 40_000, "pageLoad": 40_000, "implicit": 0 },
    });
    wanted.as_object().expect("it is an object").clone()
}
