//! What Zendesk already knows is not typed again: organization, agent and comments. It never holds the form up.

use serde_json::{Value, json};

use crate::{
    browser_scope::drop_old_license,
    eligibility::turn_to,
    world::{
        World, get,
        screen::{DONE, Screen},
    },
};

/// Zendesk's API never answers the app. It must be there before the SDK, since a window's listeners are called in the order
/// in which they came.
const NO_ANSWERS: &str = r#"
    addEventListener("message", (event) => {
        if (/^zaf\.request:/.test(event.data?.key ?? "")) event.stopImmediatePropagation();
    });
"#;

/// The form, as far as an agent can press it.
const FORM: &str = "visible('generate') && $('generate').ariaDisabled !== 'true' && !$('restricted').checkVisibility()";

async fn made(world: &World) -> Value {
    get(&world.agent().await, "/api/v1/licenses").await.body["items"][0].clone()
}

async fn press_hint(screen: &Screen, id: &str) {
    screen.until("the hint is there", &format!("document.querySelector('#organization-hints [data-hint={id}]')")).await;
    screen.run(&format!("document.querySelector('#organization-hints [data-hint={id}]').click()")).await;
}

async fn draft(screen: &Screen) -> String {
    screen.desk().await;
    let draft = screen.look("$('draft').value").await;
    screen.app().await;
    draft.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn presses_alone_lead_from_the_ticket_to_a_license_in_scope() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    press_hint(&screen, "plan").await;
    press_hint(&screen, "expires_on").await;
    screen.until("the number is offered", "text('use-comment') === 'Use 291, from the ticket'").await;
    screen.looks_well().await;
    screen.click("use-comment").await;
    screen.until("it is in scope", "text('verdict-word') === 'In scope.' && !visible('unchecked')").await;
    assert_eq!(screen.look("[$('seats').value, $('username').value]").await, json!(["291", "joncall"]));
    assert_eq!(screen.text("seats-source").await, "From the ticket.");
    assert_eq!(screen.text("username-source").await, "From your Zendesk profile.");
    screen.unfold("evidence").await;
    assert_eq!(screen.text("plan-source").await, "From Zendesk.");
    assert_eq!(screen.text("maximum_users-source").await, "From the ticket.");
    screen.looks_well().await;
    screen.click("generate").await;
    screen.until("three steps are green", DONE).await;

    let license = made(&world).await;
    let evidence = &license["eligibility"]["evidence"];
    let sources = json!({ "plan": "zendesk", "expires_on": "zendesk", "seats": "comment", "billable_users": "comment",
        "maximum_users": "comment" });
    assert_eq!((&license["seats"], &license["agent"]["username"]), (&json!(291), &json!("joncall")));
    assert_eq!(evidence["sources"], sources);
    let shown = &evidence["zendesk"];
    assert_eq!((&shown["id"], &shown["plan"], &shown["seats"]), (&json!(901), &json!("premium"), &json!(280)));
    assert_eq!(shown["subscriptions"], json!(["sub_sm_premium"]));
    assert!(!shown.to_string().contains("12000"), "money is none of our business: {shown}");
    assert!(!license.to_string().contains("leave-me-alone"), "the agent's token stays where it is");
    screen.close().await;
}

#[tokio::test]
async fn what_zendesk_and_the_comments_say_fills_nothing_by_itself() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.until("all is read", "visible('organization') && visible('use-comment')").await;
    let fields =
        "['seats', 'plan', 'expires_on', 'billable_users', 'maximum_users', 'licensed'].map((id) => $(id).value)";
    assert_eq!(screen.look(fields).await, json!(["", "", "", "", "", ""]));
    screen.fill("seats", "500").await;
    screen.until("it is still offered", "text('use-comment') === 'Use 291, from the ticket'").await;
    assert_eq!(screen.look("$('seats').value").await, "500");
    screen.close().await;
}

#[tokio::test]
async fn a_username_that_the_agent_types_is_kept() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.until("it is suggested", "$('username').value === 'joncall'").await;
    screen.fill("username", "jdoe").await;
    screen.until("it is not said to be Zendesk's", "!text('username-source')").await;
    assert_eq!(screen.look("$('username').value").await, "jdoe");
    screen.close().await;
}

#[tokio::test]
async fn a_restricted_account_stops_with_the_reason_and_no_button() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4715).await;
    screen.until("it is said", "text('restricted').includes('restricted, for legal reasons')").await;
    assert!(!screen.is_visible("generate").await && !screen.is_visible("another").await);
    screen.looks_well().await;
    screen.run("$('form').requestSubmit($('generate'))").await;
    assert!(world.sandbox.mail.mails().is_empty());
    screen.close().await;
}

#[tokio::test]
async fn a_support_hold_and_a_forgotten_plan_warn_and_go_on() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4716).await;
    screen.until("it warns", "text('organization-warnings').includes('Support hold')").await;
    let warnings = screen.text("organization-warnings").await;
    assert!(warnings.contains("Zendesk says “expired”"), "{warnings}");
    let plan = "document.querySelector('#organization-hints [data-hint=plan]')";
    assert_eq!(screen.look(plan).await, Value::Null, "a plan that is forgotten is none to take over");
    screen.fill("seats", "241").await;
    screen.until("it warns", "text('organization-warnings').includes('twice the 120 seats')").await;
    screen.looks_well().await;
    screen.click("use-comment").await;
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;
    let license = made(&world).await;
    assert_eq!((&license["seats"], &license["eligibility"]["verdict"]), (&json!(1312), &json!("unchecked")));
    assert_eq!(license["eligibility"]["evidence"]["zendesk"]["support_hold"], true);
    screen.close().await;
}

#[tokio::test]
async fn another_end_or_another_domain_than_zendesks_warns() {
    let (world, mut screen) = World::on_screen().await;
    turn_to(&world, jiff::civil::date(2026, 11, 16));
    screen.open(4711).await;
    screen.until("the organization is read", "visible('organization')").await;
    assert_eq!(screen.text("organization-warnings").await, "");
    drop_old_license(&screen).await;
    screen.until("it warns", "text('organization-warnings').includes('Zendesk shows another end')").await;
    screen.click("correct").await;
    screen.fill("email", "jane@partner.example").await;
    screen.until("it warns", "text('organization-warnings').includes('partner.example is not one of')").await;
    screen.fill("email", "jane@it.acme.example").await;
    screen.until("a subdomain is theirs", "!text('organization-warnings').includes('partner.example')").await;
    assert!(!screen.text("organization-warnings").await.contains("is not one of"));
    screen.close().await;
}

#[tokio::test]
async fn an_organization_that_the_role_may_not_read_is_one_quiet_line() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4717).await;
    screen.until("it is said", "text('organization-said') === 'Organization not readable (403)'").await;
    screen.looks_well().await;
    screen.generate("12").await;
    assert_eq!(made(&world).await["eligibility"]["evidence"], Value::Null);
    screen.close().await;
}

#[tokio::test]
async fn a_zendesk_that_answers_nothing_does_not_delay_the_form() {
    let (_world, mut screen) = World::on_screen().await;
    screen.before_pages(NO_ANSWERS).await;
    screen.open(4711).await;
    assert_eq!(screen.look(FORM).await, true);
    assert_eq!(screen.text("organization-said").await, "", "nothing is known yet");
    screen.generate("12").await;
    screen.click("back").await;
    screen.until("it is said", "text('organization-said') === 'Organization not readable (no answer)'").await;
    screen.close().await;
}

#[tokio::test]
async fn hostile_texts_of_an_organization_run_nothing_and_stop_nothing() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4714).await;
    let shown = "text('organization-said') === 'Zendesk shows: <script>alert(2)</script> · <b>soon</b> /close'";
    screen.until("it is shown as text", shown).await;
    screen.looks_well().await;
    screen.generate("5").await;
    let shown = made(&world).await["eligibility"]["evidence"]["zendesk"].clone();
    assert_eq!(shown["plan"], "<script>alert(2)</script>");
    assert_eq!((&shown["expires_on"], &shown["seats"]), (&json!("<b>soon</b> /close"), &Value::Null));
    screen.close().await;
}

#[tokio::test]
async fn generating_unchecked_takes_one_tick_that_says_what_was_not_checked() {
    let (world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.fill("seats", "12").await;
    screen.fill("username", "jdoe").await;
    let what = "Generate without a check of plan, day of expiry, billable users, and maximum users";
    assert_eq!(screen.text("unchecked-what").await, what);
    screen.click("generate").await;
    screen
        .until("it asks for the tick", "text('unchecked-problem') && document.activeElement.id === 'unchecked'")
        .await;
    assert!(world.sandbox.mail.mails().is_empty());
    screen.looks_well().await;
    screen.click("unchecked").await;
    screen.unfold("evidence").await;
    screen.fill("billable_users", "12").await;
    screen.until("less is unknown", "text('unchecked-what').endsWith('plan, day of expiry, and maximum users')").await;
    assert_eq!(screen.look("$('unchecked').checked").await, false, "the tick was for something else");
    screen.press_generate().await;
    screen.until("three steps are green", DONE).await;
    assert_eq!(made(&world).await["eligibility"]["verdict"], "unchecked");
    screen.close().await;
}

#[tokio::test]
async fn one_press_asks_a_german_customer_in_german_for_what_is_missing() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4716).await;
    screen.click("ask").await;
    screen.until("it is said", "text('asked') === 'Reply inserted. Read it, then submit the ticket.'").await;
    let request = draft(&screen).await;
    for words in [
        "Guten Tag Gerd Groß,",
        "- den Tag, an dem sie abgelaufen ist",
        "Export license usage file",
        "Admin > Overview",
    ] {
        assert!(request.contains(words), "{words} is not in {request}");
    }
    screen.desk().await;
    assert_eq!(screen.look("$('editor').elements.kind.value").await, "publicReply");
    screen.close().await;
}

#[tokio::test]
async fn the_request_leaves_out_what_is_known_and_names_the_menu_of_the_version() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    press_hint(&screen, "plan").await;
    screen.unfold("evidence").await;
    screen.fill("license_file", r#"{"version": "13.9.2-ee", "revision": "abc", "enterprise": true}"#).await;
    screen.until("it is read", "text('verdict-read') === 'premium · GitLab 13.9.2-ee'").await;
    screen.click("ask").await;
    screen.until("it is said", "text('asked').startsWith('Reply inserted')").await;
    let request = draft(&screen).await;
    assert!(
        request.starts_with("Hello Jane Doe,") && request.contains("- Admin > License, the whole page"),
        "{request}"
    );
    for words in ["Premium", "version of your GitLab", "Export", "Subscription"] {
        assert!(!request.contains(words), "{words} is in {request}");
    }
    screen.close().await;
}

#[tokio::test]
async fn a_text_attachment_is_linked_where_it_is_to_be_dropped() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    screen.unfold("evidence").await;
    let link = "document.querySelector('#attachments a')";
    screen.until("it is linked", link).await;
    assert_eq!(screen.look(&format!("{link}.textContent")).await, "AcmeGmbH.gitlab-license");
    assert_eq!(screen.look(&format!("[{link}.target, {link}.rel]")).await, json!(["_blank", "noopener"]));
    screen.close().await;
}

#[tokio::test]
async fn the_agents_own_texts_offer_no_numbers() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4713).await;
    screen.desk().await;
    screen.run("$('draft').value = 'A license for 777 users'; $('draft').dispatchEvent(new Event('input'));").await;
    screen.run("$('editor').requestSubmit()").await;
    screen.pick(4711).await;
    screen.desk().await;
    screen.pick(4713).await;
    screen.until("it is there again", "visible('form')").await;
    assert!(!screen.is_visible("use-comment").await);
    screen.close().await;
}

#[tokio::test]
async fn while_the_licensing_team_is_at_work_the_page_says_to_ask_them_first() {
    let (world, mut screen) = World::on_screen_with(&[("ON_DUTY", "Mon-Sun 00:00-24:00 UTC")]).await;
    screen.open(4711).await;
    let said = screen.text("on-duty").await;
    assert!(said.starts_with("The licensing team is at work until ") && said.ends_with("ask them first."), "{said}");
    screen.looks_well().await;
    screen.generate("12").await;
    assert_eq!(world.sandbox.mail.mails().len(), 1, "it only says so");
    screen.close().await;
}

#[tokio::test]
async fn nobody_is_asked_where_nobody_is_on_duty() {
    let (_world, mut screen) = World::on_screen().await;
    screen.open(4711).await;
    assert_eq!(screen.text("on-duty").await, "");
    screen.close().await;
}
