//! The follow-up in the sidebar: what is left to do, settled by one press.

use crate::world::World;

const OUT: &str = "document.querySelectorAll('#steps > .sent').length === 3";

#[tokio::test]
async fn one_press_settles_the_renewal_and_another_opens_it_again() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.generate("286").await;
    screen.until("everything is out", OUT).await;
    let task = screen.text("follow-up").await;
    assert!(task.starts_with("To do by ") && task.ends_with(": put the renewal in place."), "{task}");
    assert!(!screen.is_visible("reopen").await);
    screen.looks_well().await;

    screen.click("settle").await;
    screen.until("it is done", "text('follow-up').startsWith('Done by jdoe')").await;
    assert!(!screen.is_visible("settle").await);
    screen.until("issue and Slack know", OUT).await;
    assert_eq!(world.sandbox.gitlab.issues()[0].notes.len(), 1);
    screen.looks_well().await;

    screen.click("reopen").await;
    screen.until("it is to be done", "text('follow-up').startsWith('To do by')").await;
    screen.close().await;
}

#[tokio::test]
async fn the_full_page_settles_it_too_and_in_german() {
    let (_world, mut screen) = World::on_screen().await;
    screen.as_german_agent().await;
    screen.open(4711).await;
    screen.generate("286").await;
    screen.until("everything is out", OUT).await;
    screen.open_full_page().await;
    screen.until("it is listed", "document.querySelector('#rows [data-license]')").await;
    screen.run("document.querySelector('#rows [data-license]').click()").await;
    screen.until("it is open", "visible('settle')").await;
    assert_eq!(screen.text("settle").await, "Die Verlängerung ist da");
    screen.click("settle").await;
    screen.until("it is done", "text('follow-up').startsWith('Erledigt von jdoe')").await;
    screen.full_page_looks_well().await;
    screen.close().await;
}
