//! All metrics, for Prometheus. No label holds an address, a name or free text.
//!
//! The counters belong to one running service, not to the process, so they are passed as an argument like the clock.

use std::sync::Arc;

use metrics::{Counter, Gauge, Key, Label, Level, Metadata, Recorder as _, SharedString, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use strum::{EnumIter, IntoEnumIterator as _, IntoStaticStr};

use crate::license::{AttemptOutcome, Channel, DeliveryState, Limit};

const LICENSES: &str = "stopgap_licenses_total";
const DELIVERIES: &str = "stopgap_deliveries_total";
const ATTEMPTS: &str = "stopgap_delivery_attempts_total";
const EMAIL_ACCEPTED: &str = "stopgap_email_accepted_seconds";
const REFUSALS: &str = "stopgap_refusals_total";
const LIMITS: &str = "stopgap_limits_reached_total";
const ERASED: &str = "stopgap_erased_total";
pub(crate) const OUTBOX: &str = "stopgap_outbox_pending";
pub(crate) const OUTBOX_OLDEST: &str = "stopgap_outbox_oldest_seconds";
pub(crate) const LATE_EMAILS: &str = "stopgap_late_emails";
pub(crate) const SESSIONS: &str = "stopgap_sessions";
pub(crate) const OUTBOX_ALIVE: &str = "stopgap_outbox_alive";
pub(crate) const DATABASE_UP: &str = "stopgap_database_up";
pub(crate) const SIGNER_UP: &str = "stopgap_signer_up";
const BUILD: &str = "stopgap_build_info";

enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// `docs/alerts.md` has the values of the labels.
const DESCRIPTIONS: [(&str, Kind, &str); 15] = [
    (LICENSES, Kind::Counter, "Licenses recorded, by result."),
    (DELIVERIES, Kind::Counter, "Deliveries that ended, by channel and outcome."),
    (ATTEMPTS, Kind::Counter, "Delivery attempts that ended, by channel and outcome."),
    (EMAIL_ACCEPTED, Kind::Histogram, "Seconds from the request until the mail server accepted the first email."),
    (REFUSALS, Kind::Counter, "Requests refused, by reason."),
    (LIMITS, Kind::Counter, "Limits reached, by limit."),
    (ERASED, Kind::Counter, "Licenses partly erased by the retention task, by what was erased."),
    (OUTBOX, Kind::Gauge, "Pending deliveries, by channel."),
    (OUTBOX_OLDEST, Kind::Gauge, "Age of the oldest pending delivery, by channel; 0 if there is none."),
    (LATE_EMAILS, Kind::Gauge, "Pending emails past their deadline."),
    (SESSIONS, Kind::Gauge, "Sessions that have not ended."),
    (OUTBOX_ALIVE, Kind::Gauge, "1 if the outbox worker had a heartbeat recently."),
    (
        DATABASE_UP,
        Kind::Gauge,
        "1 if the database answers and takes writes. If not, other gauges keep their last values.",
    ),
    (SIGNER_UP, Kind::Gauge, "1 if the license key can seal."),
    (BUILD, Kind::Gauge, "Always 1; the version is a label."),
];

/// The label `result` of licenses.
#[derive(Debug, Clone, Copy, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum LicenseResult {
    Generated,
    SealingFailed,
}

/// The label `what` of erased licenses.
#[derive(Debug, Clone, Copy, IntoStaticStr, EnumIter)]
#[strum(serialize_all = "snake_case")]
enum ErasedPart {
    Text,
    Person,
}

/// From a fast mail server to an outage of hours, the default deadline of five minutes included.
const SECONDS: [f64; 14] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 14_400.0];
const METADATA: Metadata<'static> = Metadata::new("stopgap", Level::INFO, None);

/// The metrics of one running service. Clones share them.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<PrometheusRecorder>);

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Starts every series with known labels at zero, so that Prometheus sees its first increase.
    pub(crate) fn new() -> Self {
        // Only an empty list of buckets is an error.
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS).unwrap_or_default();
        let metrics = Self(Arc::new(builder.build_recorder()));
        metrics.describe();
        for result in LicenseResult::iter() {
            metrics.counter(LICENSES, &[("result", result.into())]).absolute(0);
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
        for part in ErasedPart::iter() {
            metrics.counter(ERASED, &[("what", part.into())]).absolute(0);
        }
        metrics.gauge(BUILD, &[("version", env!("CARGO_PKG_VERSION"))]).set(1.0);
        metrics
    }

    pub(crate) fn license(&self, result: LicenseResult) {
        self.counter(LICENSES, &[("result", result.into())]).increment(1);
    }

    pub(crate) fn attempt(&self, channel: Channel, outcome: AttemptOutcome) {
        self.counter(ATTEMPTS, &[("channel", channel.as_str()), ("outcome", outcome.as_str())]).increment(1);
    }

    /// For deliveries that ended.
    pub(crate) fn delivery(&self, channel: Channel, outcome: DeliveryState) {
        self.counter(DELIVERIES, &[("channel", channel.as_str()), ("outcome", outcome.as_str())]).increment(1);
    }

    /// For the first email of a license. `after_seconds` is the time since the request.
    pub(crate) fn email_accepted(&self, after_seconds: f64) {
        let key = Key::from_name(EMAIL_ACCEPTED);
        self.0.register_histogram(&key, &METADATA).record(after_seconds);
    }

    /// Starts the refusals at zero. Their reasons are known to `http` only.
    pub(crate) fn register_refusals(&self, reasons: impl Iterator<Item = &'static str>) {
        for reason in reasons {
            self.counter(REFUSALS, &[("reason", reason)]).absolute(0);
        }
    }

    pub(crate) fn refusal(&self, reason: &'static str) {
        self.counter(REFUSALS, &[("reason", reason)]).increment(1);
    }

    pub(crate) fn limit(&self, limit: Limit) {
        self.counter(LIMITS, &[("limit", limit.as_str())]).increment(1);
    }

    /// Numbers of licenses that lost their text, and their customer's data.
    pub(crate) fn erased(&self, texts: usize, people: usize) {
        for (part, count) in [(ErasedPart::Text, texts), (ErasedPart::Person, people)] {
            self.counter(ERASED, &[("what", part.into())]).increment(count as u64);
        }
    }

    /// Sets a gauge, which may have a label `channel`.
    pub(crate) fn set(&self, gauge: &'static str, channel: Option<&'static str>, value: f64) {
        let labels: Vec<_> = channel.into_iter().map(|channel| ("channel", channel)).collect();
        self.gauge(gauge, &labels).set(value);
    }

    /// In Prometheus's text format.
    pub(crate) fn render(&self) -> String {
        let handle = self.0.handle();
        handle.run_upkeep();
        handle.render()
    }

    fn describe(&self) {
        for (name, kind, text) in DESCRIPTIONS {
            let (name, text) = (name.into(), SharedString::const_str(text));
            match kind {
                Kind::Counter => self.0.describe_counter(name, Some(Unit::Count), text),
                Kind::Gauge => self.0.describe_gauge(name, None, text),
                Kind::Histogram => self.0.describe_histogram(name, Some(Unit::Seconds), text),
            }
        }
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
