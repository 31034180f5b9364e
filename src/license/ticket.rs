//! The Zendesk ticket of a license, and the agent's GitLab username.

use std::fmt;

use super::SingleLine;

pub(crate) const MAX_SUBJECT_CHARS: usize = 300;

/// As given by the agent's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub id: TicketId,
    pub subject: Option<SingleLine>,
}

/// 1 to 2^53 − 1, which JavaScript represents exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketId(u64);

impl TicketId {
    const MAX: u64 = (1 << 53) - 1;

    pub fn parse(number: u64) -> Result<Self, String> {
        if (1..=Self::MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err("must be a ticket number, 1 or more".into())
        }
    }

    pub(crate) fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A GitLab username; the issue is assigned to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Accepts 1 to 255 letters, digits, `_`, `-` and `.`, not beginning with `-` or `.` (GitLab's rule for names in
    /// paths). A leading `@` is dropped.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let name = text.strip_prefix('@').unwrap_or(text);
        let fits = (1..=255).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
            && !name.starts_with(['-', '.']);
        if fits {
            Ok(Self(name.to_owned()))
        } else {
            Err("must be a GitLab username: letters, digits, _, - and .".into())
        }
    }

    /// Without `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_accepted_with_or_without_its_at_sign() {
        assert_eq!(Username::parse(" @j.doe-1_x ").unwrap().as_str(), "j.doe-1_x");
        for bad in ["", "@", "j doe", "-jdoe", ".jdoe", "j\ndoe", "@@jdoe", "jdöe"] {
            assert!(Username::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_ticket_number_is_exact_in_javascript() {
        assert!(TicketId::parse(0).is_err());
        assert!(TicketId::parse(1 << 53).is_err());
        assert_eq!(TicketId::parse((1 << 53) - 1).unwrap().get(), (1 << 53) - 1);
    }
}
