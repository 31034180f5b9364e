mod given;
mod rules;
mod servers;
mod slack;
mod unknown;

use std::collections::BTreeMap;

use super::{Config, SETTINGS};

const PRIVATE_KEY: &str = include_str!("../../../tests/keys/license.pem");
const PUBLIC_KEY: &str = include_str!("../../../tests/keys/license.pub.pem");
const OTHER_PUBLIC_KEY: &str = include_str!("../../../tests/keys/other.pub.pem");
const SHORT_PRIVATE_KEY: &str = include_str!("../../../tests/keys/short.pem");
const SHORT_PUBLIC_KEY: &str = include_str!("../../../tests/keys/short.pub.pem");

/// Settings by variable.
#[derive(Clone)]
struct Given(BTreeMap<String, String>);

impl Given {
    /// The minimum the service starts with.
    fn enough() -> Self {
        Self(BTreeMap::new())
            .with("PUBLIC_URL", "https://stopgap.acme.example")
            .with("ZENDESK_SUBDOMAIN", "acme")
            .with("LICENSE_PRIVATE_KEY", PRIVATE_KEY)
            .with("LICENSE_PUBLIC_KEY", PUBLIC_KEY)
            .with("SMTP_URL", "smtps://user:password@mail.acme.example")
            .with("MAIL_FROM", "GitLab Support <support@acme.example>")
            .with("GITLAB_TOKEN", "glpat-0123456789")
            .with("GITLAB_PROJECT", "support/internal-requests")
            .with("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T0/B0/x")
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(format!("STOPGAP_{name}"), value.to_owned());
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.remove(&format!("STOPGAP_{name}"));
        self
    }

    fn read(&self) -> Result<Config, super::ConfigErrors> {
        Config::read(|variable| self.0.get(variable).cloned())
    }

    fn config(&self) -> Config {
        self.read().unwrap()
    }

    /// The message of the only error, which must be about `name`.
    fn error(&self, name: &str) -> String {
        let errors = self.read().expect_err(name);
        let found: Vec<_> = errors.iter().collect();
        assert_eq!(found.len(), 1, "{errors}");
        assert_eq!(found[0].variable, format!("STOPGAP_{name}"), "{errors}");
        found[0].message.clone()
    }
}

fn accepts(name: &str, value: &str) -> bool {
    match Given::enough().with(name, value).read() {
        Ok(_) => true,
        Err(errors) => {
            assert!(errors.iter().all(|m| m.variable == format!("STOPGAP_{name}")), "{errors}");
            false
        }
    }
}

fn assert_accepts(name: &str, good: &[&str], bad: &[&str]) {
    for value in good {
        assert!(accepts(name, value), "{name} refuses {value:?}");
    }
    for value in bad {
        assert!(!accepts(name, value), "{name} accepts {value:?}");
    }
}

#[test]
fn every_default_is_accepted_by_its_own_parser() {
    let config = Given::enough().config();
    assert_eq!(config.bind.to_string(), "0.0.0.0:8080");
    assert_eq!(config.gitlab.url.as_str(), "https://gitlab.com/");
    assert_eq!(config.gitlab.labels, ["Mechanizer::Emergency License Generation"]);
    assert_eq!(config.rules.refused_domains, ["gitlab.com"]);
    assert_eq!(config.sealing.days, 10);
    assert_eq!(config.rules.email_deadline.as_secs(), 300);
    assert_eq!((config.rules.grace_days, config.rules.window_days, config.rules.retention_days), (14, 3, 400));
    assert_eq!((config.rules.agent_hourly, config.rules.customer_daily, config.rules.daily), (10, 3, 100));
    assert_eq!(config.zendesk.origin, "https://acme.zendesk.com");
    assert!(config.mailgun_signing_key.is_none() && config.metrics_token.is_none());
}

#[test]
fn reading_looks_up_every_setting_of_the_table_and_no_other() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let _ = Config::read(|variable| {
        asked.borrow_mut().insert(variable.to_owned());
        None
    });
    let file = |setting: &super::settings::Setting| setting.file.then(|| setting.file_variable());
    let table = SETTINGS.iter().flat_map(|setting| [Some(setting.variable()), file(setting)]).flatten();
    assert_eq!(asked.into_inner(), table.collect());
}
