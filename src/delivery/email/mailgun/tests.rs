//! The client against a Mailgun that answers, refuses, hangs and lies.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, civil::date};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Bounce, Error, Mailgun, SentMail};
use crate::{
    clock::Clock,
    config,
    license::{ArrivalState, DeliveryId, SuppressionList},
    sandbox::{mailgun, smtp::MailServer, web::Fault},
};

const TO: &str = "jane+gitlab@acme.example";

struct World {
    provider: mailgun::Mailgun,
    client: Mailgun,
    clock: Clock,
}

impl World {
    async fn start() -> Self {
        let clock = Clock::system();
        let mail = Arc::new(MailServer::start(0, clock.clone()).await.unwrap());
        let provider = mailgun::Mailgun::start(0, clock.clone(), mail).await.unwrap();
        let client = client(&provider, &clock, mailgun::API_KEY, mailgun::DOMAIN);
        Self { provider, client, clock }
    }

    fn mail(&self) -> SentMail {
        let delivery = DeliveryId(Uuid::from_u128(7));
        let sent_at = self.clock.now() - SignedDuration::from_mins(5);
        SentMail { delivery, message_id: format!("{delivery}@stopgap.example"), recipient: TO.into(), sent_at }
    }

    fn report(&self, event: &Value) {
        self.provider.report(&self.mail().message_id, TO, event);
    }

    async fn state(&self) -> Option<ArrivalState> {
        self.client.news(&self.mail()).await.unwrap().map(|news| news.arrival.state)
    }
}

fn client(provider: &mailgun::Mailgun, clock: &Clock, key: &str, domain: &str) -> Mailgun {
    let url = provider.url().parse().unwrap();
    let config = config::Mailgun { api_key: key.into(), domain: domain.into(), url };
    Mailgun::with_timeout(&config, clock.clone(), Duration::from_millis(500)).unwrap()
}

fn failed(code: u16) -> Value {
    json!({ "event": "failed", "severity": "permanent", "delivery-status": { "code": code, "message": "No" } })
}

#[tokio::test]
async fn the_worst_final_event_is_what_became_of_the_mail_in_logs_and_events() {
    for has_logs in [true, false] {
        let world = World::start().await;
        if !has_logs {
            world.provider.without_logs();
        }
        world.provider.page_by(1);
        assert_eq!(world.state().await, None);
        world.report(&json!({ "event": "accepted" }));
        world.provider.report("somebody@else.example", TO, &failed(550));
        assert_eq!(world.state().await, None, "neither the acceptance nor another mail says anything");
        world.report(&json!({ "event": "delivered" }));
        world.report(&json!({ "event": "failed", "severity": "temporary", "delivery-status": { "code": 451 } }));
        assert_eq!(world.state().await, Some(ArrivalState::Delivered), "events come in any order");
        world.report(&json!({ "event": "complained" }));
        assert_eq!(world.state().await, Some(ArrivalState::Complained));
        let asked = world.provider.calls().join(" ");
        assert_eq!(asked.contains(&format!("GET /v3/{}/events", mailgun::DOMAIN)), !has_logs, "{asked}");
    }
}

#[tokio::test]
async fn a_mail_that_was_held_back_names_the_list() {
    let world = World::start().await;
    world.report(&failed(605));
    let arrival = world.client.news(&world.mail()).await.unwrap().unwrap().arrival;
    assert_eq!((arrival.state, arrival.list), (ArrivalState::Suppressed, Some(SuppressionList::Bounces)));
    let age = world.clock.now().duration_since(arrival.at).abs();
    assert!(age < SignedDuration::from_mins(1), "the time is that of the event: {age:?}");
}

#[tokio::test]
async fn a_next_page_elsewhere_is_never_asked_with_the_key() {
    let other = World::start().await;
    for url in [
        format!("{}/v3/{}/events/1", other.provider.url(), mailgun::DOMAIN),
        "http://localhost/v3/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "not a url".to_owned(),
    ] {
        let world = World::start().await;
        world.provider.without_logs();
        world.provider.next_page_at(&url);
        world.report(&json!({ "event": "accepted" }));
        assert!(matches!(world.client.news(&world.mail()).await, Err(Error::Unreadable(_))), "{url}");
        world.report(&json!({ "event": "delivered" }));
        assert_eq!(world.state().await, Some(ArrivalState::Delivered), "what is known counts: {url}");
    }
    let inside = World::start().await;
    inside.provider.without_logs();
    inside.provider.next_page_at(&format!("{}/v3/{}/bounces/x", inside.provider.url(), mailgun::DOMAIN));
    inside.report(&json!({ "event": "accepted" }));
    assert!(inside.client.news(&inside.mail()).await.is_err(), "not even another path of the same host");
    assert!(other.provider.calls().is_empty());
}

#[tokio::test]
async fn pages_without_an_end_are_asked_for_only_so_often() {
    let world = World::start().await;
    world.provider.page_by(1);
    for _ in 0..30 {
        world.provider.report("somebody@else.example", TO, &json!({ "event": "delivered" }));
    }
    assert_eq!(world.state().await, None);
    assert_eq!(world.provider.calls().len(), super::reports::MAX_PAGES);
}

#[tokio::test]
async fn each_fault_is_named_and_the_key_never() {
    let world = World::start().await;
    let mail = world.mail();
    for (fault, says) in [
        (Fault::status(401, "Forbidden"), "wrong key, or the other region"),
        (Fault::status(500, r#"{"message":"no"}"#), "answered 500"),
        (Fault::status(503, "later"), "answered 503"),
        (Fault::RateLimited { retry_after: Some("7".into()) }, "429"),
        (Fault::DropBefore, "cannot be reached"),
        (Fault::HangAfter, "no answer in time"),
        (Fault::Truncated, "cannot be reached"),
        (Fault::Huge, "longer than"),
        (Fault::status(200, "<html>"), "not understood"),
        (Fault::Redirect { to: "http://elsewhere.example/".into() }, "answered 307"),
    ] {
        for asks in ["news", "bounce", "delete"] {
            world.provider.faults.fail_next(fault.clone());
            let error = match asks {
                "news" => world.client.news(&mail).await.unwrap_err(),
                "bounce" => world.client.bounce(TO).await.unwrap_err(),
                // Its wording is not read.
                _ if says == "not understood" => {
                    world.client.delete_bounce(TO).await.unwrap();
                    continue;
                }
                _ => world.client.delete_bounce(TO).await.unwrap_err(),
            };
            let text = format!("{error} {error:?}");
            assert!(error.to_string().contains(says), "{asks}: {error}");
            assert!(!text.contains(mailgun::API_KEY) && !text.contains("jane"), "{text}");
        }
    }
    world.provider.faults.fail_next(Fault::RateLimited { retry_after: Some("7".into()) });
    assert_eq!(world.client.news(&mail).await, Err(Error::RateLimited(Some(Duration::from_secs(7)))));
    assert!(!format!("{:?}", world.client).contains(mailgun::API_KEY));
}

#[tokio::test]
async fn a_domain_or_key_of_the_other_region_is_said_to_be_that() {
    let world = World::start().await;
    let elsewhere = client(&world.provider, &world.clock, mailgun::API_KEY, "other.example");
    assert_eq!(elsewhere.bounce(TO).await, Err(Error::UnknownDomain));
    assert_eq!(elsewhere.delete_bounce(TO).await, Err(Error::UnknownDomain));
    world.provider.without_logs();
    assert_eq!(elsewhere.news(&world.mail()).await, Err(Error::UnknownDomain));
    let stranger = client(&world.provider, &world.clock, "another-key", mailgun::DOMAIN);
    assert_eq!(stranger.bounce(TO).await, Err(Error::KeyRefused(401)));
    for error in [Error::UnknownDomain, Error::KeyRefused(401)] {
        assert!(error.to_string().contains("or the other region"), "{error}");
    }
}

#[tokio::test]
async fn a_bounce_is_read_and_deleted_and_one_that_is_gone_is_free() {
    let world = World::start().await;
    for address in [TO, "a/b%c?d#e@acme.example", "o'neil&co@acme.example"] {
        assert_eq!(world.client.bounce(address).await, Ok(None));
        world.provider.block(address);
        let bounce = world.client.bounce(address).await.unwrap().unwrap();
        let today = world.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        assert_eq!(bounce.since, Some(today));
        assert!(bounce.reason.starts_with("550: 5.1.1") && !bounce.reason.contains(address), "{}", bounce.reason);
        for _ in 0..2 {
            assert_eq!(world.client.delete_bounce(address).await, Ok(()));
            assert!(world.provider.blocked().is_empty());
        }
    }
    let old = r#"{"address":"a@b.example","code":550,"error":"","created_at":"Fri, 20 Nov 2026 10:00:00 UTC"}"#;
    world.provider.faults.fail_next(Fault::status(200, old));
    let bounce = Bounce { reason: "550".into(), since: Some(date(2026, 11, 20)) };
    assert_eq!(world.client.bounce(TO).await, Ok(Some(bounce)));
}

#[tokio::test]
async fn who_marked_a_mail_as_spam_is_known() {
    let world = World::start().await;
    assert_eq!(world.client.has_complained(TO).await, Ok(false));
    world.provider.complain(TO);
    assert_eq!(world.client.has_complained(TO).await, Ok(true));
}
