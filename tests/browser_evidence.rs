//! Whatever the customer sent, the engineer types nothing of it again.

use jiff::civil::date;
use serde_json::json;

use crate::{
    browser_scope::drop_old_license,
    eligibility::turn_to,
    world::{
        World, get,
        screen::{DONE, Screen},
    },
};

/// Drops a file with this text, as from a folder.
async fn drop_file(screen: &Screen, name: &str, text: &str) {
    let (name, text) = (json!(name), json!(text));
    screen.unfold("evidence").await;
    screen
        .run(&format!(
            "const dropped = new DataTransfer();
             dropped.items.add(new File([{text}], {name}));
             const drop = new DragEvent('drop', {{ dataTransfer: dropped, bubbles: true, cancelable: true }});
             document.getElementById('evidence').dispatchEvent(drop);"
        ))
        .await;
    screen.until("the verdict is there", "visible('verdict') && text('verdict-read')").await;
}

/// The text of what explains the customer's message, all of it.
async fn explained(screen: &Screen, message: &str) -> String {
    screen.unfold("diagnosis").await;
    screen.fill("error-text", message).await;
    screen.click("explain").await;
    screen.until("it is explained", "document.querySelector('#findings .card')").await;
    screen.text("findings").await
}

#[tokio::test]
async fn a_usage_export_fills_everything_and_one_press_does_the_rest() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 17));
    screen.open(4711).await;
    drop_file(&screen, "license_usage.csv", include_str!("evidence/usage-15-to-19.csv")).await;
    screen.until("the seats are filled", "$('seats').value === '286'").await;
    assert!(!screen.is_visible("override").await, "in scope asks for no reason");
    screen.looks_well().await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;
    let license = get(&world.agent().await, "/api/v1/licenses?q=jane@acme.example").await.body["items"][0].clone();
    assert_eq!((&license["eligibility"]["verdict"], &license["seats"]), (&json!("in_scope"), &json!(286)));
    let issue = &world.sandbox.gitlab.issues()[0].description;
    assert!(issue.contains("Maximum   286 (usage csv)"), "{issue}");
    screen.close().await;
}

#[tokio::test]
async fn several_files_are_read_together_an_archive_among_them() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 17));
    screen.open(4711).await;
    let export = include_bytes!("evidence/usage-15-to-19.csv").to_vec();
    let archive = crate::evidence_wrapped::zipped(&[("license_usage.csv", export)]);
    let info = json!(include_str!("evidence/rake-env-info.txt"));
    screen.unfold("evidence").await;
    screen
        .run(&format!(
            "const dropped = new DataTransfer();
             dropped.items.add(new File([new Uint8Array({archive:?})], 'export.zip'));
             dropped.items.add(new File([{info}], 'info.txt'));
             const drop = new DragEvent('drop', {{ dataTransfer: dropped, bubbles: true, cancelable: true }});
             document.getElementById('evidence').dispatchEvent(drop);"
        ))
        .await;
    screen.until("the seats are filled", "$('seats').value === '286'").await;
    screen.until("the version is read", "$('verdict-read').innerText.includes('18.2.1')").await;
    screen.close().await;
}

#[tokio::test]
async fn a_german_customers_message_is_explained() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    let text =
        explained(&screen, "Guten Morgen,\n\nbeim Hochladen steht: Diese Lizenz ist bereits abgelaufen.\n\nJana").await;
    assert!(text.contains("past its last day"), "{text}");
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_link_or_signature_of_gitlab_com_does_not_hide_an_emergency() {
    let (_world, mut screen) = World::on_screen().await;
    for aside in ["See https://gitlab.com/acme/runbook for our setup.", "-- \nJane Doe, acme@gitlab.com"] {
        screen.open(4711).await;
        let message = format!("Your subscription expired! GitLab is now read-only for all of us.\n\n{aside}");
        let text = explained(&screen, &message).await;
        let first = screen.look("document.querySelector('#findings .card').innerText").await.to_string();
        assert!(first.contains("expired") && !first.contains("GitLab.com"), "{aside}: {text}");
    }
    screen.close().await;
}

#[tokio::test]
async fn an_old_license_of_another_address_is_said_by_the_button() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 16));
    screen.open(4711).await;
    screen.click("correct").await;
    screen.fill("email", "boss@partner.example").await;
    drop_old_license(&screen).await;
    screen.fill("seats", "250").await;
    screen
        .until("the button says so", "$('generate').innerText === 'Generate for another address than the old license'")
        .await;
    screen.looks_well().await;
    screen.close().await;
}
