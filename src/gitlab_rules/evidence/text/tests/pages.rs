use serde_json::json;

use super::*;

const PAGE: &str = include_str!("../../../../../tests/evidence/page-subscription-18.txt");
const PAGE_13: &str = include_str!("../../../../../tests/evidence/page-subscription-13.12.txt");
const GERMAN: &str = include_str!("../../../../../tests/evidence/page-subscription-de.txt");
const DASHBOARD: &str = include_str!("../../../../../tests/evidence/page-dashboard-18.txt");
const STATISTICS: &str = include_str!("../../../../../tests/evidence/page-users-statistics.txt");

/// The License page of 12.10.
const LICENSE_PAGE: &str = "Your License\nYour license is valid from 2019-11-01 to 2020-11-01.\nLicensed to\n\
    Name: Jane Doe\nCompany: Acme GmbH\nEmail: jane@acme.example\nDetails\nPlan: Premium\n\
    Uploaded: about 1 year ago\nStarted: about 1 year ago\nExpires: in 3 months\nLicense ID: 123456\n\
    Users in License: 1,250\nActive Users: 1,240\nMaximum Users: 1,286\nUsers over License: 36\nLicense History\n\
    Licensed to\tPlan\tUploaded on\tValid from\tExpires on\tActive users\n\
    Jane Doe\tStarter\t2018-11-01\t2018-11-01\t2019-11-01\t1,000\n";

fn page() -> Value {
    json!({"plan": "premium", "seats": 250, "starts_on": "2025-11-01", "expires_on": "2026-11-01",
           "billable_users": 291, "maximum_users": 291, "company": "Acme GmbH", "name": "Jane Doe",
           "email": "jane@acme.example", "license_id": "123456"})
}

fn with(mut value: Value, others: Value) -> Value {
    let Value::Object(others) = others else { panic!("not an object") };
    value.as_object_mut().unwrap().extend(others);
    value
}

#[test]
fn the_subscription_page_tells_the_current_license_and_not_its_history() {
    assert_reads(Kind::SubscriptionPage, PAGE, &with(page(), json!({"trial": false})));
    let (current, history) = PAGE.split_once("Subscription History").unwrap();
    let history_first = format!("Subscription History{history}{current}");
    assert_reads(Kind::SubscriptionPage, &history_first, &with(page(), json!({"trial": false})));
    assert_eq!(kinds(&format!("Subscription History{history}")), []);
    let a_cell_a_line = PAGE.replace('\t', "\n");
    assert_reads(Kind::SubscriptionPage, &a_cell_a_line, &with(page(), json!({"trial": false})));
}

#[test]
fn a_subscriptions_name_and_credits_of_19_3_are_read() {
    let text =
        PAGE.replace("Plan:\n\nPremium\n", "Plan:\n\nPremium with GitLab Credits\n\nSubscription name:\n\nA-S1\n");
    let expected = with(page(), json!({"trial": false, "subscription_name": "A-S1"}));
    assert_reads(Kind::SubscriptionPage, &text, &expected);
}

#[test]
fn numbers_may_stand_above_their_labels() {
    let expected = json!({"plan": "premium", "seats": 250, "starts_on": "2020-11-01", "expires_on": "2021-11-01",
        "billable_users": 240, "maximum_users": 286, "company": "Acme GmbH", "name": "Jane Doe",
        "email": "jane@acme.example", "license_id": "123456"});
    assert_reads(Kind::SubscriptionPage, PAGE_13, &expected);
    let prose = "This is the highest peak of users on your installation since the license started.";
    let with_prose = PAGE_13
        .replace("BILLABLE USERS\n", "BILLABLE USERS\nThis is the number of billable users.\n")
        .replace("MAXIMUM USERS\n", &format!("MAXIMUM USERS\n{prose}\n"))
        .replace("250\nUSERS IN SUBSCRIPTION\n", "\n250\n\nUsers in subscription\n\n");
    assert_reads(Kind::SubscriptionPage, &with_prose, &expected);
}

#[test]
fn the_german_page_is_read() {
    assert_reads(Kind::SubscriptionPage, GERMAN, &page());
}

#[test]
fn a_page_is_read_in_every_language_by_its_labels_and_their_order() {
    for (seats, billable, maximum, over, plan, end) in [
        (
            "Utilisateurs compris dans l’abonnement",
            "Utilisateurs facturables",
            "Nombre maximum d'utilisateurs",
            "Utilisateurs non compris dans l'abonnement",
            "Forfait :",
            "Date de fin :",
        ),
        (
            "サブスクリプションのユーザー",
            "請求可能ユーザー",
            "最大ユーザー数",
            "サブスクリプション外のユーザー",
            "プラン:",
            "終了日：",
        ),
        (
            "USUARIOS EN SUSCRIPCIÓN",
            "USUARIOS FACTURABLES",
            "MÁXIMO DE USUARIOS",
            "USUARIOS POR ENCIMA DE LA SUSCRIPCIÓN",
            "Planificación:",
            "Fecha de término:",
        ),
        ("구독 중인 사용자", "청구 가능 사용자", "최대 사용자", "구독을 초과한 사용자", "플랜:", "종료일:"),
        ("订阅中的用户", "付费用户", "最大用户数", "超过订阅的用户数", "方案：", "结束日期："),
        (
            "Úsáideoirí i síntiús",
            "Úsáideoirí inbhilleáilte",
            "Úsáideoirí uasta",
            "Úsáideoirí thar síntiús",
            "Plean:",
            "Dáta deiridh:",
        ),
    ] {
        let details = format!(
            "{plan}\n\nPremium\n\nA:\n\n2025-10-01 00:50:11 UTC\n\nB:\n\n2025-11-01\n\n{end}\n\n2026-11-01\n\nC\nD:\n\nJane Doe\n\n\
             E-mail :\n\njane@acme.example\n\nF:\n\nAcme GmbH\n\n"
        );
        let mut expected = page();
        expected.as_object_mut().unwrap().remove("license_id");
        let below = format!("{details}{seats}\n250\n{billable}\n291\n{maximum}\n291\n{over}\n41\n");
        assert_reads(Kind::SubscriptionPage, &below, &expected);
        let above = format!("{details}250\n{seats}\n291\n{billable}\n291\n{maximum}\n41\n{over}\n");
        assert_reads(Kind::SubscriptionPage, &above, &expected);
    }
}

#[test]
fn a_page_whose_numbers_contradict_each_other_is_read_as_nothing() {
    for text in [
        PAGE.replace("\n41\n", "\n40\n"),
        PAGE.replace("\n291\nThis is the highest", "\n-1\nThis is the highest"),
        PAGE.replace("subscription\n250\n", "subscription\n"),
        DASHBOARD.replace("\n36\n", "\n35\n"),
        LICENSE_PAGE.replace(": 36", ": 37"),
    ] {
        assert_eq!(kinds(&text), [], "{text}");
    }
}

#[test]
fn unlimited_seats_are_no_number_and_zero_users_none() {
    let text = PAGE.replace("\n250\nBillable", "\nUnlimited\nBillable").replace("\n41\n", "\n0\n");
    let mut expected = with(page(), json!({"trial": false}));
    expected.as_object_mut().unwrap().remove("seats");
    assert_reads(Kind::SubscriptionPage, &text, &expected);
    assert_reads(Kind::SubscriptionPage, &text.replace("\nUnlimited\nB", "\n0\nB"), &expected);
    let nobody = PAGE.replace("\n291\n", "\n0\n").replace("\n41\n", "\n0\n");
    let nobody = read(Kind::SubscriptionPage, &nobody).unwrap();
    assert_eq!(
        (&nobody["seats"], nobody.get("billable_users"), nobody.get("maximum_users")),
        (&json!(250), None, None)
    );
}

#[test]
fn a_trial_is_known_by_its_sentence() {
    let sentence = "You are using a trial license. When you use a paid subscription, you'll be charged for users over";
    let text = PAGE.replace("You'll be charged for users over", sentence);
    assert_reads(Kind::SubscriptionPage, &text, &with(page(), json!({"trial": true})));
    let not_over = text.replace("\n41\n", "\n0\n").replace("you'll", "you\u{2019}ll");
    assert_reads(Kind::SubscriptionPage, &not_over, &with(page(), json!({"trial": true})));
    let soon = DASHBOARD.replace("Expired: Nov 1, 2026 12:00am", "Free trial will expire in 10 days");
    assert_eq!(read(Kind::Dashboard, &soon).unwrap()["trial"], json!(true));
}

#[test]
fn a_page_without_a_company_or_without_its_cards_is_read_as_far_as_it_goes() {
    let without = PAGE_13.replace("Acme GmbH\n\n250", "250");
    assert_eq!(read(Kind::SubscriptionPage, &without).unwrap().get("company"), None);
    let (details, _) = PAGE.split_once("Users in").unwrap();
    let read_as = read(Kind::SubscriptionPage, details).unwrap();
    assert_eq!(
        (&read_as["plan"], &read_as["expires_on"], read_as.get("seats")),
        (&json!("premium"), &json!("2026-11-01"), None)
    );
}

#[test]
fn the_old_license_page_tells_the_term_but_no_users_of_today() {
    let expected = json!({"plan": "premium", "seats": 1250, "starts_on": "2019-11-01", "expires_on": "2020-11-01",
        "maximum_users": 1286, "company": "Acme GmbH", "name": "Jane Doe", "email": "jane@acme.example",
        "license_id": "123456"});
    assert_reads(Kind::SubscriptionPage, LICENSE_PAGE, &expected);
    let newer = LICENSE_PAGE.replace("Active Users:", "Billable Users:");
    assert_reads(Kind::SubscriptionPage, &newer, &with(expected, json!({"billable_users": 1240})));
}

#[test]
fn the_dashboard_tells_license_users_and_version() {
    let expected = json!({"plan": "premium", "seats": 1250, "starts_on": "2025-11-01", "expires_on": "2026-11-01",
        "billable_users": 1240, "billable_as_of": "2026-11-17", "maximum_users": 1286, "gitlab_version": "18.8.2-ee",
        "name": "Jane Doe", "email": "jane@acme.example"});
    assert_reads(Kind::Dashboard, DASHBOARD, &expected);
    for glued in ["GitLab version v18.8.2-ee", "GitLab\tv18.8.2-ee", "GitLab18.8.2-ee", "GitLab Version\n\n18.8.2-ee"] {
        assert_reads(Kind::Dashboard, &DASHBOARD.replace("GitLab versionv18.8.2-ee", glued), &expected);
    }
    let (_, components) = DASHBOARD.split_once("Components").unwrap();
    assert_reads(Kind::Dashboard, components, &json!({"gitlab_version": "18.8.2-ee"}));
    let without = DASHBOARD.replace("GitLab version", "");
    assert_eq!(read(Kind::Dashboard, &without).unwrap().get("gitlab_version"), None);
}

#[test]
fn a_written_date_counts_where_no_other_stands() {
    let text = DASHBOARD.replace("Your license is valid from 2025-11-01 to 2026-11-01.\n", "");
    let read_as = read(Kind::Dashboard, &text).unwrap();
    assert_eq!((&read_as["expires_on"], read_as.get("starts_on")), (&json!("2026-11-01"), None));
    let relative = text.replace("Expired: Nov 1, 2026 12:00am", "Expires: in 3 months");
    assert_eq!(read(Kind::Dashboard, &relative).unwrap().get("expires_on"), None);
}

#[test]
fn a_row_of_the_history_is_no_term() {
    for row in ["Premium - 2024-11-01 2025-11-01 200", "Premium\t-\t2024-11-01\t2025-11-01\t200"] {
        let text = PAGE.replace("Subscription History\n", &format!("Subscription History\n{row}\n"));
        assert_reads(Kind::SubscriptionPage, &text, &with(page(), json!({"trial": false})));
    }
}

#[test]
fn several_artefacts_in_one_text_are_each_read() {
    let parts = [
        (Kind::RakeLicenseInfo, LICENSE_INFO),
        (Kind::RakeEnvInfo, ENV_INFO),
        (Kind::RailsRunner, include_str!("../../../../../tests/evidence/console-runner.txt")),
        (Kind::SubscriptionPage, PAGE),
        (Kind::UsersStatistics, STATISTICS),
        (Kind::RailsConsole, include_str!("../../../../../tests/evidence/console-irb.txt")),
        (Kind::HelpPage, include_str!("../../../../../tests/evidence/help-page.txt")),
    ];
    let forth: String = parts.iter().map(|(_, text)| format!("{text}\n")).collect();
    let back: String = parts.iter().rev().map(|(_, text)| format!("{text}\n")).collect();
    for (kind, text) in parts {
        assert_eq!(read(kind, &forth), read(kind, text), "{kind}");
        assert_eq!(read(kind, &back), read(kind, text), "{kind}");
    }
}

#[test]
fn a_dashboard_beside_the_subscription_page_is_read_on_its_own() {
    for text in [format!("{PAGE}\n{DASHBOARD}"), format!("{DASHBOARD}\n{PAGE}")] {
        assert_eq!(read(Kind::SubscriptionPage, &text), read(Kind::SubscriptionPage, PAGE));
        assert_eq!(read(Kind::Dashboard, &text), read(Kind::Dashboard, DASHBOARD));
    }
}

#[test]
fn older_and_translated_dashboards_are_read() {
    let of_13 = "License overview\nPlan: Premium\nExpires: in 3 months\nLicensed to: Jane Doe (jane@acme.example)\n\
                 Users in License: 1,250\nYour license is valid from 2020-11-01 to 2021-11-01.\nBillable Users: 1,240\n\
                 Maximum Users: 1,286\nUsers over License: 36\nComponents\nGitLab13.12.1-ee\nGitLab Shell13.18.0\n";
    let expected = json!({"plan": "premium", "seats": 1250, "starts_on": "2020-11-01", "expires_on": "2021-11-01",
        "billable_users": 1240, "maximum_users": 1286, "gitlab_version": "13.12.1-ee", "name": "Jane Doe",
        "email": "jane@acme.example"});
    assert_reads(Kind::Dashboard, of_13, &expected);
    let french = "Présentation\nForfait : Premium\nExpiration : 1 nov. 2026 00:00\n\
                  Concédée à : Jane Doe (jane@acme.example)\nUtilisateurs compris dans l'abonnement\n1\u{202f}250\n\
                  Valable du 2025-11-01 au 2026-11-01.\nMise à jour 2026-11-17 00:50:11 UTC\n\
                  Utilisateurs facturables\n1\u{202f}240\nC'est le nombre.\nMise à jour 2026-11-17 00:50:11 UTC\n\
                  Nombre maximum d'utilisateurs\n1\u{202f}286\nC'est le maximum.\n";
    let expected = json!({"plan": "premium", "seats": 1250, "starts_on": "2025-11-01", "expires_on": "2026-11-01",
        "billable_users": 1240, "billable_as_of": "2026-11-17", "maximum_users": 1286, "name": "Jane Doe",
        "email": "jane@acme.example"});
    assert_reads(Kind::Dashboard, french, &expected);
}

#[test]
fn of_the_statistics_only_the_total_of_billable_users_counts() {
    assert_reads(Kind::UsersStatistics, STATISTICS, &json!({"billable_users": 291}));
    let below = STATISTICS.replace("Total Billable users\t291", "TOTAL BILLABLE USERS\n\n1,291");
    assert_reads(Kind::UsersStatistics, &below, &json!({"billable_users": 1291}));
    let spaced = STATISTICS.replace("Total Billable users\t291", "Total Billable users 291");
    assert_reads(Kind::UsersStatistics, &spaced, &json!({"billable_users": 291}));
    for none in ["0", "-1", "-", ""] {
        let text = STATISTICS.replace("Total Billable users\t291", &format!("Total Billable users\t{none}"));
        assert_eq!(kinds(&text), [], "{none}");
    }
}
