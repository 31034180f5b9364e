//! A token is verified with the configured keys only, whatever keys it contains or points to.

use std::{io::ErrorKind, net::TcpListener};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{PublicKey, pkcs8::DecodePublicKey as _, traits::PublicKeyParts as _};
use serde_json::{Value, json};
use stopgap::sandbox::Token;

use crate::world::{AGENT, World, keys};

/// A key that is not Zendesk's.
const STRANGER: &str = include_str!("keys/stranger.pem");

/// Its public half, as a token may contain it.
fn jwk() -> Value {
    let key = PublicKey::from_public_key_pem(include_str!("keys/stranger.pub.pem")).unwrap();
    let part = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
    json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
        "n": part(key.n_bytes().into_vec()), "e": part(key.e_bytes().into_vec()) })
}

async fn status(world: &World, token: &Token, key: &str) -> u16 {
    world.stranger().post_token(&token.sign(key)).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_key_that_the_token_brings_along_opens_nothing() {
    let world = World::start().await;
    let mut token = world.sandbox.token(AGENT);
    token.header["jwk"] = jwk();
    token.header["kid"] = "1".into();
    token.claims["cnf"] = json!({ "jwk": jwk() });
    assert_eq!(status(&world, &token, STRANGER).await, 403);
}

#[tokio::test]
async fn no_key_is_fetched_from_where_a_token_points() {
    let world = World::start().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let url = format!("http://{}/keys.json", elsewhere.local_addr().unwrap());
    for (key, expected) in [(STRANGER, 403), (&keys().zendesk_private_pem, 200)] {
        let mut token = world.sandbox.token(AGENT);
        for name in ["jku", "x5u", "kid"] {
            token.header[name] = url.clone().into();
        }
        token.claims["cnf"] = json!({ "jku": url });
        assert_eq!(status(&world, &token, key).await, expected);
        // A connection would wait in the listener's queue.
        let nobody = elsewhere.accept().expect_err("the key was requested");
        assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
    }
}
