//! Looks settings up, and notes what is wrong instead of stopping at the first mistake.

use std::{
    fs::File,
    io::{self, Read as _},
};

use zeroize::Zeroizing;

use super::{
    mistakes::FieldError,
    settings::{SETTINGS, Setting, Unset},
};

/// The longest file that a `…_FILE` variable may point to, in bytes; a PEM key has less than 4 KB.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Looks settings up by variable, and collects the mistakes.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    pub(super) mistakes: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, mistakes: Vec::new() }
    }

    /// The parsed setting `name`, given or by default; nothing where there is a mistake.
    pub(super) fn value<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = self.optional(name, parse)?;
        if value.is_none() {
            let setting = setting(name);
            let or_file = if setting.file { format!(" (or {})", setting.file_variable()) } else { String::new() };
            self.mistake(setting.variable(), format!("is missing{or_file}: {}", setting.holds));
        }
        value
    }

    /// As [`Self::value`], where no value is no mistake: nothing within something.
    #[expect(clippy::option_option, reason = "outside: without a mistake; inside: given")]
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
            Err(words) => {
                self.mistake(variable, words);
                None
            }
        }
    }

    /// Notes what is wrong with `variable`; `words` continue the sentence.
    pub(super) fn mistake(&mut self, variable: String, words: impl Into<String>) {
        self.mistakes.push(FieldError { variable, words: words.into() });
    }

    /// The trimmed text of `setting`, wiped when it is dropped, and the variable that it came from.
    #[expect(clippy::option_option, reason = "as in `optional`")]
    fn given(&mut self, setting: &Setting) -> Option<Option<(String, Zeroizing<String>)>> {
        let value = self.text(&setting.variable());
        let path = if setting.file { self.text(&setting.file_variable()) } else { None };
        match (value, path) {
            (None, None) => Some(None),
            (Some(value), None) => Some(Some((setting.variable(), value))),
            (None, Some(path)) => match read_file(&path) {
                Ok(value) => Some(Some((setting.file_variable(), value))),
                Err(words) => {
                    self.mistake(setting.file_variable(), words);
                    None
                }
            },
            (Some(_), Some(_)) => {
                let other = setting.file_variable();
                self.mistake(setting.variable(), format!("and {other} are both set: keep one of them"));
                None
            }
        }
    }

    /// An empty variable counts as one that is not set: that is what `VARIABLE=` means to people.
    fn text(&self, variable: &str) -> Option<Zeroizing<String>> {
        let text = Zeroizing::new((self.lookup)(variable)?);
        Some(text.trim()).filter(|text| !text.is_empty()).map(|text| Zeroizing::new(text.to_owned()))
    }
}

/// The row of `name`.
fn setting(name: &str) -> &'static Setting {
    // Every name in this room is a literal, and reading any configuration asks for every one of them.
    SETTINGS.iter().find(|setting| setting.name == name).unwrap_or_else(|| unreachable!("{name} is in the table"))
}

/// Why the file at `path` cannot be read, with the remedy where there is one.
fn unreadable(path: &str, error: &io::Error) -> String {
    let remedy = match error.kind() {
        io::ErrorKind::PermissionDenied => "; the user that runs stopgap has to own it (10001 in the image)",
        _ => "",
    };
    format!("names {path}, which cannot be read: {error}{remedy}")
}

/// The trimmed text of the file at `path`.
fn read_file(path: &str) -> Result<Zeroizing<String>, String> {
    let cannot = |error: io::Error| unreadable(path, &error);
    // Large enough at once: growing would leave unwiped copies behind.
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
    fn a_file_of_another_user_is_told_with_the_remedy() {
        let words = unreadable("/run/secrets/smtp_url", &io::ErrorKind::PermissionDenied.into());
        assert!(words.contains("/run/secrets/smtp_url") && words.contains("10001 in the image"), "{words}");
        let dockerfile = include_str!("../../Dockerfile");
        assert!(dockerfile.contains("--uid 10001"), "the image's user is the one that is named");
    }
}
