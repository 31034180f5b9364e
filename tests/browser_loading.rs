//! What the page shows while Zendesk has not told it the ticket yet, and where Zendesk never does.

use crate::world::{
    World,
    screen::{Screen, USABLE},
};

/// Zendesk's answers about the ticket wait until `release` is called, and the page's patience of eight seconds ends when
/// `lose_patience` says so. It must be there before the SDK, since a window's listeners are called in the order in which
/// they came.
const HOLD_TICKET: &str = r#"
    const held = [];
    let isHolding = true;
    addEventListener("message", (event) => {
        if (!isHolding || !event.isTrusted || event.data?.result?.["ticket.id"] === undefined) return;
        event.stopImmediatePropagation();
        held.push(event);
    });
    window.release = () => {
        isHolding = false;
        for (const { data, origin, source } of held) dispatchEvent(new MessageEvent("message", { data, origin, source }));
    };
    const real = window.setTimeout;
    const ends = [];
    window.setTimeout = (done, ms, ...rest) => (ms === 8000 ? ends.push(() => done(...rest)) : real(done, ms, ...rest));
    window.lose_patience = () => ends.forEach((end) => end());
"#;

const LOADING: &str = "text('recipient-name') === 'Reading the ticket…' && $('recipient').ariaBusy === 'true'";

/// The app, while the ticket is being read.
async fn loading() -> (World, Screen) {
    let (world, mut screen) = World::on_screen().await;
    screen.before_pages(HOLD_TICKET).await;
    screen.open_app(4711).await;
    screen.until("it says that it reads", LOADING).await;
    (world, screen)
}

#[tokio::test]
async fn while_the_ticket_is_read_the_page_says_so_and_generates_nothing() {
    let (world, screen) = loading().await;
    screen.looks_well().await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    screen.press_generate().await;
    screen.until("it says why not", "text('trouble') === 'The ticket has not been read yet.'").await;
    screen.run("release()").await;
    screen.until("the ticket is there", USABLE).await;
    assert_eq!(screen.text("recipient-name").await, "Jane Doe · Acme GmbH");
    assert_eq!(screen.look("$('seats').value").await, "286", "what was typed meanwhile is kept");
    assert!(world.sandbox.mail.mails().is_empty());
    screen.close().await;
}

#[tokio::test]
async fn a_ticket_that_zendesk_does_not_tell_can_be_read_again() {
    let (_world, screen) = loading().await;
    screen.run("lose_patience()").await;
    screen.until("it says so", "text('unread').startsWith('Zendesk did not answer')").await;
    screen.looks_well().await;
    screen.run("release()").await;
    screen.click("again").await;
    screen.until("the ticket is there", "text('recipient-email') === 'jane@acme.example'").await;
    assert_eq!(screen.text("unread").await, "");
    screen.close().await;
}
