//! Only a token that Zendesk signed for this app, now, for the first time, opens the sidebar.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use stopgap::{sandbox::Token, zendesk::token::LEEWAY_SECONDS};

use crate::world::{AGENT, World, keys};

pub(crate) fn sign(token: &Token) -> String {
    token.sign(&keys().zendesk_private_pem)
}

pub(crate) async fn status(world: &World, token: &str) -> (u16, String) {
    let answer = world.stranger().post_token(token).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[expect(clippy::too_many_lines, reason = "a table, one row an attack")]
/// Every forged or unfit token, by the name of the attack.
fn attacks(world: &World) -> Vec<(&'static str, String)> {
    let fresh = || world.sandbox.token(AGENT);
    let now = world.clock.now().as_second();
    let claims = |change: &dyn Fn(&mut Value)| {
        let mut token = fresh();
        change(&mut token.claims);
        sign(&token)
    };
    let header = |name: &str, value: Value| {
        let mut token = fresh();
        token.header[name] = value;
        sign(&token)
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = |alg: &str| format!("{}.{}.", part(&json!({ "alg": alg, "typ": "JWT" })), part(&fresh().claims));
    let with =
        |algorithm, key: &EncodingKey| jsonwebtoken::encode(&Header::new(algorithm), &fresh().claims, key).unwrap();
    let zendesk = EncodingKey::from_rsa_pem(keys().zendesk_private_pem.as_bytes()).unwrap();
    let public_as_secret = EncodingKey::from_secret(keys().zendesk_public_pem.as_bytes());
    let stranger = include_str!("keys/stranger.pem");
    let good = sign(&fresh());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let raw = |claims: &[u8]| {
        let text = format!("{}.{}", part(&json!({ "alg": "RS256" })), URL_SAFE_NO_PAD.encode(claims));
        let sig = jsonwebtoken::crypto::sign(text.as_bytes(), &zendesk, Algorithm::RS256).unwrap();
        format!("{text}.{sig}")
    };
    let with_more = |more: &str| raw(fresh().claims.to_string().replacen('{', &format!("{{{more},"), 1).as_bytes());
    let base = "https://sandbox.zendesk.com/api/v2";
    vec![
        ("algorithm none", unsigned("none")),
        ("algorithm None", unsigned("None")),
        ("algorithm NONE", unsigned("NONE")),
        ("algorithm nOnE", unsigned("nOnE")),
        ("an empty algorithm", unsigned("")),
        ("algorithm rs256", header("alg", "rs256".into())),
        ("algorithm RS256 with a space", header("alg", "RS256 ".into())),
        ("algorithm as a list", header("alg", json!(["RS256"]))),
        ("algorithm as null", header("alg", Value::Null)),
        ("a header that is no object", {
            let text = format!("{}.{}", part(&json!(["RS256"])), part(&fresh().claims));
            format!("{text}.{}", jsonwebtoken::crypto::sign(text.as_bytes(), &zendesk, Algorithm::RS256).unwrap())
        }),
        ("two algorithms in one header", {
            let both = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","alg":"RS256"}"#);
            let text = format!("{both}.{}", part(&fresh().claims));
            format!("{text}.{}", jsonwebtoken::crypto::sign(text.as_bytes(), &zendesk, Algorithm::RS256).unwrap())
        }),
        ("no algorithm", format!("{}.{}.", part(&json!({})), part(&fresh().claims))),
        ("HS256 with the public key as secret", with(Algorithm::HS256, &public_as_secret)),
        ("RS384", with(Algorithm::RS384, &zendesk)),
        ("RS512", with(Algorithm::RS512, &zendesk)),
        ("PS256", with(Algorithm::PS256, &zendesk)),
        ("PS384", with(Algorithm::PS384, &zendesk)),
        ("PS512", with(Algorithm::PS512, &zendesk)),
        ("HS384 with the public key as secret", with(Algorithm::HS384, &public_as_secret)),
        ("HS512 with the public key as secret", with(Algorithm::HS512, &public_as_secret)),
        ("HS256 that claims RS256", {
            let text = format!("{}.{}", part(&json!({ "alg": "RS256" })), part(&fresh().claims));
            let mac = jsonwebtoken::crypto::sign(text.as_bytes(), &public_as_secret, Algorithm::HS256).unwrap();
            format!("{text}.{mac}")
        }),
        ("the license's own key", fresh().sign(&keys().license_private_pem)),
        ("another key", fresh().sign(stranger)),
        ("another key, embedded as jwk", {
            let mut token = fresh();
            token.header["jwk"] = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" });
            token.sign(stranger)
        }),
        ("another key, linked by jku", {
            let mut token = fresh();
            token.header["jku"] = "http://127.0.0.1:9/keys".into();
            token.sign(stranger)
        }),
        ("another key, linked by x5u", {
            let mut token = fresh();
            token.header["x5u"] = "http://127.0.0.1:9/cert".into();
            token.sign(stranger)
        }),
        ("another key, with a hostile kid", {
            let mut token = fresh();
            token.header["kid"] = "../../etc/passwd' OR 1=1 --".into();
            token.sign(stranger)
        }),
        ("another key, embedded as x5c", {
            let mut token = fresh();
            token.header["x5c"] = json!(["AQAB"]);
            token.sign(stranger)
        }),
        ("unencoded payload (b64 false)", {
            let mut token = fresh();
            token.header["b64"] = false.into();
            token.header["crit"] = json!(["b64"]);
            sign(&token)
        }),
        ("a crit header", header("crit", json!(["exp"]))),
        ("an empty crit header", header("crit", json!([]))),
        ("an empty signature", format!("{signed}.")),
        ("a stripped signature", signed.to_owned()),
        (
            "a changed signature",
            format!(
                "{signed}.{}",
                signature.replacen(&signature[..1], if signature.starts_with('A') { "B" } else { "A" }, 1)
            ),
        ),
        ("an extra part", format!("{good}.{signature}")),
        ("JSON serialization", json!({ "payload": "x", "signatures": [] }).to_string()),
        ("claims of another token under this signature", {
            let mut other = fresh();
            other.claims["sub"] = "https://sandbox.zendesk.com/api/v2/users/1.json".into();
            format!("{}.{}.{signature}", part(&other.header), part(&other.claims))
        }),
        ("a padded signature", format!("{good}==")),
        ("a space at its end", format!("{good} ")),
        ("a line break inside", good.replacen('.', ".\n", 1)),
        ("an encrypted token's five parts", format!("{good}.{signature}.{signature}")),
        ("nothing", String::new()),
        ("dots", "..".into()),
        ("a megabyte", format!("{good}{}", "A".repeat(1024 * 1024))),
        ("nine kilobytes", format!("{good}{}", "A".repeat(9 * 1024))),
        ("duplicate claims", with_more(r#""sub":"https://sandbox.zendesk.com/api/v2/users/1.json""#)),
        ("duplicate keys inside of a claim", with_more(r#""more":{"a":1,"a":2}"#)),
        (
            "claims that are not UTF-8",
            raw(&[&b"{\"more\":\"\xff\","[..], &fresh().claims.to_string().as_bytes()[1..]].concat()),
        ),
        ("another type of token", header("typ", "at+jwt".into())),
        ("a type that is no text", header("typ", json!(["JWT"]))),
        ("a nested token", header("cty", "JWT".into())),
        ("an endless time", claims(&|c| c["nbf"] = json!(-1e300))),
        ("times as text", claims(&|c| c["exp"] = (now + 300).to_string().into())),
        ("times as fractions", claims(&|c| c["exp"] = json!(1e9 + 0.5))),
        ("a huge exp", claims(&|c| c["exp"] = json!(i64::MAX))),
        ("an exp beyond 64 bits", claims(&|c| c["exp"] = json!(u64::MAX))),
        ("a negative iat", claims(&|c| c["iat"] = json!(i64::MIN))),
        ("times as null", claims(&|c| c["exp"] = Value::Null)),
        ("times as a boolean", claims(&|c| c["nbf"] = true.into())),
        ("a time in milliseconds", claims(&|c| c["exp"] = json!((now + 300) * 1000))),
        ("a life of an hour", claims(&|c| c["exp"] = json!(now + 3600))),
        ("an exp before its iat", claims(&|c| c["exp"] = json!(now - 1))),
        ("no iss", without(fresh(), "iss")),
        ("no aud", without(fresh(), "aud")),
        ("no sub", without(fresh(), "sub")),
        ("no iat", without(fresh(), "iat")),
        ("no nbf", without(fresh(), "nbf")),
        ("no exp", without(fresh(), "exp")),
        ("an empty iss", claims(&|c| c["iss"] = "".into())),
        ("a null sub", claims(&|c| c["sub"] = Value::Null)),
        ("claims that are a list", {
            let text = format!("{}.{}", part(&json!({ "alg": "RS256" })), part(&json!([fresh().claims])));
            format!("{text}.{}", jsonwebtoken::crypto::sign(text.as_bytes(), &zendesk, Algorithm::RS256).unwrap())
        }),
        (
            "another Zendesk's installation",
            claims(&|c| {
                c["aud"] = "https://evil.zendesk.com/api/v2/apps/installations/1234.json".into();
            }),
        ),
        (
            "an installation with a tail",
            claims(&|c| c["aud"] = format!("{base}/apps/installations/1234.json?x").into()),
        ),
        (
            "an audience without a scheme",
            claims(&|c| {
                c["aud"] = "sandbox.zendesk.com/api/v2/apps/installations/1234.json".into();
            }),
        ),
        ("an issuer over http", claims(&|c| c["iss"] = "http://sandbox.zendesk.com".into())),
        ("a user beyond 64 bits", claims(&|c| c["sub"] = format!("{base}/users/99999999999999999999.json").into())),
        ("a user in other digits", claims(&|c| c["sub"] = format!("{base}/users/４２.json").into())),
        ("a context with a list as product", claims(&|c| c["context"]["product"] = json!(["support"]))),
        ("an array as audience", claims(&|c| c["aud"] = json!([c["aud"].clone()]))),
        ("another installation", claims(&|c| c["aud"] = format!("{base}/apps/installations/9999.json").into())),
        ("another subdomain as issuer", claims(&|c| c["iss"] = "evil.zendesk.com".into())),
        ("a look-alike issuer", claims(&|c| c["iss"] = "sandbox.zendesk.com.evil.example".into())),
        ("another subdomain's user", claims(&|c| c["sub"] = "https://evil.zendesk.com/api/v2/users/42.json".into())),
        ("a user that is no number", claims(&|c| c["sub"] = format!("{base}/users/42/../1.json").into())),
        ("a signed user number", claims(&|c| c["sub"] = format!("{base}/users/+42.json").into())),
        ("another product", claims(&|c| c["context"]["product"] = "chat".into())),
        ("another place", claims(&|c| c["context"]["location"] = "user_sidebar".into())),
        ("a context that is no object", claims(&|c| c["context"] = "support".into())),
        ("not valid before a while", claims(&|c| c["nbf"] = json!(now + LEEWAY_SECONDS + 30))),
        ("issued in the future", claims(&|c| c["iat"] = json!(now + LEEWAY_SECONDS + 30))),
        (
            "expired by a second past the leeway",
            claims(&|c| {
                c["iat"] = json!(now - 300);
                c["nbf"] = json!(now - 300);
                c["exp"] = json!(now - LEEWAY_SECONDS - 1);
            }),
        ),
    ]
}

fn without(mut token: Token, claim: &str) -> String {
    token.claims.as_object_mut().unwrap().remove(claim);
    sign(&token)
}

#[tokio::test]
async fn every_forged_or_unfit_token_gets_one_uniform_refusal() {
    let world = World::start().await;
    let mut pages = std::collections::BTreeSet::new();
    for (attack, token) in attacks(&world) {
        let (status, page) = status(&world, &token).await;
        if attack == "a megabyte" {
            assert_eq!(status, 413, "{attack}");
            continue;
        }
        assert_eq!(status, 403, "{attack}");
        pages.insert(page);
    }
    assert_eq!(pages.len(), 1, "all refusals look the same");
}

#[tokio::test]
async fn every_refusal_has_a_reason_for_the_log_in_our_own_words() {
    let world = World::start().await;
    let verifier = stopgap::zendesk::token::Verifier::new(&world.config().zendesk).unwrap();
    for (attack, token) in attacks(&world) {
        let reason = verifier.verify(&token, world.clock.now()).expect_err(attack).to_string();
        let is_plain = reason.bytes().all(|b| b.is_ascii_alphanumeric() || b" '-,.".contains(&b));
        assert!((3..=80).contains(&reason.len()) && is_plain, "{attack}: {reason:?}");
        for foreign in ["evil", "passwd", "127.0.0.1", "9999", "chat", "eyJ"] {
            assert!(!reason.contains(foreign), "{attack}: the reason repeats the token: {reason}");
        }
    }
    for (attack, reason) in [
        ("algorithm none", "alg is not RS256"),
        ("another key", "signed by none of our keys"),
        ("a crit header", "a crit header"),
        ("no exp", "header or claims are missing, duplicated or of the wrong type"),
        ("duplicate claims", "header or claims are missing, duplicated or of the wrong type"),
        ("another subdomain as issuer", "iss is another Zendesk"),
        ("another installation", "aud is an installation that is not configured"),
        ("another place", "context is another product or location"),
        ("issued in the future", "not valid yet"),
        ("expired by a second past the leeway", "expired"),
        ("a life of an hour", "exp does not fit iat and nbf"),
        ("a megabyte", "longer than any token of Zendesk's"),
    ] {
        let (_, token) = attacks(&world).into_iter().find(|(name, _)| *name == attack).expect(attack);
        assert_eq!(verifier.verify(&token, world.clock.now()).expect_err(attack).to_string(), reason, "{attack}");
    }
}

#[tokio::test]
async fn a_used_token_cannot_be_respelled_into_a_fresh_one() {
    let world = World::start().await;
    let token = sign(&world.sandbox.token(AGENT));
    assert_eq!(status(&world, &token).await.0, 200);
    // The last character of the signature holds four bits that mean nothing, for decoders that do not look.
    let (start, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for other in alphabet.chars().filter(|other| *other != last.chars().next().unwrap()) {
        assert_eq!(status(&world, &format!("{start}{other}")).await.0, 403, "{other}");
    }
    for other in [format!("{token}="), format!(" {token}"), format!("{token}\n"), token.replace('_', "/")] {
        assert_eq!(status(&world, &other).await.0, 403);
    }
}
