//! Draws the pictures of docs/images: `make screenshots`. Look at them before you commit them.

use std::{fs, path::Path};

use serde_json::json;
use stopgap::sandbox::{gitlab::CallFault, smtp, web::Fault};

use crate::world::{
    World, generate, order_for, picture,
    screen::{DONE, Screen},
};

/// Sharp enough for the screens of today, two pixels for one.
const SCALE: f64 = 2.0;
/// A picture is to load at once.
const MAX_PICTURE_BYTES: usize = 60_000;
/// Longer than the picture takes.
const SLOW_MS: u64 = 60_000;

async fn draw(screen: &Screen, name: &str) {
    screen.fits().await;
    screen.cdp("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": 0, "y": 0 })).await;
    screen.until("nothing lies under the mouse", "!document.querySelector('button:hover')").await;
    // Neither a blinking caret nor a turning wheel decides how a picture looks.
    screen.run("document.getAnimations().forEach((each) => { each.pause(); each.currentTime = 100; });").await;
    screen.run("document.documentElement.style.caretColor = 'transparent';").await;
    let picture = picture::smaller(&screen.picture().await);
    assert!(picture.len() < MAX_PICTURE_BYTES, "{name} has {} bytes", picture.len());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}

/// A window whose agent has generated before.
async fn screen() -> (World, Screen) {
    let (world, screen) = World::on_screen_of_scale(&[], SCALE).await;
    let mut earlier = order_for("someone@else.example");
    earlier["ticket"]["id"] = 4690.into();
    generate(&world.agent().await, &earlier).await;
    crate::world::within(world.sandbox.slack.wait_for(1)).await;
    (world, screen)
}

async fn press(screen: &Screen) {
    screen.fill("seats", "286").await;
    screen.press_generate().await;
}

#[tokio::test]
#[ignore = "make screenshots draws the pictures"]
async fn screenshots_of_the_way_to_a_license() {
    let (world, mut screen) = screen().await;
    screen.open(4711).await;
    draw(&screen, "first-view").await;
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(Fault::Slow { delay_ms: SLOW_MS })));
    press(&screen).await;
    screen.until("the mail is out", "document.querySelectorAll('#steps > .sent').length === 1").await;
    draw(&screen, "under-way").await;
    screen.close().await;
}

#[tokio::test]
#[ignore = "make screenshots draws the pictures"]
async fn screenshots_of_the_license_and_of_the_next_one() {
    let (_world, mut screen) = screen().await;
    screen.open(4711).await;
    press(&screen).await;
    screen.until("three steps are green", DONE).await;
    screen.until("the reply can be inserted", "visible('reply')").await;
    draw(&screen, "done").await;
    screen.change_scheme().await;
    draw(&screen, "done-dark").await;
    screen.click("back").await;
    screen.until("it is told", "visible('another')").await;
    draw(&screen, "another-dark").await;
    screen.close().await;
}

#[tokio::test]
#[ignore = "make screenshots draws the pictures"]
async fn screenshots_of_trouble() {
    let (world, mut screen) = screen().await;
    screen.expect_complaint("401");
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Rcpt550));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("it is told everywhere", "document.querySelectorAll('#steps > .sent').length === 2").await;
    draw(&screen, "failed-mail").await;
    screen.click("more-title").await;
    screen.until("the rest is shown", "visible('replace')").await;
    draw(&screen, "failed-mail-more").await;

    world.sandbox.mail.faults.set_fault(None);
    screen.desk().await;
    screen.pick(4712).await;
    screen.until("it is said", "text('email-problem')").await;
    draw(&screen, "no-address").await;
    world.pass(9 * 3600);
    screen.fill("email", "caller@acme.example").await;
    // What it says moves the button down: nobody clicks before.
    screen.until("it is said", "visible('session-ended')").await;
    press(&screen).await;
    screen.until("the press is answered", "$('generate').ariaDisabled === 'false'").await;
    draw(&screen, "session-ended").await;
    screen.close().await;
}

#[tokio::test]
#[ignore = "make screenshots draws the pictures"]
async fn screenshots_of_a_late_mail_and_of_a_corrected_customer() {
    let (world, mut screen) = screen().await;
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Rcpt450));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("it is tried again", "text('steps').includes('keeps retrying')").await;
    world.pass(301);
    screen.until("it is late", "text('license-title') === 'Not sent yet' && visible('reply')").await;
    draw(&screen, "late-mail").await;
    screen.desk().await;
    screen.pick(4713).await;
    screen.until("the choices are there", "document.querySelector('#contacts button')").await;
    draw(&screen, "staff-requester").await;
    screen.close().await;
}
