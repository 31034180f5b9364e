//! Opening a license file. Pure.

use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use rsa::{BoxedUint, PublicKey, pkcs1::DecodeRsaPublicKey, pkcs8::DecodePublicKey, traits::PublicKeyParts};

use super::{
    Attributes,
    envelope::{Envelope, decode64, strip_boundary},
};

/// The longest text that [`open`] reads, in bytes. Real files have 1.3 to 1.8 KB, and more with add-ons.
pub(crate) const MAX_FILE_BYTES: usize = 64 * 1024;

pub(super) const AES_BYTES: usize = 16;

/// Takes PEM (SubjectPublicKeyInfo or PKCS#1). The error continues a sentence that begins with the setting.
pub fn parse_public_key(pem: &str) -> Result<PublicKey, String> {
    let pem = pem.trim();
    PublicKey::from_public_key_pem(pem)
        .or_else(|_| PublicKey::from_pkcs1_pem(pem))
        .map_err(|_| "must be an RSA public key in PEM".into())
}

/// Why GitLab would not accept a text as a license.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("the text is empty")]
    Empty,
    #[error("the text is longer than {} KiB, which no license file is", MAX_FILE_BYTES / 1024)]
    TooLong,
    #[error("this is no complete license file: {0}")]
    NotALicense(&'static str),
    #[error("the license was made with another key, or its text is damaged")]
    OtherKey,
    /// The key opens it, but not to attributes.
    #[error("the text of the license is damaged")]
    Damaged,
    /// Readable, but GitLab would call it invalid.
    #[error("the license can be read but is invalid: {0}")]
    Invalid(String),
}

/// Reads a license file as tolerantly as GitLab's own reader, and checks what it checks.
pub fn open(text: &str, key: &PublicKey) -> Result<Attributes, OpenError> {
    if text.trim().is_empty() {
        return Err(OpenError::Empty);
    }
    if text.len() > MAX_FILE_BYTES {
        return Err(OpenError::TooLong);
    }
    let not = OpenError::NotALicense;
    let outer = decode64(&strip_boundary(text)).ok_or(not("it is not Base64"))?;
    let envelope: Envelope =
        serde_json::from_slice(&outer).map_err(|_| not("it does not hold the parts data, key and iv"))?;
    let part = |encoded: &str| decode64(encoded).ok_or(not("one of its parts is not Base64"));
    let (data, sealed_key, iv) = (part(&envelope.data)?, part(&envelope.key)?, part(&envelope.iv)?);
    let iv: [u8; AES_BYTES] = iv.try_into().map_err(|_| not("its iv does not have 16 bytes"))?;
    let aes_key = recover(&sealed_key, key).ok_or(OpenError::OtherKey)?;
    let json = cbc::Decryptor::<Aes128>::new(&aes_key.into(), &iv.into())
        .decrypt_padded_vec::<Pkcs7>(&data)
        .map_err(|_| OpenError::Damaged)?;
    let attributes: Attributes = serde_json::from_slice(&json).map_err(|e| describe(&e))?;
    attributes.validate().map_err(|problem| OpenError::Invalid(problem.to_owned()))?;
    Ok(attributes)
}

/// OpenSSL's `public_decrypt`: the AES key inside the PKCS#1 type 1 padding. Returns `None` for another key.
///
/// The crate verifies signatures but does not return what was signed, so the public operation is done here; nothing in
/// it is secret.
pub(super) fn recover(sealed_key: &[u8], key: &PublicKey) -> Option<[u8; AES_BYTES]> {
    if sealed_key.len() != key.size() {
        return None;
    }
    let number = BoxedUint::from_be_slice(sealed_key, key.n_bits_precision()).ok()?;
    if number >= **key.n() {
        return None;
    }
    let opened = number.pow_mod(key.e(), key.n_params().modulus()).to_be_bytes_trimmed_vartime();
    // The leading zero byte of the padded block is gone from the number: 01 FF … FF 00 KEY.
    let padded = opened.strip_prefix(&[1])?;
    let filler = padded.iter().take_while(|b| **b == 0xff).count();
    let rest = padded[filler..].strip_prefix(&[0])?;
    (filler >= 8 && opened.len() + 1 == key.size()).then(|| rest.try_into().ok()).flatten()
}

/// Without serde's message, whose positions mean nothing to a reader.
fn describe(error: &serde_json::Error) -> OpenError {
    // The key opened it, so text that is not JSON was damaged later.
    if error.is_data() {
        OpenError::Invalid("its attributes are not those of a license".to_owned())
    } else {
        OpenError::Damaged
    }
}
