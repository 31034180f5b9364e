//! The person who gets the license.

use super::{Email, Language, SingleLine};

/// For names and companies.
pub(crate) const MAX_NAME_CHARS: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub email: Email,
    /// The ticket's requester.
    pub name: Option<SingleLine>,
    /// The ticket's organization.
    pub company: Option<SingleLine>,
    pub language: Language,
}
