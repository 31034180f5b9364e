//! The JSON web token that Zendesk signs for each load of the app ("signed URLs").
//!
//! Zendesk vouches for `sub`, the agent, and for nothing else: ticket, requester and names come from the browser.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config;

/// The longest token that is looked at, in bytes; real ones have about 1 KB.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// How far Zendesk's clock and ours may differ, in seconds.
pub const LEEWAY_SECONDS: i64 = 30;
/// Zendesk's tokens hold for 5 minutes; one that claims more than this is refused, in seconds.
pub const MAX_LIFE_SECONDS: i64 = 15 * 60;

/// Where the app runs inside Zendesk Support.
const LOCATIONS: [&str; 2] = ["ticket_sidebar", "nav_bar"];

/// What a token proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The agent: the user id in `sub`.
    pub agent_user_id: u64,
    /// The app's installation: the id in `aud`.
    pub installation_id: u64,
    /// After this, the token would be refused anyway: so long its use must be remembered.
    pub usable_until: Timestamp,
}

/// Why a token is refused. For the log: outside, all refusals look the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// What is believed.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<DecodingKey>,
    subdomain: String,
    installation_ids: Vec<u64>,
}

/// Only these claims are read. A claim that stands twice is an error.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    context: Option<Value>,
}

impl Verifier {
    /// Takes the app's keys and installations.
    ///
    /// # Errors
    /// Where a public key is no RSA key in PEM.
    pub fn new(zendesk: &config::Zendesk) -> Result<Self, Refused> {
        let key = |pem: &String| DecodingKey::from_rsa_pem(pem.as_bytes()).map_err(|e| refused(format!("key: {e}")));
        Ok(Self {
            keys: zendesk.public_keys.iter().map(key).collect::<Result<_, _>>()?,
            subdomain: zendesk.subdomain.clone(),
            installation_ids: zendesk.installation_ids.clone(),
        })
    }

    /// Checks a token at `now`: RS256 alone, one of our keys, every claim. Whether it was used before is the store's
    /// business.
    ///
    /// # Errors
    /// The first thing that is wrong with it, for the log.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Refused> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(refused("longer than any token of Zendesk's"));
        }
        check_header(token)?;
        let claims = self.verify_signature(token)?;
        check_times(&claims, now.as_second())?;
        if !is_host(&claims.iss, &self.subdomain) {
            return Err(refused("iss is another Zendesk"));
        }
        check_context(claims.context.as_ref())?;
        let base = format!("https://{}.zendesk.com/api/v2", self.subdomain);
        let installation_id = id_in(&claims.aud, &format!("{base}/apps/installations/"))
            .ok_or_else(|| refused("aud is no installation of this Zendesk"))?;
        if !self.installation_ids.contains(&installation_id) {
            return Err(refused("aud is an installation that is not configured"));
        }
        let agent_user_id =
            id_in(&claims.sub, &format!("{base}/users/")).ok_or_else(|| refused("sub is no user of this Zendesk"))?;
        let usable_until = Timestamp::from_second(claims.exp.saturating_add(LEEWAY_SECONDS + 1))
            .map_err(|_| refused("exp is out of range"))?;
        Ok(Verified { agent_user_id, installation_id, usable_until })
    }

    /// The claims, where any of our keys has signed them: while keys rotate, old and new hold side by side.
    fn verify_signature(&self, token: &str) -> Result<Claims, Refused> {
        let mut validation = Validation::new(Algorithm::RS256);
        // Audience and times are checked here, by our clock and all of them required.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let mut last = refused("no public key is configured");
        for key in &self.keys {
            match jsonwebtoken::decode::<Claims>(token, key, &validation) {
                Ok(data) => return Ok(data.claims),
                Err(e) => last = refused(in_our_words(e.kind())),
            }
        }
        Err(last)
    }
}

/// What the crate found, without repeating a byte of the token: before the signature is checked, anyone could write
/// into our log that way.
fn in_our_words(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidSignature => "no key of ours has signed it",
        ErrorKind::Json(_) => "header or claims are missing, doubled or of another type",
        ErrorKind::Base64(_) | ErrorKind::Utf8(_) | ErrorKind::InvalidToken => "no JSON web token",
        _ => "no token that could be checked",
    }
}

/// `alg` is RS256 to the letter, and nothing is marked as critical that we would have to understand (RFC 7515, 4.1.11).
/// Keys or addresses of keys inside a token are never looked at.
fn check_header(token: &str) -> Result<(), Refused> {
    let header = token.split('.').next().unwrap_or_default();
    let json = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header)
        .map_err(|_| refused("no JSON web token"))?;
    let header: Map<String, Value> = serde_json::from_slice(&json).map_err(|_| refused("no JSON web token"))?;
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(refused("alg is not RS256"));
    }
    if header.contains_key("crit") {
        return Err(refused("a crit header"));
    }
    Ok(())
}

fn check_times(claims: &Claims, now: i64) -> Result<(), Refused> {
    let Claims { iat, nbf, exp, .. } = *claims;
    if exp <= iat || exp <= nbf || exp.saturating_sub(iat) > MAX_LIFE_SECONDS {
        return Err(refused("exp does not fit iat and nbf"));
    }
    if iat > now + LEEWAY_SECONDS || nbf > now + LEEWAY_SECONDS {
        return Err(refused("not valid yet"));
    }
    if exp.saturating_add(LEEWAY_SECONDS) < now {
        return Err(refused("expired"));
    }
    Ok(())
}

/// Where the token says for what it was made, it must be for this app's places.
fn check_context(context: Option<&Value>) -> Result<(), Refused> {
    let Some(context) = context else { return Ok(()) };
    let Some(context) = context.as_object() else { return Err(refused("context is no object")) };
    let fits = |key: &str, allowed: &[&str]| match context.get(key) {
        None => true,
        Some(value) => value.as_str().is_some_and(|v| allowed.contains(&v)),
    };
    if fits("product", &["support"]) && fits("location", &LOCATIONS) {
        Ok(())
    } else {
        Err(refused("context is another product or place"))
    }
}

/// `SUB.zendesk.com`, with or without the scheme.
fn is_host(iss: &str, subdomain: &str) -> bool {
    iss.strip_prefix("https://").unwrap_or(iss) == format!("{subdomain}.zendesk.com")
}

/// The number in `{before}NUMBER.json`.
fn id_in(url: &str, before: &str) -> Option<u64> {
    let digits = url.strip_prefix(before)?.strip_suffix(".json")?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn refused(reason: impl Into<String>) -> Refused {
    Refused(reason.into())
}
