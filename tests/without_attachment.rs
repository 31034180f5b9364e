//! A mail for gateways that block attachments: the license in its text alone.

use std::{fs, process::Command};

use serde_json::{Value, json};

use crate::{
    aftercare::{delivered, path, settled},
    world::{World, fresh_key, history, order, post, screen::Screen, through, within},
};

/// The license as a customer copies it: what stands between the two rules of the mail's text.
fn copied(text: &str) -> &str {
    text.split(&"-".repeat(60)).nth(1).expect("the key stands between two rules")
}

/// Opens the copied key with the program's own `open`, as the licensing team would.
fn opened(world: &World, key: &str) -> Value {
    let (file, public) = (world.folder().join("pasted"), world.folder().join("public.pem"));
    fs::write(&file, key).unwrap();
    fs::write(&public, &world.sandbox.keys.license_public_pem).unwrap();
    let mut open = Command::new(env!("CARGO_BIN_EXE_stopgap"));
    open.args(["open", "--json"]).arg(&file).env_clear().env("STOPGAP_LICENSE_PUBLIC_KEY_FILE", &public);
    let output = open.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_license_mailed_without_attachment_is_the_same_file_in_the_text() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    let bare = json!({ "without_attachment": true });
    let license = settled(&agent, &post(&agent, &path(&license, "resend"), &fresh_key(), &bare).await).await;
    let to_boss = json!({ "email": "boss@partner.example", "without_attachment": true });
    let license = settled(&agent, &post(&agent, &path(&license, "forward"), &fresh_key(), &to_boss).await).await;

    let mails = world.sandbox.mail.mails();
    let file = &mails[0].attachments[0].content;
    for mail in &mails[1..] {
        assert!(mail.attachments.is_empty(), "{:?}", mail.attachments);
        let key = copied(&mail.text);
        assert_eq!(key.replace("\r\n", "\n").trim_start().strip_suffix('\n'), Some(file.as_str()));
        assert!(mail.html.replace("\r\n", "\n").contains(file.trim_end()));
        assert_eq!(opened(&world, key), opened(&world, file));
    }
    let flags: Vec<_> = through(&license, "email").iter().map(|mail| mail["without_attachment"].clone()).collect();
    assert_eq!(flags, [false, true, true]);
    let details: Vec<_> = license["events"].as_array().unwrap().iter().filter_map(|e| e["detail"].as_str()).collect();
    assert!(details.contains(&"to j***@acme.example, without attachment"), "{details:?}");
    assert!(details.contains(&"to b***@partner.example, without attachment"), "{details:?}");
    assert_eq!(history(&license).iter().filter(|kind| **kind == "resent").count(), 1);
}

#[tokio::test]
async fn whether_there_is_an_attachment_is_yes_or_no_and_part_of_the_request() {
    let world = World::start().await;
    let (agent, license) = delivered(&world).await;
    for (operation, body) in [
        ("resend", json!({ "without_attachment": "yes" })),
        ("forward", json!({ "email": "boss@partner.example", "without_attachment": 1 })),
    ] {
        let answer = post(&agent, &path(&license, operation), &fresh_key(), &body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["errors"][0]["field"]), (400, &json!("without_attachment")));
    }
    let key = fresh_key();
    let sent = post(&agent, &path(&license, "resend"), &key, &json!({ "without_attachment": true })).await;
    settled(&agent, &sent).await;
    assert_eq!(post(&agent, &path(&license, "resend"), &key, &json!({})).await.status, 422);
    assert_eq!(world.sandbox.mail.mails().len(), 2);
}

#[tokio::test]
async fn an_agent_sends_the_license_without_attachment_from_the_ticket() {
    let (world, mut screen): (World, Screen) = World::on_screen().await;
    let (_, license) = delivered(&world).await;
    assert_eq!(license["customer"]["email"], order()["customer"]["email"]);
    screen.open(4711).await;
    screen.until("the license is shown", "document.querySelector('#earlier-list [data-license]')").await;
    screen.run("document.querySelector('#earlier-list [data-license]').click()").await;
    screen.until("it is open", "visible('steps') && $('steps').children.length >= 3").await;
    screen.click("aftercare-title").await;
    screen.click("bare").await;
    screen.looks_well().await;
    screen.click("more-title").await;
    screen.click("resend").await;
    let mails = within(world.sandbox.mail.wait_for(2)).await;
    assert!(mails[1].attachments.is_empty());
    let told = "text('steps').includes('Sent again to jane@acme.example, without attachment') && !$('bare').checked";
    screen.until("the step says so", told).await;
    screen.close().await;
}
