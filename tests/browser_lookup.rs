//! The full page of the whole team: every license, found as the agent types, and everything known about one.

use serde_json::json;
use stopgap::app;

use crate::{
    browser_aftercare::{Face, MONTH_SECONDS, delivered, now, search},
    world::{World, ended, generate, history, order, order_for, within},
};

#[tokio::test]
async fn the_full_page_finds_who_got_a_trial_last_month_and_shows_all_that_is_known() {
    let (world, mut screen) = World::on_screen().await;
    let (_, license) = delivered(&world, &order()).await;
    world.pass(MONTH_SECONDS);
    delivered(&world, &order_for("someone@else.example")).await;
    screen.open_full_page().await;
    screen
        .until(
            "both are listed, the newest first",
            "text('rows').indexOf('#4711') >= 0 && $('rows').children.length === 2",
        )
        .await;
    screen.full_page_looks_well().await;
    screen.fill("q", "j").await;
    screen.until("one letter finds nothing yet", "text('found').includes('Two characters')").await;
    search(&screen, "ACME.example", 1).await;
    screen.run("document.querySelector('#rows [data-license]').click()").await;
    screen.until("it opens", "visible('facts')").await;
    let facts = screen.text("facts").await;
    for key in ["id", "license_md5", "license_sha256"] {
        assert!(facts.contains(license[key].as_str().unwrap()), "{key}: {facts}");
    }
    for words in
        ["Jane Doe", "jane@acme.example", "Acme GmbH", "#4711", "jdoe", "Ultimate, trial", "286", "Starts", "Expires"]
    {
        assert!(facts.contains(words), "{words}: {facts}");
    }
    let deliveries = screen.text("deliveries").await;
    for words in ["Mail", "jane@acme.example", "arrival unknown", "Issue", "Slack", "1 attempt"] {
        assert!(deliveries.contains(words), "{words}: {deliveries}");
    }
    let events = screen.text("history").await;
    for words in
        ["License generated: 286 seats", "Mail accepted by the mail server", "Issue written: http", "Slack told"]
    {
        assert!(events.contains(words), "{words}: {events}");
    }
    for event in history(&ended(&world.agent().await, &license).await).iter().filter(|event| event.contains('_')) {
        assert!(!events.contains(event), "{event} is said in words: {events}");
    }
    screen.full_page_looks_well().await;

    screen.click("back").await;
    screen.until("the list is as it was", "$('rows').children.length === 1 && $('q').value === 'ACME.example'").await;
    assert_eq!(screen.focus().await, "q");
    search(&screen, "nobody@nowhere", 0).await;
    screen.close().await;
}

#[tokio::test]
async fn the_list_goes_on_where_it_ended_and_a_search_begins_it_anew() {
    let limits = [("AGENT_HOURLY_LIMIT", "100"), ("DAILY_LIMIT", "100")];
    let (world, mut screen) = World::on_screen_with(&limits).await;
    let agent = world.agent().await;
    for n in 0..22 {
        generate(&agent, &order_for(&format!("person{n}@company{n}.example"))).await;
    }
    screen.open_full_page().await;
    screen.until("a page is listed", "$('rows').children.length === 20 && visible('more')").await;
    screen.click("more").await;
    screen.until("all are listed", "$('rows').children.length === 22 && !visible('more')").await;
    let at = "[...document.querySelectorAll('#rows [data-license]')].indexOf(document.activeElement)";
    assert_eq!(screen.look(at).await, 20, "the agent goes on where the new ones begin");
    search(&screen, "company21", 1).await;
    screen.close().await;
}

#[tokio::test]
async fn a_download_from_the_full_page_is_recorded_with_who_and_why() {
    let (world, mut screen) = World::on_screen().await;
    let (agent, license) = delivered(&world, &order()).await;
    Face::FullPage.open_license(&mut screen).await;
    screen.click("aftercare-title").await;
    screen.click("download").await;
    let line = within(async {
        loop {
            let shown = now(&agent, &license).await;
            let events = shown["events"].as_array().unwrap();
            if let Some(line) = events.iter().find(|event| event["kind"] == "downloaded") {
                return line.clone();
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!((&line["actor"], &line["detail"]), (&json!("agent 42 (jdoe)"), &json!("mail delivered")));
    screen.close().await;
}

#[tokio::test]
async fn an_erased_customer_is_said_to_be_erased_and_not_named_by_an_address() {
    let (world, mut screen) = World::on_screen().await;
    let (agent, license) = delivered(&world, &order()).await;
    app::erase(world.config(), "jane@acme.example").await.unwrap();
    ended(&agent, &license).await;
    screen.open_full_page().await;
    search(&screen, license["id"].as_str().unwrap(), 1).await;
    let row = screen.text("rows").await;
    assert!(row.contains("Erased") && !row.contains("erased.invalid"), "{row}");
    screen.run("document.querySelector('#rows [data-license]').click()").await;
    screen.until("it opens", "text('license-to').startsWith('Erased') && text('facts').includes('Erased')").await;
    assert!(screen.text("facts").await.contains(license["license_md5"].as_str().unwrap()), "its hashes stay");
    screen.close().await;
}
