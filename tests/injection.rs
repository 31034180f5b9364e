//! The text of a ticket runs nowhere: not in mail, issue, Slack, database or history.

use reqwest::Method;
use serde_json::{Value, json};
use stopgap::{
    license::single_line::breaks_line,
    sandbox::{Browser, gitlab, slack, smtp::Mail},
};

use crate::world::{
    World, ended, fresh_key, generate, get,
    hostile::{BREAKING, names},
    order, post, read,
};

/// So many licenses in a row are no emergency.
pub const OPEN: [(&str, &str); 3] =
    [("AGENT_HOURLY_LIMIT", "10000"), ("CUSTOMER_DAILY_LIMIT", "10000"), ("DAILY_LIMIT", "10000")];

/// An order in which every text says `text`.
pub fn order_saying(text: &str, number: usize) -> Value {
    json!({
        "ticket": { "id": 4711 + number, "subject": text },
        "agent": { "username": "jdoe" },
        "customer": { "email": format!("jane{number}@acme.example"), "name": text, "company": text },
        "seats": 286,
        "evidence": { "plan": "free" },
        "override_reason": format!("{text} said the account manager"),
    })
}

/// One license for each hostile name, with all its deliveries made.
async fn all_told(world: &World) -> Vec<(String, Value)> {
    let agent = world.agent().await;
    let mut told = Vec::new();
    for (number, name) in names().into_iter().enumerate() {
        told.push((name.clone(), generate(&agent, &order_saying(&name, number)).await));
    }
    for (name, license) in &mut told {
        *license = ended(&agent, license).await;
        assert_eq!(license["state"], "delivered", "{name:?}");
        assert!(license["deliveries"].as_array().unwrap().iter().all(|d| d["state"] == "sent"), "{name:?}: {license}");
    }
    told
}

#[tokio::test]
async fn hostile_names_stay_plain_text_in_mail_issue_and_slack() {
    let world = World::with(&OPEN).await;
    let told = all_told(&world).await;
    let (mails, issues, messages) =
        (world.sandbox.mail.mails(), world.sandbox.gitlab.issues(), world.sandbox.slack.messages());
    assert_eq!((mails.len(), issues.len(), messages.len()), (told.len(), told.len(), told.len()), "one each");
    for (number, (name, license)) in told.iter().enumerate() {
        let to = format!("jane{number}@acme.example");
        let mail: Vec<&Mail> = mails.iter().filter(|mail| mail.envelope_to == [to.clone()]).collect();
        assert_eq!(mail.len(), 1, "{name:?}: exactly one mail, to nobody else");
        mail_is_as_meant(mail[0], name, &to);
        let issue = issues.iter().find(|issue| issue.description.contains(&to)).expect("its issue");
        issue_is_as_meant(issue, name, license["id"].as_str().unwrap());
        let id = license["id"].as_str().unwrap();
        let message = messages.iter().find(|message| message.shown().contains(id)).unwrap();
        message_is_as_meant(message, name);
        for field in ["/ticket/subject", "/customer/name", "/customer/company"] {
            assert_eq!(license.pointer(field).unwrap(), name, "the API gives it back as it is");
        }
    }
}

/// Our headers and no others, pure ASCII, each line ended by CR LF and short enough, and HTML without a tag of theirs.
fn mail_is_as_meant(mail: &Mail, name: &str, to: &str) {
    let ours =
        ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];
    for (header, _) in &mail.headers {
        assert!(ours.iter().any(|known| known.eq_ignore_ascii_case(header)), "{name:?} made the header {header}");
    }
    assert_eq!(mail.headers.len(), ours.len(), "{name:?}: {:?}", mail.headers);
    assert!(mail.raw.is_ascii(), "{name:?}");
    let text = String::from_utf8(mail.raw.clone()).unwrap();
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n']), "{name:?}: a bare line break in {line:?}");
        assert!(line.len() <= 998, "{name:?}: a line of {} bytes", line.len());
    }
    assert!(mail.to.ends_with(&format!("<{to}>")), "{name:?}: {}", mail.to);
    assert_eq!(mail.to.matches(to).count(), 1, "{name:?}: {}", mail.to);
    assert!(mail.text.contains(&format!("Hello {name},")), "{name:?} arrives as it was given: {}", mail.text);
    for tag in ["<script", "<img", "<svg", "<h1>Pay", "<details", "<!--", "onerror=alert(1)>"] {
        assert!(!mail.html.contains(tag), "{name:?} made {tag} in the HTML");
    }
    assert_eq!(mail.attachments.len(), 1, "{name:?}");
    let stem = mail.attachments[0].filename.strip_suffix(".gitlab-license").expect("its ending");
    assert!(!stem.is_empty() && stem.bytes().all(|b| b.is_ascii_alphanumeric()), "{name:?} → {stem:?}");
}

/// Every text of a stranger stands inside a fence, and outside of fences stands nothing that GitLab would run.
fn issue_is_as_meant(issue: &gitlab::Issue, name: &str, license_id: &str) {
    let outside = outside_fences(&issue.description);
    for line in outside.lines() {
        assert!(!line.starts_with('/'), "{name:?} runs {line:?}");
        assert!(!line.contains('@'), "{name:?} notifies somebody in {line:?}");
    }
    let long_enough_to_tell = name.chars().count() > 6;
    assert!(!long_enough_to_tell || !outside.contains(name), "{name:?} stands outside of the fences: {outside}");
    assert!(issue.description.contains(name), "{name:?} is told as it is");
    assert_eq!(outside.matches("<!-- stopgap:license=").count(), 1, "{name:?} made a marker");
    assert!(outside.contains(license_id));
    assert!(issue.confidential, "{name:?}");
    assert!(!issue.title.contains('\n'), "{name:?}");
    assert_eq!(issue.state, gitlab::State::Closed, "{name:?}");
    assert!(issue.labels == ["Mechanizer::Emergency License Generation"], "{name:?}: {:?}", issue.labels);
}

/// What is left of Markdown without its fenced blocks, by CommonMark's rule: a fence ends at as many backticks or more.
fn outside_fences(markdown: &str) -> String {
    let mut outside = String::new();
    let mut fence: Option<usize> = None;
    for line in markdown.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let ticks = line.trim_start_matches(' ').chars().take_while(|c| *c == '`').count();
        let rest = line.trim_start_matches(' ')[ticks..].trim();
        match fence {
            None if indent < 4 && ticks >= 3 && !rest.contains('`') => fence = Some(ticks),
            None => outside += &format!("{line}\n"),
            Some(open) if indent < 4 && ticks >= open && rest.is_empty() => fence = None,
            Some(_) => {}
        }
    }
    assert!(fence.is_none(), "every fence is closed");
    outside
}

/// No `<` or `>` but those of our own links, and no `&` but those of escapes.
fn message_is_as_meant(message: &slack::Message, name: &str) {
    for text in texts(&json!([message.blocks, message.attachments])).iter().chain([&message.text]) {
        for control in text.split('<').skip(1) {
            assert!(control.starts_with("http"), "{name:?} made the control sequence <{control}");
        }
        for escape in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;"].iter().any(|known| escape.starts_with(known));
            assert!(known, "{name:?}: a bare & in {text}");
        }
    }
}

/// Every string under the key `text`.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "text" => vec![text.clone()],
                other => texts(other),
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn text_that_would_break_a_line_is_refused_wherever_it_is_given() {
    let world = World::with(&OPEN).await;
    let agent = world.agent().await;
    for text in BREAKING {
        for (path, field) in [
            ("/ticket/subject", "ticket.subject"),
            ("/customer/name", "customer.name"),
            ("/customer/company", "customer.company"),
            ("/agent/username", "agent.username"),
            ("/customer/email", "customer.email"),
        ] {
            let mut order = order();
            *order.pointer_mut(path).unwrap() = (*text).into();
            let answer = post(&agent, "/api/v1/licenses", &fresh_key(), &order).await;
            assert_eq!(answer.status, 400, "{text:?} as {field}");
            assert_eq!(answer.body["errors"][0]["field"], field, "{text:?}");
        }
        let mut order = order_saying("Jane", 1);
        order["confirm_duplicate"] = true.into();
        order["override_reason"] = format!("{text} said the account manager").into();
        let answer = post(&agent, "/api/v1/licenses", &fresh_key(), &order).await;
        // A reason may be typed over several lines, of which it makes one.
        let kept = answer.body["eligibility"]["override_reason"].as_str().unwrap_or_default();
        assert!(!kept.contains(breaks_line), "{text:?} → {kept:?}");
        assert!(answer.status == 201 || answer.body["errors"][0]["field"] == "override_reason", "{}", answer.body);
    }
    for name in names() {
        for (path, field) in [("/agent/username", "agent.username"), ("/customer/email", "customer.email")] {
            let mut order = order();
            order["confirm_duplicate"] = true.into();
            *order.pointer_mut(path).unwrap() = name.clone().into();
            let answer = post(&agent, "/api/v1/licenses", &fresh_key(), &order).await;
            let is_a_username = field == "agent.username" && ["NULL", "undefined", "@all"].contains(&name.as_str());
            assert_eq!(answer.status, if is_a_username { 201 } else { 400 }, "{name:?} as {field}");
        }
    }
    assert!(
        world
            .sandbox
            .mail
            .mails()
            .iter()
            .all(|mail| ["jane@acme.example", "jane1@acme.example"].contains(&mail.envelope_to[0].as_str()))
    );
}

#[tokio::test]
async fn an_address_that_is_legal_and_hostile_reaches_exactly_that_address() {
    let world = World::with(&OPEN).await;
    let agent = world.agent().await;
    let addresses = [
        "`jane`@acme.example",
        "*jane*_x_~y~@acme.example",
        "{{7*7}}@acme.example",
        "jane%evil.example@acme.example",
        "jane!evil@acme.example",
        "/close@acme.example",
        "#1!2$3&4@acme.example",
        "'or'1'='1@acme.example",
        "%_%@acme.example",
    ];
    for (number, address) in addresses.iter().enumerate() {
        let mut order = order_saying("Jane", number);
        order["customer"]["email"] = (*address).into();
        let license = ended(&agent, &generate(&agent, &order).await).await;
        assert_eq!(license["state"], "delivered", "{address}");
        assert_eq!(world.sandbox.mail.mails()[number].envelope_to, [*address]);
        let issue = &world.sandbox.gitlab.issues()[number];
        assert!(outside_fences(&issue.description).lines().all(|line| !line.starts_with('/') && !line.contains('@')));
        assert!(!issue.title.starts_with('/'));
        let message = world.sandbox.slack.messages()[number].shown();
        assert!(!message.contains(address), "Slack hears of the domain alone");
    }
}

async fn found(agent: &Browser, words: &str) -> Vec<Value> {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", words).finish();
    let answer = get(agent, &format!("/api/v1/licenses?{query}")).await;
    assert_eq!(answer.status, 200, "{words:?}: {}", answer.body);
    answer.body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_lookup_takes_wildcards_and_quotes_literally() {
    let world = World::with(&OPEN).await;
    let agent = world.agent().await;
    generate(&agent, &order_saying("100% of_it\\here", 1)).await;
    generate(&agent, &order_saying("O'Neil \"Jane\"", 2)).await;
    for (words, count) in [
        ("0%", 1),
        ("%%", 0),
        ("__", 0),
        ("f_i", 1),
        ("t\\h", 1),
        ("0_", 0),
        ("O'N", 1),
        ("' OR '1'='1", 0),
        ("'; DROP TABLE licenses; --", 0),
        ("\"jane\"", 1),
        ("acme", 2),
    ] {
        assert_eq!(found(&agent, words).await.len(), count, "{words:?}");
    }
    for text in BREAKING.iter().map(ToString::to_string).chain(names()).filter(|text| text.chars().count() > 1) {
        let words: String = text.chars().take(200).collect();
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", &words).finish();
        let answer = read(agent.request(Method::GET, &format!("/api/v1/licenses?{query}"))).await;
        assert!(answer.status == 200 || answer.status == 400, "{text:?}: {}", answer.status);
    }
}
