//! `stopgap check` says what would break, with the remedy, and changes nothing.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use stopgap::{
    check::{
        Options, check,
        finding::{Finding, Status},
    },
    clock::Clock,
    license::Email,
    random::Random,
    sandbox::{
        gitlab::{Call, CallFault},
        slack::Access,
        smtp::Fault as Smtp,
        web::Fault,
    },
};

use crate::world::{World, within};

async fn checked(world: &World) -> Vec<Finding> {
    within(check(&world.config(), &world.clock, Random, &Options::default())).await
}

/// The one finding about `part`.
fn about<'a>(findings: &'a [Finding], part: &str) -> &'a Finding {
    let mut found = findings.iter().filter(|finding| finding.part == part);
    let finding = found.next().unwrap_or_else(|| panic!("no finding about {part}: {findings:#?}"));
    assert!(found.next().is_none(), "{findings:#?}");
    finding
}

fn answer_with(world: &World, status: u16, body: &str) {
    world.sandbox.gitlab.faults.fail_next(CallFault::on(Call::Other, Fault::status(status, body)));
}

fn token(expires_at: &str, scope: &str) -> String {
    json!({"active": true, "revoked": false, "scopes": [scope], "expires_at": expires_at}).to_string()
}

#[tokio::test]
async fn a_good_configuration_has_no_failure_and_nothing_is_changed() {
    let world = World::start().await;
    let findings = checked(&world).await;
    assert!(findings.iter().all(|finding| finding.status != Status::Failed), "{findings:#?}");
    for part in ["zendesk", "license key", "database", "gitlab token", "gitlab project", "clock"] {
        assert_eq!(about(&findings, part).status, Status::Ok, "{findings:#?}");
    }
    assert_eq!(about(&findings, "slack").status, Status::Warning, "the stand-in is not on Slack's host");
    assert!(world.sandbox.mail.mails().is_empty());
    assert!(world.sandbox.slack.messages().is_empty());
    assert!(world.sandbox.gitlab.issues().is_empty());
    for call in [Call::Create, Call::Close, Call::Note] {
        assert_eq!(world.sandbox.gitlab.calls(call), 0, "GitLab is only read");
    }
}

#[tokio::test]
async fn each_error_of_the_mail_server_is_reported_with_its_remedy() {
    let mut world = World::start().await;
    for (fault, text) in [
        (Smtp::DropAtGreeting, "at the greeting"),
        (Smtp::Greeting421, "421"),
        (Smtp::Mail550, "refused our sender address: 550"),
    ] {
        world.sandbox.mail.faults.fail_next(fault);
        let findings = checked(&world).await;
        let mail = findings.iter().find(|finding| finding.part == "mail").unwrap();
        assert_eq!(mail.status, Status::Failed);
        assert!(mail.message.contains(text) && mail.message.contains("STOPGAP_SMTP_URL"), "{mail}");
    }
    let url = world.sandbox.mail.url().replace("smtp://", "smtp://user:canary@");
    world.set("SMTP_URL", &url);
    world.sandbox.mail.faults.fail_next(Smtp::Auth535);
    let findings = checked(&world).await;
    let mail = findings.iter().find(|finding| finding.part == "mail").unwrap();
    assert!(mail.message.contains("refused our login: 535"), "{mail}");
    assert!(!format!("{findings:?}").contains("canary"));
    assert!(world.sandbox.mail.mails().is_empty());
}

#[tokio::test]
async fn a_service_that_does_not_answer_delays_the_check_for_a_bounded_time() {
    let world = World::start().await;
    world.sandbox.mail.faults.set_fault(Some(Smtp::HangAtGreeting));
    let findings = checked(&world).await;
    assert!(about(&findings, "mail").message.contains("not finished within 20 seconds"), "{findings:#?}");
    assert_eq!(about(&findings, "gitlab token").status, Status::Ok, "the others are checked meanwhile");
}

#[tokio::test]
async fn a_gitlab_token_is_checked_for_validity_scope_and_expiry() {
    let world = World::start().await;
    let day = |days: i64| (Timestamp::from_second(world.clock.now().as_second() + days * 86_400)).unwrap();
    let date = |days| day(days).strftime("%Y-%m-%d").to_string();
    for (code, body, status, text) in [
        (401, "{}".to_owned(), Status::Failed, "does not accept the token"),
        (200, token(&date(300), "read_api"), Status::Failed, "it has to be api"),
        (200, token(&date(-1), "api"), Status::Failed, "expired"),
        (200, token(&date(12), "api"), Status::Warning, "in 12 day(s)"),
        (200, token(&date(31), "api"), Status::Ok, "valid"),
        (200, json!({"active": false, "scopes": ["api"]}).to_string(), Status::Failed, "revoked"),
        (200, "<html>".to_owned(), Status::Failed, "not the JSON that was expected"),
    ] {
        answer_with(&world, code, &body);
        let findings = checked(&world).await;
        let token = about(&findings, "gitlab token");
        assert_eq!(token.status, status, "{token}");
        assert!(token.message.contains(text), "{token}");
    }
}

#[tokio::test]
async fn a_project_must_exist_take_issues_and_have_the_label() {
    let mut world = World::start().await;
    let good = token("2999-01-01", "api");
    for (body, text) in [
        (json!({"issues_access_level": "disabled", "permissions": {}}), "issues are switched off"),
        (json!({"archived": true}), "archived"),
        (json!({"permissions": {"project_access": {"access_level": 10}}}), "make it Reporter"),
    ] {
        answer_with(&world, 200, &good);
        answer_with(&world, 200, &body.to_string());
        let findings = checked(&world).await;
        let project = about(&findings, "gitlab project");
        assert_eq!(project.status, Status::Failed);
        assert!(project.message.contains(text), "{project}");
    }
    assert_eq!(about(&checked(&world).await, "gitlab label").status, Status::Warning, "no issue has created it yet");
    world.set("GITLAB_PROJECT", "nobody/nothing");
    let findings = checked(&world).await;
    assert!(about(&findings, "gitlab project").message.contains("check STOPGAP_GITLAB_PROJECT"), "{findings:#?}");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_reported() {
    let world = World::start().await;
    for (seconds, status) in [(0, Status::Ok), (12, Status::Warning), (-120, Status::Failed)] {
        let ours = Clock::system();
        ours.shift(SignedDuration::from_secs(seconds));
        let findings = within(check(&world.config(), &ours, Random, &Options::default())).await;
        assert_eq!(about(&findings, "clock").status, status, "{findings:#?}");
    }
}

#[tokio::test]
async fn a_slack_app_is_checked_for_token_scopes_and_channel_without_posting() {
    let mut world = World::start().await;
    world.use_slack_app();
    let findings = checked(&world).await;
    for part in ["slack token", "slack channel"] {
        assert_eq!(about(&findings, part).status, Status::Ok, "{findings:#?}");
    }
    let slack = &world.sandbox.slack;
    slack.set_access(|access| access.scopes.retain(|scope| !scope.starts_with("users:")));
    let findings = checked(&world).await;
    let token = about(&findings, "slack token");
    assert_eq!(token.status, Status::Warning, "{token}");
    assert!(token.message.contains("users:read.email"), "{token}");
    slack.set_access(|access| access.scopes = vec!["chat:write".into(), "channels:read".into()]);
    let findings = checked(&world).await;
    let token = about(&findings, "slack token");
    assert_eq!(token.status, Status::Failed);
    assert!(
        token.message.contains("lacks channels:history;") && token.message.contains("reinstall the app"),
        "{token}"
    );

    let good = Access::default;
    for (access, status, text) in [
        (Access { is_archived: true, ..good() }, Status::Failed, "is archived"),
        (Access { is_member: false, ..good() }, Status::Failed, "/invite"),
        (Access { is_read_only: true, ..good() }, Status::Failed, "is read-only"),
        (Access { is_thread_only: true, ..good() }, Status::Failed, "takes replies alone"),
        (Access { is_non_threadable: true, ..good() }, Status::Warning, "has no threads"),
        (Access { is_private: true, ..good() }, Status::Failed, "groups:read"),
    ] {
        slack.set_access(|current| *current = access);
        let findings = checked(&world).await;
        let channel = about(&findings, "slack channel");
        assert_eq!(channel.status, status, "{channel}");
        assert!(channel.message.contains(text), "{channel}");
    }

    world.set("SLACK_BOT_TOKEN", "xoxb-canary");
    let findings = checked(&world).await;
    let token = about(&findings, "slack token");
    assert!(token.message.contains("invalid_auth; renew STOPGAP_SLACK_BOT_TOKEN"), "{token}");
    assert!(!format!("{findings:?}").contains("canary"), "{findings:?}");
    assert!(world.sandbox.slack.messages().is_empty(), "nothing is posted");
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_reported_and_none_is_created() {
    let mut world = World::start().await;
    let absent = world.folder().join("absent.db");
    world.set("DATABASE_URL", &format!("sqlite:{}", absent.display()));
    let findings = checked(&world).await;
    assert!(about(&findings, "database").message.contains("does not exist yet"), "{findings:#?}");
    assert!(!absent.exists());

    world.set("DATABASE_URL", "sqlite:/nowhere/at/all.db");
    assert_eq!(about(&checked(&world).await, "database").status, Status::Failed);

    let text = world.folder().join("text.db");
    std::fs::write(&text, "this is no database, however long it is looked at".repeat(100)).unwrap();
    world.set("DATABASE_URL", &format!("sqlite:{}", text.display()));
    let findings = checked(&world).await;
    assert_eq!(about(&findings, "database").status, Status::Failed, "{findings:#?}");
}

#[tokio::test]
async fn before_the_app_is_installed_that_is_a_warning() {
    let mut world = World::start().await;
    world.set("ZENDESK_INSTALLATION_IDS", "");
    let findings = checked(&world).await;
    let zendesk = about(&findings, "zendesk");
    assert_eq!(zendesk.status, Status::Warning);
    assert!(zendesk.message.contains("STOPGAP_ZENDESK_INSTALLATION_IDS"), "{zendesk}");
}

#[tokio::test]
async fn a_test_mails_and_posts_when_asked_to() {
    let world = World::start().await;
    let to = Email::parse("operator@acme.example").unwrap();
    let options = Options { send_test: Some(to), ..Options::default() };
    let findings = within(check(&world.config(), &world.clock, Random, &options)).await;
    assert_eq!(about(&findings, "test mail").status, Status::Ok);
    assert_eq!(about(&findings, "test message").status, Status::Ok);
    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].envelope_to, ["operator@acme.example"]);
    assert_eq!(world.sandbox.slack.messages().len(), 1);

    world.sandbox.mail.faults.fail_next(Smtp::Mail550);
    world.sandbox.slack.faults.fail_next(Fault::status(404, "no_service"));
    let findings = within(check(&world.config(), &world.clock, Random, &options)).await;
    assert!(about(&findings, "test message").message.contains("renew STOPGAP_SLACK_WEBHOOK_URL"), "{findings:#?}");
}
