//! An address that Mailgun does not send to, as an agent meets it.

use serde_json::json;
use stopgap::sandbox::web::Fault;

use crate::{
    aftercare::{delivered, path, settled},
    mailgun::{JANE, ask_mailgun, once_arrived, suppressed},
    world::{World, fresh_key, post, screen::Screen, within},
};

/// A world on screen whose service asks Mailgun.
async fn on_screen() -> (World, Screen) {
    let (mut world, screen) = World::on_screen().await;
    world.stop().await;
    ask_mailgun(&mut world);
    world.serve_screens(0).await;
    (world, screen)
}

#[tokio::test]
async fn an_agent_frees_a_suppressed_address_by_one_press() {
    let (world, mut screen) = on_screen().await;
    suppressed(&world).await;
    screen.open(4711).await;
    screen.until("the license is shown", "document.querySelector('#earlier-list [data-license]')").await;
    screen.run("document.querySelector('#earlier-list [data-license]').click()").await;
    screen.until("it is open", "visible('unblock') && $('steps').children.length >= 3").await;
    assert!(screen.text("steps").await.contains("suppression lists"));
    let first = "[...document.querySelectorAll('#aftercare button')].find((it) => it.offsetParent)?.id";
    assert_eq!(screen.look(first).await, "unblock", "the button stands first");
    assert_eq!(screen.look("document.querySelectorAll('#license .primary').length").await, 1);
    screen.looks_well().await;
    screen.expect_complaint("503");
    world.sandbox.mailgun.faults.set_fault(Some(Fault::status(401, "Forbidden")));
    screen.click("unblock").await;
    let told =
        "text('unblock-problem').includes('Nothing was mailed') && text('unblock-problem').includes('wrong key')";
    screen.until("a refused press says why, at once", told).await;
    world.sandbox.mailgun.faults.set_fault(None);
    screen.click("unblock").await;
    let mails = within(world.sandbox.mail.wait_for(2)).await;
    assert_eq!(mails[1].envelope_to, [JANE]);
    screen.until("the button is gone", "!visible('unblock') && text('steps').includes('Sent again to jane@')").await;
    world.pass(301);
    screen.until("nothing is left to do", "text('license-title').includes('Sent to jane@acme.example')").await;
    screen.close().await;
}

#[tokio::test]
async fn the_sandbox_page_blocks_an_address_and_shows_that_a_press_frees_it() {
    let (world, screen) = on_screen().await;
    screen.goto_desk().await;
    let select = "document.querySelector('#break [data-stand-in=mailgun]')";
    screen.run(&format!("{select}.selectedIndex = 1; {select}.dispatchEvent(new Event('change'));")).await;
    let is_on = format!("{select}.parentElement.classList.contains('on')");
    screen.until("the switch is on", &is_on).await;
    assert_eq!(world.sandbox.mailgun.blocked(), [JANE]);
    let (agent, license) = delivered(&world).await;
    world.pass(301);
    let license = once_arrived(&agent, &license, "suppressed").await;
    let held_back = "$('mailbox').textContent.includes('Held back by Mailgun')";
    screen.until("the mailbox says that the mail was held back", held_back).await;
    settled(&agent, &post(&agent, &path(&license, "unblock"), &fresh_key(), &json!({})).await).await;
    screen.until("the switch is off again", &format!("!{is_on}")).await;
    let mails = "document.querySelectorAll('#mailbox .mails button').length === 2";
    screen.until("the second mail is there", mails).await;
    screen.close().await;
}
