//! The settings of one neighbour each, as the rooms take them.

use std::time::Duration;

use secrecy::SecretString;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};
use url::Url;

use super::{addresses, keys, reader::Reader, values};

/// Where Zendesk serves its SDK; it updates itself there.
const SDK_URL: &str = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js";

/// `ZENDESK_…`: whose signed URLs are believed.
#[derive(Debug, Clone)]
pub struct Zendesk {
    pub subdomain: String,
    /// Where the sidebar's host page lives; the sandbox puts its own here.
    pub origin: String,
    /// Where the page loads the SDK from; the sandbox puts its own here.
    pub sdk_url: String,
    /// The app's installations; empty until it is installed.
    pub installation_ids: Vec<u64>,
    /// The app's RSA public keys in PEM; empty until it is uploaded.
    pub public_keys: Vec<String>,
    /// The Zendesk user ids that may generate; nothing means everyone.
    pub allowed_agents: Option<Vec<u64>>,
}

impl Zendesk {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let subdomain = reader.value("ZENDESK_SUBDOMAIN", values::subdomain);
        let installation_ids = reader.optional("ZENDESK_INSTALLATION_IDS", values::ids);
        let public_keys = reader.optional("ZENDESK_PUBLIC_KEYS", keys::public_keys);
        let allowed_agents = reader.optional("ZENDESK_ALLOWED_AGENTS", values::ids);
        let subdomain = subdomain?;
        Some(Self {
            origin: format!("https://{subdomain}.zendesk.com"),
            subdomain,
            sdk_url: SDK_URL.to_owned(),
            installation_ids: installation_ids?.unwrap_or_default(),
            public_keys: public_keys?.unwrap_or_default(),
            allowed_agents: allowed_agents?,
        })
    }

    /// The variables that exist only once the app is installed, and are not set yet. Without all of them no signed
    /// URL can be checked, so the page says this instead of letting anyone in.
    pub fn missing(&self) -> Vec<&'static str> {
        [
            ("STOPGAP_ZENDESK_INSTALLATION_IDS", self.installation_ids.is_empty()),
            ("STOPGAP_ZENDESK_PUBLIC_KEYS", self.public_keys.is_empty()),
        ]
        .into_iter()
        .filter_map(|(variable, is_missing)| is_missing.then_some(variable))
        .collect()
    }
}

/// `GITLAB_…`: where issues are filed.
#[derive(Debug, Clone)]
pub struct Gitlab {
    /// The instance; its path ends in a slash, so that `api/v4/…` can be joined.
    pub url: Url,
    pub token: SecretString,
    /// A number, or a path that is not percent-encoded yet.
    pub project: String,
    pub labels: Vec<String>,
}

impl Gitlab {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.value("GITLAB_URL", addresses::base);
        let token = reader.value("GITLAB_TOKEN", values::token);
        let project = reader.value("GITLAB_PROJECT", values::project);
        let labels = reader.value("GITLAB_LABELS", values::list);
        Some(Self { url: url?, token: token?, project: project?, labels: labels? })
    }
}

/// `SLACK_…`: whom to tell.
#[derive(Debug, Clone)]
pub struct Slack {
    /// The whole address of the incoming webhook; whoever knows it can post.
    pub webhook: SecretString,
}

impl Slack {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        reader.value("SLACK_WEBHOOK_URL", addresses::webhook).map(|webhook| Self { webhook })
    }
}

/// The operator's rules: who gets licenses, how many, and how long things take or stay.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Domains in lower case to which no license is mailed.
    pub refused_domains: Vec<String>,
    /// Days after its end during which a paid license still works.
    pub grace_days: u16,
    /// Days after the grace days in which an emergency is in scope.
    pub window_days: u16,
    /// After which a mail that is not out is late.
    pub email_deadline: Duration,
    /// Licenses that one agent may generate in an hour.
    pub agent_hourly: u32,
    /// Licenses for one mailbox in a day; a company's mail domain gets a multiple.
    pub customer_daily: u32,
    pub daily: u32,
    /// Days that personal data is kept.
    pub retention_days: u32,
}

impl Rules {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let refused_domains = reader.value("REFUSED_DOMAINS", values::domains);
        let grace_days = reader.value("GRACE_DAYS", values::number(0..=365));
        let window_days = reader.value("WINDOW_DAYS", values::number(0..=365));
        let email_deadline = reader.value("EMAIL_DEADLINE_SECONDS", values::number(1..=86_400));
        let agent_hourly = reader.value("AGENT_HOURLY_LIMIT", values::number(1..=10_000));
        let customer_daily = reader.value("CUSTOMER_DAILY_LIMIT", values::number(1..=10_000));
        let daily = reader.value("DAILY_LIMIT", values::number(1..=1_000_000));
        let retention_days = reader.value("RETENTION_DAYS", values::number(31..=3650));
        Some(Self {
            refused_domains: refused_domains?,
            grace_days: grace_days?,
            window_days: window_days?,
            email_deadline: Duration::from_secs(email_deadline?),
            agent_hourly: agent_hourly?,
            customer_daily: customer_daily?,
            daily: daily?,
            retention_days: retention_days?,
        })
    }
}

/// `LOG`, `LOG_FORMAT`: what is logged, and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// Directives that `tracing`'s `EnvFilter` understands.
    pub filter: String,
    pub format: LogFormat,
}

/// For whom the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let format = reader.value("LOG_FORMAT", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("must be text or json".into()),
        });
        let filter = reader.value("LOG", filter);
        Some(Self { filter: filter?, format: format? })
    }
}

/// A bare word that is no level would silence everything but the target of that name: that is a typo.
fn filter(text: &str) -> Result<String, String> {
    let is_level = |word: &str| word.trim().parse::<LevelFilter>().is_ok();
    let is_meant = text.split(',').all(|part| part.contains(['=', '[']) || is_level(part));
    if is_meant && EnvFilter::builder().parse(text).is_ok() {
        Ok(text.to_owned())
    } else {
        Err("must be a level (error, warn, info, debug, trace, off), or target=level, separated by commas".into())
    }
}
