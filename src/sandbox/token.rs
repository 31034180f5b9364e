//! The signed URL's token, as Zendesk would make it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{APP_GUID, INSTALLATION_ID, SUBDOMAIN};

/// How long a token is valid, in seconds.
const VALID_SECONDS: i64 = 300;

/// A token before it is signed. Tests alter header and claims at will.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub header: Value,
    /// `iss`, `aud`, `sub` and the rest.
    pub claims: Value,
}

impl Token {
    /// What Zendesk says when agent `agent_id` opens a ticket at `now`.
    ///
    /// The real token has no `jti`, and agents may open two tickets within a second: `nonce` stands for the
    /// query-string hash, which differs there from load to load.
    pub fn of(agent_id: u64, now: Timestamp, nonce: Uuid) -> Self {
        let zendesk = format!("https://{SUBDOMAIN}.zendesk.com");
        let now = now.as_second();
        let claims = json!({
            "iss": format!("{SUBDOMAIN}.zendesk.com"),
            "aud": format!("{zendesk}/api/v2/apps/installations/{INSTALLATION_ID}.json"),
            "sub": format!("{zendesk}/api/v2/users/{agent_id}.json"),
            "iat": now, "nbf": now, "exp": now + VALID_SECONDS,
            "context": {"product": "support", "location": "ticket_sidebar"},
            "qsh": nonce.simple().to_string(),
        });
        Self { header: json!({"alg": "RS256", "typ": "JWT"}), claims }
    }

    /// Signs it with RS256, whatever its header claims.
    ///
    /// # Panics
    /// Where the key is no RSA key in PEM; the sandbox hands on its own.
    pub fn sign(&self, private_pem: &str) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        let key = EncodingKey::from_rsa_pem(private_pem.as_bytes()).expect("the key is RSA in PEM");
        let signature = crypto::sign(signed.as_bytes(), &key, Algorithm::RS256).expect("an RSA key signs RS256");
        format!("{signed}.{signature}")
    }
}

/// Where in Zendesk the app is loaded.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    TicketSidebar,
    NavBar,
}

impl Place {
    /// The token's word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TicketSidebar => "ticket_sidebar",
            Self::NavBar => "nav_bar",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::TicketSidebar => "/zendesk/sidebar",
            Self::NavBar => "/zendesk/lookup",
        }
    }
}

/// Where Zendesk posts the token: the page's address with what Zendesk adds to it.
pub(super) fn address(service: &Url, place: Place, origin: &str, color_scheme: &str) -> Url {
    let mut url = service.clone();
    url.set_path(place.path());
    url.query_pairs_mut()
        .clear()
        .append_pair("origin", origin)
        .append_pair("app_guid", APP_GUID)
        .append_pair("colorScheme", color_scheme);
    url
}
