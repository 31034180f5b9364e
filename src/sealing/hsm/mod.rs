//! A key in an HSM, by PKCS#11. Every call of the module is made on a blocking thread under a time limit.
//!
//! - [`token`]: the calls of the module
//! - [`error`]: what its answers mean

mod error;
mod token;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use cryptoki::context::Pkcs11;
use jiff::{SignedDuration, Timestamp};
use rsa::PublicKey;
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use tracing::{info, warn};

pub(super) use error::HsmError;

use super::{
    draft::{AesKey, opens},
    key_source::{HsmReport, HsmSettings},
};
use token::KeySession;

/// How long a seal may take, waiting for a session included. A call that hangs goes on in its thread after that; its
/// permit bounds the number of such threads by the number of sessions.
const SIGN_TIMEOUT: Duration = Duration::from_secs(10);
/// The same for the trial signature of a readiness probe; `stopgap health` waits 3 s altogether.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a trial signature counts.
const PROBE_INTERVAL: SignedDuration = SignedDuration::from_secs(10);

/// Makes signatures with a key in an HSM. Clones share their sessions.
#[derive(Clone)]
pub(crate) struct Hsm(Arc<Inner>);

struct Inner {
    settings: HsmSettings,
    public: PublicKey,
    /// One for each session; a call holds it until the module answers.
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<KeySession>>,
    /// The module, once it is loaded. Locked while a session is opened, so that no two threads log in at once.
    module: Mutex<Option<Pkcs11>>,
    /// Why the token refused the PIN. Set once and kept until the process ends: tokens lock themselves after some attempts.
    refusal: OnceLock<String>,
    last_success: Mutex<Option<Timestamp>>,
}

impl fmt::Debug for Hsm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hsm({})", self.0.settings.key)
    }
}

impl Hsm {
    pub(super) async fn start(settings: HsmSettings, public: PublicKey) -> Result<Self, String> {
        let hsm = Self(Arc::new(Inner {
            permits: Arc::new(Semaphore::new(settings.sessions)),
            settings,
            public,
            idle: Mutex::default(),
            module: Mutex::default(),
            refusal: OnceLock::new(),
            last_success: Mutex::default(),
        }));
        match hsm.try_signature(SIGN_TIMEOUT).await {
            Ok(()) => info!(key = %hsm.0.settings.key, "the license key in the HSM signs"),
            Err(HsmError::Unusable(reason)) => return Err(reason),
            Err(e) => warn!(reason = %e, "the license key in the HSM is unavailable; no license can be generated"),
        }
        Ok(hsm)
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.0.public
    }

    /// The signature of `key`, checked with the public key.
    pub(super) async fn sign(&self, key: AesKey) -> Result<Vec<u8>, HsmError> {
        self.call(SIGN_TIMEOUT, move |hsm| hsm.sign(&key)).await.inspect_err(|e| {
            // The next readiness probe is to look for itself.
            *lock(&self.0.last_success) = None;
            warn!(reason = %e, "the HSM made no signature");
        })
    }

    pub(super) async fn check_ready(&self, now: Timestamp) -> Result<(), HsmError> {
        let last = *lock(&self.0.last_success);
        if last.is_some_and(|last| now.duration_since(last) < PROBE_INTERVAL) {
            return Ok(());
        }
        self.try_signature(PROBE_TIMEOUT).await?;
        *lock(&self.0.last_success) = Some(now);
        Ok(())
    }

    pub(super) async fn report(&self) -> Result<HsmReport, HsmError> {
        self.call(SIGN_TIMEOUT, |hsm| hsm.with_session(KeySession::report)).await
    }

    /// Signs zeros: what this signature could open is of no use.
    async fn try_signature(&self, limit: Duration) -> Result<(), HsmError> {
        self.call(limit, |hsm| hsm.sign(&AesKey::default())).await.map(drop)
    }

    /// Runs `work` on a blocking thread as soon as a session is free.
    async fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce(&Inner) -> Result<T, HsmError> + Send + 'static,
    ) -> Result<T, HsmError> {
        if let Some(reason) = self.0.refusal.get() {
            return Err(HsmError::PinRefused(reason.clone()));
        }
        let inner = Arc::clone(&self.0);
        let outcome = timeout(limit, async {
            let permit = Arc::clone(&inner.permits).acquire_owned().await;
            spawn_blocking(move || {
                let _permit = permit;
                work(&inner)
            })
            .await
        });
        match outcome.await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(HsmError::Unavailable("the PKCS#11 module panicked".into())),
            Err(_) => Err(HsmError::Unavailable(format!("no answer within {} seconds", limit.as_secs()))),
        }
    }
}

impl Inner {
    fn sign(&self, key: &AesKey) -> Result<Vec<u8>, HsmError> {
        let signature = self.with_session(|session| session.sign(key))?;
        if opens(&signature, key, &self.public) {
            return Ok(signature);
        }
        Err(HsmError::Unusable(
            "its signature does not open with STOPGAP_LICENSE_PUBLIC_KEY: this is another key, or the module hashes what \
             it signs"
                .into(),
        ))
    }

    /// A session that fails is replaced by a new one, once: after a restart of the HSM all of them are invalid.
    fn with_session<T>(&self, work: impl Fn(&KeySession) -> Result<T, HsmError>) -> Result<T, HsmError> {
        let pooled = lock(&self.idle).pop();
        if let Some(session) = pooled {
            match self.attempt(session, &work) {
                Ok(done) => return Ok(done),
                Err(e) => warn!(reason = %e, "a session of the HSM failed; opening another one"),
            }
        }
        self.attempt(self.open()?, &work)
    }

    fn attempt<T>(
        &self,
        session: KeySession,
        work: &impl Fn(&KeySession) -> Result<T, HsmError>,
    ) -> Result<T, HsmError> {
        let outcome = work(&session);
        if outcome.is_ok() {
            lock(&self.idle).push(session);
        } else {
            session.close();
        }
        outcome
    }

    fn open(&self) -> Result<KeySession, HsmError> {
        let mut module = lock(&self.module);
        if let Some(reason) = self.refusal.get() {
            return Err(HsmError::PinRefused(reason.clone()));
        }
        let context = match &*module {
            Some(context) => context,
            None => module.insert(token::load(&self.settings.module)?),
        };
        KeySession::open(context, &self.settings).inspect_err(|e| {
            if let HsmError::PinRefused(reason) = e {
                self.refusal.get_or_init(|| reason.clone());
            }
        })
    }
}

/// A panic of another thread does not spoil what these locks guard.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
