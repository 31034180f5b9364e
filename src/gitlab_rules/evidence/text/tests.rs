use jiff::civil::date;
use rsa::PublicKey;
use serde_json::{Value, json};

use super::*;

use crate::sealing::file::parse_public_key;

mod bounds;
mod console;
mod pages;

pub(super) fn key() -> PublicKey {
    parse_public_key(include_str!("../../../../tests/vectors/test_key.pub.pem")).unwrap()
}

/// What the recogniser of that kind reads: its values that are not null.
pub(super) fn read(kind: Kind, text: &str) -> Option<Value> {
    let key = key();
    let context = Context { key: &key, today: date(2026, 11, 17) };
    let (_, _, recogniser) = RECOGNISERS.iter().find(|(of, _, _)| *of == kind).unwrap();
    recogniser(text, &context).map(|reading| {
        let Value::Object(values) = serde_json::to_value(reading).unwrap() else { panic!("not an object") };
        Value::Object(values.into_iter().filter(|(_, value)| !value.is_null()).collect())
    })
}

/// The kinds of all recognisers that read something.
pub(super) fn kinds(text: &str) -> Vec<Kind> {
    RECOGNISERS.iter().map(|(kind, _, _)| *kind).filter(|kind| read(*kind, text).is_some()).collect()
}

/// The text as it arrives by other ways: from Windows, quoted in a mail, with a browser's spaces.
pub(super) fn variants(text: &str) -> [String; 4] {
    let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
    let spaced: String = text.lines().map(|line| format!("\u{a0} {}\t\n", line.replace(' ', "\u{a0}"))).collect();
    [text.to_owned(), text.replace('\n', "\r\n"), quoted, spaced]
}

/// All ways read the same, and as nothing else.
pub(super) fn assert_reads(kind: Kind, text: &str, expected: &Value) {
    for variant in variants(text) {
        assert_eq!(read(kind, &variant).as_ref(), Some(expected), "{variant}");
        assert_eq!(kinds(&variant), [kind], "{variant}");
    }
}

const LICENSE_INFO: &str = include_str!("../../../../tests/evidence/rake-license-info.txt");
const ENV_INFO: &str = include_str!("../../../../tests/evidence/rake-env-info.txt");

#[test]
fn license_info_tells_seats_term_and_peak_but_no_users_of_today() {
    let expected = json!({"seats": 250, "starts_on": "2025-11-01", "expires_on": "2026-11-01", "maximum_users": 286,
                          "email": "jane@acme.example"});
    assert_reads(Kind::RakeLicenseInfo, LICENSE_INFO, &expected);
    let reversed: String = LICENSE_INFO.lines().rev().map(|line| format!("{line}\n")).collect();
    assert_reads(Kind::RakeLicenseInfo, &reversed, &expected);
    let on_one_line = LICENSE_INFO.replace('\n', " ");
    assert_reads(Kind::RakeLicenseInfo, &on_one_line, &expected);
}

#[test]
fn license_info_without_seats_is_unlimited_and_minus_one_is_no_count() {
    let text = "Today's Date: 2021-11-17\nCurrent User Count: -1\nMax Historical Count: -1\nMax Users in License: \n\
                License valid from: 2020-11-01 to 2021-11-01\nEmail associated with license: jane@acme.example\n\
                License ID: 123456\n";
    let expected = json!({"starts_on": "2020-11-01", "expires_on": "2021-11-01", "email": "jane@acme.example",
                          "license_id": "123456"});
    assert_reads(Kind::RakeLicenseInfo, text, &expected);
}

#[test]
fn a_term_that_ends_before_it_begins_is_none() {
    let turned = LICENSE_INFO.replace("2025-11-01 to 2026-11-01", "2026-11-01 to 2025-11-01");
    let read_as = read(Kind::RakeLicenseInfo, &turned).unwrap();
    assert_eq!((read_as.get("starts_on"), read_as.get("expires_on"), &read_as["seats"]), (None, None, &json!(250)));
}

#[test]
fn of_two_license_infos_that_differ_only_what_they_share_is_read() {
    let after = LICENSE_INFO.replace("286", "12").replace("2025-11-01 to 2026-11-01", "2026-11-16 to 2026-11-27");
    assert_eq!(
        read(Kind::RakeLicenseInfo, &format!("{LICENSE_INFO}{after}")).unwrap(),
        json!({"seats": 250, "email": "jane@acme.example"})
    );
}

#[test]
fn env_info_tells_gitlabs_own_version_and_the_host() {
    let expected = json!({"gitlab_version": "18.2.1-ee", "hostname": "gitlab.acme.example"});
    assert_reads(Kind::RakeEnvInfo, ENV_INFO, &expected);
    let elsewhere = ENV_INFO.replace("\t\thttps://gitlab.acme.example\n", "\t\thttps://gitlab.acme.example:8443/git\n");
    assert_reads(Kind::RakeEnvInfo, &elsewhere, &expected);
    for (begin, end) in [("\u{1b}[33m", "\u{1b}[0m"), ("\u{1b}[1;33m", "\u{1b}[0m\u{1b}[K"), ("[33m", "[0m")] {
        let coloured: String = ENV_INFO
            .lines()
            .map(|line| if line.contains(':') { format!("{line}\n") } else { format!("{begin}{line}{end}\n") })
            .collect();
        assert_reads(Kind::RakeEnvInfo, &coloured, &expected);
    }
}

#[test]
fn versions_of_other_programs_are_not_gitlabs() {
    let text = "GitLab information\nRevision:\t0a1b2c3\n\nGitLab Shell\nVersion:\t14.43.0\nURL: https://x.example\n";
    assert_eq!(read(Kind::RakeEnvInfo, text), None);
    assert_eq!(read(Kind::RakeEnvInfo, "System information\nRuby Version: 3.2.5\nVersion: 18.2.1-ee\n"), None);
}

#[test]
fn an_instance_without_license_is_told() {
    assert_reads(Kind::NoLicense, include_str!("../../../../tests/evidence/rake-no-license.txt"), &json!({}));
    assert_reads(Kind::NoLicense, "Your License\nYou do not have an active license.\n", &json!({}));
    assert_eq!(kinds("No license key was found in the ticket."), []);
}

#[test]
fn community_edition_is_known_by_its_missing_task() {
    let text = include_str!("../../../../tests/evidence/rake-ce.txt");
    assert_reads(Kind::CommunityEdition, text, &json!({}));
    assert_reads(Kind::CommunityEdition, &text.replace('\'', "\u{2019}"), &json!({}));
    assert_eq!(kinds(&text.replace("gitlab:license:info", "gitlab:licence")), []);
}

#[test]
fn the_help_page_tells_the_version() {
    let page = include_str!("../../../../tests/evidence/help-page.txt");
    assert_reads(Kind::HelpPage, page, &json!({"gitlab_version": "17.11.3-ee"}));
    let with_badge = "GitLab Enterprise Edition 13.12.15-eeupdate asap\n";
    assert_reads(Kind::HelpPage, with_badge, &json!({"gitlab_version": "13.12.15-ee"}));
    let community = "GitLab Community Edition v16.1.0\n";
    assert_reads(Kind::HelpPage, community, &json!({"gitlab_version": "16.1.0"}));
    assert_eq!(kinds("We upgrade from GitLab Enterprise Edition v16.1.0\nGitLab Enterprise Edition soon"), []);
}
