//! The main job on a real screen: from an open ticket to "the customer has it".

use stopgap::sandbox::gitlab::State;

use crate::world::{
    World, generate, order_for,
    screen::{DONE, ENTER, Screen},
};

/// Notes when the form can be typed into, and when it shows who the license goes to.
const STOPWATCH: &str = r#"
    new MutationObserver(() => {
        const now = performance.now();
        const form = document.getElementById("form");
        if (form && !form.hidden) watched.form ??= now;
        if (document.getElementById("recipient-email")?.textContent) watched.recipient ??= now;
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"#;

/// Someone else had a license from this agent, so the service knows the agent's username.
async fn remembered_agent(world: &World) {
    generate(&world.agent().await, &order_for("someone@else.example")).await;
}

/// Prints how long it took from the arrival of the page's first byte. Not asserted: the machine may be busy.
async fn print_times(what: &str, screen: &Screen) {
    let since = "performance.getEntriesByType('navigation')[0].responseStart";
    let form = screen.look(&format!("Math.round(watched.form - {since})")).await;
    let recipient = screen.look(&format!("Math.round(watched.recipient - {since})")).await;
    println!("{what}, after the page's arrival: form usable in {form} ms, ticket shown in {recipient} ms");
}

#[tokio::test]
async fn one_typed_number_and_one_press_lead_to_three_green_steps() {
    let (world, mut screen) = World::on_screen().await;
    remembered_agent(&world).await;
    screen.before_pages(STOPWATCH).await;
    screen.open(4711).await;
    print_times("a browser that has just started", &screen).await;
    // As on every ticket after the first.
    screen.open(4711).await;
    print_times("the same once more", &screen).await;
    assert_eq!(screen.text("recipient-name").await, "Jane Doe · Acme GmbH");
    assert_eq!(screen.text("recipient-email").await, "jane@acme.example");
    assert_eq!(screen.look("$('username').value").await, "jdoe", "remembered from last time");

    screen.fill("seats", "286").await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;

    assert_eq!(screen.text("license-title").await, "Sent to jane@acme.example");
    let mails = world.sandbox.mail.until(|all| all.iter().find(|m| m.envelope_to == ["jane@acme.example"]).cloned());
    crate::world::within(mails).await;
    let issues = world.sandbox.gitlab.issues();
    let issue = issues.iter().find(|issue| issue.title.contains("jane@acme.example")).expect("it has an issue");
    assert_eq!(issue.state, State::Closed);
    assert_eq!(screen.look("document.querySelector('#steps a').href").await, issue.web_url.as_str());
    screen.close().await;
}

#[tokio::test]
async fn the_whole_story_needs_no_mouse() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;

    screen.tab_to("username").await;
    screen.keys("jdoe").await;
    screen.tab_to("seats").await;
    screen.keys("286").await;
    screen.tab_to("unchecked").await;
    screen.keys(" ").await;
    screen.keys(ENTER).await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(screen.focus().await, "license-title", "the focus moves to the result");
    screen.until("the reply can be inserted", "visible('reply')").await;
    screen.tab_to("reply").await;
    screen.keys(ENTER).await;
    screen.until("it is said", "text('said')").await;

    assert_eq!(world.sandbox.mail.mails().len(), 1);
    screen.desk().await;
    let reply = screen.look("$('draft').value").await;
    assert!(reply.as_str().unwrap().starts_with("Hello Jane Doe,"), "{reply}");
    screen.close().await;
}

#[tokio::test]
async fn the_first_view_is_short_and_has_no_primary_button_before_the_agent_begins() {
    let (world, mut screen) = World::on_screen().await;
    generate(&world.agent().await, &crate::world::order()).await;
    screen.open(4711).await;
    screen.until("the earlier license is shown", "visible('earlier')").await;

    let height = screen.look("document.body.getBoundingClientRect().height").await;
    assert!(height.as_f64().unwrap() < 400.0, "{height}");
    let colour = "getComputedStyle($('generate')).backgroundColor";
    screen.click("another").await;
    let at_rest = screen.look(colour).await;
    screen.fill("seats", "2").await;
    assert_ne!(screen.look(colour).await, at_rest);
    screen.looks_well().await;
    screen.close().await;
}
