//! The version of a customer's GitLab.

use std::fmt;

/// A GitLab version, as far as its rules about licenses go: major and minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GitlabVersion {
    pub major: u16,
    pub minor: u16,
}

impl GitlabVersion {
    /// From here on a license may be exceeded by a tenth when it is added.
    pub(crate) const WITH_SLACK: Self = Self { major: 14, minor: 2 };

    /// The longest text that is looked at, in bytes.
    pub(crate) const MAX_BYTES: usize = 40;

    /// Takes what the customer's dashboard shows: `16.7`, `v16.7.2`, `GitLab 16.7.2-ee`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let refused = || "must be a GitLab version such as 16.7 or 16.7.2-ee".to_owned();
        let text = text.trim();
        if text.len() > Self::MAX_BYTES {
            return Err(refused());
        }
        let lower = text.to_ascii_lowercase();
        let number = lower.strip_prefix("gitlab").unwrap_or(&lower).trim_start();
        let number = number.strip_prefix('v').unwrap_or(number);
        let mut parts = number.split('.');
        let major = parts.next().and_then(|p| p.parse().ok()).ok_or_else(refused)?;
        let minor = parts.next().map(leading_digits).and_then(|p| p.parse().ok()).ok_or_else(refused)?;
        Ok(Self { major, minor })
    }
}

impl fmt::Display for GitlabVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// `7` of `7-ee`.
fn leading_digits(part: &str) -> &str {
    let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
    &part[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_dashboards_show_them() {
        for text in ["14.2", "v14.2.0", "GitLab 14.2.3-ee", " 14.2-pre ", "gitlab v14.2.1-ee.0"] {
            assert_eq!(GitlabVersion::parse(text).unwrap(), GitlabVersion::WITH_SLACK, "{text:?}");
        }
        assert!(GitlabVersion::parse("9.5").unwrap() < GitlabVersion::parse("10.0").unwrap());
        for bad in ["", "sixteen", "16", "16.", ".7", "-1.2", "99999.1", "16,7"] {
            assert!(GitlabVersion::parse(bad).is_err(), "{bad:?}");
        }
    }
}
