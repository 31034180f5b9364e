//! The license file: seal and open it.
//!
//! Compact JSON under AES-128-CBC with a fresh key, that key under RSA private-key encryption, both in Base64 in an
//! outer JSON, and that in Base64 again: the format of GitLab's public gem `gitlab-license`.

use std::fmt;

use aes::Aes128;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use rsa::{
    BoxedUint, Pkcs1v15Sign, PrivateKey, PublicKey,
    pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey},
    pkcs8::{DecodePrivateKey, DecodePublicKey},
    rand_core::TryCryptoRng,
    traits::PublicKeyParts,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{
    Attributes,
    envelope::{decode64, encode64, strip_boundary},
};
use crate::license::LicenseFile;

/// The longest text that [`open`] looks at, in bytes; real files have 1.3 to 1.8 KB.
pub const MAX_FILE_BYTES: usize = 64 * 1024;

const AES_BYTES: usize = 16;

/// The private key that seals, and the public half that GitLab ships.
#[derive(Clone)]
pub struct SealingKey {
    private: PrivateKey,
    public: PublicKey,
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey(RSA-{}, redacted)", self.bits())
    }
}

/// The three encoded parts of a license file, in output order.
#[derive(Serialize, Deserialize)]
struct Envelope {
    data: String,
    key: String,
    iv: String,
}

impl SealingKey {
    /// Takes a private key in PEM (PKCS#1 or PKCS#8).
    pub fn parse(pem: &SecretString) -> Result<Self, String> {
        let pem = pem.expose_secret().trim();
        let private = PrivateKey::from_pkcs8_pem(pem)
            .or_else(|_| PrivateKey::from_pkcs1_pem(pem))
            .map_err(|_| "must be an RSA private key in PEM (PKCS#1 or PKCS#8, without a passphrase)".to_owned())?;
        let public = private.to_public_key();
        Ok(Self { private, public })
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The modulus size in bits; GitLab's key has 2048.
    pub fn bits(&self) -> usize {
        self.public.size() * 8
    }

    /// Seals `attributes`. Two seals of the same attributes differ, so the first text is kept and never made again.
    ///
    /// Takes milliseconds of CPU: call it off the async threads.
    pub fn seal(&self, attributes: &Attributes, rng: &mut impl TryCryptoRng) -> Result<LicenseFile, String> {
        let json = serde_json::to_vec(attributes).map_err(|e| format!("the attributes do not serialize: {e}"))?;
        let mut aes_key = [0; AES_BYTES];
        let mut iv = [0; AES_BYTES];
        for bytes in [&mut aes_key, &mut iv] {
            rng.try_fill_bytes(bytes).map_err(|e| format!("the system gives no random bytes: {e}"))?;
        }
        let data = cbc::Encryptor::<Aes128>::new(&aes_key.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(&json);
        // PKCS#1 v1.5 type 1 padding without DigestInfo is OpenSSL's private_encrypt; with an RNG it is blinded.
        let key = self
            .private
            .sign_with_rng(rng, Pkcs1v15Sign::new_unprefixed(), &aes_key)
            .map_err(|e| format!("the license key cannot seal: {e}"))?;
        let envelope = Envelope { data: encode64(&data), key: encode64(&key), iv: encode64(&iv) };
        let outer = serde_json::to_vec(&envelope).map_err(|e| format!("the envelope does not serialize: {e}"))?;
        Ok(LicenseFile::new(encode64(&outer)))
    }
}

/// Takes a public key in PEM (SubjectPublicKeyInfo or PKCS#1).
pub fn parse_public_key(pem: &str) -> Result<PublicKey, String> {
    let pem = pem.trim();
    PublicKey::from_public_key_pem(pem)
        .or_else(|_| PublicKey::from_pkcs1_pem(pem))
        .map_err(|_| "must be an RSA public key in PEM".into())
}

/// Why a text is not a license that GitLab would take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("the text is empty")]
    Empty,
    #[error("the text is longer than {} KiB; a license file has less than 2", MAX_FILE_BYTES / 1024)]
    TooLong,
    /// Not the envelope of a license file.
    #[error("this is no complete license file: {0}")]
    NotALicense(&'static str),
    /// The envelope is whole, but the key does not open it.
    #[error("the license was made with another key, or its text is damaged")]
    OtherKey,
    /// The key fits, but what it locks is spoiled.
    #[error("the text of the license is damaged")]
    Damaged,
    /// Readable, but GitLab would call it invalid.
    #[error("the license can be read but is invalid: {0}")]
    Invalid(String),
}

/// Reads a license file as tolerantly as GitLab's own reader, and checks what it checks.
///
/// # Errors
/// What is wrong with the text; see [`OpenError`].
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

/// OpenSSL's `public_decrypt`: the AES key out of its PKCS#1 type 1 padding, where it is there.
///
/// The crate verifies signatures but does not hand back what was signed, so the public operation is done here;
/// nothing in it is secret.
fn recover(sealed_key: &[u8], key: &PublicKey) -> Option<[u8; AES_BYTES]> {
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

/// What is wrong with the attributes, without serde's words and positions, which mean nothing to a reader.
fn describe(error: &serde_json::Error) -> OpenError {
    // The key fitted, so text that is no JSON was spoiled on its way rather than made so.
    if error.is_data() {
        OpenError::Invalid("its attributes are not a license's".to_owned())
    } else {
        OpenError::Damaged
    }
}
