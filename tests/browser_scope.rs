//! What the customer sent fills the form: the old license, the numbers of the screenshots, the error message.

use jiff::civil::date;
use serde_json::{Value, json};

use crate::{
    eligibility::turn_to,
    world::{World, generate, get, order, screen::DONE, screen::Screen, within},
};

/// A paid license of Acme's for 250 seats, which expired on 2026-11-01.
pub const OLD_LICENSE: &str = include_str!("vectors/paid-plain.gitlab-license");

/// Drops the old license onto the room for the customer's screenshots, as from a folder.
pub async fn drop_old_license(screen: &Screen) {
    let text = json!(OLD_LICENSE);
    screen.unfold("evidence").await;
    screen
        .run(&format!(
            "const dropped = new DataTransfer();
             dropped.items.add(new File([{text}], 'old.gitlab-license'));
             const drop = new DragEvent('drop', {{ dataTransfer: dropped, bubbles: true, cancelable: true }});
             document.getElementById('evidence').dispatchEvent(drop);"
        ))
        .await;
    screen.until("the verdict is there", "visible('verdict') && text('verdict-read')").await;
}

/// The one license of the customer, as the API shows it.
async fn made(world: &World) -> Value {
    get(&world.agent().await, "/api/v1/licenses?q=jane@acme.example").await.body["items"][0].clone()
}

#[tokio::test]
async fn the_old_license_fills_the_seats_says_in_scope_and_one_press_does_the_rest() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 16));
    screen.open(4711).await;
    drop_old_license(&screen).await;

    let read = screen.text("verdict-read").await;
    assert!(read.contains("Acme GmbH") && read.contains("jane@acme.example"), "{read}");
    assert!(!screen.is_visible("override").await, "in scope asks for no reason");
    screen.fill("billable_users", "286").await;
    screen.fill("maximum_users", "291").await;
    screen.until("the seats are filled", "$('seats').value === '291'").await;
    screen.looks_well().await;
    screen.fill("username", "jdoe").await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;

    let license = made(&world).await;
    assert_eq!((&license["eligibility"]["verdict"], &license["seats"]), (&json!("in_scope"), &json!(291)));
    assert!(world.sandbox.gitlab.issues()[0].description.contains("in scope"));
    screen.close().await;
}

#[tokio::test]
async fn out_of_scope_says_why_and_goes_on_with_a_reason() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 25));
    screen.open(4711).await;
    drop_old_license(&screen).await;

    assert!(screen.is_visible("override").await);
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "250").await;
    screen.press_generate().await;
    screen.until("a reason is asked for", "visible('reason-problem')").await;
    assert!(world.sandbox.mail.mails().is_empty());
    screen.looks_well().await;
    screen.fill("reason", "Their release is tomorrow, sales has agreed").await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;

    let eligibility = made(&world).await["eligibility"].clone();
    assert_eq!(eligibility["verdict"], "too_late");
    assert_eq!(eligibility["override_reason"], "Their release is tomorrow, sales has agreed");
    screen.close().await;
}

/// The numbers of the customer's screenshots: 291 seats are needed. Then the agent lowers them to 250.
async fn lower_the_seats(screen: &Screen) {
    screen.unfold("evidence").await;
    screen.fill("billable_users", "286").await;
    screen.fill("maximum_users", "291").await;
    screen.until("the seats are filled", "$('seats').value === '291'").await;
    assert_eq!(screen.text("below").await, "");
    screen.fill("seats", "250").await;
}

#[tokio::test]
async fn fewer_seats_than_the_customers_numbers_ask_for_are_warned_of_before_the_press() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    lower_the_seats(&screen).await;
    screen.until("it warns", "text('below').startsWith('Fewer than the 291 ')").await;
    screen.looks_well().await;
    screen.click("use").await;
    screen.until("the warning is gone", "$('seats').value === '291' && !text('below')").await;
    screen.close().await;
}

#[tokio::test]
async fn a_german_agent_is_warned_of_fewer_seats_in_german() {
    let (_world, mut screen) = World::on_screen().await;
    screen.as_german_agent().await;
    screen.open(4711).await;
    lower_the_seats(&screen).await;
    screen.until("it warns", "text('below').startsWith('Weniger als die 291, ')").await;
    screen.close().await;
}

#[tokio::test]
async fn the_customers_error_leads_to_a_replacement_with_the_right_seats() {
    let (world, mut screen) = World::on_screen().await;
    let agent = world.agent().await;
    let first = generate(&agent, &order()).await;
    within(world.sandbox.slack.wait_for(1)).await;
    screen.open(4711).await;
    screen.until("the earlier license is shown", "visible('earlier')").await;
    screen.unfold("diagnosis").await;
    let message = "This GitLab installation currently has 1,300 active users, exceeding this license's limit of 286 by \
                   1,014 users. Please add a license for at least 1,300 users or contact sales";
    screen.fill("error-text", message).await;
    screen.click("explain").await;
    screen.until("it is explained", "document.querySelector('#findings .card')").await;
    screen.run("document.querySelector('#findings .card button').click()").await;
    screen.until("the replacement is filled in", "$('replace-seats')?.value === '1300'").await;
    screen.looks_well().await;
    screen.click("replace").await;
    screen.until("three steps are green", &format!("text('license-to').includes('1,300') && {DONE}")).await;

    let new = get(&agent, "/api/v1/licenses?q=jane@acme.example").await.body["items"][0].clone();
    assert_eq!((&new["seats"], &new["replaces"]), (&json!(1300), &first["id"]));
    screen.close().await;
}
