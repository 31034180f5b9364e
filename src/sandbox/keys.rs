//! The two key pairs of a world: GitLab's, which seals licenses, and Zendesk's, which signs tokens.

use std::fmt;

use rsa::{
    PrivateKey,
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding},
};

use crate::random::Random;

/// GitLab's own key has as many.
const BITS: usize = 2048;

/// The key pairs, in PEM (PKCS#8 and SubjectPublicKeyInfo).
#[derive(Clone)]
pub struct Keys {
    pub license_private_pem: String,
    /// Opens them; GitLab would ship it.
    pub license_public_pem: String,
    /// Signs the tokens that load the sidebar.
    pub zendesk_private_pem: String,
    pub zendesk_public_pem: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

impl Keys {
    /// Makes fresh pairs. Takes up to some seconds of CPU: tests had better hand in fixed ones.
    pub fn generate(random: Random) -> Self {
        let (license_private_pem, license_public_pem) = pair(random);
        let (zendesk_private_pem, zendesk_public_pem) = pair(random);
        Self { license_private_pem, license_public_pem, zendesk_private_pem, zendesk_public_pem }
    }
}

fn pair(random: Random) -> (String, String) {
    let private = PrivateKey::new(&mut random.for_rsa(), BITS).expect("2048 bits are enough for any RSA key");
    let public = private.to_public_key();
    let private = private.to_pkcs8_pem(LineEnding::LF).expect("a key just made encodes");
    (private.to_string(), public.to_public_key_pem(LineEnding::LF).expect("a key just made encodes"))
}
