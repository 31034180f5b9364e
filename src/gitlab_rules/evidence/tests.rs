use jiff::civil::date;
use rsa::PublicKey;
use serde_json::json;

use super::*;
use crate::sealing::{Attributes, file::parse_public_key};

const PLAIN: &str = include_str!("../../../tests/vectors/paid-plain.gitlab-license");
const TRIAL: &str = include_str!("../../../tests/vectors/trial-unicode.gitlab-license");
const OTHER: &str = include_str!("../../../tests/vectors/signed-by-another-key.gitlab-license");
const TRUNCATED: &str = include_str!("../../../tests/vectors/truncated.gitlab-license");
const CODE: &str = "aB3dE5gH7jK9mN1pQ_sT-vX2";

fn key() -> PublicKey {
    parse_public_key(include_str!("../../../tests/vectors/test_key.pub.pem")).unwrap()
}

fn received(object: Value) -> Result<Received, Vec<FieldError>> {
    let Value::Object(object) = object else { panic!("not an object") };
    receive(&object, &Context { key: &key(), today: date(2026, 11, 17) })
}

#[test]
fn an_old_license_tells_plan_seats_expiry_and_for_whom_it_was_made() {
    let Received { evidence, merged, .. } = received(json!({ "license_file": PLAIN })).unwrap();
    assert_eq!(
        evidence,
        Evidence {
            plan: Some(Plan::Premium),
            trial: Some(false),
            starts_on: Some(date(2025, 11, 1)),
            expires_on: Some(date(2026, 11, 1)),
            blocks_on: Some(date(2026, 11, 15)),
            seats: Some(250),
            ..Evidence::default()
        }
    );
    let read = merged.record.read;
    let licensee = [read.company, read.name, read.email].map(Option::unwrap_or_default);
    assert_eq!(licensee, ["Acme GmbH", "Jane Doe", "jane@acme.example"]);
    let trial = received(json!({ "license_file": TRIAL })).unwrap();
    assert_eq!(trial.evidence.trial, Some(true));
    assert_eq!(trial.merged.record.read.company.as_deref(), Some("日本株式会社"));
}

#[test]
fn typed_values_win_over_the_files() {
    let evidence = received(json!({
        "plan": "Gold", "trial": true, "expires_on": "2026-12-24", "seats": 7, "billable_users": 240, "maximum_users": 286,
        "gitlab_version": "16.7.2-ee", "license_file": PLAIN,
    }))
    .unwrap()
    .evidence;
    assert_eq!(evidence.plan, Some(Plan::Ultimate));
    assert_eq!(evidence.trial, Some(true));
    assert_eq!(evidence.expires_on, Some(date(2026, 12, 24)));
    assert_eq!(evidence.seats, Some(7));
    assert_eq!(evidence.gitlab_version, Some(GitlabVersion { major: 16, minor: 7 }));
    assert_eq!(evidence.recommended_seats(), Some(286));
    assert_eq!(Evidence { maximum_users: None, ..evidence }.recommended_seats(), Some(240));
    assert_eq!(Evidence { billable_users: None, ..evidence }.recommended_seats(), None);
}

#[test]
fn nulls_and_nothing_are_no_evidence() {
    for nothing in [json!({}), json!({"plan": null, "license_file": null, "text": null})] {
        let received = received(nothing).unwrap();
        assert_eq!((received.evidence, received.merged.record.read), (Evidence::default(), Reading::default()));
    }
}

#[test]
fn every_wrong_field_is_named() {
    for (field, value) in [
        ("plan", json!("platinum")),
        ("plan", json!(3)),
        ("trial", json!("yes")),
        ("expires_on", json!("2026-02-30")),
        ("expires_on", json!("2026-2-3")),
        ("expires_on", json!("01/11/2026")),
        ("expires_on", json!("2026-11-01T00:00:00")),
        ("expires_on", json!(20_261_101)),
        ("seats", json!(0)),
        ("seats", json!(-1)),
        ("seats", json!(1.5)),
        ("seats", json!("12")),
        ("seats", json!(1_000_001)),
        ("billable_users", json!(u64::MAX)),
        ("maximum_users", json!([1])),
        ("gitlab_version", json!("latest")),
        ("license_file", json!("")),
        ("license_file", json!(OTHER)),
        ("license_file", json!("x".repeat(5_000_000))),
        ("valid_until", json!("2026-11-01")),
    ] {
        let mistakes = received(json!({ field: value, "trial_": 1 })).unwrap_err();
        let fields: Vec<&str> = mistakes.iter().map(|mistake| mistake.field.as_str()).collect();
        assert_eq!(fields, [field, "trial_"]);
        assert!(mistakes.iter().all(|mistake| mistake.detail.len() < 200));
    }
    assert_eq!(received(json!({"billable_users": 0, "maximum_users": 1_000_000})).map(|_| ()), Ok(()));
}

#[test]
fn what_our_key_does_not_open_is_told_apart() {
    for (text, expected) in [
        ("", Unreadable::Empty),
        ("  \n", Unreadable::Empty),
        (&"a".repeat(64 * 1024 + 1), Unreadable::TooLong),
        (CODE, Unreadable::ActivationCode),
        ("  Zz-_Zz-_Zz-_Zz-_Zz-_Zz-_\n", Unreadable::ActivationCode),
        (OTHER, Unreadable::OtherKey),
        (&format!("Hello,\nthis is it:\n{OTHER}\nRegards"), Unreadable::OtherKey),
        (TRUNCATED, Unreadable::CutOff),
        ("-----BEGIN GITLAB LICENSE-----\nabc", Unreadable::CutOff),
        ("this is not a license", Unreadable::NotALicense),
        ("\u{0}\u{1}PK\u{3}\u{4}", Unreadable::NotALicense),
    ] {
        assert_eq!(open_old_license(text, &key()).unwrap_err(), expected, "{text:.60}");
    }
    assert!(Unreadable::OtherKey.to_string().contains("another key: by a staging system or by another vendor"));
}

#[test]
fn a_license_is_read_out_of_a_mail_without_boundary_lines() {
    for text in [
        format!("Hello,\nplease find our license below.\n\n{PLAIN}\nThanks\nJane"),
        format!("Hello, it is {} thanks", PLAIN.replace('\n', "")),
        format!("> Hello\n{}> Thanks", PLAIN.lines().map(|line| format!("> {line}\n")).collect::<Vec<_>>().concat()),
    ] {
        assert_eq!(open_old_license(&text, &key()).unwrap().licensee["Company"], "Acme GmbH", "{text:.80}");
    }
}

#[test]
fn an_activation_code_is_told_from_words() {
    for (text, place) in [
        (CODE.to_owned(), Some(0)),
        (format!(" {CODE}\n"), Some(1)),
        (format!("Our code: {CODE}."), Some(10)),
        (format!("ü \"{CODE}\""), Some(4)),
        ("abcdefghijklmnopqrstuvwx".to_owned(), Some(0)),
        ("our abcdefghijklmnopqrstuvwx word".to_owned(), None),
        (format!("https://acme.example/{CODE}"), None),
        (format!("{CODE}=="), None),
        (format!("{CODE}x"), None),
        (String::new(), None),
    ] {
        assert_eq!(find_activation_code(&text), place, "{text:?}");
    }
}

#[test]
fn a_license_without_plan_or_with_odd_values_is_read_as_far_as_it_goes() {
    let attributes = |json: Value| serde_json::from_value::<Attributes>(json).unwrap();
    let bare = attributes(json!({"licensee": {"Email": "nobody", "Name": "a\nb"}}));
    let evidence = license::reading_of_attributes(&bare);
    assert_eq!((evidence.plan, evidence.trial, evidence.seats), (Some(Plan::Starter), Some(false), None));
    assert_eq!((evidence.email, evidence.name), (None, None));
    let odd = attributes(
        json!({"licensee": 1, "expires_at": "soon", "notify_users_at": 5, "issued_at": "2026-11-01T00:00:00Z",
                                "restrictions": {"plan": "platinum", "active_user_count": -3}, "auto_renew_enabled": null}),
    );
    let starts_on = Some(date(2026, 11, 1));
    assert_eq!(license::reading_of_attributes(&odd), Reading { trial: Some(false), starts_on, ..Reading::default() });
    assert_eq!(odd.issued_at, Some(date(2026, 11, 1)));
}

#[test]
fn an_extension_by_sales_makes_no_trial_of_a_paid_license() {
    let trial = |extension: Value| {
        let json =
            json!({"licensee": {"Name": "x"}, "restrictions": {"trial": true}, "temporary_extension": extension});
        license::reading_of_attributes(&serde_json::from_value::<Attributes>(json).unwrap()).trial
    };
    assert_eq!((trial(json!(true)), trial(json!(null)), trial(json!("true"))), (Some(false), Some(true), Some(true)));
}
