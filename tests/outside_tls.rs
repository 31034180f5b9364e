//! Mail is sent over the encryption and to the server that the settings name, or not at all.

use std::{path::Path, process::Command};

use serde_json::Value;
use stopgap::{
    check::{Options, check, finding::Status},
    random::Random,
    sandbox::{
        Browser,
        gitlab::State,
        smtp::{Encryption, Fault},
    },
};

use crate::world::{
    World, ended, generate, history, order,
    process::{Process, command, program},
    through, within,
};

const KEY: &str = include_str!("keys/mail.key.pem");
/// For 127.0.0.1, by the authority of these tests.
const CERTIFICATE: &str = include_str!("keys/mail.pem");
/// For another name, by the same authority.
const ELSEWHERE: &str = include_str!("keys/mail-elsewhere.pem");

/// `smtps://` and `smtp://…?tls=required` under `certificate`.
fn both(certificate: &str) -> [Encryption; 2] {
    [Encryption::implicit(certificate, KEY).unwrap(), Encryption::starttls(certificate, KEY).unwrap()]
}

/// A world whose mail server encrypts, and the service that is to start in it. It trusts the authority of these tests
/// where that is asked for, as a company's own authority is trusted.
async fn encrypted(encryption: &Encryption, is_trusted: bool) -> (World, Command) {
    let mut world = World::stand_ins(&[("EMAIL_DEADLINE_SECONDS", "2")]).await;
    let address = world.sandbox.mail.address();
    let (scheme, tls) = match encryption {
        Encryption::Implicit(_) => ("smtps", ""),
        Encryption::Starttls(_) => ("smtp", "?tls=required"),
    };
    world.set("SMTP_URL", &format!("{scheme}://stopgap:canary-password@{address}{tls}"));
    world.sandbox.mail.encrypt(encryption.clone());
    let mut service = command(&program(), &world.variables());
    if is_trusted {
        let authority = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/mail-authority.pem");
        service.env("SSL_CERT_FILE", authority);
    }
    (world, service)
}

#[tokio::test]
async fn a_mail_is_sent_over_either_encryption_and_a_refused_login_is_retried() {
    for encryption in both(CERTIFICATE) {
        let (world, service) = encrypted(&encryption, true).await;
        world.sandbox.mail.faults.fail_next(Fault::Auth535);
        let service = Process::start(service).await;
        let agent = world.agent_at(service.url()).await;
        let license = generate(&agent, &order()).await;
        let license = ended(&agent, &license).await;
        assert_eq!(license["state"], "delivered", "{encryption:?}: {license}");
        let email = through(&license, "email")[0];
        assert_eq!((&email["attempts"], &email["uncertain"]), (&2.into(), &false.into()), "{encryption:?}: {email}");
        assert!(history(&license).contains(&"email_retry"), "{license}");
        assert!(license.to_string().contains("refused our login: 535"), "{license}");
        assert!(!license.to_string().contains("canary-password") && !service.log().contains("canary-password"));
        assert_eq!(world.sandbox.mail.mails().len(), 1, "{encryption:?}");
        assert_eq!(world.sandbox.gitlab.issues().len(), 1, "{encryption:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_no_mail_and_people_are_told() {
    for encryption in both(CERTIFICATE) {
        let (world, service) = encrypted(&encryption, false).await;
        let service = Process::start(service).await;
        gets_nothing(&world, &world.agent_at(service.url()).await, "UnknownIssuer").await;
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_gets_no_mail_and_people_are_told() {
    for encryption in both(ELSEWHERE) {
        let (world, service) = encrypted(&encryption, true).await;
        let service = Process::start(service).await;
        gets_nothing(&world, &world.agent_at(service.url()).await, "not valid for name").await;
    }
}

/// The mail is late and retried, an open issue and Slack announce it, and the agent reads why.
async fn gets_nothing(world: &World, agent: &Browser, why: &str) {
    let license = generate(agent, &order()).await;
    within(world.sandbox.slack.wait_for(1)).await;
    let issues = world.sandbox.gitlab.issues();
    assert_eq!((issues.len(), issues[0].state), (1, State::Opened));
    let license: Value = agent.get(&format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.unwrap();
    let email = through(&license, "email")[0];
    assert_eq!((&license["state"], &email["state"]), (&"late".into(), &"pending".into()), "{license}");
    assert_eq!(email["uncertain"], false, "{email}");
    let error = email["last_error"].as_str().unwrap();
    assert!(error.contains("certificate") && error.contains(why), "{error}");
    assert!(world.sandbox.mail.mails().is_empty());
}

#[tokio::test]
async fn the_check_says_how_to_trust_a_private_authority() {
    for encryption in both(CERTIFICATE) {
        let (world, _) = encrypted(&encryption, false).await;
        let findings = within(check(&world.config(), &world.clock, Random, &Options::default())).await;
        let mail = findings.iter().find(|finding| finding.part == "mail").unwrap();
        assert_eq!(mail.status, Status::Failed, "{mail}");
        assert!(mail.message.contains("SSL_CERT_FILE"), "{mail}");
    }
}
