//! What the page offers after a mail that failed does what it says.

use std::{fs, path::Path, time::Duration};

use serde_json::json;
use stopgap::sandbox::smtp::{Fault, Mail};

use crate::world::{World, screen::Screen, within};

/// Between two looks into the folder for downloads: no event tells of it.
const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// A license whose mail was refused for good, after issue and Slack have told of it. The mail server works again.
async fn failed() -> (World, Screen) {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Rcpt550));
    screen.open(4711).await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    screen.press_generate().await;
    screen.until("the mail has failed", "document.querySelectorAll('#steps > .failed').length === 1").await;
    screen.until("the others are done", "document.querySelectorAll('#steps > .sent').length === 2").await;
    world.sandbox.mail.faults.set_fault(None);
    (world, screen)
}

/// The one mail that arrived, once the steps have followed it.
async fn arrived(world: &World, screen: &Screen) -> Mail {
    let followed =
        "document.querySelectorAll('#steps > .sent').length === 3 && !document.querySelector('#steps > .pending')";
    screen.until("the steps follow", followed).await;
    let mails = world.sandbox.mail.mails();
    assert_eq!(mails.len(), 1);
    mails.into_iter().next().unwrap()
}

#[tokio::test]
async fn the_license_goes_to_the_corrected_address() {
    let (world, screen) = failed().await;
    screen.fill("forward", "jane.doe@acme.example").await;
    screen.click("forward-go").await;
    let mail = arrived(&world, &screen).await;
    assert_eq!(mail.envelope_to, ["jane.doe@acme.example"]);
    let step =
        "[...document.querySelectorAll('#steps > .sent')].some((e) => e.innerText.includes('jane.doe@acme.example'))";
    assert_eq!(screen.look(step).await, true, "{}", screen.text("steps").await);
    screen.close().await;
}

#[tokio::test]
async fn an_address_that_is_none_is_marked_and_nothing_is_sent() {
    let (world, screen) = failed().await;
    screen.fill("forward", "jane").await;
    screen.click("forward-go").await;
    screen.until("it says so", "text('forward-problem').startsWith('Enter one full address')").await;
    screen.looks_well().await;
    assert!(world.sandbox.mail.mails().is_empty());
    screen.close().await;
}

#[tokio::test]
async fn the_license_is_sent_again_to_the_same_address() {
    let (world, screen) = failed().await;
    screen.click("more-title").await;
    screen.click("resend").await;
    let mail = arrived(&world, &screen).await;
    assert_eq!(mail.envelope_to, ["jane@acme.example"]);
    screen.close().await;
}

#[tokio::test]
async fn the_download_is_the_license_file_that_a_mail_would_carry() {
    let (world, screen) = failed().await;
    let folder = tempfile::tempdir().unwrap();
    let downloads = json!({ "behavior": "allow", "downloadPath": folder.path() });
    screen.cdp("Browser.setDownloadBehavior", downloads).await;
    screen.click("download").await;
    let (name, content) = within(downloaded(folder.path())).await;

    screen.click("more-title").await;
    screen.click("resend").await;
    let attachment = arrived(&world, &screen).await.attachments.into_iter().next().unwrap();
    assert_eq!((name, content.trim_end()), (attachment.filename, attachment.content.trim_end()));
    screen.close().await;
}

/// The name and the text of the one file in the folder, once the browser has given it its name.
async fn downloaded(folder: &Path) -> (String, String) {
    loop {
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let license = files.into_iter().find(|file| file.extension().is_some_and(|ending| ending == "gitlab-license"));
        if let Some(text) =
            license.as_ref().and_then(|file| fs::read_to_string(file).ok()).filter(|text| !text.is_empty())
        {
            return (license.unwrap().file_name().unwrap().to_str().unwrap().to_owned(), text);
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
}
