use std::sync::LazyLock;

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use web::{Answer, Reply, Request, Site};

use super::*;
use once::{Order, once};

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::generate(Random));

pub(super) fn options() -> WorldOptions {
    WorldOptions { page_port: 0, keys: KEYS.clone(), sdk: None, clock: Clock::system(), random: Random }
}

#[tokio::test]
async fn a_token_is_what_zendesk_signs() {
    let world = World::start(options()).await.unwrap();
    let token = world.token(42);
    assert_ne!(token, world.token(42), "two loads within a second differ");
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&["https://sandbox.zendesk.com/api/v2/apps/installations/1234.json"]);
    rules.set_issuer(&["sandbox.zendesk.com"]);
    let key = DecodingKey::from_rsa_pem(world.keys.zendesk_public_pem.as_bytes()).unwrap();
    let signed = token.sign(&world.keys.zendesk_private_pem);
    let claims = jsonwebtoken::decode::<Value>(&signed, &key, &rules).unwrap().claims;
    assert_eq!(claims["sub"], "https://sandbox.zendesk.com/api/v2/users/42.json");
    assert!(jsonwebtoken::decode::<Value>(&(signed + "x"), &key, &rules).is_err());
}

#[tokio::test]
async fn settings_name_every_stand_in_and_the_keys() {
    let world = World::start(options()).await.unwrap();
    let settings = world.settings(8080, "/tmp/x.db");
    let setting = |name: &str| settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(setting("STOPGAP_SMTP_URL"), Some(world.mail.url().as_str()));
    assert_eq!(setting("STOPGAP_SLACK_WEBHOOK_URL"), Some(world.slack.url().as_str()));
    assert_eq!(setting("STOPGAP_BIND"), Some("127.0.0.1:8080"));
    assert_eq!(setting("STOPGAP_DATABASE_URL"), Some("sqlite:/tmp/x.db"));
    let private = setting("STOPGAP_LICENSE_PRIVATE_KEY").unwrap().to_owned().into();
    let key = crate::sealing::SealingKey::parse(&private).unwrap();
    let public = crate::sealing::file::parse_public_key(setting("STOPGAP_LICENSE_PUBLIC_KEY").unwrap()).unwrap();
    assert_eq!(*key.public(), public);
}

/// A service that does at once, and badly, what the real one does with care.
struct Service(Arc<World>);

impl Site for Service {
    async fn reply(&self, request: Request) -> Reply {
        let answer = match request.route() {
            ("POST", path) if path == ["zendesk", "sidebar"] => {
                Answer::html(200, r#"<meta name="stopgap-session" content="s">"#)
            }
            _ if request.header("authorization") != Some("Bearer s") => Answer::text(401, "no session"),
            ("POST", _) => {
                self.deliver(request.json().unwrap()).await;
                Answer::json(201, &json!({"id": "one"}))
            }
            ("GET", path) if path.last() == Some(&"progress") => {
                Answer::of(200, "text/event-stream", "data: {\"state\":\"delivered\"}\n\n")
            }
            _ => Answer::json(200, &json!({"id": "one", "state": "delivered", "seats": 286})),
        };
        Reply::Whole(answer)
    }
}

impl Service {
    async fn deliver(&self, order: Value) {
        use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::Attachment};
        let file = Attachment::new("a".to_owned()).body("KEY".to_owned(), "application/octet-stream".parse().unwrap());
        let to = order["customer"]["email"].as_str().unwrap();
        let mail = Message::builder().from("a@b.example".parse().unwrap()).to(to.parse().unwrap());
        let mail = mail.multipart(lettre::message::MultiPart::mixed().singlepart(file)).unwrap();
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
            .port(self.0.mail.address().port())
            .build()
            .send(mail)
            .await
            .unwrap();
        let http = reqwest::Client::new();
        let issues = format!("{}/api/v4/projects/{}/issues", self.0.gitlab.url(), gitlab::PROJECT_ID);
        let call = |call: reqwest::RequestBuilder, body| call.header("PRIVATE-TOKEN", gitlab::TOKEN).json(&body).send();
        call(http.post(&issues), json!({"title": "t", "assignee_ids": [5]})).await.unwrap();
        call(http.put(issues + "/1"), json!({"state_event": "close"})).await.unwrap();
        http.post(self.0.slack.url()).json(&json!({"text": "generated"})).send().await.unwrap();
    }
}

#[tokio::test]
async fn once_reports_all_that_arrived() {
    let world = Arc::new(World::start(options()).await.unwrap());
    let service = web::serve(0, Arc::new(Service(world.clone()))).await.unwrap();
    let url = format!("http://{}", service.address()).parse().unwrap();
    let arrived = once(&world, &url, Order::default()).await.unwrap();
    assert!(arrived.to_string().starts_with("License one: 286 seats, delivered"));
    let shown = json!(arrived);
    let fields: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["license", "license_file", "public_key", "email", "issue", "slack"]);
    assert_eq!(shown["license_file"], "KEY");
    assert_eq!(shown["email"]["to"], "jane@acme.example");
    assert_eq!(shown["issue"]["state"], "closed");
    assert_eq!(shown["issue"]["assignees"], json!(["jdoe"]));
    assert_eq!(shown["slack"], json!({"text": "generated", "blocks": []}));
}
