//! The sandbox is the first thing that anyone sees.

use serde_json::json;

use stopgap::sandbox::smtp;

use crate::{
    outside_email::until,
    world::{
        World, ended, generate, order,
        screen::{DONE, Screen},
    },
};

/// The old license that the first ticket's customer attached, pasted into the app.
async fn paste_attachment(screen: &Screen) {
    screen.desk().await;
    let content =
        screen.look("fetch('/api/setup').then((answer) => answer.json()).then((it) => it.attachment.content)").await;
    screen.until("it can be downloaded", "document.querySelector('#comments .attachment[download]')").await;
    screen.app().await;
    screen.unfold("evidence").await;
    screen
        .run(&format!(
            "$('license_file').value = {content};
             $('license_file').dispatchEvent(new Event('input', {{ bubbles: true }}));"
        ))
        .await;
}

#[tokio::test]
async fn the_first_tickets_old_license_is_in_scope_today() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    paste_attachment(&screen).await;
    screen.until("it is in scope", "text('verdict-word') === 'In scope.'").await;
    assert!(screen.text("verdict-read").await.contains("Acme GmbH"));
    screen.close().await;
}

#[tokio::test]
async fn each_ticket_keeps_its_app_as_it_was_left() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.fill("seats", "286").await;
    screen.desk().await;
    screen.pick(4713).await;
    screen.until("the other ticket is there", "visible('correction')").await;
    assert_eq!(screen.look("$('seats').value").await, "");
    screen.desk().await;
    screen.pick(4711).await;
    assert_eq!(screen.look("[$('seats').value, text('recipient-email')]").await, json!(["286", "jane@acme.example"]));
    screen.close().await;
}

#[tokio::test]
async fn what_to_break_is_in_one_place_and_marks_its_tab() {
    let (world, screen) = World::on_screen().await;
    screen.goto_desk().await;
    screen.run("$('break').open = true").await;
    screen
        .run(
            "const select = document.querySelector('#break [data-stand-in=slack]');
             select.selectedIndex = 1;
             select.dispatchEvent(new Event('change'));",
        )
        .await;
    screen.until("the tab is marked", "$('tab-slack').classList.contains('faulty')").await;
    assert!(world.sandbox.slack.faults.standing().is_some());
    assert_eq!(screen.look("document.querySelectorAll('.tour > li').length").await, 3);
    screen.close().await;
}

#[tokio::test]
async fn an_issue_looks_as_gitlab_renders_it() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4714).await;
    screen.generate("5").await;
    screen.desk().await;
    screen.click("tab-gitlab").await;
    screen.until("the issue is there", "document.querySelector('#issues .issue')").await;
    screen.run("document.querySelector('#issues .issue').open = true").await;
    let issue = screen.text("issues").await;
    assert!(issue.contains("What to do next") && issue.contains("The license"), "{issue}");
    for mark in ["###", "```", "stopgap:license", "]("] {
        assert!(!issue.contains(mark), "{mark} is not rendered: {issue}");
    }
    // What a stranger wrote stays as it is.
    assert!(issue.contains("<img src=x onerror=alert(1)>"), "{issue}");
    assert_eq!(screen.look("document.querySelectorAll('#issues :is(img, script, b > b)').length").await, 0);
    screen.close().await;
}

#[tokio::test]
async fn slack_looks_as_it_does_with_edits_threads_and_what_shows_in_the_channel() {
    let mut world = World::stand_ins(&[]).await;
    world.use_slack_app();
    let (world, screen) = world.show(1.0).await;
    let agent = world.agent().await;
    world.sandbox.mail.faults.set_fault(Some(smtp::Fault::Mail451));
    let license = generate(&agent, &order()).await;
    until(&agent, &license, "email_retry").await;
    world.pass(301);
    until(&agent, &license, "slack_sent").await;
    world.sandbox.mail.faults.set_fault(None);
    world.pass(61);
    ended(&agent, &license).await;

    screen.goto_desk().await;
    screen.click("tab-slack").await;
    screen.until("two stand in the channel", "document.querySelectorAll('#messages > .message').length === 2").await;
    let text = |selector: &str| format!("document.querySelector('{selector}').textContent");
    let newest = screen.look(&text("#messages > .message")).await.to_string();
    assert!(newest.contains("replied to a thread: ✅ Acme GmbH · 286 seats · sent"), "{newest}");
    let root = screen.look(&text("#messages > .message:last-child")).await.to_string();
    assert!(root.contains("(edited)") && root.contains("1 reply") && root.contains("after all"), "{root}");
    let colour = "getComputedStyle(document.querySelector('#messages .attachment')).borderLeftColor";
    assert_eq!(screen.look(colour).await, "rgb(46, 182, 125)");
    screen.close().await;
}

/// Breaks the service in the way that is the `nth` of the menu; 0 mends it.
async fn break_service(screen: &Screen, world: &World, nth: usize) {
    screen.desk().await;
    screen
        .run(&format!(
            "const select = document.querySelector('#break [data-stand-in=service]');
             select.selectedIndex = {nth};
             select.dispatchEvent(new Event('change'));"
        ))
        .await;
    screen.until("it is switched", &format!("document.querySelector('.fault.on') ? {nth} > 0 : {nth} === 0")).await;
    assert_eq!(world.sandbox.service_faults.standing().is_some(), nth > 0);
    screen.app().await;
}

#[tokio::test]
async fn the_service_itself_can_be_broken_and_mended() {
    let (world, mut screen) = World::on_screen().await;
    for complaint in ["401", "403", "429", "ERR_EMPTY_RESPONSE"] {
        screen.expect_complaint(complaint);
    }
    let gateway = world.sandbox.gateway(([127, 0, 0, 1], world.port()).into()).await.unwrap();
    world.sandbox.zendesk.set_service(format!("http://localhost:{}", gateway.port()).parse().unwrap());
    screen.open(4711).await;
    screen.fill("username", "jdoe").await;
    screen.fill("seats", "286").await;
    let troubles = [
        (4, "text('trouble').includes('not on the list of agents')"),
        (3, "text('trouble').includes('Limit reached')"),
    ];
    for (nth, said) in troubles {
        break_service(&screen, &world, nth).await;
        screen.press_generate().await;
        screen.until("the trouble is told", said).await;
    }
    break_service(&screen, &world, 2).await;
    screen.press_generate().await;
    screen.until("the page tries again", "text('trouble').includes('does not answer')").await;
    break_service(&screen, &world, 0).await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(world.sandbox.mail.mails().len(), 1);

    screen.desk().await;
    screen.pick(4714).await;
    break_service(&screen, &world, 1).await;
    screen.fill("seats", "5").await;
    screen.press_generate().await;
    screen.until("the session has ended", "visible('session-ended')").await;
    screen.close().await;
}
