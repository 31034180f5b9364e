//! One obvious next step: each state of the page has one primary action, or none while there is nothing to do.

use serde_json::{Value, json};
use stopgap::sandbox::smtp::Fault;

use crate::world::{
    World,
    screen::{DONE, Screen},
};

/// The primary actions in sight, by the element's id.
async fn primary(screen: &Screen) -> Value {
    screen.look("[...document.querySelectorAll('.primary')].filter((e) => e.checkVisibility()).map((e) => e.id)").await
}

async fn press(screen: &Screen) {
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    screen.press_generate().await;
}

#[tokio::test]
async fn the_form_has_none_before_the_agent_begins_and_one_after_it() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    assert_eq!(primary(&screen).await, json!([]));
    screen.fill("seats", "286").await;
    screen.until("the press stands out", "$('generate').classList.contains('primary')").await;
    assert_eq!(primary(&screen).await, json!(["generate"]));
    screen.close().await;
}

#[tokio::test]
async fn a_mail_that_is_out_leads_to_the_reply() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    press(&screen).await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(primary(&screen).await, json!(["reply"]));
    screen.close().await;
}

#[tokio::test]
async fn a_late_mail_leads_nowhere_while_stopgap_retries() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Rcpt450));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("it is tried again", "/next in [0-9]+ seconds?\\./.test(text('steps'))").await;
    assert_eq!(primary(&screen).await, json!([]));
    world.pass(301);
    screen.until("it is late", "text('license-title') === 'Not sent yet'").await;
    assert_eq!(primary(&screen).await, json!([]));
    screen.close().await;
}

#[tokio::test]
async fn a_refused_mail_leads_to_another_address_and_after_a_download_to_the_reply() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Rcpt550));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("the mail has failed", "document.querySelectorAll('#steps > .failed').length === 1").await;
    assert_eq!(primary(&screen).await, json!(["forward-go"]));
    screen.click("download").await;
    screen.until("the reply is offered", "visible('reply') && text('downloaded').startsWith('Downloaded')").await;
    assert_eq!(primary(&screen).await, json!(["reply"]));
    screen.close().await;
}

#[tokio::test]
async fn a_served_customer_needs_nothing() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    press(&screen).await;
    screen.until("three steps are green", DONE).await;
    screen.click("back").await;
    screen.until("the card is shown", "visible('earlier')").await;
    assert!(screen.is_visible("another").await);
    assert_eq!(primary(&screen).await, json!([]));
    screen.close().await;
}
