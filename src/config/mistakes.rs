//! What is wrong with the settings, all of it at once.

use std::fmt;

/// Everything that is wrong with the settings. Names variables and remedies, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(Vec<FieldError>);

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub variable: String,
    /// What is wrong, and what to do about it; continues a sentence that begins with the variable.
    pub words: String,
}

impl Mistakes {
    /// Passes `value` on where nothing is wrong.
    ///
    /// # Errors
    /// The mistakes, where there are any.
    pub(super) fn or<T>(found: Vec<FieldError>, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if found.is_empty() => Ok(value),
            _ => Err(Self(found)),
        }
    }

    /// Each mistake, in the order of the settings.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = if self.0.len() == 1 { "1 setting needs" } else { &format!("{} settings need", self.0.len()) };
        write!(f, "{settings} attention:")?;
        for FieldError { variable, words } in &self.0 {
            write!(f, "\n  {variable} {words}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
