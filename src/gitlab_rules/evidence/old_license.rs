//! The old license that a customer sends, and what can be told of a text that our key does not open.

use rsa::PublicKey;

use crate::sealing::{
    Attributes,
    envelope::{self, BEGINNING},
    extract::extract,
    file::{self, OpenError},
};

/// The length of the code that activates a cloud license.
pub const ACTIVATION_CODE_CHARS: usize = 24;

/// What can be told of a text that could not be read as a license.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the text is empty")]
    Empty,
    #[error("the text is longer than {} KiB, which no license file is", file::MAX_FILE_BYTES / 1024)]
    TooLong,
    /// The code of a cloud license. It is no license file, and nothing can be read off it.
    #[error(
        "this is an activation code, not a license file: it is entered on the Subscription page, and tells nothing"
    )]
    ActivationCode,
    /// Begins as a license file does, but is not whole.
    #[error("this is a part of a license file: its text is cut off or damaged")]
    CutOff,
    /// Whole, but our key does not open it.
    #[error(
        "this license file was made with another key: by a staging system or by another vendor; or its text is damaged"
    )]
    OtherKey,
    /// Made with our key, but spoiled since.
    #[error("this license file was made with the right key, but its text is damaged")]
    Damaged,
    /// Readable, but GitLab would call it invalid.
    #[error("this license file can be read, but GitLab would call it invalid: {0}")]
    Invalid(String),
    /// Nothing like a license file.
    #[error("this is no license file: those begin with {BEGINNING}, or with a line BEGIN GITLAB LICENSE")]
    NotALicense,
}

/// The first license in `text` that the key opens, and the license alone as GitLab's encoder writes it.
pub(super) fn find_license(text: &str, key: &PublicKey) -> Option<(Attributes, String)> {
    extract(text).into_iter().find_map(|file| Some((file::open(&file, key).ok()?, file)))
}

/// Opens a license file as [`file::open`] does, and also out of whatever it was pasted in.
///
/// # Errors
/// What can be told of a text that cannot be read.
pub fn open_old_license(text: &str, key: &PublicKey) -> Result<Attributes, Unreadable> {
    open_whole(text, key).map(|(attributes, _)| attributes)
}

/// The same, with the license alone as GitLab's encoder writes it.
pub(super) fn open_whole(text: &str, key: &PublicKey) -> Result<(Attributes, String), Unreadable> {
    if let Some(found) = find_license(text, key) {
        return Ok(found);
    }
    let error = match file::open(text, key) {
        Ok(attributes) => return Ok((attributes, text.trim().to_owned() + "\n")),
        Err(error) => error,
    };
    let excerpt = match error {
        OpenError::NotALicense(_) => envelope::find(text).map(|range| &text[range]),
        _ => None,
    };
    let error = match excerpt.map(|excerpt| file::open(excerpt, key)) {
        Some(Ok(attributes)) => return Ok((attributes, excerpt.unwrap_or_default().to_owned())),
        Some(Err(inner)) => inner,
        None => error,
    };
    Err(match error {
        OpenError::Empty => Unreadable::Empty,
        OpenError::TooLong => Unreadable::TooLong,
        OpenError::OtherKey => Unreadable::OtherKey,
        OpenError::Damaged => Unreadable::Damaged,
        OpenError::Invalid(problem) => Unreadable::Invalid(problem),
        OpenError::NotALicense(_) if is_activation_code(text.trim()) => Unreadable::ActivationCode,
        OpenError::NotALicense(_) if excerpt.is_some() || text.contains("BEGIN GITLAB LICENSE") => Unreadable::CutOff,
        OpenError::NotALicense(_) => Unreadable::NotALicense,
    })
}

/// Finds an activation code that stands alone or among other words: where it begins, in bytes.
///
/// Among other words it must mix cases and digits, as nearly every code does, so that a long word is none.
pub fn find_activation_code(text: &str) -> Option<usize> {
    let trimmed = text.trim();
    if is_activation_code(trimmed) {
        return Some(text.len() - text.trim_start().len());
    }
    let mut begin = 0;
    for part in text.split(|c: char| !is_code_char(c)) {
        let is_mixed = part.bytes().any(|b| b.is_ascii_digit())
            && part.bytes().any(|b| b.is_ascii_uppercase())
            && part.bytes().any(|b| b.is_ascii_lowercase());
        if is_mixed && is_activation_code(part) && stands_apart(text, begin, part.len()) {
            return Some(begin);
        }
        begin += part.len();
        begin += text[begin..].chars().next().map_or(0, char::len_utf8);
    }
    None
}

fn is_activation_code(text: &str) -> bool {
    text.len() == ACTIVATION_CODE_CHARS && text.chars().all(is_code_char)
}

fn is_code_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether the part is no piece of an address or of Base64.
fn stands_apart(text: &str, begin: usize, len: usize) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| matches!(c, '/' | '+' | '=' | '@' | '%' | '&'));
    !joins(text[..begin].chars().next_back()) && !joins(text[begin + len..].chars().next())
}
