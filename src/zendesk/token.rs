//! Verifies the JSON web token that Zendesk signs for each load of the app ("signed URLs").
//!
//! It proves who the agent is (`sub`) and nothing else. Ticket, requester and names come from the browser.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use serde::Deserialize;
use serde_json::{Number, Value};

use super::unique::Unique;
use crate::config;

/// Real tokens have about 1 KB.
pub(crate) const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// How far Zendesk's clock and ours may differ.
pub const LEEWAY_SECONDS: i64 = 30;
/// Zendesk's tokens are valid for 5 minutes.
pub(crate) const MAX_LIFE_SECONDS: i64 = 15 * 60;

const MALFORMED: &str = "header or claims are missing, duplicated or of the wrong type";

/// Where the app runs inside Zendesk Support.
const LOCATIONS: [&str; 2] = ["ticket_sidebar", "nav_bar"];

/// What a token proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// From `sub`.
    pub agent_user_id: u64,
    /// From `aud`.
    pub installation_id: u64,
    /// Later, the token is refused as expired. Until then its use must be remembered.
    pub usable_until: Timestamp,
}

/// Why a token is refused, for the log. Clients get the same response for all reasons.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TokenError(String);

#[derive(Clone)]
pub struct Verifier {
    keys: Vec<DecodingKey>,
    subdomain: String,
    installation_ids: Vec<u64>,
}

/// Other claims are ignored.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: NumericDate,
    nbf: NumericDate,
    exp: NumericDate,
    context: Option<Value>,
}

/// Seconds since 1970. RFC 7519, section 2, allows fractions; they are dropped.
#[derive(Deserialize, Clone, Copy)]
#[serde(try_from = "serde_json::Number")]
struct NumericDate(i64);

impl TryFrom<Number> for NumericDate {
    type Error = &'static str;

    fn try_from(number: Number) -> Result<Self, Self::Error> {
        let fraction = || SignedDuration::try_from_secs_f64(number.as_f64()?).ok();
        let seconds = number.as_i64().or_else(|| Some(fraction()?.as_secs()));
        seconds.map(Self).ok_or("out of range")
    }
}

impl Verifier {
    /// Returns an error if a public key is not an RSA key in PEM.
    pub fn new(zendesk: &config::Zendesk) -> Result<Self, TokenError> {
        let key = |pem: &String| DecodingKey::from_rsa_pem(pem.as_bytes()).map_err(|e| refused(format!("key: {e}")));
        Ok(Self {
            keys: zendesk.public_keys.iter().map(key).collect::<Result<_, _>>()?,
            subdomain: zendesk.subdomain.clone(),
            installation_ids: zendesk.installation_ids.clone(),
        })
    }

    /// Accepts RS256 and the configured keys only, and checks every claim. The caller has to refuse tokens that were used
    /// before.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, TokenError> {
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
            .ok_or_else(|| refused("aud is not an installation of this Zendesk"))?;
        if !self.installation_ids.contains(&installation_id) {
            return Err(refused("aud is an installation that is not configured"));
        }
        let agent_user_id = id_in(&claims.sub, &format!("{base}/users/"))
            .ok_or_else(|| refused("sub is not a user of this Zendesk"))?;
        let usable_until = Timestamp::from_second(claims.exp.0.saturating_add(LEEWAY_SECONDS + 1))
            .map_err(|_| refused("exp is out of range"))?;
        Ok(Verified { agent_user_id, installation_id, usable_until })
    }

    /// Accepts any of the keys, since two are valid during a rotation.
    fn verify_signature(&self, token: &str) -> Result<Claims, TokenError> {
        let mut validation = Validation::new(Algorithm::RS256);
        // The caller checks audience and times, by our clock.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let mut last = refused("no public key is configured");
        for key in &self.keys {
            match jsonwebtoken::decode::<Unique>(token, key, &validation) {
                Ok(data) => return serde_json::from_value(data.claims.0).map_err(|_| refused(MALFORMED)),
                Err(e) => last = refused(reason(e.kind())),
            }
        }
        Err(last)
    }
}

/// Repeats nothing of the token: before the signature is verified, its text is anyone's.
fn reason(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidSignature => "signed by none of our keys",
        ErrorKind::Json(_) => MALFORMED,
        ErrorKind::Base64(_) | ErrorKind::Utf8(_) | ErrorKind::InvalidToken => "not a JSON web token",
        _ => "cannot be verified",
    }
}

/// `alg` must be exactly RS256, `typ` JWT if it is there, the payload not a nested token (`cty`), and no extension critical
/// (RFC 7515, 4.1.9 to 4.1.11). Keys and key URLs in the token are ignored.
fn check_header(token: &str) -> Result<(), TokenError> {
    let header = token.split('.').next().unwrap_or_default();
    let json = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header)
        .map_err(|_| refused("not a JSON web token"))?;
    let Unique(header) = serde_json::from_slice(&json).map_err(|_| refused("not a JSON web token"))?;
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(refused("alg is not RS256"));
    }
    if header.get("typ").is_some_and(|typ| !typ.as_str().is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))) {
        return Err(refused("typ is not JWT"));
    }
    if header.get("cty").is_some() {
        return Err(refused("a cty header"));
    }
    if header.get("crit").is_some() {
        return Err(refused("a crit header"));
    }
    Ok(())
}

fn check_times(claims: &Claims, now: i64) -> Result<(), TokenError> {
    let Claims { iat: NumericDate(iat), nbf: NumericDate(nbf), exp: NumericDate(exp), .. } = *claims;
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

/// If the token has a context, it must be one of this app's locations.
fn check_context(context: Option<&Value>) -> Result<(), TokenError> {
    let Some(context) = context else { return Ok(()) };
    let Some(context) = context.as_object() else { return Err(refused("context is not an object")) };
    let is_allowed = |key: &str, allowed: &[&str]| match context.get(key) {
        None => true,
        Some(value) => value.as_str().is_some_and(|v| allowed.contains(&v)),
    };
    if is_allowed("product", &["support"]) && is_allowed("location", &LOCATIONS) {
        Ok(())
    } else {
        Err(refused("context is another product or location"))
    }
}

/// Accepts `SUB.zendesk.com` with and without the scheme.
fn is_host(iss: &str, subdomain: &str) -> bool {
    iss.strip_prefix("https://").unwrap_or(iss) == format!("{subdomain}.zendesk.com")
}

/// The id in `{prefix}ID.json`.
fn id_in(url: &str, prefix: &str) -> Option<u64> {
    let digits = url.strip_prefix(prefix)?.strip_suffix(".json")?;
    let is_plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten()
}

fn refused(reason: impl Into<String>) -> TokenError {
    TokenError(reason.into())
}
