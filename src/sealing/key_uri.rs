//! The PKCS#11 URI (RFC 7512) that names the license key: `pkcs11:token=stopgap;object=license;id=%01`.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::license::file::hex;

const SCHEME: &str = "pkcs11:";
const MAX_BYTES: usize = 1024;

/// The token and the private key in it. An absent attribute matches anything; slots are not named, because tokens move
/// between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyUri {
    pub token: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub serial: Option<String>,
    /// `CKA_LABEL` of the key.
    pub object: Option<String>,
    /// `CKA_ID` of the key.
    pub id: Option<Vec<u8>>,
}

impl KeyUri {
    /// The error continues a sentence that begins with the setting, and does not repeat the value.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let path = text.strip_prefix(SCHEME).filter(|_| text.len() <= MAX_BYTES && is_uri(text));
        let path = path.ok_or("must be a PKCS#11 URI such as pkcs11:token=stopgap;object=license;id=%01")?;
        if path.contains('?') {
            return Err("must not have a part after ?: PIN and module have settings of their own".into());
        }
        let mut uri = Self::default();
        let mut is_private = None;
        for attribute in path.split(';') {
            let (name, value) = attribute.split_once('=').ok_or("has an attribute without =")?;
            let bytes: Vec<u8> = percent_decode_str(value).collect();
            let is_new = if name == "id" {
                uri.id.replace(bytes).is_none()
            } else {
                let field = match name {
                    "token" => &mut uri.token,
                    "manufacturer" => &mut uri.manufacturer,
                    "model" => &mut uri.model,
                    "serial" => &mut uri.serial,
                    "object" => &mut uri.object,
                    "type" => &mut is_private,
                    _ => {
                        return Err("may hold token, manufacturer, model, serial, object, id and type=private only: \
                                    slots change, and PIN and module have settings of their own"
                            .into());
                    }
                };
                field.replace(String::from_utf8(bytes).map_err(|_| "holds text that is not UTF-8")?).is_none()
            };
            if !is_new {
                return Err("names an attribute twice".into());
            }
        }
        if is_private.is_some_and(|kind| kind != "private") {
            return Err("must name the private key (type=private)".into());
        }
        if (uri.token.is_none() && uri.serial.is_none()) || (uri.object.is_none() && uri.id.is_none()) {
            return Err("must name the token (token= or serial=) and the key (object= or id=)".into());
        }
        Ok(uri)
    }
}

/// Visible ASCII whose percent signs are followed by two hex digits.
fn is_uri(text: &str) -> bool {
    let is_escape = |after: &str| after.len() >= 2 && after.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    text.bytes().all(|b| b.is_ascii_graphic()) && text.split('%').skip(1).all(is_escape)
}

/// The key, for messages: `license (id 01)`.
impl fmt::Display for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_deref().map(hex);
        match (&self.object, id) {
            (Some(object), Some(id)) => write!(f, "{object} (id {id})"),
            (Some(object), None) => f.write_str(object),
            (None, id) => write!(f, "id {}", id.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_as_p11tool_prints_it_names_token_and_key() {
        let text = "pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=91b3b3a;token=stop%3Bgap;\
                    id=%01%ff;object=license;type=private";
        let uri = KeyUri::parse(text).unwrap();
        assert_eq!((uri.token.as_deref(), uri.model.as_deref()), (Some("stop;gap"), Some("SoftHSM v2")));
        assert_eq!((uri.object.as_deref(), uri.id.as_deref()), (Some("license"), Some(&[1, 255][..])));
        assert_eq!(uri.to_string(), "license (id 01ff)");
        assert!(KeyUri::parse("pkcs11:serial=1;id=%01").is_ok());
    }

    #[test]
    fn a_uri_that_is_malformed_or_says_more_is_refused() {
        for text in [
            "",
            "pkcs11:",
            "license",
            "PKCS12:token=a;object=b",
            "pkcs11:token=a",
            "pkcs11:object=b",
            "pkcs11:token=a;object",
            "pkcs11:token=a;token=a;object=b",
            "pkcs11:token=a;id=%01;id=%02",
            "pkcs11:token=a;object=b;",
            "pkcs11:token=a;object=%zz",
            "pkcs11:token=a;object=b%",
            "pkcs11:token=a;object=b%2",
            "pkcs11:token=a;object=%ff",
            "pkcs11:token=a b;object=c",
            "pkcs11:token=é;object=b",
            "pkcs11:token=a;object=b;type=cert",
            "pkcs11:token=a;object=b;slot-id=0",
            "pkcs11:token=a;object=b?pin-value=canary",
            "pkcs11:token=a;object=b;pin-value=canary",
            "pkcs11:token=a;object=b?pin-source=file:/canary",
            "pkcs11:token=a;object=b?module-path=/canary",
            &format!("pkcs11:token=a;object={}", "b".repeat(MAX_BYTES)),
        ] {
            let error = KeyUri::parse(text).unwrap_err();
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
