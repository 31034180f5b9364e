//! What the agent sees, and what is kept, when something goes wrong.

use stopgap::sandbox::smtp::Fault;

use crate::world::{
    World, generate, get, order,
    screen::{DONE, ENTER, Screen},
};

/// The answer to the next press gets lost on its way back.
const LOSE_NEXT_ANSWER: &str = r#"
    const real = window.fetch;
    window.fetch = async (address, options) => {
        const answer = await real(address, options);
        if (options?.method !== "POST") return answer;
        window.fetch = real;
        throw new TypeError("lost");
    };
"#;

async fn press(screen: &Screen, seats: &str) {
    screen.fill("username", "jdoe").await;
    screen.fill("seats", seats).await;
    screen.press_generate().await;
}

/// How many licenses the store holds for the ordinary customer.
async fn licenses(world: &World) -> usize {
    let found = get(&world.agent().await, "/api/v1/licenses?q=jane@acme.example").await;
    found.body["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_running_license_is_told_before_the_press_and_asks_for_a_confirmation() {
    let (world, mut screen) = World::on_screen().await;
    generate(&world.agent().await, &order()).await;
    screen.open(4711).await;
    screen.until("it is told", "text('earlier').includes('286 seats') && visible('another')").await;

    assert!(!screen.is_visible("generate").await);
    screen.looks_well().await;
    assert_eq!(licenses(&world).await, 1);
    screen.click("another").await;
    press(&screen, "300").await;
    screen.until("it asks for a reason", "document.activeElement.id === 'reason' && text('reason-problem')").await;
    assert!(screen.text("override-label").await.starts_with("Reason for another license"));
    screen.looks_well().await;
    assert_eq!(licenses(&world).await, 1);
    screen.fill("reason", "the first had too few seats").await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(licenses(&world).await, 2);
    let issues = world.sandbox.gitlab.issues();
    let told = |issue: &&stopgap::sandbox::gitlab::Issue| issue.description.contains("the first had too few seats");
    assert_eq!(issues.iter().filter(told).count(), 1);
    screen.close().await;
}

#[tokio::test]
async fn enter_in_a_field_is_no_consent_to_another_license() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    generate(&world.agent_number(43).await, &order()).await;
    screen.click("correct").await;
    screen.until("it is told", "visible('another')").await;
    screen.tab_to("name").await;
    screen.keys(ENTER).await;
    screen.until("it asks", "document.activeElement.id === 'another'").await;
    assert_eq!(licenses(&world).await, 1);
    screen.close().await;
}

#[tokio::test]
async fn a_license_that_a_colleague_generated_meanwhile_asks_for_a_confirmation_too() {
    let (world, mut screen) = World::on_screen().await;
    screen.expect_complaint("409");
    screen.open(4711).await;
    generate(&world.agent_number(43).await, &order()).await;

    press(&screen, "300").await;
    screen.until("it asks", "visible('another') && document.activeElement.id === 'another'").await;
    assert_eq!(licenses(&world).await, 1);
    screen.click("another").await;
    assert_eq!(screen.look("$('seats').value").await, "300", "what was typed is kept");
    screen.fill("reason", "the first had too few seats").await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(licenses(&world).await, 2);
    screen.close().await;
}

#[tokio::test]
async fn a_service_that_was_away_gets_the_same_request_again_once_it_is_back() {
    let (mut world, mut screen) = World::on_screen().await;
    screen.expect_complaint("ERR_CONNECTION_REFUSED");
    screen.open(4711).await;
    let port = world.port();
    world.stop().await;

    press(&screen, "286").await;
    screen.until("it says so", "text('trouble').includes('does not answer')").await;
    screen.looks_well().await;
    world.serve_screens(port).await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(licenses(&world).await, 1);
    screen.close().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_makes_no_second_license() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.run(LOSE_NEXT_ANSWER).await;
    press(&screen, "286").await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(licenses(&world).await, 1);
    assert_eq!(world.sandbox.mail.mails().len(), 1);
    screen.close().await;
}

#[tokio::test]
async fn a_session_that_has_ended_keeps_what_was_typed() {
    let (world, mut screen) = World::on_screen().await;
    screen.expect_complaint("401");
    screen.open(4711).await;
    world.pass(9 * 3600);
    press(&screen, "286").await;
    screen.until("it says so", "text('session-ended').includes('What you typed is kept')").await;
    assert_eq!(screen.look("$('seats').value").await, "286");
    screen.looks_well().await;

    screen.desk().await;
    screen.reload_app().await;
    screen.until("what was typed is back", "$('seats').value === '286' && $('username').value === 'jdoe'").await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(licenses(&world).await, 1);
    screen.close().await;
}

#[tokio::test]
async fn a_limit_says_when_it_opens_again() {
    let (world, mut screen) = World::on_screen_with(&[("AGENT_HOURLY_LIMIT", "1")]).await;
    generate(&world.agent().await, &crate::world::order_for("someone@else.example")).await;
    screen.expect_complaint("429");
    screen.open(4711).await;
    press(&screen, "286").await;
    screen.until("it says so", "/try again at .*\\(in (59|60) minutes\\)/.test(text('trouble'))").await;
    screen.looks_well().await;
    assert_eq!(licenses(&world).await, 0);
    screen.close().await;
}

#[tokio::test]
async fn a_mail_that_failed_says_why_and_offers_what_to_do() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Rcpt550));
    screen.open(4711).await;
    press(&screen, "286").await;
    screen.until("it is told", "document.querySelectorAll('#steps > .failed').length === 1").await;
    screen.until("the others go on", "document.querySelectorAll('#steps > .sent').length === 2").await;
    assert!(screen.text("steps").await.contains("550"), "with the server's words");
    for id in ["forward", "forward-go", "download"] {
        assert!(screen.is_visible(id).await, "{id}");
    }
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_late_mail_is_told_tried_on_and_shown_when_it_goes_out() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(Fault::Rcpt450));
    screen.open(4711).await;
    press(&screen, "286").await;
    screen.until("it is tried again", "text('steps').includes('keeps retrying')").await;
    world.pass(301);
    screen.until("it is told", "text('aftercare-title').includes('late') && visible('forward')").await;
    screen.looks_well().await;
    world.sandbox.mail.faults.set_fault(None);
    world.pass(61);
    screen.until("three steps are green", DONE).await;
    screen.close().await;
}

#[tokio::test]
async fn a_key_that_cannot_be_reached_is_told_with_its_keepers_reason() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen
        .run(
            "const real = window.fetch;
             const later = window.setTimeout;
             window.setTimeout = (action, ms) => later(action, ms / 1000);
             const problem = { code: 'signer_unavailable', detail: 'the token is not plugged in' };
             window.fetch = (url, options) => options?.method === 'POST'
                 ? Promise.resolve(new Response(JSON.stringify(problem), { status: 503 }))
                 : real(url, options);",
        )
        .await;
    press(&screen, "300").await;
    screen.until("it says why", "text('trouble').includes('the token is not plugged in')").await;
    assert!(screen.text("trouble").await.contains("Nothing was generated"));
    screen.close().await;
}
