//! Everything that is wrong with the settings, reported together.

use std::fmt;

/// Names variables and remedies, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<SettingError>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettingError {
    pub variable: String,
    /// The error and its remedy. Completes a sentence that begins with the variable: `must be …`.
    pub message: String,
}

impl ConfigErrors {
    /// Returns `value` if there are no errors.
    pub(super) fn check<T>(errors: Vec<SettingError>, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if errors.is_empty() => Ok(value),
            _ => Err(Self(errors)),
        }
    }

    /// In the order of the settings.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &SettingError> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = if self.0.len() == 1 { "1 setting needs" } else { &format!("{} settings need", self.0.len()) };
        write!(f, "{settings} attention:")?;
        for SettingError { variable, message } in &self.0 {
            write!(f, "\n  {variable} {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
