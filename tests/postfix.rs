//! Postfix refuses sender, client, HELO and relay only at the recipient: that is the operator's to mend, and no reason to
//! check the customer's address.

#[path = "postfix/server.rs"]
mod server;

use stopgap::{
    check::{Options, check, finding::Status},
    random::Random,
    sandbox::gitlab::State,
};

use crate::{
    outside_email::until,
    world::{World, ended, generate, order_for, through, within},
};
use server::Postfix;

/// Settings that refuse us, and the reason in the reply.
const REFUSALS: [(&str, &str); 4] = [
    ("smtpd_sender_restrictions = reject", "Sender address rejected"),
    ("smtpd_client_restrictions = reject", "Client host rejected"),
    ("smtpd_helo_restrictions = reject", "Helo command rejected"),
    ("mynetworks = 192.0.2.0/24", "Relay access denied"),
];

async fn world(url: &str) -> World {
    World::with(&[("SMTP_URL", url)]).await
}

#[tokio::test]
async fn a_refusal_of_us_is_retried_and_announced_as_the_operators() {
    let postfix = Postfix::start(&REFUSALS.map(|(setting, _)| setting));
    for (i, (setting, reason)) in REFUSALS.iter().enumerate() {
        let world = world(&postfix.url(i)).await;
        let agent = world.agent().await;
        let license = generate(&agent, &order_for("john@elsewhere.example")).await;
        until(&agent, &license, "email_retry").await;
        world.pass(301);
        let issue = within(world.sandbox.gitlab.wait_for(1)).await.remove(0);
        assert_eq!(issue.state, State::Opened, "{setting}");
        assert!(issue.title.starts_with("[Failure]"), "{}", issue.title);
        assert!(issue.description.contains("Tell the operator of Stopgap"), "{}", issue.description);
        assert!(issue.description.contains(reason), "{setting}: {}", issue.description);
        assert!(!issue.description.contains("Check the address"), "{}", issue.description);
        let slack = within(world.sandbox.slack.wait_for(1)).await.remove(0);
        let text = slack.shown();
        assert!(text.contains("Tell the operator of Stopgap") && !text.contains("Check the address"), "{text}");
        let path = format!("/api/v1/licenses/{}", license["id"].as_str().unwrap());
        let license = agent.get(&path).await.unwrap();
        let email = through(&license, "email")[0];
        assert_eq!((&license["state"], &email["state"]), (&"late".into(), &"pending".into()), "{setting}");
        assert_eq!(email["attempt_log"][0]["outcome"], "needs_operator", "{email}");
    }
}

#[tokio::test]
async fn an_unknown_recipient_is_final_and_the_address_is_to_be_checked() {
    let postfix = Postfix::start(&[""]);
    let world = world(&postfix.url(0)).await;
    let agent = world.agent().await;
    let license = generate(&agent, &order_for("nobody@acme.example")).await;
    let license = ended(&agent, &license).await;
    assert_eq!((&license["state"], &through(&license, "email")[0]["attempts"]), (&"failed".into(), &1.into()));
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert!(issue.description.contains("User unknown") && issue.description.contains("Check the address"));
    assert!(!issue.description.contains("Tell the operator"), "{}", issue.description);
}

#[tokio::test]
async fn a_full_ehlo_name_satisfies_a_server_that_asks_for_one() {
    let postfix = Postfix::start(&["smtpd_helo_restrictions = reject_non_fqdn_helo_hostname"]);
    let mut world = World::stand_ins(&[("SMTP_URL", &postfix.url(0))]).await;
    world.set("SMTP_EHLO_NAME", "stopgap.acme.example");
    world.start_service().await;
    let agent = world.agent().await;
    let license = generate(&agent, &order_for("jane@acme.example")).await;
    assert_eq!(ended(&agent, &license).await["state"], "delivered");
}

#[tokio::test]
async fn the_check_finds_what_postfix_says_only_at_the_recipient() {
    let mut settings: Vec<&str> = REFUSALS.iter().map(|(setting, _)| *setting).collect();
    settings.push("");
    let postfix = Postfix::start(&settings);
    let mail = async |i: usize, recipient: Option<&str>| {
        let world = World::stand_ins(&[("SMTP_URL", &postfix.url(i))]).await;
        let recipient = recipient.map(|address| stopgap::license::Email::parse(address).unwrap());
        let options = Options { recipient, ..Options::default() };
        let findings = within(check(&world.config(), &world.clock, Random, &options)).await;
        findings.into_iter().find(|finding| finding.part == "mail").unwrap()
    };
    for (i, (_, reason)) in REFUSALS.iter().enumerate() {
        let finding = mail(i, None).await;
        assert_eq!(finding.status, Status::Failed, "{finding}");
        assert!(finding.message.contains("refused mail from us") && finding.message.contains(reason), "{finding}");
    }
    let finding = mail(REFUSALS.len(), Some("jane@acme.example")).await;
    assert_eq!(finding.status, Status::Ok, "{finding}");
    let finding = mail(REFUSALS.len(), Some("nobody@acme.example")).await;
    assert_eq!(finding.status, Status::Warning, "{finding}");
    assert!(finding.message.contains("--recipient ADDRESS"), "{finding}");
}
