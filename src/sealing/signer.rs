//! Sealing with the configured key.

use jiff::Timestamp;
use rsa::{PublicKey, rand_core::TryCryptoRng};

use super::{
    Attributes, SealingKey,
    key_source::{HsmReport, KeySource},
};
#[cfg(feature = "hsm")]
use super::{draft::Draft, hsm::Hsm};
use crate::license::LicenseFile;

/// Why there is no license file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    /// The HSM made no signature. The same request may succeed later.
    #[cfg_attr(not(feature = "hsm"), expect(dead_code, reason = "a key file is always there"))]
    #[error("{0}")]
    Unavailable(String),
    #[error("{0}")]
    Failed(String),
}

/// Seals with the configured key. Cloning it shares the key.
#[derive(Debug, Clone)]
pub(crate) enum Signer {
    Pem(SealingKey),
    #[cfg(feature = "hsm")]
    Hsm(Hsm),
}

impl Signer {
    /// Connects to the HSM, if the key is in one. Returns an error if the module or the key cannot be used at all; an HSM
    /// that is unavailable or refuses the PIN is left to [`Signer::check_ready`], so that the rest of the service runs.
    #[cfg_attr(not(feature = "hsm"), expect(unused_variables, clippy::unused_async, reason = "there is no HSM"))]
    pub(crate) async fn start(source: KeySource, public: PublicKey) -> Result<Self, String> {
        match source {
            KeySource::Pem(key) => Ok(Self::Pem(key)),
            #[cfg(feature = "hsm")]
            KeySource::Hsm(settings) => Hsm::start(settings, public).await.map(Self::Hsm),
            #[cfg(not(feature = "hsm"))]
            KeySource::Hsm(_) => Err("this program was built without HSM support".into()),
        }
    }

    pub(crate) fn public(&self) -> &PublicKey {
        match self {
            Self::Pem(key) => key.public(),
            #[cfg(feature = "hsm")]
            Self::Hsm(hsm) => hsm.public(),
        }
    }

    /// Two seals of the same attributes differ, so the first file is stored and re-sent.
    pub(crate) async fn seal(
        &self,
        attributes: Attributes,
        mut rng: impl TryCryptoRng + Send + 'static,
    ) -> Result<LicenseFile, SealError> {
        match self {
            Self::Pem(key) => {
                let key = key.clone();
                tokio::task::spawn_blocking(move || key.seal(&attributes, &mut rng))
                    .await
                    .unwrap_or_else(|_| Err("sealing was interrupted".to_owned()))
                    .map_err(SealError::Failed)
            }
            #[cfg(feature = "hsm")]
            Self::Hsm(hsm) => {
                let draft = Draft::new(&attributes, &mut rng).map_err(SealError::Failed)?;
                let signature = hsm.sign(draft.key.clone()).await.map_err(|e| SealError::Unavailable(e.to_string()))?;
                draft.seal(&signature).map_err(SealError::Failed)
            }
        }
    }

    /// Whether the key can seal. The HSM makes a trial signature, unless one succeeded shortly before `now`.
    #[cfg_attr(not(feature = "hsm"), expect(unused_variables, clippy::unused_async, reason = "there is no HSM"))]
    pub(crate) async fn check_ready(&self, now: Timestamp) -> Result<(), String> {
        match self {
            Self::Pem(_) => Ok(()),
            #[cfg(feature = "hsm")]
            Self::Hsm(hsm) => hsm.check_ready(now).await.map_err(|e| e.to_string()),
        }
    }

    /// Token and key as the HSM shows them. Returns `None` for a key in memory.
    #[cfg_attr(not(feature = "hsm"), expect(clippy::unused_async, reason = "there is no HSM"))]
    pub(crate) async fn report(&self) -> Result<Option<HsmReport>, String> {
        match self {
            Self::Pem(_) => Ok(None),
            #[cfg(feature = "hsm")]
            Self::Hsm(hsm) => hsm.report().await.map(Some).map_err(|e| e.to_string()),
        }
    }
}
