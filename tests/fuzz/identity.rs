//! Who asks and for whom: tokens, claims, names and addresses of any form.

use bolero::check;
use serde_json::Value;

/// A verifier of the sandbox's own tokens, without a world around it.
fn verifier() -> stopgap::zendesk::token::Verifier {
    let zendesk = stopgap::config::Zendesk {
        fields: stopgap::config::ZendeskFields::default(),
        subdomain: stopgap::sandbox::SUBDOMAIN.into(),
        origin: "https://sandbox.zendesk.com".into(),
        sdk_url: "https://static.zdassets.com/sdk.js".into(),
        installation_ids: vec![stopgap::sandbox::INSTALLATION_ID],
        public_keys: vec![crate::world::keys().zendesk_public_pem],
        allowed_agents: stopgap::config::AllowedAgents::Everyone,
    };
    stopgap::zendesk::token::Verifier::new(&zendesk).unwrap()
}

/// Anything as a token, anything in the place of one of its parts, and, signed, any claims: refused in our own words.
#[test]
fn token_refuses_any_text() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let verifier = verifier();
    let now: jiff::Timestamp = "2026-11-21T23:14:05Z".parse().unwrap();
    let random = stopgap::random::Random;
    let token = stopgap::sandbox::Token::of(42, now, random.id(now));
    let good = token.sign(&crate::world::keys().zendesk_private_pem);
    assert!(verifier.verify(&good, now).is_ok());
    let parts: Vec<&str> = good.split('.').collect();
    check!().for_each(|bytes: &[u8]| {
        let (text, encoded) = (String::from_utf8_lossy(bytes), URL_SAFE_NO_PAD.encode(bytes));
        for attempt in [
            text.to_string(),
            format!("{encoded}.{}.{}", parts[1], parts[2]),
            format!("{}.{encoded}.{}", parts[0], parts[2]),
            format!("{}.{}.{encoded}", parts[0], parts[1]),
            format!("{good}{text}"),
        ] {
            if let Err(refused) = verifier.verify(&attempt, now) {
                assert!(refused.to_string().is_ascii());
            } else {
                assert_eq!(attempt, good, "only the signed text itself is believed");
            }
        }
    });
}

/// Any claims under a good signature: believed only where they name this Zendesk, this installation and this time.
#[test]
fn token_believes_no_claims_but_fitting_ones() {
    let verifier = verifier();
    let now: jiff::Timestamp = "2026-11-21T23:14:05Z".parse().unwrap();
    let names = ["iss", "aud", "sub", "iat", "nbf", "exp", "context"];
    let pem = crate::world::keys().zendesk_private_pem;
    check!().with_type::<(u8, i64, Vec<u8>)>().for_each(|(chosen, number, bytes)| {
        let name = names[usize::from(*chosen) % names.len()];
        let value = match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => value,
            Err(_) if bytes.is_empty() => Value::from(*number),
            Err(_) => Value::from(String::from_utf8_lossy(bytes)),
        };
        let mut token = stopgap::sandbox::Token::of(42, now, stopgap::random::Random.id(now));
        token.claims[name] = value;
        if let Ok(verified) = verifier.verify(&token.sign(&pem), now) {
            assert_eq!(verified.installation_id, stopgap::sandbox::INSTALLATION_ID);
            assert!(verified.usable_until > now);
            assert!(name == "sub" || verified.agent_user_id == 42);
        }
    });
}

/// The texts of a request: taken as they are or refused, and what is taken can do no harm on a line.
#[test]
fn names_addresses_and_usernames_are_plain_or_refused() {
    use stopgap::license::{Email, SingleLine, Username, single_line::breaks_line};
    check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(line) = SingleLine::parse(&text, 200) {
            assert!(!line.as_str().contains(breaks_line) && (1..=200).contains(&line.as_str().chars().count()));
        }
        for text in [text.to_string(), format!("{text}@acme.example"), format!("jane@{text}.example")] {
            if let Ok(email) = Email::parse(&text) {
                let email = email.as_str();
                assert!(email.is_ascii() && email.matches('@').count() == 1 && email.len() <= Email::MAX_CHARS);
                assert!(!email.contains(|c: char| c.is_ascii_control() || " <>()[],;:\\\"".contains(c)), "{email}");
            }
        }
        if let Ok(username) = Username::parse(&text) {
            assert!(!username.as_str().contains(['@', '/', ' ', '\n']) && username.as_str().is_ascii());
        }
    });
}
