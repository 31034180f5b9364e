//! Making a license file, up to the signature and from it on.
//!
//! Compact JSON under AES-128-CBC with a fresh key, that key under RSA private-key encryption, both in Base64 in an
//! outer JSON, and that in Base64 again: the format of GitLab's public gem `gitlab-license`.

use aes::Aes128;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use rsa::{PublicKey, rand_core::TryCryptoRng};
use zeroize::Zeroizing;

use super::{
    Attributes,
    envelope::{Envelope, encode64},
    file::{AES_BYTES, recover},
};
use crate::license::LicenseFile;

/// What the private key signs: PKCS#1 v1.5 type 1 padding without DigestInfo, which is OpenSSL's `private_encrypt`.
pub(super) type AesKey = Zeroizing<[u8; AES_BYTES]>;

/// Encrypted attributes whose AES key is not signed yet.
pub(super) struct Draft {
    data: Vec<u8>,
    iv: [u8; AES_BYTES],
    pub(super) key: AesKey,
}

impl Draft {
    pub(super) fn new(attributes: &Attributes, rng: &mut impl TryCryptoRng) -> Result<Self, String> {
        let json = serde_json::to_vec(attributes).map_err(|e| format!("the attributes do not serialize: {e}"))?;
        let mut key = AesKey::default();
        let mut iv = [0; AES_BYTES];
        for bytes in [&mut *key, &mut iv] {
            rng.try_fill_bytes(bytes).map_err(|e| format!("the system gives no random bytes: {e}"))?;
        }
        let data = cbc::Encryptor::<Aes128>::new((&*key).into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(&json);
        Ok(Self { data, iv, key })
    }

    pub(super) fn seal(&self, signature: &[u8]) -> Result<LicenseFile, String> {
        let envelope = Envelope { data: encode64(&self.data), key: encode64(signature), iv: encode64(&self.iv) };
        let outer = serde_json::to_vec(&envelope).map_err(|e| format!("the envelope does not serialize: {e}"))?;
        Ok(LicenseFile::new(encode64(&outer)))
    }
}

/// Whether GitLab would get `key` back out of the signature. Asked of every signature before it is used: this catches
/// another key, a module that hashes what it signs, and a fault in the RSA operation.
pub(super) fn opens(signature: &[u8], key: &[u8; AES_BYTES], public: &PublicKey) -> bool {
    recover(signature, public).is_some_and(|recovered| recovered == *key)
}
