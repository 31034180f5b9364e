//! The one place that names what is counted, for Prometheus. No label ever holds an address, a name or a text.
//!
//! The counters belong to one running service, not to the process, so they are handed on as an argument like the clock.

use std::sync::Arc;

use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder as _, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use strum::IntoEnumIterator as _;

use crate::license::{AttemptOutcome, Channel, DeliveryState, Limit};

/// Licenses by `result`: `generated`, `sealing_failed`.
pub const LICENSES: &str = "stopgap_licenses_total";
/// Deliveries that ended, by `channel` and `outcome`: `sent`, `failed`.
pub const DELIVERIES: &str = "stopgap_deliveries_total";
/// Attempts that ended, by `channel` and `outcome`: `sent`, `retry`, `uncertain`, `needs_operator`, `refused`, `lost`.
pub const ATTEMPTS: &str = "stopgap_delivery_attempts_total";
/// Seconds from the request to the mail server's word that it has the mail; the first mail of a license alone.
pub const EMAIL_ACCEPTED: &str = "stopgap_email_accepted_seconds";
/// Requests refused, by `reason`.
pub const REFUSALS: &str = "stopgap_refusals_total";
/// Limits reached, by `limit`: `agent`, `customer`, `domain`, `all`.
pub const LIMITS: &str = "stopgap_limits_reached_total";
/// Licenses that the background task erased something of, by `what`: `text`, `person`.
pub const ERASED: &str = "stopgap_erased_total";
/// Deliveries still to be made, by `channel`.
pub const OUTBOX: &str = "stopgap_outbox_pending";
/// Age of the oldest delivery still to be made, by `channel`; 0 where there is none.
pub const OUTBOX_OLDEST: &str = "stopgap_outbox_oldest_seconds";
/// Mails past their deadline that are still tried.
pub const LATE_EMAILS: &str = "stopgap_late_emails";
/// Sessions that have not ended.
pub const SESSIONS: &str = "stopgap_sessions";
/// 1 where the outbox worker gave a sign of life lately.
pub const OUTBOX_ALIVE: &str = "stopgap_outbox_alive";
/// 1 where the database answers; the other gauges are of the last time it did.
pub const DATABASE_UP: &str = "stopgap_database_up";
/// 1 while the license key can seal.
pub const SIGNER_UP: &str = "stopgap_signer_up";
/// Always 1; the version is its label.
pub const BUILD: &str = "stopgap_build_info";

/// What is counted, and what it says.
const COUNTERS: [(&str, &str); 6] = [
    (LICENSES, "Licenses by result."),
    (DELIVERIES, "Deliveries that ended, by channel and outcome."),
    (ATTEMPTS, "Attempts of deliveries, by channel and outcome."),
    (REFUSALS, "Requests refused, by reason."),
    (LIMITS, "Limits reached, by limit."),
    (ERASED, "Licenses that something was erased of when its time had come, by what it was."),
];
const GAUGES: [(&str, &str); 8] = [
    (OUTBOX, "Deliveries still to be made, by channel."),
    (OUTBOX_OLDEST, "Age of the oldest delivery still to be made, by channel."),
    (LATE_EMAILS, "Mails past their deadline that are still tried."),
    (SESSIONS, "Sessions that have not ended."),
    (OUTBOX_ALIVE, "Whether the outbox worker gave a sign of life lately."),
    (DATABASE_UP, "Whether the database answers."),
    (SIGNER_UP, "Whether the license key can seal."),
    (BUILD, "The running version."),
];

/// A customer waits: from a twentieth of a second to the hours of an outage, the deadline of five minutes among them.
const SECONDS: [f64; 14] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 14_400.0];
const METADATA: Metadata<'static> = Metadata::new("stopgap", Level::INFO, None);

/// What is counted about one running service. Clones count together.
#[derive(Clone)]
pub struct Metrics(Arc<PrometheusRecorder>);

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Every series that is known beforehand stands at zero, so that its first increase is seen.
    pub fn new() -> Self {
        // Only an empty list of buckets is refused.
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS).unwrap_or_default();
        let metrics = Self(Arc::new(builder.build_recorder()));
        metrics.describe();
        for result in ["generated", "sealing_failed"] {
            metrics.counter(LICENSES, &[("result", result)]).absolute(0);
        }
        for channel in Channel::iter().map(Channel::as_str) {
            for outcome in [DeliveryState::Sent, DeliveryState::Failed].map(DeliveryState::as_str) {
                metrics.counter(DELIVERIES, &[("channel", channel), ("outcome", outcome)]).absolute(0);
            }
            for outcome in AttemptOutcome::iter().map(AttemptOutcome::as_str) {
                metrics.counter(ATTEMPTS, &[("channel", channel), ("outcome", outcome)]).absolute(0);
            }
        }
        for limit in Limit::iter() {
            metrics.counter(LIMITS, &[("limit", limit.as_str())]).absolute(0);
        }
        metrics.erased(0, 0);
        metrics.gauge(BUILD, &[("version", env!("CARGO_PKG_VERSION"))]).set(1.0);
        metrics
    }

    /// A license was recorded.
    pub fn license(&self, result: &'static str) {
        self.counter(LICENSES, &[("result", result)]).increment(1);
    }

    /// An attempt of a delivery ended.
    pub fn attempt(&self, channel: Channel, outcome: AttemptOutcome) {
        self.counter(ATTEMPTS, &[("channel", channel.as_str()), ("outcome", outcome.as_str())]).increment(1);
    }

    /// A delivery ended: `sent` or `failed`.
    pub fn delivery(&self, channel: Channel, outcome: DeliveryState) {
        self.counter(DELIVERIES, &[("channel", channel.as_str()), ("outcome", outcome.as_str())]).increment(1);
    }

    /// The first mail of a license was accepted, so many seconds after its request.
    pub fn email_accepted(&self, after_seconds: f64) {
        let key = Key::from_name(EMAIL_ACCEPTED);
        self.0.register_histogram(&key, &METADATA).record(after_seconds);
    }

    /// Starts the refusals at zero, so that their first increase is seen.
    pub fn register_refusals(&self, reasons: impl Iterator<Item = &'static str>) {
        for reason in reasons {
            self.counter(REFUSALS, &[("reason", reason)]).absolute(0);
        }
    }

    /// A request was refused.
    pub fn refusal(&self, reason: &'static str) {
        self.counter(REFUSALS, &[("reason", reason)]).increment(1);
    }

    /// A limit was reached.
    pub fn limit(&self, limit: Limit) {
        self.counter(LIMITS, &[("limit", limit.as_str())]).increment(1);
    }

    /// So many licenses lost their text, and so many their customer's data.
    pub fn erased(&self, texts: usize, people: usize) {
        for (what, count) in [("text", texts), ("person", people)] {
            self.counter(ERASED, &[("what", what)]).increment(count as u64);
        }
    }

    /// Sets one of the gauges of this file; `channel` where it has one.
    pub fn set(&self, gauge: &'static str, channel: Option<&'static str>, value: f64) {
        let labels: Vec<_> = channel.into_iter().map(|channel| ("channel", channel)).collect();
        self.gauge(gauge, &labels).set(value);
    }

    /// Everything in Prometheus's text format.
    pub fn render(&self) -> String {
        let handle = self.0.handle();
        handle.run_upkeep();
        handle.render()
    }

    fn describe(&self) {
        let words = |text: &'static str| SharedString::const_str(text);
        for (name, text) in COUNTERS {
            self.0.describe_counter(name.into(), Some(Unit::Count), words(text));
        }
        for (name, text) in GAUGES {
            self.0.describe_gauge(name.into(), None, words(text));
        }
        let text = "Seconds from the request to the mail server's acceptance of the license's first mail.";
        self.0.describe_histogram(EMAIL_ACCEPTED.into(), Some(Unit::Seconds), words(text));
    }

    fn counter(&self, name: &'static str, labels: &[(&'static str, &'static str)]) -> Counter {
        self.0.register_counter(&key(name, labels), &METADATA)
    }

    fn gauge(&self, name: &'static str, labels: &[(&'static str, &'static str)]) -> Gauge {
        self.0.register_gauge(&key(name, labels), &METADATA)
    }
}

fn key(name: &'static str, labels: &[(&'static str, &'static str)]) -> Key {
    let labels: Vec<Label> = labels.iter().map(|(name, value)| Label::from_static_parts(name, value)).collect();
    Key::from_parts(name, labels)
}
