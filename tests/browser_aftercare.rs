//! After the mail, as an agent lives it: from the ticket's sidebar, and from the full page of the whole team.

use serde_json::{Value, json};
use stopgap::sandbox::{Browser, gitlab::State, web::Fault};

use crate::{
    webhook::{self, bounced, report},
    world::{World, ended, generate, get, history, order, screen::DONE, screen::Screen, through, within},
};

/// Long after the last license: another month.
pub(crate) const MONTH_SECONDS: i64 = 31 * 86_400;

/// Where the agent goes to find a license.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Face {
    Ticket,
    FullPage,
}

impl Face {
    /// Opens the face, finds Jane's only license there, and opens that.
    pub(crate) async fn open_license(self, screen: &mut Screen) {
        if self == Self::Ticket {
            screen.open(4711).await;
            screen
                .until("the earlier license is shown", "document.querySelector('#earlier-list [data-license]')")
                .await;
            screen.run("document.querySelector('#earlier-list [data-license]').click()").await;
        } else {
            screen.open_full_page().await;
            search(screen, "jane@acme", 1).await;
            screen.run("document.querySelector('#rows [data-license]').click()").await;
        }
        screen.until("it is open", "visible('steps') && $('steps').children.length >= 3").await;
    }

    /// What the face shows now fits, and can be used by everyone.
    pub(crate) async fn looks_well(self, screen: &Screen) {
        match self {
            Self::Ticket => screen.looks_well().await,
            Self::FullPage => screen.full_page_looks_well().await,
        }
    }
}

/// Types into the full page's search until the table has narrowed to `rows`.
pub(crate) async fn search(screen: &Screen, words: &str, rows: usize) {
    screen.fill("q", words).await;
    let said = if rows == 0 { "Nothing".to_owned() } else { format!("{rows} license") };
    let narrowed = format!("$('rows').children.length === {rows} && text('found').startsWith('{said}')");
    screen.until("the table narrows", &narrowed).await;
}

/// A license that the mail server has taken, and whose issue and message are out.
pub(crate) async fn delivered(world: &World, order: &Value) -> (Browser, Value) {
    let agent = world.agent().await;
    let license = generate(&agent, order).await;
    let license = ended(&agent, &license).await;
    (agent, license)
}

pub(crate) async fn now(agent: &Browser, license: &Value) -> Value {
    get(agent, &format!("/api/v1/licenses/{}", license["id"].as_str().unwrap())).await.body
}

async fn it_bounced(face: Face) {
    let (world, mut screen) = World::on_screen_with(&[("MAILGUN_SIGNING_KEY", webhook::KEY)]).await;
    let (agent, license) = delivered(&world, &order()).await;
    webhook::say(&world, &report(&world, &license, &bounced())).await;
    face.open_license(&mut screen).await;
    let told = "text('steps').includes('Bounced at') && text('steps').includes('No such mailbox')";
    screen.until("the page says so", told).await;
    assert_eq!(screen.text("steps").await.matches("correct the address").count(), 1, "said once");
    assert!(screen.text("aftercare-title").await.contains("did not get through"));
    face.looks_well(&screen).await;

    screen.fill("forward", "jane.doe@acme.example").await;
    screen.click("forward-go").await;
    let mails = within(world.sandbox.mail.wait_for(2)).await;
    assert_eq!(mails[1].envelope_to, ["jane.doe@acme.example"]);
    let resolves_failure =
        "text('steps').includes('jane.doe@acme.example') && !document.querySelector('#steps > .pending')
        && text('aftercare-title').includes('Something wrong')";
    screen.until("the page says that it is resolves_failure", resolves_failure).await;
    let license = ended(&agent, &license).await;
    assert!(history(&license).contains(&"address_corrected"));
    let issue = world.sandbox.gitlab.issues().remove(0);
    assert_eq!(issue.state, State::Closed);
    assert!(issue.notes.iter().any(|note| note.body.contains("address was corrected")), "{:?}", issue.notes);
    screen.close().await;
}

#[tokio::test]
async fn a_mail_that_bounced_is_told_in_the_ticket_and_goes_to_the_corrected_address() {
    it_bounced(Face::Ticket).await;
}

#[tokio::test]
async fn a_mail_that_bounced_is_told_on_the_full_page_and_goes_to_the_corrected_address() {
    it_bounced(Face::FullPage).await;
}

async fn it_did_not_arrive(face: Face) {
    let (world, mut screen) = World::on_screen().await;
    let (agent, license) = delivered(&world, &order()).await;
    face.open_license(&mut screen).await;
    assert!(screen.text("steps").await.contains("delivery is not tracked"), "nobody has said whether it arrived");
    screen.click("aftercare-title").await;
    face.looks_well(&screen).await;
    screen.click("more-title").await;
    screen.click("resend").await;
    let mails = within(world.sandbox.mail.wait_for(2)).await;
    assert_eq!(mails[1].envelope_to, ["jane@acme.example"]);
    assert_eq!(mails[1].attachments[0].content, mails[0].attachments[0].content);
    let again = "document.querySelectorAll('#steps > .sent').length === 4";
    screen.until("both mails are shown as accepted", again).await;
    let license = ended(&agent, &license).await;
    assert_eq!(through(&license, "email")[1]["purpose"], "resend");
    screen.close().await;
}

#[tokio::test]
async fn a_license_that_the_customer_did_not_receive_is_sent_again_from_the_ticket() {
    it_did_not_arrive(Face::Ticket).await;
}

#[tokio::test]
async fn a_license_that_the_customer_did_not_receive_is_sent_again_from_the_full_page() {
    it_did_not_arrive(Face::FullPage).await;
}

async fn the_address_was_wrong(face: Face) {
    let (world, mut screen) = World::on_screen().await;
    let (agent, license) = delivered(&world, &order()).await;
    face.open_license(&mut screen).await;
    screen.click("aftercare-title").await;
    screen.fill("forward", "jane.doe").await;
    screen.click("forward-go").await;
    screen.until("half an address is refused", "text('forward-problem').includes('full address')").await;
    assert_eq!(world.sandbox.mail.mails().len(), 1);
    screen.fill("forward", "jane.doe@acme.example").await;
    screen.click("wrong").await;
    screen.click("forward-go").await;
    let mails = within(world.sandbox.mail.wait_for(2)).await;
    assert_eq!(mails[1].envelope_to, ["jane.doe@acme.example"]);
    let again =
        "text('steps').includes('jane.doe@acme.example') && document.querySelectorAll('#steps > .sent').length === 4";
    screen.until("the mail is shown as accepted", again).await;
    let license = ended(&agent, &license).await;
    assert!(history(&license).contains(&"address_corrected"));
    let notes = &world.sandbox.gitlab.issues()[0].notes;
    assert!(notes[0].body.contains("address was corrected"), "{notes:?}");
    screen.close().await;
}

#[tokio::test]
async fn a_wrong_address_is_corrected_from_the_ticket() {
    the_address_was_wrong(Face::Ticket).await;
}

#[tokio::test]
async fn a_wrong_address_is_corrected_from_the_full_page() {
    the_address_was_wrong(Face::FullPage).await;
}

async fn the_seats_are_too_few(face: Face) {
    let (world, mut screen) = World::on_screen().await;
    let (agent, license) = delivered(&world, &order()).await;
    face.open_license(&mut screen).await;
    screen.click("aftercare-title").await;
    screen.click("more-title").await;
    screen.fill("replace-seats", "400").await;
    screen.click("replace").await;
    screen.until("a reason is asked for", "text('replace-reason-problem').includes('reason')").await;
    screen.fill("replace-reason", "GitLab counts 391 users").await;
    screen.click("replace").await;
    screen.until("the new one is delivered", &format!("text('license-to').includes('400') && {DONE}")).await;

    let old = now(&agent, &license).await;
    let new = get(&agent, &format!("/api/v1/licenses/{}", old["replaced_by"].as_str().unwrap())).await.body;
    assert_eq!((&new["seats"], &new["replaces"]), (&json!(400), &license["id"]));
    if face == Face::FullPage {
        // The two lead to each other.
        screen.run("[...document.querySelectorAll('#facts .link')].at(-1).click()").await;
        let back = "text('license-to').includes('286') && text('license-ends').includes('taken its place')";
        screen.until("the earlier one says so", back).await;
        face.looks_well(&screen).await;
    }
    screen.close().await;
}

#[tokio::test]
async fn too_few_seats_are_replaced_from_the_ticket() {
    the_seats_are_too_few(Face::Ticket).await;
}

#[tokio::test]
async fn too_few_seats_are_replaced_from_the_full_page() {
    the_seats_are_too_few(Face::FullPage).await;
}

#[tokio::test]
async fn the_ticket_shows_what_its_customer_got_last_month_on_another_ticket() {
    let (world, mut screen) = World::on_screen().await;
    let mut earlier = order();
    earlier["ticket"]["id"] = 4690.into();
    delivered(&world, &earlier).await;
    world.pass(MONTH_SECONDS);
    screen.open(4711).await;
    let told = "text('earlier').includes('286 seats') && text('earlier').includes('#4690')";
    screen.until("it is told", told).await;
    assert!(screen.text("earlier").await.contains("expired"));
    assert!(!screen.is_visible("another").await, "it stands in the way of nothing");
    screen.run("document.querySelector('#earlier-list [data-license]').click()").await;
    let detail = "text('license-ends') === 'It has stopped.' && text('license-to').includes('jane@acme.example')";
    screen.until("it opens", detail).await;
    screen.looks_well().await;
    screen.close().await;
}

#[tokio::test]
async fn a_step_that_failed_for_good_is_tried_again_at_a_press() {
    let (world, mut screen) = World::on_screen().await;
    world.sandbox.slack.faults.fail_next(Fault::status(410, "channel_is_archived"));
    let (agent, license) = delivered(&world, &order()).await;
    Face::Ticket.open_license(&mut screen).await;
    screen.until("it is told", "document.querySelector('#steps > .failed') && visible('retry')").await;
    screen.looks_well().await;
    screen.click("retry").await;
    screen.until("three steps are green", DONE).await;
    assert!(!screen.is_visible("retry").await);
    assert!(history(&ended(&agent, &license).await).contains(&"retried"));
    assert_eq!(world.sandbox.slack.messages().len(), 1);
    screen.close().await;
}
