//! The page offers what can be done and says what is so.

use serde_json::Value;
use stopgap::sandbox::{gitlab::CallFault, smtp, web};

use crate::world::{
    World, ended, generate, order,
    screen::{DONE, Screen},
};

async fn press(screen: &Screen) {
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    screen.press_generate().await;
}

/// A license whose mail was refused, in view; the mail server works again.
async fn refused() -> (World, Screen) {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Rcpt550));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("the others are done", "document.querySelectorAll('#steps > .sent').length === 2").await;
    screen.until("the mail has failed", "document.querySelectorAll('#steps > .failed').length === 1").await;
    world.sandbox.mail.faults.set_fault(None);
    (world, screen)
}

async fn open_earlier(screen: &mut Screen) {
    screen.open(4711).await;
    screen.until("the license is listed", "document.querySelector('#earlier-list [data-license]')").await;
    screen.run("document.querySelector('#earlier-list [data-license]').click()").await;
    screen.until("it is open", "visible('steps')").await;
}

#[tokio::test]
async fn a_refused_recipient_leads_to_one_primary_action_with_its_field_in_focus() {
    let (_world, screen) = refused().await;
    assert_eq!(screen.text("license-title").await, "Not sent");
    screen.until("the field is in focus", "document.activeElement?.id === 'forward'").await;
    let primary =
        "[...document.querySelectorAll('.primary')].filter((e) => e.checkVisibility()).map((e) => e.innerText)";
    assert_eq!(screen.look(primary).await, serde_json::json!(["Send to the right address"]));
    assert!(!screen.is_visible("resend").await, "the rest is under More");
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_failed_mail_that_a_later_one_made_up_for_is_not_offered_for_a_retry() {
    let (_world, screen) = refused().await;
    screen.fill("forward", "jane.doe@acme.example").await;
    screen.click("forward-go").await;
    let sent =
        "document.querySelectorAll('#steps > .sent').length === 3 && !document.querySelector('#steps > .pending')";
    screen.until("the second mail is out", sent).await;
    screen.until("the headline names it", "text('license-title') === 'Sent to jane.doe@acme.example'").await;
    assert!(!screen.is_visible("retry").await);
    let summary = screen.text("license-to").await;
    assert!(summary.contains("jane.doe@acme.example") && !summary.contains("jane@acme.example"), "{summary}");
    let steps = screen.text("steps").await;
    assert!(steps.contains("First mail to jane@acme.example"), "{steps}");
    assert!(steps.contains("Corrected: mail to jane.doe@acme.example"), "{steps}");
    screen.close().await;
}

#[tokio::test]
async fn a_reply_says_attached_only_after_a_download() {
    let (_world, screen) = refused().await;
    assert!(!screen.is_visible("reply").await, "there is nothing to say yet");
    screen.click("download").await;
    screen.until("the reply is offered", "visible('reply') && text('downloaded').startsWith('Downloaded')").await;
    screen.looks_well().await;
    screen.click("reply").await;
    screen.until("it is said", "text('said')").await;
    screen.desk().await;
    let reply = screen.look("$('draft').value").await;
    assert!(reply.as_str().unwrap().contains("Attached is an emergency license"), "{reply}");
    screen.app().await;
    screen.close().await;
}

#[tokio::test]
async fn a_reply_about_a_late_mail_says_neither_sent_nor_attached() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Rcpt450));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("it is tried again", "/next in [0-9]+ seconds?\\./.test(text('steps'))").await;
    world.pass(301);
    screen.until("it is late", "text('license-title') === 'Not sent yet' && visible('reply')").await;
    screen.click("reply").await;
    screen.until("it is said", "text('said')").await;
    screen.desk().await;
    let reply = screen.look("$('draft').value").await;
    assert!(reply.as_str().unwrap().contains("We are sending an emergency license"), "{reply}");
    screen.app().await;
    screen.close().await;
}

#[tokio::test]
async fn a_retry_of_slack_is_offered_while_slack_has_failed() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.slack.faults.fail_next(web::Fault::status(410, "channel_is_archived"));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("it is offered", "visible('retry')").await;
    screen.click("retry").await;
    screen.until("three steps are green", DONE).await;
    assert!(!screen.is_visible("retry").await);
    screen.close().await;
}

#[tokio::test]
async fn a_reopened_license_tags_the_ticket() {
    let (world, mut screen) = World::on_screen().await;
    let agent = world.agent().await;
    ended(&agent, &generate(&agent, &order()).await).await;
    open_earlier(&mut screen).await;
    screen.desk().await;
    screen.until("the ticket is tagged", "text('tags').includes('emergency-license')").await;
    screen.app().await;
    screen.close().await;
}

#[tokio::test]
async fn the_live_region_speaks_in_whole_sentences_and_falls_silent_with_its_license() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.generate("286").await;
    let said = screen.look("$('status').textContent").await;
    let said = said.as_str().unwrap();
    assert!(said.contains("Posted at") && !said.contains("..") && !said.contains(". ."), "{said}");
    screen.click("back").await;
    screen.until("the form is back", "visible('form')").await;
    assert_eq!(screen.look("$('status').textContent").await, "");
    screen.close().await;
}

#[tokio::test]
async fn a_date_is_shown_whole_in_the_narrowest_sidebar() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.unfold("evidence").await;
    screen.run("$('expires_on').value = '2026-11-30'").await;
    screen.desk().await;
    screen.set_width(280).await;
    screen.app().await;
    screen.until("the sidebar is narrow", "innerWidth <= 282").await;
    // Day, month and year with Chromium's button beside them.
    let width: Value = screen.look("$('expires_on').getBoundingClientRect().width").await;
    assert!(width.as_f64().unwrap() >= 130.0, "{width}");
    screen.close().await;
}

#[tokio::test]
async fn the_operators_trouble_is_not_told_by_the_name_of_a_setting() {
    let (world, mut screen) = World::on_screen().await;
    let refused = web::Fault::status(401, r#"{"message":"401 Unauthorized"}"#);
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(refused)));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("it is told", "text('steps').includes('GitLab refuses the service’s token')").await;
    assert!(!screen.text("steps").await.contains("STOPGAP_"));
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn delivery_is_said_to_be_untracked_only_without_a_provider() {
    let (_world, mut screen) = World::on_screen_with(&[("MAILGUN_SIGNING_KEY", crate::webhook::KEY)]).await;
    screen.open(4711).await;
    screen.generate("286").await;
    assert!(screen.text("steps").await.contains("its provider has not reported yet"));
    screen.close().await;
}

#[tokio::test]
async fn a_page_has_one_format_for_its_dates_and_breaks_none() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    press(&screen).await;
    screen.until("three steps are green", DONE).await;
    let shown = screen.text("license-last").await;
    let day = shown.strip_prefix("Works through ").unwrap();
    assert!(!day.contains(' '), "{day} can be broken");
    assert!(screen.text("license-to").await.ends_with(&format!("through {day}")), "{day}");
    screen.close().await;
}
