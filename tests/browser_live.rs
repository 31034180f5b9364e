//! What the page shows about a delivery is what the service knows now, or the page says that it does not know.

use stopgap::sandbox::{gitlab::CallFault, smtp, web};

use crate::world::{
    World, generate, order,
    screen::{DONE, Screen},
};

/// Longer than the test looks.
const SLOW_MS: u64 = 60_000;

/// Once `offline` is set, nothing that the page asks about licenses is answered, and streams under way end.
const OFFLINE: &str = r#"
    const real = window.fetch;
    let streams = new AbortController();
    window.fetch = (address, options) => {
        if (!String(address).includes("api/v1/licenses/")) return real(address, options);
        if (window.offline) return Promise.reject(new TypeError("offline"));
        return real(address, { ...options, signal: AbortSignal.any([streams.signal, options.signal]) });
    };
    window.lose = () => {
        window.offline = true;
        streams.abort();
        streams = new AbortController();
    };
"#;

async fn press(screen: &Screen) {
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    screen.press_generate().await;
}

#[tokio::test]
async fn a_lost_stream_is_said_after_five_seconds_and_found_again() {
    let (world, mut screen) = World::on_screen().await;
    screen.before_pages(OFFLINE).await;
    world.sandbox.gitlab.faults.set_fault(Some(CallFault::any(web::Fault::Slow { delay_ms: SLOW_MS })));
    screen.open(4711).await;
    press(&screen).await;
    screen.until("the mail is out", "document.querySelectorAll('#steps > .sent').length === 1").await;
    assert!(!screen.is_visible("stale").await);
    screen.run("window.lostAt = performance.now(); lose()").await;
    let waited = screen.until("it is said", "visible('stale') && performance.now() - lostAt").await;
    assert!(waited.as_f64().unwrap() > 4500.0, "{waited} ms: a moment's break is not worth a word");
    screen.looks_well().await;
    screen.run("window.offline = false").await;
    screen.until("the view is current again", "!visible('stale')").await;
    screen.close().await;
}

#[tokio::test]
async fn polling_stands_in_for_a_stream_that_cannot_be_had() {
    let (_world, mut screen) = World::on_screen().await;
    screen
        .before_pages(
            "const real = window.fetch;
            window.fetch = (address, options) => String(address).includes('/progress')
                ? Promise.reject(new TypeError('no streams here')) : real(address, options);",
        )
        .await;
    screen.open(4711).await;
    press(&screen).await;
    screen.until("three steps are green", DONE).await;
    assert!(!screen.is_visible("stale").await);
    screen.close().await;
}

#[tokio::test]
async fn a_reopened_ticket_says_that_the_mail_is_not_out_and_when_it_is() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Rcpt450));
    generate(&world.agent().await, &order()).await;
    screen.open(4711).await;
    let told = "text('earlier').includes('Sending to jane@acme.example') && text('earlier').includes('jdoe')
        && text('earlier').includes('286 seats')";
    screen.until("the row says so", told).await;
    screen.looks_well().await;
    world.pass(301);
    screen.until("it is late", "text('earlier').includes('Not sent yet')").await;
    world.sandbox.mail.faults.set_fault(None);
    world.pass(61);
    screen.until("the row follows", "/✓ Sent .*[0-9]+:[0-9]+.* to jane@acme.example/.test(text('earlier'))").await;
    screen.close().await;
}
