//! A message as Slack takes it (Block Kit).

use serde::Serialize;

/// `text` is for notifications and screen readers.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) blocks: Vec<Block>,
    /// An edit keeps those that it does not name.
    pub(super) attachments: Vec<Attachment>,
}

/// Blocks beside a coloured bar.
#[derive(Debug, Serialize)]
pub(super) struct Attachment {
    pub(super) color: Colour,
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Colour {
    #[serde(rename = "#2eb67d")]
    Green,
    #[serde(rename = "#ecb22e")]
    Yellow,
    #[serde(rename = "#e01e5a")]
    Red,
    #[serde(rename = "#8d8d8d")]
    Grey,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Header {
        text: Text,
    },
    Section {
        text: Text,
        /// Keeps a long text from being folded.
        expand: bool,
    },
    Context {
        elements: Vec<Text>,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Text {
    PlainText {
        text: String,
        /// Whether `:x:` is shown as an emoji.
        emoji: bool,
    },
    Mrkdwn {
        text: String,
        /// Slack makes no links, channels or mentions of its own out of a verbatim text.
        verbatim: bool,
    },
}

impl Block {
    pub(super) fn header(text: String) -> Self {
        Self::Header { text: Text::PlainText { text, emoji: true } }
    }

    pub(super) fn section(text: String) -> Self {
        Self::Section { text: Text::markdown(text), expand: true }
    }

    pub(super) fn context(text: String) -> Self {
        Self::Context { elements: vec![Text::markdown(text)] }
    }
}

impl Text {
    fn markdown(text: String) -> Self {
        Self::Mrkdwn { text, verbatim: true }
    }
}
