//! A session that ends takes nothing of the form with it.

use jiff::civil::date;

use crate::{
    browser_scope::drop_old_license,
    eligibility::turn_to,
    world::{
        World, get,
        screen::{DONE, Screen},
    },
};

/// The form of a case out of scope for a corrected customer, pressed after the session has ended.
async fn press_too_late(world: &World, screen: &mut Screen) {
    screen.expect_complaint("401");
    screen.open(4711).await;
    screen.click("correct").await;
    screen.fill("email", "jane.doe@acme.example").await;
    screen.fill("name", "J. Doe").await;
    drop_old_license(screen).await;
    screen.fill("billable_users", "240").await;
    screen.until("it is judged", "visible('override') && $('seats').value === '240'").await;
    screen.fill("reason", "Their release is tomorrow").await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "250").await;
    world.pass(9 * 3600);
    screen.press_generate().await;
    screen.until("it says so", "text('session-ended').includes('What you typed is kept')").await;
}

#[tokio::test]
async fn after_a_new_session_the_whole_form_is_back_and_the_press_goes_as_it_was() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 25));
    press_too_late(&world, &mut screen).await;
    screen.desk().await;
    screen.reload_app().await;
    screen.until("what was typed is back", "$('seats').value === '250' && $('username').value === 'jdoe'").await;
    screen.until("the evidence is judged again", "visible('verdict') && visible('override')").await;
    for (id, value) in [
        ("email", "jane.doe@acme.example"),
        ("name", "J. Doe"),
        ("company", "Acme GmbH"),
        ("billable_users", "240"),
        ("licensed", "250"),
        ("expires_on", "2026-11-01"),
        ("reason", "Their release is tomorrow"),
    ] {
        assert_eq!(screen.look(&format!("$('{id}').value")).await, value, "{id}");
    }
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;
    let made = get(&world.agent().await, "/api/v1/licenses?q=acme.example").await.body["items"][0].clone();
    assert_eq!(made["eligibility"]["verdict"], "too_late");
    assert_eq!(made["eligibility"]["override_reason"], "Their release is tomorrow");
    assert_eq!(made["customer"]["email"], "jane.doe@acme.example");
    screen.close().await;
}

#[tokio::test]
async fn neither_the_session_nor_a_pasted_license_is_kept() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, date(2026, 11, 25));
    screen.before_pages("window.bearer = () => document.querySelector('meta[name=stopgap-session]')?.content;").await;
    press_too_late(&world, &mut screen).await;
    let kept = screen.look("JSON.stringify({ ...sessionStorage, ...localStorage })").await;
    let kept = kept.as_str().unwrap();
    assert!(kept.contains("Their release is tomorrow"), "{kept}");
    assert!(!kept.contains("eyJ"), "the text of a license is in {kept}");
    assert_eq!(screen.look("bearer() ?? null").await, serde_json::Value::Null, "nor does it stay in the page");
    screen.close().await;
}
