//! The calls of the PKCS#11 module: load it, find the token, log in, find the key, sign.

use std::path::Path;

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::Mechanism,
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::{Slot, TokenInfo},
};

use super::HsmError;
use crate::sealing::{
    draft::AesKey,
    key_source::{HsmReport, HsmSettings},
    key_uri::KeyUri,
};

const NOT_SENSITIVE: &str = "not sensitive";
const EXTRACTABLE: &str = "extractable";

/// A session that is logged in, and the key's handle in it.
pub(super) struct KeySession {
    session: Session,
    key: ObjectHandle,
    token: String,
}

pub(super) fn load(module: &Path) -> Result<Pkcs11, HsmError> {
    let context = Pkcs11::new(module)?;
    // Never unloaded: threads of the module would lose their code.
    std::mem::forget(context.clone());
    Ok(context)
}

impl KeySession {
    pub(super) fn open(context: &Pkcs11, settings: &HsmSettings) -> Result<Self, HsmError> {
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let (slot, info) = find_token(context, &settings.key)?;
        // Some clusters only have read-write sessions. None is closed by dropping it: that may hang.
        let session = context.open_ro_session_no_drop(slot).or_else(|_| context.open_rw_session_no_drop(slot))?;
        match log_in(&session, &info, settings).and_then(|()| find_key(&session, &settings.key)) {
            Ok(key) => Ok(Self { session, key, token: describe(&info) }),
            Err(e) => {
                let _ = session.close();
                Err(e)
            }
        }
    }

    pub(super) fn sign(&self, key: &AesKey) -> Result<Vec<u8>, HsmError> {
        Ok(self.session.sign(&Mechanism::RsaPkcs, self.key, &**key)?)
    }

    pub(super) fn close(self) {
        // Fails if the HSM has lost the session.
        let _ = self.session.close();
    }

    pub(super) fn report(&self) -> Result<HsmReport, HsmError> {
        use AttributeType as Type;
        let wanted = [
            Type::Label,
            Type::Id,
            Type::Sensitive,
            Type::Extractable,
            Type::Private,
            Type::Decrypt,
            Type::Unwrap,
            Type::Derive,
        ];
        let attributes = self.session.get_attributes(self.key, &wanted)?;
        let mut uri = KeyUri::default();
        // What the module does not confirm counts as a weakness.
        let mut weaknesses = vec![NOT_SENSITIVE, EXTRACTABLE];
        for attribute in attributes {
            match attribute {
                Attribute::Label(label) => uri.object = Some(printable(&String::from_utf8_lossy(&label))),
                Attribute::Id(id) => uri.id = Some(id),
                Attribute::Sensitive(true) => weaknesses.retain(|weakness| *weakness != NOT_SENSITIVE),
                Attribute::Extractable(false) => weaknesses.retain(|weakness| *weakness != EXTRACTABLE),
                Attribute::Private(false) => weaknesses.push("usable without a login"),
                Attribute::Decrypt(true) => weaknesses.push("allowed to decrypt"),
                Attribute::Unwrap(true) => weaknesses.push("allowed to unwrap"),
                Attribute::Derive(true) => weaknesses.push("allowed to derive"),
                _ => {}
            }
        }
        Ok(HsmReport { token: self.token.clone(), key: uri.to_string(), weaknesses })
    }
}

fn find_token(context: &Pkcs11, uri: &KeyUri) -> Result<(Slot, TokenInfo), HsmError> {
    let mut found = None;
    for slot in context.get_slots_with_token()? {
        // A slot whose token was just removed.
        let Ok(info) = context.get_token_info(slot) else { continue };
        let is = |wanted: &Option<String>, actual: &str| wanted.as_ref().is_none_or(|wanted| wanted == actual);
        let matches = is(&uri.token, info.label())
            && is(&uri.manufacturer, info.manufacturer_id())
            && is(&uri.model, info.model())
            && is(&uri.serial, info.serial_number());
        if matches && found.replace((slot, info)).is_some() {
            return Err(HsmError::Unusable("several tokens match STOPGAP_LICENSE_HSM_KEY: add serial=".into()));
        }
    }
    found.ok_or_else(|| HsmError::Unavailable("no token matches STOPGAP_LICENSE_HSM_KEY".into()))
}

/// The flags are looked at first, so that no attempt of ours is the one that locks the token.
fn log_in(session: &Session, info: &TokenInfo, settings: &HsmSettings) -> Result<(), HsmError> {
    if !info.login_required() {
        return Ok(());
    }
    let refused = |reason: &str| Err(HsmError::PinRefused(reason.to_owned()));
    if info.user_pin_locked() {
        return refused("it is locked");
    }
    if info.user_pin_final_try() {
        return refused("the token allows one more attempt, which is left to you: log in by hand");
    }
    if info.user_pin_to_be_changed() {
        return refused("it has to be changed first");
    }
    if settings.pin.is_none() && !info.protected_authentication_path() {
        return Err(HsmError::Unusable("the token wants a PIN: set STOPGAP_LICENSE_HSM_PIN".into()));
    }
    match session.login(UserType::User, settings.pin.as_ref()) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn find_key(session: &Session, uri: &KeyUri) -> Result<ObjectHandle, HsmError> {
    let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::KeyType(KeyType::RSA)];
    template.extend(uri.object.clone().map(|label| Attribute::Label(label.into_bytes())));
    template.extend(uri.id.clone().map(Attribute::Id));
    match session.find_objects(&template)?.as_slice() {
        [key] => Ok(*key),
        [] => Err(HsmError::Unavailable(format!("the token has no private RSA key {uri}"))),
        _ => Err(HsmError::Unusable("several keys match STOPGAP_LICENSE_HSM_KEY: add id=".into())),
    }
}

fn describe(info: &TokenInfo) -> String {
    let text =
        format!("{} ({} {}, serial {})", info.label(), info.manufacturer_id(), info.model(), info.serial_number());
    printable(&text)
}

/// What a token says must not steer the terminal.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
