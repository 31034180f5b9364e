//! A private key in memory.

use std::{fmt, sync::Arc};

use rsa::{
    Pkcs1v15Sign, PrivateKey, PublicKey, pkcs1::DecodeRsaPrivateKey, pkcs8::DecodePrivateKey, rand_core::TryCryptoRng,
    traits::PublicKeyParts,
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Attributes,
    draft::{Draft, opens},
};
use crate::license::LicenseFile;

/// A private key, wiped from memory when its last clone is dropped.
#[derive(Clone)]
pub struct SealingKey {
    /// Shared, so that a clone does not copy the key.
    private: Arc<PrivateKey>,
    public: PublicKey,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey(RSA-{}, redacted)", self.bits())
    }
}

impl SealingKey {
    /// Takes PEM (PKCS#1 or PKCS#8). The error continues a sentence that begins with the setting.
    pub fn parse(pem: &SecretString) -> Result<Self, String> {
        let pem = pem.expose_secret().trim();
        let private = PrivateKey::from_pkcs8_pem(pem)
            .or_else(|_| PrivateKey::from_pkcs1_pem(pem))
            .map_err(|_| "must be an RSA private key in PEM (PKCS#1 or PKCS#8, without a passphrase)".to_owned())?;
        let public = private.to_public_key();
        Ok(Self { private: Arc::new(private), public })
    }

    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The modulus size; GitLab's key has 2048.
    pub(crate) fn bits(&self) -> usize {
        self.public.size() * 8
    }

    /// Two seals of the same attributes differ, so the first file is stored and re-sent.
    ///
    /// Takes milliseconds of CPU: call it on a blocking thread.
    pub fn seal(&self, attributes: &Attributes, rng: &mut impl TryCryptoRng) -> Result<LicenseFile, String> {
        let draft = Draft::new(attributes, rng)?;
        let signature = self
            .private
            .sign_with_rng(rng, Pkcs1v15Sign::new_unprefixed(), &*draft.key)
            .map_err(|e| format!("the license key cannot seal: {e}"))?;
        if !opens(&signature, &draft.key, &self.public) {
            return Err("the license key made a signature that its public half does not open".to_owned());
        }
        draft.seal(&signature)
    }
}
