//! What the answers of a PKCS#11 module mean for sealing.

use cryptoki::{
    context::Function,
    error::{Error, RvError},
};

/// Why an HSM made no signature. The text is for agents and operators; the module's own answer is in it by name alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HsmError {
    /// The module or the key does not fit. A setting or the key has to change.
    #[error("the license key in the HSM cannot be used: {0}")]
    Unusable(String),
    #[error("the HSM refuses the PIN: {0}; set STOPGAP_LICENSE_HSM_PIN right and restart, it is not tried again")]
    PinRefused(String),
    /// It may succeed later.
    #[error("the HSM is unavailable: {0}")]
    Unavailable(String),
}

impl From<Error> for HsmError {
    fn from(error: Error) -> Self {
        match error {
            Error::Pkcs11(answer, function) => answered(answer, function),
            Error::LibraryLoading(_) => {
                Self::Unusable("STOPGAP_LICENSE_HSM_MODULE cannot be loaded: is it there, with its libraries?".into())
            }
            Error::MissingSymbol(_) => Self::Unusable("STOPGAP_LICENSE_HSM_MODULE is no PKCS#11 module".into()),
            other => Self::Unavailable(format!("the module's answer makes no sense ({other:?})")),
        }
    }
}

fn answered(answer: RvError, function: Function) -> HsmError {
    let unusable = |reason: &str| HsmError::Unusable(reason.to_owned());
    match (answer, function) {
        (
            RvError::PinIncorrect
            | RvError::PinInvalid
            | RvError::PinLenRange
            | RvError::PinExpired
            | RvError::PinLocked
            | RvError::UserPinNotInitialized,
            _,
        ) => HsmError::PinRefused(format!("it answered {answer:?}")),
        (RvError::KeyFunctionNotPermitted, _) => unusable("it may not sign (CKA_SIGN is false)"),
        (RvError::KeyTypeInconsistent, _) => unusable("it is no RSA key"),
        (RvError::MechanismInvalid | RvError::MechanismParamInvalid, _) => {
            unusable("the HSM does not sign with it by CKM_RSA_PKCS")
        }
        (RvError::UserNotLoggedIn, Function::Sign) => {
            unusable("it wants a login for every signature (CKA_ALWAYS_AUTHENTICATE)")
        }
        (RvError::DeviceRemoved | RvError::TokenNotPresent | RvError::TokenNotRecognized, _) => {
            HsmError::Unavailable(format!("the token is not there ({answer:?})"))
        }
        (RvError::SessionCount, _) => HsmError::Unavailable("the token allows no further session".into()),
        _ => HsmError::Unavailable(format!("it answered {answer:?} to {function:?}")),
    }
}
