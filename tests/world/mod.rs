//! The service with its stand-ins on free ports: the world of every test.
//!
//! A test reads as a conversation: an agent asks, and mailbox, GitLab and Slack show what arrived.

mod chromium;
mod contract;
mod full_page;
pub mod hostile;
pub mod invariants;
pub mod log;
mod looks;
mod on_screen;
pub mod picture;
pub mod postgres;
pub mod process;
pub mod screen;
mod switches;

pub use switches::{number, updates};

use std::{collections::BTreeMap, ffi::OsString, time::Duration};

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use stopgap::{
    app::App,
    clock::Clock,
    config::{Config, Environment},
    random::Random,
    sandbox::{Browser, Keys, World as Sandbox, WorldOptions},
};
use tempfile::TempDir;
use url::Url;

/// The agent of most tests, by Zendesk user id.
pub const AGENT: u64 = 42;
/// Nothing in these tests takes nearly as long; what does has hung.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// The service and everything around it. Dropping it stops the stand-ins; call [`World::stop`] to stop the service well.
pub struct World {
    pub sandbox: Sandbox,
    pub clock: Clock,
    app: Option<App>,
    folder: TempDir,
    settings: Vec<(String, String)>,
    _log: log::Watch,
}

/// What the service answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// The body without the request's own id, which differs in every answer.
    pub fn without_id(&self) -> Value {
        let mut body = self.body.clone();
        body.as_object_mut().map(|fields| fields.remove("request_id"));
        body
    }
}

pub fn keys() -> Keys {
    Keys {
        license_private_pem: include_str!("../vectors/test_key.pem").into(),
        license_public_pem: include_str!("../vectors/test_key.pub.pem").into(),
        zendesk_private_pem: include_str!("../keys/zendesk.pem").into(),
        zendesk_public_pem: include_str!("../keys/zendesk.pub.pem").into(),
    }
}

/// An ordinary order.
pub fn order() -> Value {
    json!({
        "ticket": { "id": 4711, "subject": "License expired" },
        "agent": { "username": "jdoe" },
        "customer": { "email": "jane@acme.example", "name": "Jane Doe", "company": "Acme GmbH" },
        "seats": 286,
    })
}

/// The same for another customer.
pub fn order_for(email: &str) -> Value {
    let mut order = order();
    order["customer"]["email"] = email.into();
    order
}

impl World {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With further settings (names without the prefix).
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let mut world = Self::stand_ins(settings).await;
        world.start_service().await;
        world
    }

    pub async fn with_slack_app() -> Self {
        let mut world = Self::stand_ins(&[]).await;
        world.use_slack_app();
        world.start_service().await;
        world
    }

    /// In place of its webhook, from the next start on.
    pub fn use_slack_app(&mut self) {
        self.settings.extend(self.sandbox.slack_app_settings());
    }

    /// For what is true of SQLite's files alone.
    pub async fn on_sqlite() -> Self {
        Self::on_sqlite_with(&[]).await
    }

    /// The same with further settings.
    pub async fn on_sqlite_with(settings: &[(&str, &str)]) -> Self {
        let mut world = Self::stand_ins(settings).await;
        world.settings.retain(|(name, _)| name != "STOPGAP_DATABASE_URL");
        world.start_service().await;
        world
    }

    /// The stand-ins and the settings, for a service that is started in another way.
    pub async fn stand_ins(settings: &[(&str, &str)]) -> Self {
        let clock = Clock::system();
        let options = WorldOptions { page_port: 0, keys: keys(), sdk: None, clock: clock.clone(), random: Random };
        let sandbox = Sandbox::start(options).await.expect("the stand-ins start");
        let database =
            postgres::is_asked_for().then(|| ("STOPGAP_DATABASE_URL".to_owned(), postgres::fresh_database()));
        let settings = settings.iter().map(|(name, value)| (format!("STOPGAP_{name}"), (*value).to_owned()));
        let settings = database.into_iter().chain(settings).collect();
        Self { sandbox, clock, app: None, folder: tempfile::tempdir().unwrap(), settings, _log: log::Watch::begin() }
    }

    /// The variables of this world's service.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let database = self.folder.path().join("stopgap.db");
        let settings = self.sandbox.settings(0, database.to_str().unwrap());
        // The later of two wins.
        settings.into_iter().chain(self.settings.clone()).collect()
    }

    /// The settings of this world's service.
    pub fn config(&self) -> Config {
        let variables = self.variables().into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Environment::of(variables).config().expect("the settings of the tests are right")
    }

    /// Sets one setting for the next start of the service.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((format!("STOPGAP_{name}"), value.to_owned()));
    }

    pub async fn start_service(&mut self) {
        self.start_service_with(|_| {}).await;
    }

    /// Starts the service with what no setting can say.
    pub async fn start_service_with(&mut self, change: impl FnOnce(&mut Config)) {
        let mut config = self.config();
        change(&mut config);
        let app = App::start(config, self.clock.clone(), Random).await.expect("the service starts");
        self.app = Some(app);
    }

    /// Starts it with a paused outbox.
    pub async fn start_paused(&mut self) {
        let app = App::start_with(self.config(), self.clock.clone(), Random, true).await.expect("the service starts");
        self.app = Some(app);
    }

    pub async fn stop(&mut self) {
        if let Some(app) = self.app.take() {
            app.stop().await;
        }
    }

    pub fn url(&self) -> Url {
        let address = self.app.as_ref().expect("the service runs").address();
        Url::parse(&format!("http://{address}")).unwrap()
    }

    /// The database's URL.
    pub fn database(&self) -> String {
        self.variables().remove("STOPGAP_DATABASE_URL").unwrap()
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// An agent who has opened the ticket.
    pub async fn agent(&self) -> Browser {
        self.agent_number(AGENT).await
    }

    pub async fn agent_number(&self, id: u64) -> Browser {
        self.agent_number_at(id, &self.url()).await
    }

    /// An agent whose service is at `url`.
    pub async fn agent_at(&self, url: &Url) -> Browser {
        self.agent_number_at(AGENT, url).await
    }

    pub async fn agent_number_at(&self, id: u64, url: &Url) -> Browser {
        let mut browser = Browser::new(&self.sandbox, url);
        browser.open(&self.sandbox.token(id)).await.expect("the sidebar opens");
        browser
    }

    /// A browser that nobody has signed in.
    pub fn stranger(&self) -> Browser {
        Browser::new(&self.sandbox, &self.url())
    }

    /// Time passes, for the service and its stand-ins.
    pub fn pass(&self, seconds: i64) {
        self.clock.shift(SignedDuration::from_secs(seconds));
    }
}

/// Runs `statement` by hand, past the service, and gives the first column of its rows: text.
pub async fn sql(url: &str, statement: &str) -> Vec<String> {
    use sqlx::{AssertSqlSafe, Connection as _, Row as _};
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(url).await.expect("the database answers");
    let rows = sqlx::query(AssertSqlSafe(statement)).fetch_all(&mut connection).await.expect("the statement is right");
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// One press: a license under a new key, which must be generated.
pub async fn generate(agent: &Browser, order: &Value) -> Value {
    let answer = post(agent, "/api/v1/licenses", &fresh_key(), order).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

pub fn fresh_key() -> String {
    Random.id(Clock::system().now()).to_string()
}

/// POSTs `body` under `key`, whatever comes of it.
pub async fn post(agent: &Browser, path: &str, key: &str, body: &Value) -> Answer {
    read(agent.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
}

pub async fn get(agent: &Browser, path: &str) -> Answer {
    read(agent.request(Method::GET, path)).await
}

pub async fn read(request: reqwest::RequestBuilder) -> Answer {
    let (client, request) = request.timeout(PATIENCE).build_split();
    let request = request.expect("the request is valid");
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let answer = client.execute(request).await.expect("the service answers");
    let status = answer.status();
    let text = answer.text().await.expect("the answer is whole");
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    contract::check(&method, &path, status, &body);
    Answer { status, body }
}

/// The license once all its deliveries have ended.
pub async fn ended(agent: &Browser, license: &Value) -> Value {
    let id = license["id"].as_str().expect("a license has an id");
    let states = within(agent.follow(id)).await.expect("the progress is told");
    states.last().expect("something was told").clone()
}

/// Waits for what must come.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it comes in time")
}

/// The deliveries of a license through one channel.
pub fn through<'a>(license: &'a Value, channel: &str) -> Vec<&'a Value> {
    license["deliveries"].as_array().unwrap().iter().filter(|d| d["channel"] == channel).collect()
}

/// The words of a license's history, in order.
pub fn history(license: &Value) -> Vec<&str> {
    license["events"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect()
}
