//! Keys: the pair that seals licenses, and the ones that Zendesk signs with.

use rsa::{PublicKey, traits::PublicKeyParts as _};
use secrecy::SecretString;

use super::{reader::Reader, values};
use crate::sealing::{SealingKey, file::parse_public_key};

/// The size of RSA keys in bits: GitLab's has 2048, and larger ones than 4096 only make requests slow.
const BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// `LICENSE_PRIVATE_KEY`, `LICENSE_DAYS`: what seals licenses, and for how long they hold.
#[derive(Debug, Clone)]
pub struct Sealing {
    /// The private key; its public half is the one in `LICENSE_PUBLIC_KEY`.
    pub key: SealingKey,
    pub days: u8,
}

impl Sealing {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let private = reader.value("LICENSE_PRIVATE_KEY", private_key);
        let public = reader.value("LICENSE_PUBLIC_KEY", public_key);
        let days = reader.value("LICENSE_DAYS", values::number(1..=30));
        let (key, public) = (private?, public?);
        if *key.public() != public {
            let words = "does not match STOPGAP_LICENSE_PUBLIC_KEY: GitLab would refuse every license; \
                         give the two halves of one pair";
            reader.mistake("STOPGAP_LICENSE_PRIVATE_KEY".into(), words);
            return None;
        }
        Some(Self { key, days: days? })
    }
}

/// The public key of the licenses.
pub(super) fn public_key(text: &str) -> Result<PublicKey, String> {
    let key = parse_public_key(text)?;
    check_size(key.size() * 8)?;
    Ok(key)
}

/// One or more public keys in PEM, one after the other; each comes back as PEM.
pub(super) fn public_keys(text: &str) -> Result<Vec<String>, String> {
    let blocks = blocks(text).ok_or(
        "must be PEM: each key from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----, one after the other",
    )?;
    for (i, block) in blocks.iter().enumerate() {
        public_key(block).map_err(|words| format!("holds {} keys, of which number {} {words}", blocks.len(), i + 1))?;
    }
    Ok(blocks)
}

fn private_key(text: &str) -> Result<SealingKey, String> {
    let key = SealingKey::parse(&SecretString::from(text))?;
    check_size(key.bits())?;
    Ok(key)
}

fn check_size(bits: usize) -> Result<(), String> {
    let (min, max) = (BITS.start(), BITS.end());
    if BITS.contains(&bits) { Ok(()) } else { Err(format!("must have {min} to {max} bits; it has {bits}")) }
}

/// The PEM blocks of `text`; nothing where there is none, or something else around them.
fn blocks(text: &str) -> Option<Vec<String>> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if block.is_empty() != line.starts_with("-----BEGIN ") {
            return None;
        }
        block.push_str(line);
        block.push('\n');
        if line.starts_with("-----END ") {
            blocks.push(std::mem::take(&mut block));
        }
    }
    (block.is_empty() && !blocks.is_empty()).then_some(blocks)
}
