//! Every state of the app has a face.

use crate::world::{World, generate, order_for, screen::DONE};

#[tokio::test]
async fn an_app_that_is_not_configured_yet_says_which_settings_are_missing() {
    let none_yet = [("ZENDESK_INSTALLATION_IDS", ""), ("ZENDESK_PUBLIC_KEYS", "")];
    let (_world, mut screen) = World::on_screen_with(&none_yet).await;
    screen.expect_complaint("503");
    screen.open_app(4711).await;
    screen.until("it says so", "text('not-configured-title') === 'Stopgap is not set up yet'").await;
    let missing = screen.text("missing").await;
    assert!(missing.contains("STOPGAP_ZENDESK_INSTALLATION_IDS"), "{missing}");
    assert!(missing.contains("STOPGAP_ZENDESK_PUBLIC_KEYS"), "{missing}");
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_token_that_was_refused_is_told_with_what_to_do() {
    let (_world, mut screen) = World::on_screen_with(&[("ZENDESK_INSTALLATION_IDS", "999")]).await;
    screen.expect_complaint("403");
    screen.open_app(4711).await;
    screen.until("it says so", "text('refused-title').includes('was not accepted')").await;
    assert!(!screen.is_visible("form").await);
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn outside_zendesk_the_page_says_where_it_belongs() {
    let (world, mut screen) = World::on_screen().await;
    // Browsers ask for it wherever a page stands alone, and the service has none.
    screen.expect_complaint("favicon.ico");
    screen.goto(world.reachable().join("/zendesk/sidebar").unwrap().as_str()).await;
    screen.until("it says so", "text('outside-title') === 'Open this in a Zendesk ticket'").await;
    let link = screen.look("$('outside-link').href").await;
    assert_eq!(link, format!("{}/agent", world.sandbox.origin()));
    screen.is_accessible().await;
    screen.close().await;
}

#[tokio::test]
async fn a_requester_without_address_leaves_it_to_the_agent_to_enter_one() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4712).await;
    screen.until("it says so", "text('email-problem').includes('has no address')").await;
    screen.looks_well().await;
    screen.fill("email", "caller@acme.example").await;
    screen.generate("7").await;
    assert_eq!(world.sandbox.mail.mails()[0].envelope_to, ["caller@acme.example"]);
    screen.close().await;
}

#[tokio::test]
async fn an_address_of_staff_is_refused_before_the_press() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4713).await;
    screen.until("it says so", "text('email-problem').includes('never go to gitlab.com addresses')").await;
    screen.fill("email", "sseller@gitlab.com").await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "7").await;
    screen.press_generate().await;
    screen.until("the field is in focus", "document.activeElement?.id === 'email'").await;
    assert!(screen.text("email-problem").await.contains("gitlab.com"));
    assert!(world.sandbox.mail.mails().is_empty());
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn an_empty_form_names_every_wrong_field_and_focuses_the_first() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.until("the username is suggested", "$('username').value").await;
    screen.fill("username", "").await;
    screen.press_generate().await;
    screen.until("the fields are named", "text('username-problem') && text('seats-problem')").await;
    assert_eq!(screen.focus().await, "username");
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_hostile_ticket_runs_nothing_and_breaks_out_of_nothing() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4714).await;
    let foreign = "document.querySelectorAll('img, b, iframe, script:not([src])').length";
    let name = screen.text("recipient-name").await;
    assert!(name.starts_with("<img src=x onerror=alert(1)> \"Bobby\" & Söhne · =HYPERLINK"), "{name}");
    assert_eq!(screen.look(foreign).await, 0);
    screen.looks_well().await;

    screen.generate("5").await;
    assert_eq!(screen.look(foreign).await, 0);
    assert_eq!(world.sandbox.mail.mails()[0].envelope_to, ["bobby+tables@xn--shne-5qa.example"]);
    screen.click("reply").await;
    screen.until("it is said", "text('said')").await;
    screen.desk().await;
    let reply = screen.look("$('draft').value").await;
    assert!(reply.as_str().unwrap().contains("<img src=x onerror=alert(1)>"), "{reply}");
    screen.close().await;
}

#[tokio::test]
async fn the_colours_are_zendesks_before_the_first_script_and_follow_a_change() {
    let (_world, mut screen) = World::on_screen().await;
    let paper = "getComputedStyle(document.body).backgroundColor";
    screen.open(4711).await;
    assert_eq!(screen.look("watched.scheme").await, "light");
    assert_eq!(screen.look(paper).await, "rgb(255, 255, 255)");
    screen.change_scheme().await;
    assert_eq!(screen.look(paper).await, "rgb(21, 26, 30)");
    screen.desk().await;
    screen.reload_app().await;
    assert_eq!(screen.look("watched.scheme").await, "dark", "as the service answered it");
    screen.close().await;
}

#[tokio::test]
async fn the_done_license_looks_well_too() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.generate("286").await;
    screen.until("three steps are green", DONE).await;
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_german_agents_form_and_license_look_well_in_both_colours() {
    let (_world, mut screen) = World::on_screen().await;
    screen.as_german_agent().await;
    screen.open(4711).await;
    screen.until("it is German", "document.documentElement.lang.startsWith('de')").await;
    screen.click("correct").await;
    screen.run("$('evidence').open = true; $('diagnosis').open = true;").await;
    screen.looks_well().await;
    screen.click("correct").await;
    screen.generate("286").await;
    screen.run("for (const id of ['aftercare', 'more']) $(id).open = true;").await;
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_table_row_that_wraps_stays_aligned_clamps_its_company_and_keeps_its_date_whole() {
    let (world, screen) = World::on_screen().await;
    let mut order = order_for("jane@acme.example");
    order["customer"]["company"] = "Verwaltungsgesellschaft für Beteiligungen ".repeat(4).trim().into();
    generate(&world.agent().await, &order).await;
    screen.goto_desk().await;
    screen.full_page().await;
    screen.until("the row is there", "document.querySelector('#rows tr')").await;
    let cells = "[...document.querySelectorAll('#rows td')]";
    let aligned = format!("{cells}.every((cell) => getComputedStyle(cell).verticalAlign === 'top')");
    assert_eq!(screen.look(&aligned).await, true);
    let company = "document.querySelector('#rows .clamped')";
    let lines = format!("Math.round({company}.clientHeight / parseFloat(getComputedStyle({company}).lineHeight))");
    assert_eq!(screen.look(&lines).await, 2);
    assert_eq!(screen.look(&format!("{company}.scrollHeight > {company}.clientHeight")).await, true);
    let date = "(() => { const range = document.createRange();
         range.selectNodeContents(document.querySelector('#rows td:nth-child(5)'));
         return range.getClientRects().length; })()";
    assert_eq!(screen.look(date).await, 1, "the date is on one line");
    screen.is_accessible().await;
    screen.close().await;
}
