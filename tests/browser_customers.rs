//! One customer's input never reaches another: every field, message and key goes with its ticket or license.

use serde_json::{Value, json};

use crate::world::{World, ended, generate, get, order, order_for, screen::Screen, within};

/// Once `other` is set, Zendesk's answers speak of another ticket and its requester. It must be there before the SDK, since
/// a window's listeners are called in the order in which they came.
const OTHER_TICKET: &str = r#"
    addEventListener("message", (event) => {
        const result = event.data?.result;
        if (!window.other || !event.isTrusted || result?.["ticket.id"] === undefined) return;
        event.stopImmediatePropagation();
        const requester = { name: "Kim Lee", email: "kim@initech.example" };
        const replaced = { ...result, "ticket.id": 4799, "ticket.requester": requester, "ticket.organization": null };
        const data = { ...event.data, result: replaced };
        dispatchEvent(new MessageEvent("message", { data, origin: event.origin, source: event.source }));
    });
"#;

/// No press reaches the service.
const NO_POSTS: &str = r#"
    window.real = window.fetch;
    window.fetch = (address, options) =>
        options?.method === "POST" ? Promise.reject(new TypeError("away")) : window.real(address, options);
"#;

/// Opens every fold inside an element, types into every field and ticks every box.
async fn fill_all(screen: &Screen, root: &str) {
    screen.run(&format!("document.querySelectorAll('#{root} details').forEach((e) => {{ e.open = true; }})")).await;
    let fill = format!(
        "const change = (e) => e.dispatchEvent(new Event('input', {{ bubbles: true }}));
        document.querySelectorAll('#{root} input[type=checkbox]').forEach((e) => {{ e.checked = true; change(e); }});
        document.querySelectorAll('#{root} :is(input, textarea):not([type=checkbox], [type=file], [readonly])')
            .forEach((e) => {{ e.value = e.type === 'date' ? '2026-11-01' : 'typed'; change(e); }});"
    );
    screen.run(&fill).await;
}

/// The ids of what holds anything inside an element: fields, boxes, problems and messages.
fn filled(root: &str) -> String {
    format!(
        "[...document.querySelectorAll('#{root} :is(input, textarea, select, [data-problem], [data-message])')]
            .filter((e) => e.type === 'checkbox' ? e.checked : (e.value ?? e.textContent)).map((e) => e.id)"
    )
}

/// Changes the requester's address on the ticket page, which makes the app read the ticket again.
async fn read_again(screen: &Screen, email: &str) {
    screen.desk().await;
    let change = "dispatchEvent(new Event('change'))";
    screen.run(&format!("$('requester-email').value = '{email}'; $('requester-email').{change};")).await;
    screen.app().await;
}

#[tokio::test]
async fn what_was_typed_on_one_ticket_is_not_there_on_another_and_back_on_the_first() {
    let (_world, mut screen) = World::on_screen().await;
    screen.expect_complaint("400");
    screen.before_pages(OTHER_TICKET).await;
    screen.open(4711).await;
    // What comes in moves the button.
    screen.until("Zendesk's hints are there", "visible('organization') && visible('comment-numbers')").await;
    screen.click("correct").await;
    fill_all(&screen, "form").await;
    fill_all(&screen, "diagnosis").await;
    screen.until("the service has refused the file", "text('license_file-problem')").await;
    screen.press_generate().await;
    let refused = "text('email-problem') && text('trouble') && text('license_file-problem')";
    screen.until("it is refused, by the page and by the service", refused).await;
    let before = screen.look(&filled("form")).await;

    screen.run("window.other = true").await;
    read_again(&screen, "jane@acme.example").await;
    screen.until("the other ticket is there", "text('recipient-email') === 'kim@initech.example'").await;
    assert_eq!(screen.look(&filled("form")).await, json!(["username"]), "which is the agent's own");
    assert_eq!(screen.look("$('username').value").await, "joncall");
    assert_eq!(screen.look(&filled("diagnosis")).await, json!([]));

    screen.run("window.other = false").await;
    read_again(&screen, "jane@acme.example").await;
    screen.until("the first ticket is back", "$('email').value === 'typed'").await;
    assert_eq!(screen.look(&filled("form")).await, before);
    screen.close().await;
}

#[tokio::test]
async fn another_requester_on_the_same_ticket_gets_neither_the_corrected_address_nor_the_consent() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.click("correct").await;
    screen.fill("email", "jane.doe@acme.example").await;
    read_again(&screen, "new@acme.example").await;
    screen.until("the new requester is there", "text('recipient-email') === 'new@acme.example'").await;
    screen.generate("5").await;
    assert_eq!(world.sandbox.mail.mails()[0].envelope_to, ["new@acme.example"]);
    screen.close().await;
}

/// Two licenses of two customers, delivered.
async fn two_customers(world: &World) -> [Value; 2] {
    let agent = world.agent().await;
    let first = generate(&agent, &order()).await;
    let second = generate(&agent, &order_for("someone@else.example")).await;
    [ended(&agent, &first).await, ended(&agent, &second).await]
}

async fn open_row(screen: &Screen, license: &Value) {
    let row = format!("document.querySelector('[data-license=\"{}\"]')", license["id"].as_str().unwrap());
    screen.until("it is listed", &row).await;
    screen.run(&format!("{row}.click()")).await;
    let email = license["customer"]["email"].as_str().unwrap();
    screen.until("it opens", &format!("text('license-to').includes('{email}')")).await;
}

#[tokio::test]
async fn what_was_typed_for_one_license_is_not_there_on_another_and_sends_nothing() {
    let (world, mut screen) = World::on_screen().await;
    let [first, second] = two_customers(&world).await;
    screen.open_full_page().await;
    open_row(&screen, &first).await;
    fill_all(&screen, "license").await;
    screen.click("forward-go").await;
    screen.until("it is refused", "text('forward-problem')").await;
    screen.fill("forward", "jane.doe@acme.example").await;
    screen.click("back").await;

    open_row(&screen, &second).await;
    assert_eq!(screen.look(&filled("license")).await, json!([]));
    screen.click("aftercare-title").await;
    screen.click("forward-go").await;
    screen.until("an address is asked for", "text('forward-problem')").await;
    assert_eq!(world.sandbox.mail.mails().len(), 2, "one for each customer");
    screen.click("back").await;

    open_row(&screen, &first).await;
    assert_eq!(screen.look("$('forward').value").await, "jane.doe@acme.example");
    screen.close().await;
}

#[tokio::test]
async fn a_press_that_is_not_answered_speaks_of_its_own_license_alone() {
    let (world, mut screen) = World::on_screen().await;
    let [first, second] = two_customers(&world).await;
    screen.open_full_page().await;
    open_row(&screen, &first).await;
    screen.click("aftercare-title").await;
    screen.fill("forward", "jane.doe@acme.example").await;
    screen.run(NO_POSTS).await;
    screen.click("forward-go").await;
    screen.until("it says so", "text('forward-problem').includes('does not answer')").await;
    screen.click("back").await;
    open_row(&screen, &second).await;
    screen.run("window.fetch = window.real").await;
    let mails = within(world.sandbox.mail.wait_for(3)).await;
    assert_eq!(mails[2].envelope_to, ["jane.doe@acme.example"], "the press goes through, for the first");
    assert_eq!(screen.text("forward-problem").await, "");
    assert!(screen.text("license-to").await.contains("someone@else.example"), "and the second stays in view");
    screen.close().await;
}

#[tokio::test]
async fn a_replacement_begins_with_empty_fields() {
    let (world, mut screen) = World::on_screen().await;
    let agent = world.agent().await;
    let license = ended(&agent, &generate(&agent, &order()).await).await;
    screen.open(4711).await;
    open_row(&screen, &license).await;
    fill_all(&screen, "license").await;
    screen.fill("replace-seats", "400").await;
    screen.click("replace").await;
    screen.until("the new one is there", "text('license-to').includes('400') && visible('aftercare')").await;
    assert_eq!(screen.look(&filled("license")).await, json!([]));
    screen.close().await;
}

#[tokio::test]
async fn a_staff_requester_gives_the_customer_neither_name_nor_company() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4713).await;
    screen.until("the fields are open and empty", "visible('email') && visible('name') && visible('company')").await;
    assert_eq!(screen.look("$('email').value + $('name').value + $('company').value").await, "");
    screen.looks_well().await;
    screen.run("document.querySelector('#contacts [data-email]').click()").await;
    assert_eq!(screen.look("[$('email').value, $('name').value]").await, json!(["ben@hooli.example", "Ben Buyer"]));
    screen.fill("company", "Hooli").await;
    screen.generate("7").await;
    let made = get(&world.agent().await, "/api/v1/licenses?q=hooli.example").await.body["items"][0]["customer"].clone();
    assert_eq!(made, json!({ "email": "ben@hooli.example", "name": "Ben Buyer", "company": "Hooli" }));
    let mail = &world.sandbox.mail.mails()[0];
    assert!(!mail.text.contains("Sam") && mail.text.contains("Ben Buyer"), "{}", mail.text);
    screen.close().await;
}

#[tokio::test]
async fn correcting_opens_name_company_and_address_and_offers_the_requesters_other_ones() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.click("correct").await;
    let typed = "[$('email').value, $('name').value, $('company').value]";
    assert_eq!(screen.look(typed).await, json!(["jane@acme.example", "Jane Doe", "Acme GmbH"]));
    screen.looks_well().await;
    screen.run("document.querySelector('#contacts [data-email]').click()").await;
    assert_eq!(screen.look(typed).await, json!(["jane.doe@acme.example", "Jane Doe", "Acme GmbH"]));
    screen.fill("name", "J. Doe").await;
    screen.generate("7").await;
    let made = get(&world.agent().await, "/api/v1/licenses?q=acme.example").await.body["items"][0]["customer"].clone();
    assert_eq!(made, json!({ "email": "jane.doe@acme.example", "name": "J. Doe", "company": "Acme GmbH" }));
    screen.close().await;
}
