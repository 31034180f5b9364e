//! Errors are said in the page's language, at the field, and once.

use jiff::civil::date;
use serde_json::json;

use crate::{browser_scope::drop_old_license, eligibility::turn_to, world::World};

#[tokio::test]
async fn a_field_that_the_service_refuses_is_marked_announced_and_in_focus() {
    let (world, mut screen) = World::on_screen().await;
    screen.expect_complaint("400");
    screen.open(4711).await;
    screen.click("correct").await;
    screen.fill("email", "jane..doe@acme.example").await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    screen.press_generate().await;
    screen.until("it is refused", "text('trouble') === 'One field needs another look.'").await;
    assert_eq!(screen.text("email-problem").await, "A license cannot go to this address. Enter the customer’s own.");
    assert_eq!(screen.look("$('email').ariaInvalid").await, "true");
    assert_eq!(screen.focus().await, "email");
    screen.looks_well().await;
    screen.fill("email", "jane.doe@acme.example").await;
    assert_eq!(screen.text("email-problem").await, "", "it holds until the field is changed");
    assert!(world.sandbox.mail.mails().is_empty());
    screen.close().await;
}

#[tokio::test]
async fn several_wrong_fields_are_named_in_the_agents_language_and_the_first_is_in_focus() {
    let (_world, mut screen) = World::on_screen().await;
    screen.as_german_agent().await;
    screen.open(4711).await;
    screen.until("the page is German", "document.documentElement.lang === 'de'").await;
    screen.unfold("evidence").await;
    screen.fill("username", "two words").await;
    screen.fill("billable_users", "many").await;
    screen.press_generate().await;
    screen.until("it is refused", "text('trouble') === '3 Felder stimmen noch nicht.'").await;
    assert_eq!(screen.text("username-problem").await, "Nur Buchstaben, Ziffern, _, - und Punkt.");
    assert_eq!(screen.text("seats-problem").await, "1 bis 1.000.000.");
    assert_eq!(screen.text("billable_users-problem").await, "Eine ganze Zahl, etwa 286.");
    assert_eq!(screen.focus().await, "username");
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_replacement_without_number_and_reason_marks_both() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.generate("286").await;
    screen.click("aftercare-title").await;
    screen.click("more-title").await;
    screen.click("replace").await;
    let marked = "text('replace-seats-problem') && text('replace-reason-problem')";
    screen.until("both are marked", marked).await;
    assert_eq!(screen.focus().await, "replace-seats");
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_german_agent_reads_verdict_and_diagnosis_in_german() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 25));
    screen.as_german_agent().await;
    screen.open(4711).await;
    screen.until("the page is German", "document.documentElement.lang === 'de'").await;
    drop_old_license(&screen).await;
    assert_eq!(screen.text("verdict-word").await, "Ausnahme: Zu lange abgelaufen.");
    assert_eq!(screen.text("generate").await, "Als Ausnahme erzeugen");
    screen.unfold("verdict-why").await;
    screen.until("the reason is German", "text('verdict-reason').startsWith('Die Nachfrist')").await;
    screen.looks_well().await;
    screen.unfold("diagnosis").await;
    screen.fill("error-text", "The license key is invalid.").await;
    screen.click("explain").await;
    screen.until("it is explained", "document.querySelector('#findings .card .strong')").await;
    let meaning = screen.look("document.querySelector('#findings .card .strong').innerText").await;
    assert_eq!(meaning, "Ein Aktivierungscode wurde nicht angenommen, oder eine Lizenzdatei kam in sein Feld.");
    screen.close().await;
}

#[tokio::test]
async fn ten_times_the_customers_users_are_asked_about_once() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.unfold("evidence").await;
    screen.fill("username", "jdoe").await;
    screen.fill("billable_users", "286").await;
    screen.until("the seats are filled", "$('seats').value === '286'").await;
    screen.fill("seats", "2860").await;
    screen.press_generate().await;
    screen.until("it asks", "text('seats-problem').includes('press again')").await;
    screen.looks_well().await;
    assert!(world.sandbox.mail.mails().is_empty());
    screen.press_generate().await;
    screen.until("the second press goes through", "visible('license')").await;
    assert_eq!(screen.look("text('license-to').includes('2,860 seats')").await, json!(true));
    screen.close().await;
}
