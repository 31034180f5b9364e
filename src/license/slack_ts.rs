//! The identity of a Slack message within its channel.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Digits of the longest `ts`; Slack's have 16.
const MAX_CHARS: usize = 32;

/// Slack's `ts`, such as `1790000000.000100`: a name, not a number, since arithmetic would round it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlackTs(String);

impl FromStr for SlackTs {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        match text.split_once('.') {
            Some((seconds, rest)) if is_number(seconds) && is_number(rest) && text.len() <= MAX_CHARS => {
                Ok(Self(text.to_owned()))
            }
            _ => Err("must be Slack's ts of a message"),
        }
    }
}

impl TryFrom<String> for SlackTs {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SlackTs> for String {
    fn from(ts: SlackTs) -> Self {
        ts.0
    }
}

impl fmt::Display for SlackTs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ts_keeps_every_digit() {
        assert_eq!("1790000000.000100".parse::<SlackTs>().unwrap().to_string(), "1790000000.000100");
        for bad in ["", "1790000000", "1790000000.", ".1", "1.2.3", "1e9.0", "<!channel>.1", &"9.9".repeat(20)] {
            assert!(bad.parse::<SlackTs>().is_err(), "{bad}");
        }
    }
}
