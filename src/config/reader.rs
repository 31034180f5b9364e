//! Looks settings up and collects errors instead of stopping at the first.

use std::{
    fs::File,
    io::{self, Read as _},
    path::PathBuf,
};

use zeroize::Zeroizing;

use super::{
    errors::SettingError,
    settings::{SETTINGS, Setting, Unset},
};

/// The largest file that a `…_FILE` variable may name; a PEM key has less than 4 KB.
const MAX_FILE_BYTES: u64 = 64 * 1024;

pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    pub(super) errors: Vec<SettingError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, errors: Vec::new() }
    }

    /// The parsed setting `name`, or its default. Returns `None` if that is an error.
    pub(super) fn value<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = self.optional(name, parse)?;
        if value.is_none() {
            let setting = setting(name);
            let or_file = if setting.file { format!(" (or {})", setting.file_variable()) } else { String::new() };
            self.error(setting.variable(), format!("is missing{or_file}: {}", setting.description));
        }
        value
    }

    /// As [`Self::value`] for a setting that may be missing: that is `Some(None)`.
    #[expect(clippy::option_option, reason = "the outer `None` is an error, the inner one a missing setting")]
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        let setting = setting(name);
        let (variable, text) = match (self.given(setting)?, setting.default) {
            (Some(given), _) => given,
            (None, Unset::Value(value)) => (setting.variable(), Zeroizing::new(value.to_owned())),
            (None, Unset::Required | Unset::Absent(_)) => return Some(None),
        };
        match parse(&text) {
            Ok(value) => Some(Some(value)),
            Err(message) => {
                self.error(variable, message);
                None
            }
        }
    }

    /// The file that the setting `name` is read from, if it is given as one.
    pub(super) fn file(&self, name: &str) -> Option<PathBuf> {
        self.text(&setting(name).file_variable()).map(|path| PathBuf::from(path.as_str()))
    }

    /// `message` completes a sentence that begins with `variable`.
    pub(super) fn error(&mut self, variable: String, message: impl Into<String>) {
        self.errors.push(SettingError { variable, message: message.into() });
    }

    /// The variable that is set for `setting` and its trimmed text, wiped on drop.
    #[expect(clippy::option_option, reason = "as in `optional`")]
    fn given(&mut self, setting: &Setting) -> Option<Option<(String, Zeroizing<String>)>> {
        let value = self.text(&setting.variable());
        let path = if setting.file { self.text(&setting.file_variable()) } else { None };
        match (value, path) {
            (None, None) => Some(None),
            (Some(value), None) => Some(Some((setting.variable(), value))),
            (None, Some(path)) => match read_file(&path) {
                Ok(value) => Some(Some((setting.file_variable(), value))),
                Err(message) => {
                    self.error(setting.file_variable(), message);
                    None
                }
            },
            (Some(_), Some(_)) => {
                let other = setting.file_variable();
                self.error(setting.variable(), format!("and {other} are both set: keep one of them"));
                None
            }
        }
    }

    /// Returns `None` if `variable` is not set or blank.
    fn text(&self, variable: &str) -> Option<Zeroizing<String>> {
        let text = Zeroizing::new((self.lookup)(variable)?);
        Some(text.trim()).filter(|text| !text.is_empty()).map(|text| Zeroizing::new(text.to_owned()))
    }
}

fn setting(name: &str) -> &'static Setting {
    // Every name in this module is a literal, and a test reads all of them.
    SETTINGS.iter().find(|setting| setting.name == name).unwrap_or_else(|| unreachable!("{name} is in the table"))
}

fn unreadable(path: &str, error: &io::Error) -> String {
    let remedy = match error.kind() {
        io::ErrorKind::PermissionDenied => "; the user that runs stopgap has to own it (10001 in the image)",
        _ => "",
    };
    format!("names {path}, which cannot be read: {error}{remedy}")
}

/// Returns the trimmed text.
pub(super) fn read_file(path: &str) -> Result<Zeroizing<String>, String> {
    let cannot = |error: io::Error| unreadable(path, &error);
    // Never grows: that would leave unwiped copies behind.
    let capacity = usize::try_from(MAX_FILE_BYTES + 1).unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(capacity));
    let mut file = File::open(path).map_err(cannot)?.take(MAX_FILE_BYTES + 1);
    file.read_to_string(&mut text).map_err(cannot)?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("names {path}, which is longer than {} KiB", MAX_FILE_BYTES / 1024));
    }
    match text.trim() {
        "" => Err(format!("names {path}, which is empty")),
        text => Ok(Zeroizing::new(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_an_unreadable_file_has_the_remedy() {
        let message = unreadable("/run/secrets/smtp_url", &io::ErrorKind::PermissionDenied.into());
        assert!(message.contains("/run/secrets/smtp_url") && message.contains("10001 in the image"), "{message}");
        let dockerfile = include_str!("../../Dockerfile");
        assert!(dockerfile.contains("--uid 10001"), "the user in the message is the image's");
    }
}
