//! The sandbox is the first thing that anyone sees.

use serde_json::json;

use crate::world::{World, screen::Screen};

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
