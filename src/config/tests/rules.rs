//! What each setting accepts and refuses.

use super::*;

use crate::{config::LogFormat, sealing::KeySource};

#[test]
fn bind_is_an_address_with_a_port() {
    assert_accepts("BIND", &["127.0.0.1:0", "[::]:8080"], &["8080", "localhost:8080", "0.0.0.0", "0.0.0.0:70000"]);
}

#[test]
fn the_public_url_is_https_or_loopback_and_ends_after_its_port() {
    assert_accepts(
        "PUBLIC_URL",
        &[
            "https://stopgap.acme.example",
            "https://stopgap.acme.example/",
            "https://stopgap.acme.example:8443",
            "HTTPS://Stopgap.acme.example",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:8080",
        ],
        &[
            "http://stopgap.acme.example",
            "http://10.0.0.1",
            "http://[::2]",
            "http://localhost.acme.example",
            "http://127.0.0.1.acme.example",
            "ftp://stopgap.acme.example",
            "stopgap.acme.example",
            "https:stopgap.acme.example",
            "https:/stopgap.acme.example",
            "https:\\\\stopgap.acme.example",
            "https://stop gap.acme.example",
            "https://",
            "https://stopgap.acme.example/app",
            "https://stopgap.acme.example/?a=b",
            "https://stopgap.acme.example/#top",
            "https://user@stopgap.acme.example",
            "https://user:password@stopgap.acme.example",
        ],
    );
}

#[test]
fn the_database_is_a_sqlite_file_or_postgresql() {
    assert_accepts(
        "DATABASE_URL",
        &[
            "sqlite:stopgap.db",
            "sqlite:///data/stopgap.db",
            "postgres://u:p@localhost/stopgap",
            "postgresql://[::1]/stopgap",
        ],
        &[
            "stopgap.db",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:a.db?mode=memory",
            "sqlite:a.db?mode=ro",
            "sqlite:file:a.db",
            "sqlite:a%41.db",
            "sqlite:a.db#x",
            "mysql://db/x",
            "postgres:x",
        ],
    );
}

#[test]
fn a_remote_postgresql_needs_verify_full_or_an_explicit_disable() {
    assert_accepts(
        "DATABASE_URL",
        &[
            "postgres://u:p@db/stopgap?sslmode=verify-full",
            "postgres://u:p@db/stopgap?sslrootcert=/ca.pem&sslmode=verify-full",
            "postgres://u:p@db/stopgap?sslmode=disable",
            "postgres://u:p@db/stopgap?sslmode=prefer&sslmode=verify-full",
            "postgres://u@localhost/stopgap?host=/run/postgresql",
            "postgres://u@%2Frun%2Fpostgresql/stopgap",
            "postgres://u@db/stopgap?host=127.0.0.1",
        ],
        &[
            "postgres://u:p@db/stopgap",
            "postgresql://u:p@10.0.0.1/stopgap",
            "postgres://u:p@db/stopgap?sslmode=prefer",
            "postgres://u:p@db/stopgap?sslmode=require",
            "postgres://u:p@db/stopgap?sslmode=verify-ca",
            "postgres://u:p@db/stopgap?sslmode=verify-full&ssl-mode=require",
            "postgres://u:p@localhost/stopgap?host=db",
            "postgres://u:p@localhost/stopgap?hostaddr=10.0.0.1",
        ],
    );
    let message = Given::enough().with("DATABASE_URL", "postgres://u:p@db/stopgap").error("DATABASE_URL");
    assert!(message.contains("sslmode=verify-full") && message.contains("sslmode=disable"), "{message}");
}

#[test]
fn the_subdomain_is_the_bare_name() {
    assert_accepts("ZENDESK_SUBDOMAIN", &["acme", "acme-2"], &["Acme", "-acme", "acme_2", "äcme", &"a".repeat(64)]);
    for whole in ["acme.zendesk.com", "https://acme.zendesk.com"] {
        let message = Given::enough().with("ZENDESK_SUBDOMAIN", whole).error("ZENDESK_SUBDOMAIN");
        assert!(message.contains("the bare name"), "{message}");
    }
}

#[test]
fn installation_ids_and_allowed_agents_are_numbers() {
    for name in ["ZENDESK_INSTALLATION_IDS", "ZENDESK_ALLOWED_AGENTS"] {
        assert_accepts(name, &["1", "1, 2,3"], &["0", "a", "1,,2", "1;2", "-1", "1.5", ","]);
    }
    let given = Given::enough().with("ZENDESK_ALLOWED_AGENTS", "7, 8").config().zendesk.allowed_agents;
    assert_eq!([7, 8, 9].map(|id| given.contains(id)), [true, true, false]);
    assert!(Given::enough().config().zendesk.allowed_agents.contains(9));
}

#[test]
fn zendesk_keys_are_rsa_public_keys_one_after_the_other() {
    let two = format!("{PUBLIC_KEY}{OTHER_PUBLIC_KEY}");
    let spaced = format!("\r\n{}\r\n\r\n{OTHER_PUBLIC_KEY}", PUBLIC_KEY.replace('\n', "\r\n"));
    let truncated = &two[..two.len() - 30];
    let commented = format!("# old\n{PUBLIC_KEY}");
    let with_short = format!("{PUBLIC_KEY}{SHORT_PUBLIC_KEY}");
    assert_accepts(
        "ZENDESK_PUBLIC_KEYS",
        &[PUBLIC_KEY, &two, &spaced],
        &["abc", truncated, &commented, &with_short, PRIVATE_KEY, SHORT_PUBLIC_KEY],
    );
    let zendesk = Given::enough().with("ZENDESK_PUBLIC_KEYS", &spaced).config().zendesk;
    assert_eq!(zendesk.public_keys, [PUBLIC_KEY, OTHER_PUBLIC_KEY]);
    let message = Given::enough().with("ZENDESK_PUBLIC_KEYS", &with_short).error("ZENDESK_PUBLIC_KEYS");
    assert!(message.contains("number 2") && message.contains("2048 to 4096 bits"), "{message}");
}

#[test]
fn settings_known_only_after_the_installation_may_be_missing_and_are_listed() {
    const IDS: &str = "STOPGAP_ZENDESK_INSTALLATION_IDS";
    const KEYS: &str = "STOPGAP_ZENDESK_PUBLIC_KEYS";
    let with_ids = Given::enough().with("ZENDESK_INSTALLATION_IDS", "1");
    assert_eq!(Given::enough().config().zendesk.missing(), [IDS, KEYS]);
    assert_eq!(with_ids.config().zendesk.missing(), [KEYS]);
    assert!(with_ids.with("ZENDESK_PUBLIC_KEYS", PUBLIC_KEY).config().zendesk.missing().is_empty());
}

#[test]
fn the_license_keys_are_one_pair_of_2048_bits_or_more() {
    assert_accepts("LICENSE_PRIVATE_KEY", &[], &["abc", PUBLIC_KEY, SHORT_PRIVATE_KEY]);
    assert_accepts("LICENSE_PUBLIC_KEY", &[], &["abc", PRIVATE_KEY, SHORT_PUBLIC_KEY]);
    let message = Given::enough().with("LICENSE_PUBLIC_KEY", OTHER_PUBLIC_KEY).error("LICENSE_PRIVATE_KEY");
    assert!(message.contains("does not match STOPGAP_LICENSE_PUBLIC_KEY"), "{message}");
}

#[test]
fn the_license_key_is_a_file_or_in_an_hsm_and_the_hsm_has_module_and_key() {
    const MODULE: (&str, &str) = ("LICENSE_HSM_MODULE", "/usr/lib/softhsm/libsofthsm2.so");
    const KEY: (&str, &str) = ("LICENSE_HSM_KEY", "pkcs11:token=stopgap;object=license");
    let hsm = |settings: &[(&str, &str)]| {
        let none = Given::enough().without("LICENSE_PRIVATE_KEY");
        settings.iter().fold(none, |given, (name, value)| given.with(name, value))
    };
    let KeySource::Hsm(settings) = hsm(&[MODULE, KEY, ("LICENSE_HSM_PIN", "user:canary")]).config().sealing.source
    else {
        panic!("the key is in the HSM")
    };
    assert_eq!((settings.key.object.as_deref(), settings.sessions), (Some("license"), 2));
    assert!(!format!("{settings:?}").contains("canary"));

    let both = hsm(&[MODULE, KEY]).with("LICENSE_PRIVATE_KEY", PRIVATE_KEY).error("LICENSE_PRIVATE_KEY");
    assert!(both.contains("both set"), "{both}");
    assert!(hsm(&[MODULE]).error("LICENSE_HSM_KEY").contains("is missing"));
    assert!(hsm(&[KEY]).error("LICENSE_HSM_MODULE").contains("is missing"));
    assert!(Given::enough().with("LICENSE_HSM_PIN", "1234").error("LICENSE_HSM_MODULE").contains("is missing"));
    let relative = hsm(&[("LICENSE_HSM_MODULE", "libsofthsm2.so"), KEY]).error("LICENSE_HSM_MODULE");
    assert!(relative.contains("absolute"), "{relative}");
    let uri = hsm(&[MODULE, ("LICENSE_HSM_KEY", "pkcs11:token=a;object=b?pin-value=canary")]).error("LICENSE_HSM_KEY");
    assert!(uri.contains("settings of their own") && !uri.contains("canary"), "{uri}");
}

#[test]
fn numbers_have_ranges() {
    for (name, least, most) in [
        ("LICENSE_DAYS", 1, 30),
        ("LICENSE_HSM_SESSIONS", 1, 16),
        ("GRACE_DAYS", 0, 365),
        ("WINDOW_DAYS", 0, 365),
        ("EMAIL_DEADLINE_SECONDS", 1, 86_400),
        ("AGENT_HOURLY_LIMIT", 1, 10_000),
        ("CUSTOMER_DAILY_LIMIT", 1, 10_000),
        ("DAILY_LIMIT", 1, 1_000_000),
        ("RETENTION_DAYS", 31, 3650),
    ] {
        let text = |number: i64| number.to_string();
        assert_accepts(name, &[&text(least), &text(most)], &[&text(least - 1), &text(most + 1), "ten", "1.5"]);
    }
}

#[test]
fn refused_domains_are_lowercased() {
    assert_accepts(
        "REFUSED_DOMAINS",
        &["gitlab.com,reseller.example"],
        &["@gitlab.com", "https://gitlab.com", "gitlab", ","],
    );
    assert_eq!(Given::enough().with("REFUSED_DOMAINS", "GitLab.com").config().rules.refused_domains, ["gitlab.com"]);
}

#[test]
fn a_usage_link_has_a_placeholder_for_a_digest() {
    assert_accepts(
        "USAGE_URL_TEMPLATE",
        &["https://usage.acme.example/?md5={license_md5}", "https://usage.acme.example/{license_sha256}"],
        &["https://usage.acme.example/", "https://usage.acme.example/{md5}", "http://usage.acme.example/{license_md5}"],
    );
    let both = "https://usage.acme.example/{license_md5}/{other}";
    assert!(!accepts("USAGE_URL_TEMPLATE", both));
}

#[test]
fn the_log_has_a_filter_and_a_format() {
    assert_accepts("LOG", &["debug", "info,stopgap::outbox=debug,sqlx=off"], &["loud", "stopgap=loud", "=,="]);
    assert_accepts("LOG_FORMAT", &["text", "json"], &["JSON", "xml"]);
    assert_eq!(Given::enough().with("LOG_FORMAT", "json").config().log.format, LogFormat::Json);
}

#[test]
fn the_licensing_teams_hours_are_days_hours_and_a_zone() {
    assert_accepts(
        "ON_DUTY",
        &["Mon-Fri 08:00-18:00 Europe/Berlin", "Mon-Sun 00:00-24:00 UTC except 2026-12-25, 2026-12-26"],
        &["08:00-18:00", "Mon-Fri 18:00-08:00 UTC", "Mon-Fri 08:00-18:00 Nowhere/City", "Mon-Fri 8-18 UTC"],
    );
    assert!(Given::enough().config().rules.on_duty.is_none());
}

#[test]
fn the_keys_of_zendesks_fields_are_pairs_of_known_names() {
    assert_accepts("ZENDESK_FIELDS", &["seats=a/b", "plan=tier, restricted="], &["seats", "price=arr", "seats=a b"]);
}
