//! The page's manners: motion, zoom and the agent's language.

use serde_json::{Value, json};
use stopgap::sandbox::{gitlab::CallFault, web::Fault};

use crate::world::{World, screen::Screen};

/// Longer than the test looks.
const SLOW_MS: u64 = 60_000;
const GERMAN: &str = include_str!("../zendesk-app/translations/de.json");

/// Presses, and waits until a step is under way.
async fn press_and_watch(screen: &Screen) {
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    screen.press_generate().await;
    screen.until("a step is under way", "document.querySelector('#steps > .pending .mark')").await;
}

#[tokio::test]
async fn nothing_moves_where_the_agent_asked_for_less_motion() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(Fault::Slow { delay_ms: SLOW_MS })));
    screen.open(4711).await;
    press_and_watch(&screen).await;
    screen.until("the wheel turns for others", "document.getAnimations().length > 0").await;
    let reduced = json!({ "features": [{ "name": "prefers-reduced-motion", "value": "reduce" }] });
    screen.cdp("Emulation.setEmulatedMedia", reduced).await;
    screen.until("the page is asked", "matchMedia('(prefers-reduced-motion: reduce)').matches").await;
    assert_eq!(screen.look("document.getAnimations().length").await, 0);
    let moving = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).animationName !== 'none'
        || getComputedStyle(e).transitionDuration !== '0s').map((e) => e.outerHTML)";
    assert_eq!(screen.look(moving).await, json!([]));
    screen.close().await;
}

/// Whatever hides its overflow, and the ordinary values of the fields, are seen whole.
const CUT_OFF: &str = "[...document.querySelectorAll('main *:not(.unseen)')].filter((e) => e.checkVisibility()
    && (e.matches('#seats, #username, button') || getComputedStyle(e).overflowX !== 'visible')
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map((e) => e.outerHTML)";

async fn is_whole(screen: &Screen) {
    screen.fits_every_width().await;
    assert_eq!(screen.look(CUT_OFF).await, json!([]), "this is cut off");
}

/// The form and the license, with every room opened.
async fn is_whole_on_the_way(screen: &Screen) {
    let open = "document.querySelectorAll('details').forEach((room) => { room.open = true; })";
    screen.run(open).await;
    is_whole(screen).await;
    screen.generate("286").await;
    screen.run(open).await;
    is_whole(screen).await;
}

#[tokio::test]
async fn at_a_zoom_of_200_percent_nothing_is_cut_off_and_nothing_scrolls_sideways() {
    let (_world, mut screen) = World::on_screen().await;
    // What the browser's zoom makes of a window of 2000 pixels.
    let zoom = json!({ "width": 1000, "height": 1000, "deviceScaleFactor": 2, "mobile": false });
    screen.cdp("Emulation.setDeviceMetricsOverride", zoom).await;
    screen.open(4711).await;
    assert_eq!(screen.look("devicePixelRatio").await, 2);
    is_whole_on_the_way(&screen).await;
    screen.close().await;
}

#[tokio::test]
async fn with_letters_of_twice_the_size_nothing_is_cut_off_and_nothing_scrolls_sideways() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    // As the browser's own setting for the size of letters does.
    screen.run("document.documentElement.style.fontSize = '200%'").await;
    assert_eq!(screen.look("getComputedStyle(document.body).fontSize").await, "28px", "twice the usual 14");
    is_whole_on_the_way(&screen).await;
    screen.close().await;
}

#[tokio::test]
async fn a_german_agent_reads_german_words_dates_and_numbers() {
    let (_world, mut screen) = World::on_screen().await;
    screen.as_german_agent().await;
    screen.open(4711).await;
    screen.until("the page is German", "document.documentElement.lang === 'de'").await;
    let german = &serde_json::from_str::<Value>(GERMAN).unwrap()["sidebar"];
    let other = format!(
        "[...document.querySelectorAll('[data-t]')].map((e) => [e.dataset.t, e.textContent]).filter(([name, text]) =>
            text !== name.split('.').reduce((part, key) => part[key], {german}))"
    );
    let still_loading = "recipient.loading";
    let strangers = screen.look(&other).await;
    let strangers: Vec<_> = strangers.as_array().unwrap().iter().filter(|each| each[0] != still_loading).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    screen.looks_well().await;

    screen.generate("1300").await;
    let summary = screen.text("license-to").await;
    assert!(summary.contains("1.300"), "{summary}");
    let last = screen.text("license-last").await;
    let date = r"/^Gilt bis (Mo|Di|Mi|Do|Fr|Sa|So)\.,\s[0-9]{1,2}\.\s[A-Z][a-zä]+\.?$/.test(text('license-last'))";
    assert_eq!(screen.look(date).await, true, "{last}");
    screen.until("the reply can be inserted", "visible('reply')").await;
    screen.looks_well().await;
    screen.close().await;
}
