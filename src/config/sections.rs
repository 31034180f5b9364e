//! Groups of settings, as the rooms take them.

use std::time::Duration;

use secrecy::SecretString;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};
use url::Url;

use super::{AllowedAgents, OnDuty, ZendeskFields, keys, parse, reader::Reader, urls};
use crate::license::DailyTime;

/// Zendesk updates the SDK at this address.
const SDK_URL: &str = "https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js";

/// `ZENDESK_…`
#[derive(Debug, Clone)]
pub struct Zendesk {
    pub subdomain: String,
    /// The origin that embeds the sidebar; the sandbox sets its own.
    pub origin: String,
    /// Where the page loads the SDK from; the sandbox sets its own.
    pub sdk_url: String,
    /// The app's installations; empty until it is installed.
    pub installation_ids: Vec<u64>,
    /// The app's RSA public keys in PEM; empty until it is uploaded.
    pub public_keys: Vec<String>,
    pub allowed_agents: AllowedAgents,
    pub fields: ZendeskFields,
}

impl Zendesk {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let subdomain = reader.value("ZENDESK_SUBDOMAIN", parse::subdomain);
        let installation_ids = reader.optional("ZENDESK_INSTALLATION_IDS", parse::ids);
        let public_keys = reader.optional("ZENDESK_PUBLIC_KEYS", keys::public_keys);
        let allowed_agents = AllowedAgents::read(reader);
        let fields = reader.optional("ZENDESK_FIELDS", ZendeskFields::parse);
        let subdomain = subdomain?;
        Some(Self {
            origin: format!("https://{subdomain}.zendesk.com"),
            subdomain,
            sdk_url: SDK_URL.to_owned(),
            installation_ids: installation_ids?.unwrap_or_default(),
            public_keys: public_keys?.unwrap_or_default(),
            allowed_agents: allowed_agents?,
            fields: fields?.unwrap_or_default(),
        })
    }

    /// The variables that are known only once the app is installed, and are not set yet. No signed URL can be verified
    /// until all of them are set; the page names the missing ones.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        [
            ("STOPGAP_ZENDESK_INSTALLATION_IDS", self.installation_ids.is_empty()),
            ("STOPGAP_ZENDESK_PUBLIC_KEYS", self.public_keys.is_empty()),
        ]
        .into_iter()
        .filter_map(|(variable, is_missing)| is_missing.then_some(variable))
        .collect()
    }
}

/// `GITLAB_…`
#[derive(Debug, Clone)]
pub struct Gitlab {
    /// The path ends in a slash, so that `api/v4/…` can be joined.
    pub url: Url,
    pub token: SecretString,
    /// A number, or a path that is not percent-encoded.
    pub project: String,
    pub labels: Vec<String>,
}

impl Gitlab {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let url = reader.value("GITLAB_URL", urls::base);
        let token = reader.value("GITLAB_TOKEN", parse::token);
        let project = reader.value("GITLAB_PROJECT", parse::project);
        let labels = reader.value("GITLAB_LABELS", parse::list);
        Some(Self { url: url?, token: token?, project: project?, labels: labels? })
    }
}

/// Who gets licenses, how many, and the service's deadlines.
#[derive(Debug, Clone)]
pub struct Rules {
    /// In lower case. No license is mailed to these domains and their subdomains.
    pub refused_domains: Vec<String>,
    /// Days a paid license keeps working after it expires.
    pub grace_days: u16,
    /// Days after the grace period in which an emergency is in scope.
    pub window_days: u16,
    /// When an email that is not accepted yet counts as late.
    pub email_deadline: Duration,
    /// Licenses per agent and hour.
    pub agent_hourly: u32,
    /// Licenses per mailbox and day; a company's mail domain gets a multiple.
    pub customer_daily: u32,
    /// Licenses per day in all.
    pub daily: u32,
    /// More seats need a reason; `None` asks above ten times what the evidence asks for.
    pub seats_question: Option<u32>,
    /// When a digest is posted on business days, and people are reminded; `None` posts no digest.
    pub digest_at: Option<DailyTime>,
    /// When the licensing team is at work; `None` asks nobody.
    pub on_duty: Option<OnDuty>,
    /// How many days personal data is kept.
    pub retention_days: u32,
}

/// Seats that need no reason where nothing is known of the customer's users.
const USUAL_SEATS: u32 = 10_000;
/// How many times the users that are known need no reason.
const USUAL_FACTOR: u32 = 10;

impl Rules {
    /// The most seats that a license may have without a reason.
    pub(crate) fn usual_seats(&self, recommended: Option<u32>) -> u32 {
        let usual = recommended.map_or(USUAL_SEATS, |users| users.saturating_mul(USUAL_FACTOR));
        self.seats_question.unwrap_or(usual)
    }

    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let refused_domains = reader.value("REFUSED_DOMAINS", parse::domains);
        let grace_days = reader.value("GRACE_DAYS", parse::number(0..=365));
        let window_days = reader.value("WINDOW_DAYS", parse::number(0..=365));
        let email_deadline = reader.value("EMAIL_DEADLINE_SECONDS", parse::number(1..=86_400));
        let agent_hourly = reader.value("AGENT_HOURLY_LIMIT", parse::number(1..=10_000));
        let customer_daily = reader.value("CUSTOMER_DAILY_LIMIT", parse::number(1..=10_000));
        let daily = reader.value("DAILY_LIMIT", parse::number(1..=1_000_000));
        let seats_question = reader.optional("SEATS_QUESTION", parse::number(1..=1_000_000));
        let digest_at = reader.optional("DIGEST_AT", DailyTime::parse);
        let on_duty = reader.optional("ON_DUTY", OnDuty::parse);
        let retention_days = reader.value("RETENTION_DAYS", parse::number(31..=3650));
        Some(Self {
            refused_domains: refused_domains?,
            grace_days: grace_days?,
            window_days: window_days?,
            email_deadline: Duration::from_secs(email_deadline?),
            agent_hourly: agent_hourly?,
            customer_daily: customer_daily?,
            daily: daily?,
            seats_question: seats_question?,
            digest_at: digest_at?,
            on_duty: on_duty?,
            retention_days: retention_days?,
        })
    }
}

/// `LOG`, `LOG_FORMAT`
#[derive(Debug, Clone)]
pub struct Log {
    /// Directives of `EnvFilter`.
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    /// One JSON object per line.
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

/// Refuses a bare word that is not a level: it would silence every other target, and is most likely a typo.
fn filter(text: &str) -> Result<String, String> {
    let is_level = |word: &str| word.trim().parse::<LevelFilter>().is_ok();
    let is_plausible = text.split(',').all(|part| part.contains(['=', '[']) || is_level(part));
    if is_plausible && EnvFilter::builder().parse(text).is_ok() {
        Ok(text.to_owned())
    } else {
        Err("must be a level (error, warn, info, debug, trace, off), or target=level, separated by commas".into())
    }
}
