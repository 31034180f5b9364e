//! `stopgap check` tells what would break, with the remedy, and changes nothing.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use stopgap::{
    check::{
        check,
        finding::{Finding, Verdict},
    },
    clock::Clock,
    license::Email,
    random::Random,
    sandbox::{
        gitlab::{Call, CallFault},
        smtp::Fault as Smtp,
        web::Fault,
    },
};

use crate::world::{World, within};

async fn checked(world: &World) -> Vec<Finding> {
    within(check(&world.config(), &world.clock, Random, None)).await
}

/// The one finding about `part`.
fn about<'a>(findings: &'a [Finding], part: &str) -> &'a Finding {
    let mut found = findings.iter().filter(|finding| finding.part == part);
    let finding = found.next().unwrap_or_else(|| panic!("nothing about {part}: {findings:#?}"));
    assert!(found.next().is_none(), "{findings:#?}");
    finding
}

fn gitlab_says(world: &World, status: u16, body: &str) {
    world.sandbox.gitlab.faults.fail_next(CallFault::on(Call::Other, Fault::status(status, body)));
}

fn token(expires_at: &str, scope: &str) -> String {
    json!({"active": true, "revoked": false, "scopes": [scope], "expires_at": expires_at}).to_string()
}

#[tokio::test]
async fn a_good_configuration_has_no_failure_and_nothing_is_changed() {
    let world = World::start().await;
    let findings = checked(&world).await;
    assert!(findings.iter().all(|finding| finding.verdict != Verdict::Failed), "{findings:#?}");
    for part in ["zendesk", "license key", "database", "gitlab token", "gitlab project", "clock"] {
        assert_eq!(about(&findings, part).verdict, Verdict::Ok, "{findings:#?}");
    }
    assert_eq!(about(&findings, "slack").verdict, Verdict::Warning, "the stand-in is not on Slack's host");
    assert!(world.sandbox.mail.mails().is_empty());
    assert!(world.sandbox.slack.messages().is_empty());
    assert!(world.sandbox.gitlab.issues().is_empty());
    for call in [Call::Create, Call::Close, Call::Note] {
        assert_eq!(world.sandbox.gitlab.calls(call), 0, "GitLab is only read");
    }
}

#[tokio::test]
async fn each_trouble_of_the_mail_server_is_told_with_its_remedy() {
    let mut world = World::start().await;
    for (fault, words) in [
        (Smtp::DropAtGreeting, "at the greeting"),
        (Smtp::Greeting421, "421"),
        (Smtp::Mail550, "refused our sender address: 550"),
    ] {
        world.sandbox.mail.faults.fail_next(fault);
        let findings = checked(&world).await;
        let mail = findings.iter().find(|finding| finding.part == "mail").unwrap();
        assert_eq!(mail.verdict, Verdict::Failed);
        assert!(mail.words.contains(words) && mail.words.contains("STOPGAP_SMTP_URL"), "{mail}");
    }
    let url = world.sandbox.mail.url().replace("smtp://", "smtp://user:canary@");
    world.set("SMTP_URL", &url);
    world.sandbox.mail.faults.fail_next(Smtp::Auth535);
    let findings = checked(&world).await;
    let mail = findings.iter().find(|finding| finding.part == "mail").unwrap();
    assert!(mail.words.contains("refused our login: 535"), "{mail}");
    assert!(!format!("{findings:?}").contains("canary"));
    assert!(world.sandbox.mail.mails().is_empty());
}

#[tokio::test]
async fn a_neighbour_that_keeps_silent_holds_up_the_check_for_a_bounded_time() {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(Smtp::HangAtGreeting));
    let findings = checked(&world).await;
    assert!(about(&findings, "mail").words.contains("no end within 20 seconds"), "{findings:#?}");
    assert_eq!(about(&findings, "gitlab token").verdict, Verdict::Ok, "the others are looked at meanwhile");
}

#[tokio::test]
async fn a_gitlab_token_is_judged_by_validity_scope_and_expiry() {
    let world = World::start().await;
    let day = |days: i64| (Timestamp::from_second(world.clock.now().as_second() + days * 86_400)).unwrap();
    let date = |days| day(days).strftime("%Y-%m-%d").to_string();
    for (status, body, verdict, words) in [
        (401, "{}".to_owned(), Verdict::Failed, "does not take the token"),
        (200, token(&date(300), "read_api"), Verdict::Failed, "it has to be api"),
        (200, token(&date(-1), "api"), Verdict::Failed, "expired"),
        (200, token(&date(12), "api"), Verdict::Warning, "in 12 day(s)"),
        (200, token(&date(31), "api"), Verdict::Ok, "valid"),
        (200, json!({"active": false, "scopes": ["api"]}).to_string(), Verdict::Failed, "revoked"),
        (200, "<html>".to_owned(), Verdict::Failed, "no GitLab"),
    ] {
        gitlab_says(&world, status, &body);
        let findings = checked(&world).await;
        let token = about(&findings, "gitlab token");
        assert_eq!(token.verdict, verdict, "{token}");
        assert!(token.words.contains(words), "{token}");
    }
}

#[tokio::test]
async fn a_project_must_be_there_take_issues_and_know_the_label() {
    let mut world = World::start().await;
    let good = token("2999-01-01", "api");
    for (body, words) in [
        (json!({"issues_access_level": "disabled", "permissions": {}}), "issues are switched off"),
        (json!({"archived": true}), "archived"),
        (json!({"permissions": {"project_access": {"access_level": 10}}}), "make it Reporter"),
    ] {
        gitlab_says(&world, 200, &good);
        gitlab_says(&world, 200, &body.to_string());
        let findings = checked(&world).await;
        let project = about(&findings, "gitlab project");
        assert_eq!(project.verdict, Verdict::Failed);
        assert!(project.words.contains(words), "{project}");
    }
    assert_eq!(about(&checked(&world).await, "gitlab label").verdict, Verdict::Warning, "no issue has made it yet");
    world.set("GITLAB_PROJECT", "nobody/nothing");
    let findings = checked(&world).await;
    assert!(about(&findings, "gitlab project").words.contains("look at STOPGAP_GITLAB_PROJECT"), "{findings:#?}");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    let world = World::start().await;
    for (seconds, verdict) in [(0, Verdict::Ok), (12, Verdict::Warning), (-120, Verdict::Failed)] {
        let ours = Clock::system();
        ours.shift(SignedDuration::from_secs(seconds));
        let findings = within(check(&world.config(), &ours, Random, None)).await;
        assert_eq!(about(&findings, "clock").verdict, verdict, "{findings:#?}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_told_and_none_is_made() {
    let mut world = World::start().await;
    let absent = world.folder().join("absent.db");
    world.set("DATABASE_URL", &format!("sqlite:{}", absent.display()));
    let findings = checked(&world).await;
    assert!(about(&findings, "database").words.contains("not there yet"), "{findings:#?}");
    assert!(!absent.exists());

    world.set("DATABASE_URL", "sqlite:/nowhere/at/all.db");
    assert_eq!(about(&checked(&world).await, "database").verdict, Verdict::Failed);

    let text = world.folder().join("text.db");
    std::fs::write(&text, "this is no database, however long it is looked at".repeat(100)).unwrap();
    world.set("DATABASE_URL", &format!("sqlite:{}", text.display()));
    let findings = checked(&world).await;
    assert_eq!(about(&findings, "database").verdict, Verdict::Failed, "{findings:#?}");
}

#[tokio::test]
async fn before_the_app_is_installed_that_is_a_warning() {
    let mut world = World::start().await;
    world.set("ZENDESK_INSTALLATION_IDS", "");
    let findings = checked(&world).await;
    let zendesk = about(&findings, "zendesk");
    assert_eq!(zendesk.verdict, Verdict::Warning);
    assert!(zendesk.words.contains("STOPGAP_ZENDESK_INSTALLATION_IDS"), "{zendesk}");
}

#[tokio::test]
async fn a_test_really_mails_and_posts_when_asked_to() {
    let world = World::start().await;
    let to = Email::parse("operator@acme.example").unwrap();
    let findings = within(check(&world.config(), &world.clock, Random, Some(&to))).await;
    assert_eq!(about(&findings, "test mail").verdict, Verdict::Ok);
    assert_eq!(about(&findings, "test message").verdict, Verdict::Ok);
    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].envelope_to, ["operator@acme.example"]);
    assert_eq!(world.sandbox.slack.messages().len(), 1);

    world.sandbox.mail.faults.fail_next(Smtp::Mail550);
    world.sandbox.slack.faults.fail_next(Fault::status(404, "no_service"));
    let findings = within(check(&world.config(), &world.clock, Random, Some(&to))).await;
    assert!(about(&findings, "test message").words.contains("renew STOPGAP_SLACK_WEBHOOK_URL"), "{findings:#?}");
}
