//! The long list of hostile texts before a real browser: in every place that shows a stranger's words they stay words.

use serde_json::{Value, json};
use stopgap::sandbox::{gitlab::CallFault, web::Fault};

use crate::{
    injection::{OPEN, order_saying},
    webhook::{KEY, report, say},
    world::{
        World, ended, generate,
        hostile::{BREAKING, names},
        screen::Screen,
    },
};

/// What neither page makes by itself: elements, handlers and links that came out of a text.
const INTRUDERS: &str = "[
    ...document.querySelectorAll('img, svg, b, i, iframe, object, embed, style, pre, h1 ~ h1, base, script:not([src])'),
    ...[...document.querySelectorAll('*')].filter((one) => one.getAttributeNames().some((name) => name.startsWith('on'))),
    ...[...document.links].filter(({ href }) => !/^https?:/.test(href)),
].map((one) => one.outerHTML)";

async fn nothing_broke_out(screen: &Screen, text: &str) {
    assert_eq!(screen.look(INTRUDERS).await, json!([]), "{text:?}");
}

#[tokio::test]
#[should_panic(expected = "broke out")]
async fn an_element_that_came_out_of_a_text_is_seen() {
    let (_world, screen) = World::on_screen().await;
    screen.goto("about:blank").await;
    screen.run("document.body.insertAdjacentHTML('beforeend', '<b>bold</b>')").await;
    nothing_broke_out(&screen, "broke out").await;
}

/// On the ticket page: the ticket says `text` everywhere, under a number that tells it from the one before, and its
/// requester has a new address, which the app hears of.
async fn change_ticket(screen: &Screen, number: usize, text: &str) {
    let text = json!(text);
    screen
        .run(&format!(
            "return import(new URL('/tickets.js', location.href).href).then(({{ TICKETS: [ticket] }}) => {{
                Object.assign(ticket, {{ subject: {text}, organization: {{ id: 901, name: {text} }} }});
                ticket.requester.name = '{number} ' + {text};
                $('requester-email').value = 'jane{number}@acme.example';
                $('requester-email').dispatchEvent(new Event('change'));
            }});"
        ))
        .await;
}

#[tokio::test]
async fn whatever_a_ticket_says_stays_text_in_the_sidebar() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    for (number, text) in names().into_iter().chain(BREAKING.iter().map(ToString::to_string)).enumerate() {
        screen.desk().await;
        change_ticket(&screen, number, &text).await;
        screen.app().await;
        let read = format!(
            "$('recipient-name').textContent.startsWith('{number} ')
                && $('recipient-email').textContent === 'jane{number}@acme.example'"
        );
        screen.until("the ticket is read anew", &read).await;
        if !BREAKING.contains(&text.as_str()) {
            let is_whole = format!("$('recipient-name').textContent.endsWith({}.trim())", json!(text));
            assert_eq!(screen.look(&is_whole).await, true, "{text:?}");
        }
        nothing_broke_out(&screen, &text).await;
    }
    screen.close().await;
}

#[tokio::test]
async fn whatever_servers_say_and_customers_paste_stays_text_in_the_sidebar() {
    let (world, mut screen) = World::on_screen_with(&OPEN).await;
    let refusal = r#"{"message": "<img src=x onerror=alert(1)><script>alert(1)</script> javascript:alert(1)"}"#;
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(Fault::status(400, refusal))));
    world.sandbox.slack.faults.set_fault(Some(Fault::status(400, refusal)));
    screen.open(4714).await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "5").await;
    screen.press_generate().await;
    screen.until("GitLab's words are shown", "$('steps').textContent.includes('<img src=x onerror=alert(1)>')").await;
    nothing_broke_out(&screen, refusal).await;

    screen.unfold("diagnosis").await;
    let known = "The license key is invalid.".to_owned();
    let texts = names().into_iter().chain(BREAKING.iter().map(ToString::to_string)).chain([known]);
    let pasted = json!(texts.collect::<Vec<_>>().join("\n")).to_string();
    screen
        .run(&format!(
            "$('error-text').value = {pasted}; $('error-text').dispatchEvent(new Event('input', {{ bubbles: true }}))"
        ))
        .await;
    screen.click("explain").await;
    screen.until("it is explained", "document.querySelector('#findings .card')").await;
    nothing_broke_out(&screen, &pasted).await;
    screen.close().await;
}

/// One license for each text, the text also being the reason to go on and what the provider says of the mail.
async fn licenses_saying_all(world: &World) -> Vec<(String, Value)> {
    let agent = world.agent().await;
    let mut made = Vec::new();
    for (number, text) in names().into_iter().enumerate() {
        made.push((text.clone(), generate(&agent, &order_saying(&text, number)).await));
    }
    for (text, license) in &mut made {
        *license = ended(&agent, license).await;
        let bounce = json!({ "event": "failed", "severity": "permanent",
            "delivery-status": { "code": 550, "message": text } });
        assert_eq!(say(world, &report(world, license, &bounce)).await, 200, "{text:?}");
    }
    made
}

#[tokio::test]
async fn whatever_a_license_says_stays_text_on_the_full_page() {
    let settings = [&OPEN[..], &[("MAILGUN_SIGNING_KEY", KEY)]].concat();
    let (world, mut screen) = World::on_screen_with(&settings).await;
    let made = licenses_saying_all(&world).await;
    screen.open(4711).await;
    screen.full_page().await;
    screen.until("the licenses are listed", "document.querySelector('#rows button')").await;
    for (text, license) in &made {
        let id = license["id"].as_str().unwrap();
        let row = format!("document.querySelector('[data-license=\"{id}\"]')");
        screen.until("it is listed", &format!("{row} || (visible('more') && $('more').click())")).await;
        // The rows stay where they are while one of them is in view.
        screen.run(&format!("{row}.click()")).await;
        screen
            .until("all of it is shown", &format!("visible('known') && $('facts').textContent.includes('{id}')"))
            .await;
        for place in ["facts", "license-to"] {
            let is_whole = format!("$('{place}').textContent.includes({})", json!(text));
            assert_eq!(screen.look(&is_whole).await, true, "{text:?} in {place}");
        }
        let bounce = "$('steps').textContent.includes('550: ') && $('history').textContent.includes('Mail bounced: ')";
        assert_eq!(screen.look(bounce).await, true, "{text:?}");
        nothing_broke_out(&screen, text).await;
    }
    screen.close().await;
}
