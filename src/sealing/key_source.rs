//! Where the private key is, and what an HSM shows of it.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{SealingKey, key_uri::KeyUri};

/// Where the private key is.
#[derive(Debug, Clone)]
pub enum KeySource {
    Pem(SealingKey),
    Hsm(HsmSettings),
}

/// A key in an HSM, and the way to it.
#[derive(Debug, Clone)]
pub struct HsmSettings {
    /// The PKCS#11 module. An absolute path: it runs inside of this process.
    pub module: PathBuf,
    pub key: KeyUri,
    pub pin: Option<SecretString>,
    /// How many signatures are made at the same time.
    pub sessions: usize,
}

/// What `stopgap check` shows of a key in an HSM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HsmReport {
    pub token: String,
    pub key: String,
    /// Attributes that weaken the key, such as "extractable".
    pub weaknesses: Vec<&'static str>,
}
