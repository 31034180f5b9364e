//! Keys: the pair that seals licenses, and the ones that Zendesk signs with.

use std::path::PathBuf;

use rsa::{PublicKey, traits::PublicKeyParts as _};
use secrecy::SecretString;

use super::{parse, reader::Reader};
use crate::sealing::{HsmSettings, KeySource, SealingKey, file::parse_public_key, key_uri::KeyUri};

const PRIVATE_KEY: &str = "STOPGAP_LICENSE_PRIVATE_KEY";

/// The size of RSA keys in bits: GitLab's has 2048, and larger ones than 4096 only make requests slow.
const BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// `LICENSE_…`: what seals licenses, and their term.
#[derive(Debug, Clone)]
pub struct Sealing {
    /// Its public half is `public`, which the HSM's key shows by its first signature.
    pub source: KeySource,
    pub public: PublicKey,
    pub days: u8,
}

impl Sealing {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let private = reader.optional("LICENSE_PRIVATE_KEY", private_key);
        let public = reader.value("LICENSE_PUBLIC_KEY", public_key);
        let hsm = hsm(reader);
        let days = reader.value("LICENSE_DAYS", parse::number(1..=30));
        let source = match (private?, hsm?) {
            (Some(key), None) => KeySource::Pem(key),
            (None, Some(hsm)) => KeySource::Hsm(hsm),
            (None, None) => {
                reader.error(
                    PRIVATE_KEY.into(),
                    "is missing (or STOPGAP_LICENSE_PRIVATE_KEY_FILE): the RSA key that seals; or name a key in an HSM by \
                     STOPGAP_LICENSE_HSM_MODULE and STOPGAP_LICENSE_HSM_KEY",
                );
                return None;
            }
            (Some(_), Some(_)) => {
                reader.error(PRIVATE_KEY.into(), "and STOPGAP_LICENSE_HSM_MODULE are both set: keep one of them");
                return None;
            }
        };
        let public = public?;
        if let KeySource::Pem(key) = &source
            && *key.public() != public
        {
            let words = "does not match STOPGAP_LICENSE_PUBLIC_KEY: GitLab would refuse every license; \
                         give the two halves of one pair";
            reader.error(PRIVATE_KEY.into(), words);
            return None;
        }
        Some(Self { source, public, days: days? })
    }
}

/// `LICENSE_HSM_…`. The outer `None` is an error, the inner one no HSM.
#[expect(clippy::option_option, reason = "as in `Reader::optional`")]
fn hsm(reader: &mut Reader) -> Option<Option<HsmSettings>> {
    let module = reader.optional("LICENSE_HSM_MODULE", module);
    let key = reader.optional("LICENSE_HSM_KEY", KeyUri::parse);
    let pin = reader.optional("LICENSE_HSM_PIN", |text| Ok(SecretString::from(text)));
    let sessions = reader.value("LICENSE_HSM_SESSIONS", parse::number(1..=16));
    match (module?, key?, pin?) {
        (Some(module), Some(key), pin) => Some(Some(HsmSettings { module, key, pin, sessions: sessions? })),
        (None, None, None) => Some(None),
        (module, _, _) => {
            let (set, missing) = if module.is_some() { ("MODULE", "KEY") } else { ("KEY or …_PIN", "MODULE") };
            let variable = format!("STOPGAP_LICENSE_HSM_{missing}");
            reader.error(variable, format!("is missing: STOPGAP_LICENSE_HSM_{set} is set, and needs it"));
            None
        }
    }
}

/// The program loads what the path holds, so it is not left to a search path.
fn module(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if !path.is_absolute() {
        return Err("must be an absolute path, such as /usr/lib/softhsm/libsofthsm2.so".into());
    }
    if cfg!(feature = "hsm") {
        Ok(path)
    } else {
        Err("cannot be used: this program was built without HSM support".into())
    }
}

pub(super) fn public_key(text: &str) -> Result<PublicKey, String> {
    let key = parse_public_key(text)?;
    check_size(key.size() * 8)?;
    Ok(key)
}

/// One or more public keys in PEM, one after the other. Returns each as PEM.
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

/// The PEM blocks of `text`. Returns `None` if there is none, or other text around them.
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
